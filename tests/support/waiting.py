"""Waiting for the window to show what was asked for."""

from __future__ import annotations

from collections.abc import Callable

from attention_viewer.viewer.window.app import Parts
from pytestqt.qtbot import QtBot

SENTENCE = "The cat sat on the mat."
PATIENCE = 30_000

Open = Callable[..., Parts]


def wait_for_step(qtbot: QtBot, parts: Parts, step: int) -> None:
    def there() -> bool:
        trace = parts.controller.loaded.trace
        return trace is not None and len(trace.steps) == step

    qtbot.waitUntil(there, timeout=PATIENCE)


def decode_to_the_end(qtbot: QtBot, parts: Parts) -> int:
    parts.actions["last"].trigger()
    qtbot.waitUntil(lambda: not parts.controller.state.can_step, timeout=PATIENCE)
    assert parts.controller.loaded.trace is not None
    return len(parts.controller.loaded.trace.steps)


def settle(qtbot: QtBot, parts: Parts) -> None:
    """Wait until nothing that was asked is open."""
    qtbot.waitUntil(lambda: not parts.controller.inquiries.waits, timeout=PATIENCE)
