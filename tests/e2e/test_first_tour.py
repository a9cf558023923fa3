"""The README's first tour, followed to its end by key, as a new user would."""

from __future__ import annotations

import re
from pathlib import Path

from attention_viewer.viewer.look.assets import examples
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from support.waiting import PATIENCE, Open, settle, wait_for_step

README = Path(__file__).parents[2] / "README.md"
SENTENCE = "The cat sat on the mat because it was tired."
CONTROL = Qt.KeyboardModifier.ControlModifier


def steps() -> list[str]:
    """The numbered steps of the tour, each on one line."""
    tour = README.read_text(encoding="utf-8").partition("## First tour")[2].partition("\n## ")[0]
    return [" ".join(step.split()) for step in re.split(r"(?m)^\d+\. ", tour)[1:]]


def test_it_names_what_is_pressed_here() -> None:
    encode, step, read, heads, export = steps()
    assert "an example, six steps in" in encode and "Enter encodes it" in encode and "*Examples* has more" in encode
    assert any(SENTENCE in example for example in examples())
    assert "Press → (or Space)" in step and "← takes a step back, P plays" in step and "le → chat" in read
    assert "Ctrl+G" in heads and "press O" in heads and "Ctrl+Z" in heads and "Ctrl+E" in export


def test_it_can_be_followed_to_its_end(open_window: Open, qtbot: QtBot) -> None:
    parts = open_window()
    window, controller = parts.window, parts.controller
    window.source_bar.set_text(SENTENCE)
    line = window.source_bar.findChild(QLineEdit)
    assert line is not None
    qtbot.keyClick(line, Qt.Key.Key_Return)
    wait_for_step(qtbot, parts, 0)
    for key, step in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Space, 2), (Qt.Key.Key_Left, 1), (Qt.Key.Key_Right, 2)):
        qtbot.keyClick(window, key)
        wait_for_step(qtbot, parts, step)

    def changed() -> bool:
        document = controller.loaded.document
        return document is not None and bool(document.interventions)

    shown = window.thumbnails_shown()
    qtbot.keyClick(window, Qt.Key.Key_G, CONTROL)
    assert window.thumbnails_shown() != shown
    qtbot.keyClick(window, Qt.Key.Key_O)
    qtbot.waitUntil(changed, timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: not changed(), timeout=PATIENCE)
    settle(qtbot, parts)
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    (dialog,) = window.findChildren(ExportDialog)
    assert dialog.isVisible()
    dialog.reject()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert parts.menu_actions.handbook.isVisible()
    parts.menu_actions.handbook.close()
