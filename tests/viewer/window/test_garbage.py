"""No garbage is looked for while the program starts, none among what it started with, and none in another thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from attention_viewer.viewer.window import garbage
from attention_viewer.viewer.window.garbage import Collecting
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture
def collecting(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collecting]:
    monkeypatch.setattr(garbage, "EVERY_MS", 10)
    made = Collecting()
    yield made
    made.deleteLater()
    gc.unfreeze()
    gc.enable()


class Circle:
    """What only the search for garbage takes apart."""

    def __init__(self) -> None:
        self.itself = self
        weakref.finalize(self, lambda: taken_apart.append(threading.current_thread()))


taken_apart: list[threading.Thread] = []


def make_circles() -> None:
    kept = []
    for _ in range(2000):
        Circle()
        kept.append([0])


def test_garbage_waits_until_the_program_has_started_and_is_taken_apart_in_its_thread_alone(
    collecting: Collecting, qtbot: QtBot
) -> None:
    taken_apart.clear()
    assert not gc.isenabled()
    other = threading.Thread(target=make_circles)
    other.start()
    other.join()
    qtbot.wait(50)
    assert taken_apart == []
    collecting.go_on()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    collecting.go_on()
    assert gc.get_freeze_count() == frozen
    other = threading.Thread(target=make_circles)
    other.start()
    other.join()
    qtbot.waitUntil(lambda: len(taken_apart) == 2000)
    assert set(taken_apart) == {threading.main_thread()}
