"""Text from outside is text: Qt takes what looks like HTML for it, and opens the files that it names.

Every label, tool tip and message that may hold text from outside is made here; a test holds the rule.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap
from typing import Protocol

from attention_viewer.viewer.state.plain_text import shown_text
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QInputDialog, QLabel, QLayout, QMessageBox, QToolTip, QWidget

LONGEST_TIP, LONGEST_LINE, MOST_LINES = 1000, 300, 20
"""Characters of a tool tip, and of one of its lines, at most; and how many lines."""
FRAME_EMS = 12.0
"""Width of what stands beside the title in the frame of a window: the icon and the buttons."""
LONGEST_WORD = 120
"""Characters without a place to break a line."""
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


class HasTip(Protocol):
    """A widget, an action or an item of a list."""

    def setToolTip(self, tip: str) -> None:
        """Show `tip` when the mouse rests."""


def plain_label(text: str = "") -> QLabel:
    """A label that shows its text as it stands."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def breakable(text: str) -> str:
    """A message in which no word is so long that it would set the width of a window."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(wrap(word[0], LONGEST_WORD)), shown_text(text, LONGEST_TIP))


def plain_tip(text: str) -> str:
    """A tool tip that shows `text` as it stands, shortened, and without what cannot be seen."""
    lines = [shown_text(line, LONGEST_LINE) for line in text[: 2 * LONGEST_TIP].split("\n")[:MOST_LINES]]
    tip = "\n".join(lines)[:LONGEST_TIP]
    return f"<p style='white-space:pre-wrap'>{escape(tip)}</p>" if QtGui.Qt.mightBeRichText(tip) else tip


def set_tip(of: HasTip, text: str) -> None:
    """Give a widget, an action or an item a tool tip that shows `text` as it stands."""
    of.setToolTip(plain_tip(text))


def show_tip(where: QPoint, text: str, widget: QWidget) -> None:
    """Show a tool tip now; "" takes one away."""
    QToolTip.showText(where, plain_tip(text), widget)


def message_box(parent: QWidget, icon: QMessageBox.Icon, title: str, text: str, more: str = "") -> QMessageBox:
    """A box with a message as it stands, and `more` below it in smaller letters."""
    box = QMessageBox(icon, title, "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(breakable(text))
    if more:
        box.setInformativeText("-")
        for label in box.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(breakable(more))
    return box


def small_dialog(
    parent: QWidget, title: str, label: str, mode: QInputDialog.InputMode = QInputDialog.InputMode.TextInput
) -> QInputDialog:
    """A dialog that asks for one value, wide enough for its title; it deletes itself when it is finished."""
    dialog = QInputDialog(parent)
    # An empty line greys OK, and a number that is set later does not ungrey it: there must not have been a line.
    dialog.setInputMode(mode)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.finished.connect(dialog.deleteLater)
    # Its parts come into being with the first look at how large they want to be.
    dialog.sizeHint()
    for part in dialog.findChildren(QLabel):
        part.setTextFormat(Qt.TextFormat.PlainText)
    fit_title(dialog)
    return dialog


def fit_title(dialog: QDialog) -> None:
    """Make a dialog wide enough for its title, which frames cut otherwise."""
    metrics = dialog.fontMetrics()
    layout = dialog.layout()
    if layout is not None and layout.sizeConstraint() is QLayout.SizeConstraint.SetMinAndMaxSize:
        layout.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)
    least = metrics.horizontalAdvance(dialog.windowTitle()) + round(FRAME_EMS * metrics.height())
    dialog.setMinimumWidth(max(dialog.minimumWidth(), least))
