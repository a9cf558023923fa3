"""A line that ends with what matters: where there is too little room, its beginning is left out, never its end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

APART = " · "
"""Stands after what can be left out as a whole: the place, which the panel's title says too."""


class Readout(QWidget):
    """Shows rich text on one line, the whole of it in the tool tip where it does not fit.

    Then it begins after the first `APART`, and is cut only where that does not fit either.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Never seen: all of the text, to be measured.
        self._label, self._whole = QLabel(text, self), QLabel(text, self)
        self._whole.hide()
        for each in (self._whole, self._label):
            each.setProperty("tone", "muted")
            each.setTextFormat(Qt.TextFormat.RichText)
        self._dots = QLabel("…", self)
        self._dots.setProperty("tone", "muted")
        self._dots.setAutoFillBackground(True)
        self._dots.setBackgroundRole(QPalette.ColorRole.Base)
        self._dots.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Show other text."""
        self._whole.setText(text)
        self._place()

    def text(self) -> str:
        """The text, whether or not all of it fits."""
        return self._whole.text()

    def is_cut(self) -> bool:
        """Whether some of what is shown has no room."""
        return self._label.sizeHint().width() > self.width()

    def text_rect(self) -> QRect:
        """Where the text stands in this widget; it begins left of the edge where it is cut."""
        return self._label.geometry()

    def sizeHint(self) -> QSize:
        """Room for what is shown of the text; a line's height even where there is none."""
        return self._label.sizeHint().expandedTo(QSize(0, self._label.fontMetrics().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Cut anew in another font, which the label tells by asking for another layout."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        whole = self._whole.text()
        fits = self._whole.sizeHint().width() <= self.width()
        self._label.setText(whole if fits else whole.partition(APART)[2] or whole)
        room, needed = self.width(), self._label.sizeHint().width()
        self._label.setGeometry(min(0, room - needed), 0, max(room, needed), self.height())
        self._dots.setGeometry(0, 0, self._dots.sizeHint().width(), self.height())
        self._dots.setVisible(self.is_cut())
        self.setToolTip("" if fits else whole)
