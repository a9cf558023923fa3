"""A tour, stop by stop: what is told, what to predict and to do, the answer, and the choices of a quiz."""

from __future__ import annotations

from dataclasses import replace
from textwrap import fill

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.formula import formula_size, paint_formula
from attention_viewer.viewer.state.formula import plain_formula
from attention_viewer.viewer.state.tour_progress import StopSpec
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

INTRODUCTION = "A tour through the Transformer on a real sentence: predict, then try. A quiz follows."
RIGHT, WRONG = "✓ Right.", "✗ Not that one: {right} is right."
LEAST_EMS = 16.0
CHOICES, KEYED = "ABCDEFGH", "ABCG"
"""What choices are called, and those whose letter with Alt opens no menu."""
WRAPPED = 36
"""Letters in a line of a choice: buttons do not wrap their text."""


class FormulaLabel(QWidget):
    """A formula, as high as it needs."""

    def __init__(self, text: str, style: Style) -> None:
        super().__init__()
        self._text, self._look = text, style
        self.setAccessibleName(plain_formula(text))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The formula's room."""
        box = formula_size(self._text, self._look.font)
        return QSize(round(box.width), round(box.height + 0.6 * self._look.em))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        paint_formula(QPainter(self), QRectF(self.rect()), self._text, self._look)


