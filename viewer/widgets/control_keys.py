"""Keeps the keys that a focused control has a use for from being taken for shortcuts of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDockWidget, QTabBar, QWidget

PRESSING = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})
CHOOSING = PRESSING | {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down}
"""Keys of a list of choices, which are also found by their letters."""
TURNING = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End})
"""Keys of a row of tabs."""


class ControlKeys(QObject):
    """An event filter for a window and its docks: what no part of them wanted comes to them in the end.

    So it does for controls that are made later, and in docks that float. `unclaimed` tells the keys that no control
    has a use for: those of actions, of actions that cannot be done now, and of nothing.
    """

    unclaimed = Signal(QKeySequence)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.watch()

    def watch(self) -> None:
        """Hear of the keys that come to the window and the docks it has now."""
        for part in (self._window, *self._window.findChildren(QDockWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a key that the focused control has a use for to that control."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not is_own(QApplication.focusWidget(), event):
            self.unclaimed.emit(QKeySequence(event.keyCombination()))
            return False
        event.accept()
        return True


def is_own(control: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a control has a use for a key, pressed by itself."""
    if not _is_plain(event):
        return False
    if isinstance(control, QAbstractButton):
        return event.key() in PRESSING
    if isinstance(control, QComboBox):
        return event.key() in CHOOSING or event.text().isalnum()
    return isinstance(control, QTabBar) and event.key() in TURNING


def presses(event: QKeyEvent) -> bool:
    """Whether a key, pressed by itself, presses a button."""
    return _is_plain(event) and event.key() in PRESSING


def _is_plain(event: QKeyEvent) -> bool:
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
