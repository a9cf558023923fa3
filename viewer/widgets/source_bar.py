"""The line in which the English sentence is typed, with examples and recent sentences beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_viewer.model.contract.remarks import in_language
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.state.quiet_specs import RemarkSpec
from attention_viewer.viewer.widgets.language_box import LanguageBox
from attention_viewer.viewer.widgets.plain import breakable, plain_label, set_tip
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

LONGEST_SENTENCE = 20_000
"""Characters the line takes; far beyond what a model can read, which says its own limit more exactly."""
LONGEST_MENU_TEXT = 70
"""Characters of a sentence shown in the menu."""
NO_LIMIT_OF_QT = 2**31 - 1


class SentenceValidator(QValidator):
    """Turns line breaks into spaces, and refuses (rather than cuts) a text that is too long."""

    refused = Signal(int)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Judge the whole text of the line after a change; a refused change is taken back by Qt."""
        if len(text) > LONGEST_SENTENCE:
            self.refused.emit(len(text))
            return QValidator.State.Invalid, text, position
        line = one_line(text)
        return QValidator.State.Acceptable, line, min(position, len(line))


class SourceBar(QWidget):
    """Sentence, Encode button and menu of examples; below the line a hint or a quiet remark where one is needed.

    `root_requested` asks for colours by the square root, which a remark may offer.
    """

    submitted = Signal(str)
    root_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._encoded = ""
        self._examples: Mapping[str, str] = {}
        self._recent: tuple[str, ...] = ()
        self._line = self._make_line()
        self.language = LanguageBox()
        self.language.chosen.connect(self._put_language)
        self._line.textChanged.connect(self.language.show_of)
        self._encode = QPushButton("Encode ⏎")
        self._encode.setProperty("primary", True)
        self._encode.clicked.connect(self._submit)
        self._menu = QMenu(self)
        self._choose = QPushButton("Examples")
        self._choose.setMenu(self._menu)
        self._choose.setToolTip("Example and recent sentences")
        self._choose.setAccessibleName("Example and recent sentences")
        self._hint = plain_label()
        self._hint.setProperty("tone", "alert")
        self._hint.setWordWrap(True)
        # However long a word in it is, the window keeps its width.
        self._hint.setMinimumWidth(1)
        self._remark = plain_label()
        self._remark.setProperty("tone", "muted")
        self._remark.setWordWrap(True)
        self._remark.setMinimumWidth(1)
        self.root = QToolButton()
        self.root.setText("Colours by square root")
        self.root.setToolTip("Small weights become visible (View > Colour range)")
        self.root.setProperty("inline", True)
        self.root.clicked.connect(self.root_requested)
        self._said = QWidget()
        self._lay_out()
        self.set_hint("")
        self.set_remark(RemarkSpec())
        self.set_enabled_reason(None)

    def set_encoded(self, sentence: str) -> None:
        """The sentence that is on screen, which Escape brings back."""
        self._encoded = sentence

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed; what else it does, the window says."""
        if event.key() == Qt.Key.Key_Escape and self._encoded and self._line.text() != self._encoded:
            self.set_text(self._encoded)
            self.set_hint("")
        super().keyPressEvent(event)

    def set_text(self, text: str) -> None:
        """Put a sentence into the line without submitting it."""
        if len(text) > LONGEST_SENTENCE:
            self._refuse(len(text))
        else:
            self._line.setText(one_line(text))

    def text(self) -> str:
        """The sentence as it stands in the line."""
        return self._line.text()

    def set_examples(self, sentences: Mapping[str, str]) -> None:
        """The sentences under "Examples" in the menu, each with what to look for in it."""
        self._examples = dict(sentences)
        self._fill_menu()

    def set_recent(self, sentences: Sequence[str]) -> None:
        """The sentences under "Recent" in the menu, latest first."""
        self._recent = tuple(sentences)
        self._fill_menu()

    def set_hint(self, text: str) -> None:
        """Say what went wrong, or was left out, below the line; "" takes it away."""
        self._hint.setText(breakable(text))
        self._hint.setVisible(bool(text))
        self._line.setAccessibleDescription(text)

    def set_remark(self, remark: RemarkSpec) -> None:
        """Say something quietly of the sentence on screen, and offer what may help."""
        self._remark.setText(breakable(remark.text))
        self.root.setVisible(remark.offers_root)
        self._said.setVisible(bool(remark.text))

    def remark(self) -> str:
        """What is said quietly."""
        return self._remark.text()

    def hint(self) -> str:
        """What is being said about the sentence."""
        return self._hint.text()

    def set_enabled_reason(self, reason: str | None) -> None:
        """Let sentences be submitted (None), or not, for a reason shown as a tool tip, and as a hint on Enter."""
        self._reason = reason
        self._encode.setEnabled(reason is None)
        self._line.setReadOnly(reason is not None)
        self._fill_menu()
        set_tip(self._encode, reason or "Encode the sentence (Enter)")

    def set_languages(self, tokens: Sequence[str]) -> None:
        """Offer the languages that a model translates into; most models have one and no tokens."""
        self.language.set_tokens(tokens, self._line.text())

    def edit(self) -> None:
        """Put the cursor into the line, everything selected."""
        self._line.setFocus()
        self._line.selectAll()

    def _make_line(self) -> QLineEdit:
        line = QLineEdit()
        line.setMaxLength(NO_LIMIT_OF_QT)
        line.setPlaceholderText("Type an English sentence and press Enter")
        line.setAccessibleName("English sentence")
        validator = SentenceValidator(line)
        validator.refused.connect(self._refuse)
        line.setValidator(validator)
        line.returnPressed.connect(self._submit)
        return line

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.language)
        row.addWidget(self._line, 1)
        row.addWidget(self._encode)
        row.addWidget(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._hint)
        said = QHBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.addWidget(self._remark, 1)
        said.addWidget(self.root)
        layout.addWidget(self._said)
        self.setFocusProxy(self._line)

    def _submit(self) -> None:
        if self._reason is not None:
            self.set_hint(self._reason)
            return
        self.set_hint("")
        self.submitted.emit(self._line.text())

    def _put_language(self, token: str) -> None:
        self.set_text(in_language(self.language.tokens, self._line.text(), token))
        self._line.setFocus()

    def _refuse(self, length: int) -> None:
        self.set_hint(
            f"That would make {length:,} characters: more than the {LONGEST_SENTENCE:,} that fit here. "
            "Nothing was changed; use one sentence at a time."
        )

    def _pick(self, sentence: str) -> None:
        self.set_text(sentence)
        self._submit()

    def _fill_menu(self) -> None:
        self._menu.clear()
        for title, sentences in (("Examples: what to look for", tuple(self._examples)), ("Recent", self._recent)):
            if sentences:
                # The heading of a section is not drawn under a style sheet.
                self._menu.addSeparator()
                self._menu.addAction(title).setEnabled(False)
                for sentence in sentences:
                    self._menu.addAction(self._entry(sentence))
        self._choose.setEnabled(self._reason is None and bool(self._examples or self._recent))

    def _entry(self, sentence: str) -> QAction:
        text, look = shown_text(sentence, LONGEST_MENU_TEXT), self._examples.get(sentence, "")
        action = QAction("  ·  ".join(each.replace("&", "&&") for each in (text, look) if each), self._menu)
        set_tip(action, sentence)
        action.triggered.connect(lambda: self._pick(sentence))
        return action


def one_line(text: str) -> str:
    """`text` on one line: every line break becomes a space."""
    return " ".join(text.splitlines())
