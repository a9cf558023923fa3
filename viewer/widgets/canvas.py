"""A widget that shows one picture, or says why there is none."""

from __future__ import annotations

from typing import Generic, TypeVar

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.widgets.message import KEYBOARD_REASONS, paint_focus, paint_message
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

Spec = TypeVar("Spec")
LEAST_EMS = 2.0
EMPTY = Unavailable("Nothing to show yet.")


class Canvas(QWidget, Generic[Spec]):
    """Keeps the painted picture, and paints anew only when the spec, the style or the size has changed."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._spec: Spec | None = None
        self._message: Pending | Unavailable = EMPTY
        self._picture: QPixmap | None = None
        self._ringed = False
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def set_spec(self, spec: Spec | Pending | Unavailable) -> None:
        """Show a picture, or why there is none."""
        if isinstance(spec, Pending | Unavailable):
            self._spec, self._message = None, spec
            self.setAccessibleDescription(spec.reason)
        else:
            self._spec = spec
            self.setAccessibleDescription(self._describe(spec))
        self._repaint()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self._repaint()

    def message(self) -> str:
        """Why there is no picture; "" when there is one."""
        return "" if self._spec is not None else self._message.reason

    def minimumSizeHint(self) -> QSize:
        """Small: the layout decides."""
        side = round(LEAST_EMS * self._look.em)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the picture on the screen, painting it first where it is not up to date."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.deviceIndependentSize() != self.size():
            self._picture = self._paint_picture(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._ringed:
            paint_focus(painter, self._area(), self._look)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where it came by the keyboard."""
        self._ringed = event.reason() in KEYBOARD_REASONS
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the focus no longer."""
        self._ringed = False
        self.update()

    def _paint_picture(self, ratio: float) -> QPixmap:
        size = self.size() * ratio
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        if self._spec is None:
            paint_message(painter, self._area(), self._message, self._look)
        else:
            self._paint(painter, self._area(), self._spec)
        painter.end()
        return picture

    def _area(self) -> QRectF:
        return QRectF(self.rect())

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._repaint()

    def _paint(self, painter: QPainter, area: QRectF, spec: Spec) -> None:
        """Paint the picture of `spec` into `area`."""
        raise TypeError(f"{type(self).__name__} has no painter")

    def _describe(self, spec: Spec) -> str:
        """`spec` in words, for those who cannot see the picture."""
        return ""
