"""The line that filters the vocabulary: it tells what to filter by once typing has paused."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

PAUSE_MS = 80
"""How long the text must stay the same before it counts, in milliseconds."""


class VocabularyLine(QLineEdit):
    """Emits `filter_changed` for what the user types; Escape, Enter and Down are told to its owner."""

    filter_changed = Signal(str)
    left = Signal()
    entered = Signal()
    went_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.tell)
        self.setPlaceholderText("Filter the vocabulary")
        self.setAccessibleName("Filter the vocabulary")
        self.setAccessibleDescription("Enter forces the first token shown, Down goes to the bars, Escape clears.")
        self.setClearButtonEnabled(True)
        self.textEdited.connect(self._wait)

    def filter(self) -> str:
        """The text last told, or set; what is typed at this moment does not count yet."""
        return self._told

    def set_filter(self, text: str) -> None:
        """Put a text into the line as what is filtered by already; emits nothing."""
        self._pause.stop()
        self._told = text
        self.setText(text)

    def tell(self) -> None:
        """Tell the text now, where it is not what was told last."""
        self._pause.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.filter_changed.emit(self._told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Escape, Enter and Down; the rest is typing."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.tell()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.tell()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.tell()
            self.went_down.emit()
        else:
            super().keyPressEvent(event)

    def _wait(self, text: str) -> None:
        self._pause.start()
