"""Keeps the window's shortcuts, and files dragged onto it, from lines of text that have other uses for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QKeyEvent
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
        """Leave a shortcut of the window, and files, to the window."""
        if not (_is_shortcut(event) or _brings_files(event)):
            return False
        event.ignore()
        return True


def _is_shortcut(event: QEvent) -> bool:
    return (
        event.type() is QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        and event.key() in EDITING_KEYS
    )


def _brings_files(event: QEvent) -> bool:
    """Whether files are dragged over a line, which would take their paths for text."""
    return isinstance(event, QDropEvent) and event.mimeData().hasUrls()
