"""Broken checkpoints, opened in a window that has a model: it keeps that one, says why, and never stands still."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot
from support.broken import BROKEN, CONFIGURATIONS, PARTS, PICKLES, SPECIAL, SUBWORDS, VOCABULARIES, WEIGHTS, Broken
from support.looking import texts_taken_for_html, widest
from support.waiting import PATIENCE, Open, wait_for_step

GROUPS = (CONFIGURATIONS, VOCABULARIES, SUBWORDS, WEIGHTS, PICKLES, PARTS, SPECIAL)
CHOSEN: list[Broken] = [each for group in GROUPS for each in group[:: max(1, len(group) // 5)]][:32]
LONGEST_PAUSE = 0.2
"""Seconds of work between two turns of the event loop: those of the window's thread alone, whatever else is running."""


class Heart(QObject):
    """Notes the longest time that the window's thread worked without a turn of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.longest, self._last = 0.0, time.thread_time()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(5)

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now


def test_there_are_enough_of_them() -> None:
    assert len(CHOSEN) >= 30 and len(BROKEN) > len(CHOSEN)


def test_the_window_keeps_its_model_and_says_why(open_window: Open, tiny: Path, tmp_path: Path, qtbot: QtBot) -> None:
    parts: Parts = open_window(sentence="The cat is sleeping.")
    wait_for_step(qtbot, parts, 0)
    info, width, longest = parts.controller.loaded.info, widest(parts.window), 0.0
    for number, broken in enumerate(CHOSEN):
        directory = tmp_path / f"model{number}"
        shutil.copytree(tiny, directory)
        broken.change(directory)
        qtbot.wait(1)
        heart = Heart()
        with qtbot.waitSignal(parts.worker.open_failed, timeout=PATIENCE) as failed:
            parts.menu_actions.models.open(str(directory))
        qtbot.wait(30)
        said = parts.window.source_bar.hint().replace("\u200b", "")
        assert failed.args is not None and said and said[:60] in str(failed.args[0]), broken.name
        assert parts.controller.loaded.info is info, broken.name
        assert heart.longest < LONGEST_PAUSE, (broken.name, heart.longest)
        assert widest(parts.window) == width and texts_taken_for_html() == [], broken.name
        longest = max(longest, heart.longest)
        heart.deleteLater()
    print(f"{len(CHOSEN)} refusals: the window's thread worked {1000 * longest:.0f} ms at most without a turn")
    parts.controller.step()
    wait_for_step(qtbot, parts, 1)


@pytest.mark.parametrize("name", ["The cat.", "\ud800 \u202e"])
def test_work_goes_on_after_a_refusal(name: str, open_window: Open, tmp_path: Path, qtbot: QtBot) -> None:
    parts = open_window(sentence="The cat is sleeping.")
    wait_for_step(qtbot, parts, 0)
    with qtbot.waitSignal(parts.worker.open_failed, timeout=PATIENCE):
        parts.menu_actions.models.open(str(tmp_path / "none"))
    parts.controller.submit(name, 1)
    wait_for_step(qtbot, parts, 1)
