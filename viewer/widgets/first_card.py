"""The card of the very first start: three things to try on the example that is shown."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

TITLE = "Three things to try"
THINGS = (
    "Press → (or Step): the decoder reads the dashed token and predicts the next.",
    "Rest the mouse on a token or a cell: every map lights what belongs to it.",
    "Click another next token in the bars: the translation goes on from there.",
)
CLOSE, TOUR = "&Close", "Take the &tour"
MARGIN_EMS, WIDE_EMS = 1.0, 30.0


class FirstCard(QFrame):
    """Lies over the lower right of `window` until it is closed; `tour_wanted` asks for the tour."""

    tour_wanted = Signal()

    def __init__(self, window: QWidget, style: Style) -> None:
        super().__init__(window)
        self._window = window
        self._margin = round(MARGIN_EMS * style.em)
        self.setObjectName("firstCard")
        self.setAccessibleName(f"{TITLE}: {' '.join(THINGS)}")
        palette, radius = style.palette, round(0.5 * style.em)
        look = f"background: {palette.surface}; border: {round(style.stroke)}px solid {palette.accent}"
        self.setStyleSheet(f"#firstCard {{ {look}; border-radius: {radius}px }}")
        self.setFixedWidth(round(WIDE_EMS * style.em))
        column = QVBoxLayout(self)
        column.setContentsMargins(self._margin, self._margin, self._margin, self._margin)
        title = plain_label(TITLE)
        title.setFont(style.title)
        column.addWidget(title)
        for number, text in enumerate(THINGS, 1):
            line = plain_label(f"{number}.  {text}")
            line.setWordWrap(True)
            column.addWidget(line)
        self.close_button, self.tour_button = QPushButton(CLOSE), QPushButton(TOUR)
        self.close_button.clicked.connect(self.deleteLater)
        self.tour_button.clicked.connect(self.tour_wanted)
        self.tour_button.clicked.connect(self.deleteLater)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.tour_button)
        row.addWidget(self.close_button)
        column.addLayout(row)
        window.installEventFilter(self)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of the window."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.deleteLater()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        around = self._window.rect().adjusted(0, 0, -2 * self._margin, -3 * self._margin)
        self.move(around.right() - self.width(), around.bottom() - self.height())
