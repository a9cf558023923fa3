"""Asks for a translation to force on the decoder (teacher forcing)."""

from __future__ import annotations

from attention_viewer.viewer.widgets.mnemonics import mark_dialog
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

EXPLANATION = (
    "The decoder reads this translation whatever it would have chosen itself. Every step shows the probability and the "
    "rank that the model gave to the next token of it; improbable tokens stand out among the chips."
)


class TargetDialog(QDialog):
    """Emits `chosen` with the text when accepted; blank text cannot be accepted."""

    chosen = Signal(str)

    def __init__(self, sentence: str, translation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Teacher forcing")
        source = plain_label(f"Translation to force for “{sentence}”:")
        source.setWordWrap(True)
        self._text = QPlainTextEdit(translation)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName("Translation to force")
        self._text.setPlaceholderText("Type or paste a translation")
        self._text.selectAll()
        explanation = plain_label(EXPLANATION)
        explanation.setWordWrap(True)
        explanation.setProperty("tone", "muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._text.textChanged.connect(self._enable)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._confirm)
        layout = QVBoxLayout(self)
        for part in (source, self._text, explanation, self._buttons):
            layout.addWidget(part)
        self.resize(round(1.2 * self.sizeHint().width()), self.sizeHint().height())
        self.accepted.connect(lambda: self.chosen.emit(self.text()))
        self._enable()
        mark_dialog(self)

    def text(self) -> str:
        """The translation on one line."""
        return " ".join(self._text.toPlainText().split())

    def _confirm(self) -> None:
        """Enter alone begins a new line."""
        if self.text():
            self.accept()

    def _enable(self) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.text()))
