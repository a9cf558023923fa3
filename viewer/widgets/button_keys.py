"""Keeps the keys that press a button from being taken for shortcuts of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QWidget

PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ButtonKeys(QObject):
    """An event filter for a window and its docks: what no part of them wanted comes to them in the end.

    So it does for buttons that are made later, and in docks that float.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        for part in (window, *window.findChildren(QDockWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a key that presses the focused button to that button."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not presses(event) or not isinstance(QApplication.focusWidget(), QAbstractButton):
            return False
        event.accept()
        return True


def presses(event: QKeyEvent) -> bool:
    """Whether a key, pressed by itself, presses a button."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in PRESSING
