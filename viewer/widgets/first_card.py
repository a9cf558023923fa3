"""The card of the very first start: three things to try on the example that is shown."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

TITLE = "Three things to try"
THINGS = (
    "Press → (or the blue button above): the decoder reads the dashed token and predicts the next.",
    "Rest the mouse on a token or a cell: every map lights what belongs to it.",
    "Click another next token in the bars: the translation goes on from there.",
)
CLOSE, TOUR = "&Close", "Take the &tour"


class FirstCard(QFrame):
    """A line over the width of the window, which covers nothing; `tour_wanted` asks for the tour."""

    tour_wanted = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstCard")
        self.setAccessibleName(f"{TITLE}: {' '.join(THINGS)}")
        palette, stroke = style.palette, round(style.stroke)
        edge = f"border: 0; border-bottom: {stroke}px solid {palette.border}"
        self.setStyleSheet(f"#firstCard {{ background: {palette.accent_soft}; {edge} }}")
        row = QHBoxLayout(self)
        side, end = round(0.9 * style.em), round(0.5 * style.em)
        row.setContentsMargins(side, end, side, end)
        row.setSpacing(round(1.2 * style.em))
        title = plain_label(TITLE)
        title.setFont(style.title)
        row.addWidget(title)
        for number, text in enumerate(THINGS, 1):
            row.addWidget(_thing(f"{number}.  {text}"), 1)
        self.close_button, self.tour_button = QPushButton(CLOSE), QPushButton(TOUR)
        self.close_button.clicked.connect(self.deleteLater)
        self.tour_button.clicked.connect(self.tour_wanted)
        self.tour_button.clicked.connect(self.deleteLater)
        row.addWidget(self.tour_button)
        row.addWidget(self.close_button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.deleteLater()
        else:
            super().keyPressEvent(event)


def _thing(text: str) -> QLabel:
    line = plain_label(text)
    line.setWordWrap(True)
    return line
