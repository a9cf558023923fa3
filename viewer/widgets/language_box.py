"""The language to translate into, for models that must be told: each has a token that begins the sentence."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.contract.remarks import language_of
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

NONE_CHOSEN = "Language?"
TIP = "The language to translate into: a token at the very start of the sentence"


class LanguageBox(QComboBox):
    """A list of languages; hidden where a model has none. `chosen` carries the token, "" for none."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: tuple[str, ...] = ()
        self.setToolTip(TIP)
        self.setAccessibleName("Language to translate into")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))
        self.hide()

    def set_tokens(self, tokens: Sequence[str], sentence: str) -> None:
        """Offer the languages of a model; `sentence` is what stands in the line."""
        self.tokens = tuple(tokens)
        self.clear()
        self.addItem(NONE_CHOSEN, "")
        for token in self.tokens:
            self.addItem(token[2:-2], token)
        self.show_of(sentence)
        self.setVisible(bool(tokens))

    def show_of(self, sentence: str) -> None:
        """Show the language that a sentence begins with."""
        self.setCurrentIndex(max(0, self.findData(language_of(self.tokens, sentence))))
