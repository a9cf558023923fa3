"""A line that ends with what matters: where there is too little room, its beginning is cut, never its end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Readout(QWidget):
    """Shows rich text on one line, the whole of it in the tool tip where it does not fit."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(text, self)
        self._label.setProperty("tone", "muted")
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._dots = QLabel("…", self)
        self._dots.setProperty("tone", "muted")
        self._dots.setAutoFillBackground(True)
        self._dots.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Show other text."""
        self._label.setText(text)
        self._place()

    def text(self) -> str:
        """The text, whether or not all of it fits."""
        return self._label.text()

    def is_cut(self) -> bool:
        """Whether some of the text has no room."""
        return self._label.sizeHint().width() > self.width()

    def text_rect(self) -> QRect:
        """Where the text stands in this widget; it begins left of the edge where it is cut."""
        return self._label.geometry()

    def sizeHint(self) -> QSize:
        """Room for the text; a line's height even where there is none."""
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
        room, needed = self.width(), self._label.sizeHint().width()
        self._label.setGeometry(min(0, room - needed), 0, max(room, needed), self.height())
        self._dots.setGeometry(0, 0, self._dots.sizeHint().width(), self.height())
        self._dots.setVisible(self.is_cut())
        self.setToolTip(self.text() if self.is_cut() else "")
