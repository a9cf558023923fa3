"""The first start shows a living example and what to try; later ones the last sentence; drops open what they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.viewer.look.assets import examples
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.first_card import FirstCard
from attention_viewer.viewer.window.app import Parts
from attention_viewer.viewer.window.starting import FIRST_STEPS, first_line, take_dropped
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot


def rows(parts: Parts) -> int:
    trace = parts.controller.loaded.trace
    return -1 if trace is None else len(trace.steps)


def test_the_first_start_shows_an_example_and_a_later_one_the_last_sentence(
    open_window: Callable[..., Parts], qtbot: QtBot
) -> None:
    settings = Settings(MemoryStore())
    first = open_window(settings, greet=True)
    qtbot.waitUntil(lambda: rows(first) == FIRST_STEPS, timeout=20_000)
    assert first.controller.loaded.sentence == next(iter(examples()))
    card = first.window.findChild(FirstCard)
    assert card is not None and card.isVisible() and first.window.rect().contains(card.geometry())
    assert card.accessibleName().startswith("Three things to try")
    qtbot.keyClick(card.close_button, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: first.window.findChild(FirstCard) is None)
    later = open_window(settings, greet=True)
    qtbot.waitUntil(lambda: rows(later) == 0, timeout=20_000)
    assert later.controller.loaded.sentence == next(iter(examples()))
    assert later.window.findChild(FirstCard) is None


def test_a_text_that_is_dropped_becomes_the_sentence(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    text = tmp_path / "words.txt"
    text.write_text("\n  The cat is black.  \nAnother line.\n", encoding="utf-8")
    take_dropped(text, window.window, window.controller, window.menu_actions)
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == "The cat is black.", timeout=20_000)
    assert rows(window) == 0


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "no line"), (b"\xff\xfe\x00", "UTF-8"), (None, "no ordinary file")]
)
def test_a_text_that_will_not_do_says_why(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "words.txt"
    if content is not None:
        path.write_bytes(content)
    line, refusal = first_line(path)
    assert line == "" and said in refusal
