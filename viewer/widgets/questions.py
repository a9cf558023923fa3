"""Questions that stop nothing: plain text, and buttons that say what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attention_viewer.viewer.state.plain_text import PROGRAM
from attention_viewer.viewer.widgets.mnemonics import mark_dialog
from attention_viewer.viewer.widgets.plain import message_box
from PySide6.QtWidgets import QMessageBox, QWidget

Role = QMessageBox.ButtonRole


def ask(
    parent: QWidget,
    text: str,
    more: str,
    answers: Mapping[str, tuple[QMessageBox.ButtonRole, Callable[[], None]]],
) -> QMessageBox:
    """Show a question; `answers` are what the buttons say, their roles, and what is done then.

    The first answer is the default one; the last is what Escape means.
    """
    box = message_box(parent, QMessageBox.Icon.Question, PROGRAM, text, more)
    buttons = [(box.addButton(said, role), act) for said, (role, act) in answers.items()]
    mark_dialog(box)
    box.setDefaultButton(buttons[0][0])
    box.setEscapeButton(buttons[-1][0])

    def answered() -> None:
        chosen = box.clickedButton()
        box.deleteLater()
        for button, act in buttons:
            if button is chosen:
                act()

    box.finished.connect(answered)
    box.open()
    return box
