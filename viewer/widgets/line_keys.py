"""Keeps the window's shortcuts from lines of text that have other uses for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

EDITING_KEYS = frozenset({Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_H, Qt.Key.Key_K})
"""With Ctrl, X11 lets a line of text move and delete by them (as in Emacs); here they are the window's shortcuts."""


class LineKeys(QObject):
    """An event filter for the lines of text that a window has when it is made."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        for line in window.findChildren(QLineEdit):
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a shortcut of the window to the window."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() != Qt.KeyboardModifier.ControlModifier or event.key() not in EDITING_KEYS:
            return False
        event.ignore()
        return True
