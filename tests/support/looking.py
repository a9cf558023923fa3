"""Looks at every widget of the program: nothing of what came from outside is taken for HTML, or sets a size."""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

MARK = "<img src="
"""What hostile texts hold; it must stand nowhere where Qt would read it as HTML."""
LONGEST_SHOWN = 25_000
"""Characters that a widget shows at most: the line takes 20,000."""


def texts_taken_for_html() -> list[str]:
    """Labels, tool tips and actions in which Qt would open what a text from outside names."""
    found = []
    for widget in QApplication.allWidgets():
        if isinstance(widget, QLabel) and MARK in widget.text() and _is_rich(widget):
            found.append(f"{type(widget).__name__} {widget.objectName()}: {widget.text()[:80]}")
        found += [f"{type(widget).__name__}: {widget.toolTip()[:80]}"] if _opens(widget.toolTip()) else []
        actions = widget.actions()
        found += [f"{type(each).__name__}: {each.toolTip()[:80]}" for each in actions if _opens(each.toolTip())]
        found += [f"too long: {_text(widget)[:80]}"] if len(_text(widget)) > LONGEST_SHOWN else []
    return found


def widest(window: QMainWindow) -> int:
    """The least width that the window can have, as its parts ask for it."""
    return max(window.minimumSizeHint().width(), window.width())


def _is_rich(label: QLabel) -> bool:
    shape = label.textFormat()
    guessed = shape is Qt.TextFormat.AutoText and QtGui.Qt.mightBeRichText(label.text())
    return guessed or shape is Qt.TextFormat.RichText


def _opens(tip: str) -> bool:
    return MARK in tip and QtGui.Qt.mightBeRichText(tip)


def _text(of: QWidget | QAction) -> str:
    text = getattr(of, "text", None)
    value = text() if callable(text) else ""
    return value if isinstance(value, str) else ""
