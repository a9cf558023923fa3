"""Lets Space, the arrows, Home and End step the decoder everywhere but where the focused widget needs them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit

ENTRY_WIDGETS = (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)


class FocusKeys(QObject):
    """An application-wide event filter: a key that the focused widget uses is not taken as a shortcut."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key for the widget that has the focus, when it is one of the widget's own."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _plain(event):
            focus = QApplication.focusWidget()
            if isinstance(focus, ENTRY_WIDGETS) or (
                isinstance(focus, QAbstractButton) and event.key() == Qt.Key.Key_Space
            ):
                event.accept()
        return False


def _plain(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return modifiers == Qt.KeyboardModifier.NoModifier