class TourPanel(QWidget):
    """Shows a `StopSpec`; emits where the reader wants to go, and what was chosen. Setters emit nothing."""

    wanted = Signal()
    gone_to = Signal(int)
    revealed = Signal()
    chosen = Signal(int)
    set_up_again = Signal()

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._look = style
        self._spec: StopSpec | None = None
        self.header = TitleBlock("Tour")
        self.header.set_titles("Tour", INTRODUCTION)
        self.stops = QComboBox()
        self.stops.setAccessibleName("Stops")
        self.stops.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.back, self.forward = QPushButton("&Previous"), QPushButton("&Next")
        self.again, self.answer = QPushButton(), QPushButton("Ans&wer")
        self.again.setToolTip("Put the window into the state of this stop (Alt+S); Undo takes it back")
        self.answer.setToolTip("Show the answer (Alt+W)")
        self.back.setToolTip("To the stop before (Alt+P)")
        self.forward.setToolTip("To the next stop (Alt+N)")
        self.notice = _paragraph("", "notice")
        self.notice.hide()
        self.kept = _paragraph("", "muted")
        self.kept.hide()
        self.choices: list[QPushButton] = []
        self._told: QLabel | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Tour")
        # The window is still being arranged when a panel comes to be shown.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._want)
        # What was just told has no place yet.
        self._soon_seen = QTimer(self)
        self._soon_seen.setSingleShot(True)
        self._soon_seen.timeout.connect(self._show_last)
        self._lay_out()
        self.stops.activated.connect(self.gone_to)
        self.back.clicked.connect(lambda: self._move(-1))
        self.forward.clicked.connect(lambda: self._move(1))
        self.again.clicked.connect(self.set_up_again)
        self.answer.clicked.connect(self.revealed)
        self.set_style(style)

    def set_stop(self, spec: StopSpec) -> None:
        """Show a stop of a tour."""
        before, self._spec = self._spec, spec
        self.notice.setText(spec.notice)
        self.notice.setVisible(bool(spec.notice))
        self.kept.setText(spec.kept)
        self.kept.setVisible(bool(spec.kept))
        if before is not None and replace(before, notice=spec.notice, kept=spec.kept) == spec:
            return
        self.header.set_titles(spec.tour, spec.place)
        if list(spec.titles) != [self.stops.itemText(index) for index in range(self.stops.count())]:
            self.stops.clear()
            self.stops.addItems(spec.titles)
        self.stops.setCurrentIndex(spec.index)
        self.back.setEnabled(spec.index > 0)
        self.forward.setEnabled(spec.index + 1 < len(spec.titles))
        if self.answer.hasFocus() and spec.revealed:
            self.forward.setFocus(Qt.FocusReason.OtherFocusReason)
        self.answer.setEnabled(bool(spec.stop.answer) and not spec.revealed)
        self.again.setText(f"&{spec.setting}")
        self._fill(spec)
        if before is None or (before.tour, before.index) != (spec.tour, spec.index):
            self._scroll.verticalScrollBar().setValue(0)
        elif spec.revealed and not before.revealed:
            self._soon_seen.start(0)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.header.set_style(style)
        self._column.setSpacing(round(0.4 * style.em))
        if self._spec is not None:
            self._fill(self._spec)

    def text(self) -> str:
        """All that is told now, as plain text."""
        content = self._scroll.widget()
        labels = content.findChildren(QLabel) if content is not None else []
        return "\n".join(label.text() for label in labels)

    def minimumSizeHint(self) -> QSize:
        """Small: texts are wrapped."""
        return QSize(round(LEAST_EMS * self._look.em), round(10 * self._look.em))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the tour where there is none yet."""
        super().showEvent(event)
        if self._spec is None:
            self._soon.start(0)

    def _want(self) -> None:
        # While panels are arranged anew, each of them is shown for a moment.
        if self._spec is None and self.isVisible():
            self.wanted.emit()

    def _show_last(self) -> None:
        """Bring the answer into sight."""
        content = self._scroll.widget()
        if content is not None and self._told is not None:
            self._scroll.ensureWidgetVisible(self._told, 0, 0)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.stops)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self.notice)
        self._column.addWidget(self.kept)
        for pair in ((self.again, self.answer), (self.back, self.forward)):
            row = QHBoxLayout()
            for button in pair:
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                row.addWidget(button)
            self._column.addLayout(row)

    def _fill(self, spec: StopSpec) -> None:
        """Everything between the list of stops and the buttons."""
        stop, content = spec.stop, QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, round(0.4 * self._look.em), 0)
        column.setSpacing(round(0.7 * self._look.em))
        column.addWidget(_paragraph(stop.title, "title"))
        for text in stop.text:
            column.addWidget(_paragraph(text))
        for formula in stop.formulas:
            column.addWidget(FormulaLabel(formula, self._look))
        for head, text in (("Predict", stop.predict), ("Then try", stop.do)):
            if text:
                column.addWidget(_paragraph(head, "muted"))
                column.addWidget(_paragraph(text))
        held = next((index for index, button in enumerate(self.choices) if button.hasFocus()), -1)
        self.choices = [self._choice(index, text, spec) for index, text in enumerate(stop.choices)]
        for button in self.choices:
            column.addWidget(button)
        if spec.chosen is not None:
            verdict = RIGHT if spec.chosen == stop.right else WRONG.format(right=CHOICES[stop.right])
            column.addWidget(_paragraph(verdict, "title"))
        self._told = None
        if spec.revealed and stop.answer:
            column.addWidget(_paragraph("Answer", "muted"))
            self._told = _paragraph(stop.answer)
            column.addWidget(self._told)
        column.addStretch(1)
        self._scroll.setWidget(content)
        if 0 <= held < len(self.choices):
            self.choices[held].setFocus(Qt.FocusReason.OtherFocusReason)
        content.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)

    def _choice(self, index: int, text: str, spec: StopSpec) -> QPushButton:
        letter = CHOICES[index]
        key = letter in KEYED
        text = fill(f"{text}{_mark(index, spec)}", WRAPPED)
        button = QPushButton(f"{'&' if key else ''}{letter}  {text.replace('&', '&&')}")
        button.setToolTip(f"Choose this (Alt+{letter})" if key else "Choose this")
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setProperty("told", True)
        button.setCheckable(True)
        button.setChecked(spec.chosen == index)
        button.clicked.connect(lambda: self.chosen.emit(index))
        return button

    def _move(self, by: int) -> None:
        if self._spec is not None:
            self.gone_to.emit(self._spec.index + by)


def _mark(choice: int, spec: StopSpec) -> str:
    """What stands behind a choice once the answer is told: whether it is right, or was taken and is not."""
    if not spec.revealed:
        return ""
    return " ✓" if choice == spec.stop.right else " ✗" if choice == spec.chosen else ""


def _paragraph(text: str, tone: str = "") -> QLabel:
    label = plain_label(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if tone:
        label.setProperty("tone", tone)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
