"""The sheet above the panels: the sentence, its tokens, the translation so far, and the step buttons."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.conditions_banner import ConditionsBanner
from attention_viewer.viewer.widgets.plain import plain_label, set_tip
from attention_viewer.viewer.widgets.source_bar import NO_LIMIT_OF_QT, SourceBar
from attention_viewer.viewer.widgets.step_controls import StepControls
from attention_viewer.viewer.widgets.token_strip import TITLE_EMS, TokenStrip
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

TEXT = "Text"
NO_TRANSLATION = "The translation appears here, and can be copied, as it is decoded."


class Header(QFrame):
    """Source bar, token strips, step controls, translation and banner over the window's whole width."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.source_bar = SourceBar()
        self.source_strip = TokenStrip("Source", style)
        self.target_strip = TokenStrip("Target", style, clickable=True)
        self.source_strip.set_placeholder("The tokens of the sentence appear here.")
        self.target_strip.set_placeholder("Encode a sentence, then step the decoder with → or Space.")
        self.step_controls = StepControls(style)
        self.banner = ConditionsBanner(style)
        self._low, self._em = False, style.em
        self._translation_title = plain_label(TEXT)
        self._translation_title.setProperty("tone", "muted")
        self._translation = self._make_translation()
        self._grid = QGridLayout(self)
        self._grid.addWidget(self.source_bar, 0, 0, 1, 3)
        self._grid.addWidget(self.source_strip, 1, 0, 1, 3)
        self._grid.addWidget(self.target_strip, 2, 0, 1, 2)
        self._grid.addWidget(self.step_controls, 2, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self._translation_title, 3, 0)
        self._beside = QHBoxLayout()
        self._beside.addWidget(self._translation, 1)
        # No more than half of the line, and no room where nothing is said.
        self._beside.addWidget(self.banner, 1)
        self._grid.addLayout(self._beside, 3, 1)
        self._grid.setColumnStretch(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_translation("")
        self.set_style(style)

    def set_translation(self, text: str) -> None:
        """The translation so far, as text that can be selected and copied."""
        self._translation.setText(text)

    def set_mark(self, mark: str, tip: str) -> None:
        """Mark sentence, target and text as one of two that are compared, and say what that means; "" for none."""
        self.source_strip.set_mark(mark, tip)
        self.target_strip.set_mark(mark, tip)
        self._translation_title.setText(f"{TEXT} {mark}".strip())
        set_tip(self._translation_title, tip)

    def set_no_text(self, text: str) -> None:
        """What stands in the translation's place while there is none."""
        self._translation.setPlaceholderText(text)

    def translation(self) -> str:
        """The translation as shown; "" while there is none."""
        return self._translation.text()

    def set_lines(self, lines: int) -> None:
        """Let each strip be at most so many lines high."""
        self.source_strip.set_lines(lines)
        self.target_strip.set_lines(lines)

    def set_low(self, low: bool) -> None:
        """Leave the translation's line to the panels, or not; what is changed in the model is said in any case."""
        self._low = low
        self._translation_title.setVisible(not low)
        self._translation.setVisible(not low)
        self._fit_lines()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        em = style.em
        self._grid.setContentsMargins(round(0.9 * em), round(0.6 * em), round(0.9 * em), round(0.4 * em))
        self._em = em
        self._fit_lines()
        self._grid.setHorizontalSpacing(round(0.6 * em))
        self._translation_title.setFixedWidth(round(TITLE_EMS * em))
        for part in (self.source_strip, self.target_strip, self.step_controls, self.banner):
            part.set_style(style)

    def _fit_lines(self) -> None:
        self._grid.setRowMinimumHeight(3, 0 if self._low else round(1.6 * self._em))
        self._grid.setVerticalSpacing(round((0.25 if self._low else 0.45) * self._em))

    def _make_translation(self) -> QLineEdit:
        line = QLineEdit()
        line.setReadOnly(True)
        line.setProperty("flat", True)
        line.setMaxLength(NO_LIMIT_OF_QT)
        line.setPlaceholderText(NO_TRANSLATION)
        line.setAccessibleName("Translation so far")
        return line
