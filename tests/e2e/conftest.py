"""Windows on the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.window.app import Parts, begin, build
from pytestqt.qtbot import QtBot
from support.waiting import SENTENCE, Open, wait_for_step


@pytest.fixture
def open_window(qtbot: QtBot, bundled: Path) -> Iterator[Open]:
    """Opens windows on the bundled model, and closes them at the end."""
    opened: list[Parts] = []

    def open_one(settings: Settings | None = None, model: Path = bundled, sentence: str | None = None) -> Parts:
        parts = build(settings or Settings(MemoryStore()), model)
        opened.append(parts)
        parts.window.resize(1280, 720)
        parts.window.show()
        qtbot.waitExposed(parts.window)
        begin(parts, WindowOptions(model, sentence))
        return parts

    yield open_one
    for parts in opened:
        parts.window.close()
        parts.close()
        parts.window.deleteLater()


@pytest.fixture
def window(open_window: Open, qtbot: QtBot) -> Parts:
    """A window with a sentence encoded."""
    parts = open_window(sentence=SENTENCE)
    wait_for_step(qtbot, parts, 0)
    return parts
