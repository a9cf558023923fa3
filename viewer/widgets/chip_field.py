"""The chips of a strip, painted: which one the mouse is on, and which one was clicked."""

from __future__ import annotations

from math import ceil, inf

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.chips import LINE_EMS, PlacedChip, chip_text, paint_chip, place_chips, words
from attention_viewer.viewer.state.specs import Chip
from attention_viewer.viewer.widgets.message import paint_focus
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

PADDING_EMS = 0.5


class ChipField(QWidget):
    """The chips themselves, painted; as high as its width makes it."""

    hovered = Signal(object)
    clicked = Signal(int)
    resized = Signal()

    def __init__(self, style: Style, clickable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._clickable = style, clickable
        self._chips: tuple[Chip, ...] = ()
        self._placed: list[PlacedChip] = []
        self._lit: frozenset[int] = frozenset()
        self._under: int | None = None
        self._focused = False
        self._placeholder = ""
        self._wrapped = True
        self.setMouseTracking(True)

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show other chips."""
        self._chips = chips
        self._place()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        self._place()

    def set_highlight(self, lit: frozenset[int]) -> None:
        """Light the chips of these indices; others are ignored."""
        self._lit = lit
        self.update()

    def set_placeholder(self, text: str) -> None:
        """What stands here while there are no chips."""
        self._placeholder = text
        self.update()

    def set_wrapped(self, wrapped: bool) -> None:
        """Let the chips go on in a next line where there is no more room, or stand in one, however long."""
        self._wrapped = wrapped
        self._place()

    def set_focused(self, focused: bool) -> None:
        """Draw the ring of the focus, or not."""
        self._focused = focused
        self.update()

    def chip_at(self, point: QPointF) -> int | None:
        """The index of the chip at a point of this widget."""
        return next((index for index, chip in enumerate(self._placed) if chip.rect.contains(point)), None)

    def chip(self, index: int) -> Chip:
        """The chip of an index."""
        return self._chips[index]

    def chip_rect(self, index: int) -> QRectF:
        """Where a chip stands in this widget."""
        return self._placed[index].rect

    def hovered_chip(self) -> int | None:
        """The index of the chip under the mouse."""
        return self._under if self._under is not None and self._under < len(self._chips) else None

    def content_height(self, width: int) -> int:
        """How high all chips are in `width` pixels; one line at least."""
        placed = self._place_in(width)
        return round(placed[-1].rect.bottom() if placed else LINE_EMS * self._style.em) + 1

    def content_width(self) -> int:
        """How wide the longest line must be; 0 where lines follow the width there is."""
        return 0 if self._wrapped or not self._placed else ceil(self._placed[-1].rect.right()) + 1

    def text(self) -> str:
        """All chips as text, the pieces of a word joined."""
        return " ".join("".join(chip.text for chip in self._chips[a : b + 1]) for a, b in words(self._chips))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._place()
        if event.size().width() != event.oldSize().width():
            self.resized.emit()

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the chip under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.chip_at(QPointF(event.pos()))
            show_tip(event.globalPos(), "" if index is None else self._chips[index].tooltip, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which chip the mouse is on, when that changes."""
        self._hover(self.chip_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse is on no chip."""
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which chip was clicked."""
        index = self.chip_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and index is not None:
            self.clicked.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chips that are to be seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._chips:
            painter.setFont(self._style.font)
            painter.setPen(QColor(self._style.palette.muted))
            line = QRectF(0, 0, self.width(), LINE_EMS * self._style.em)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._placeholder)
        painter.setFont(self._style.mono)
        seen = QRectF(event.rect())
        for index, (chip, placed) in enumerate(zip(self._chips, self._placed, strict=True)):
            if placed.rect.intersects(seen):
                paint_chip(painter, chip, placed, index in self._lit, self._style)
        if self._focused:
            paint_focus(painter, QRectF(self.visibleRegion().boundingRect()), self._style)

    def _hover(self, index: int | None) -> None:
        if index == self._under:
            return
        self._under = index
        pointing = self._clickable and index is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(index)

    def _place_in(self, width: int) -> list[PlacedChip]:
        metrics = QFontMetricsF(self._style.mono)
        padding = 2 * PADDING_EMS * self._style.em
        widths = [metrics.horizontalAdvance(chip_text(chip)) + padding for chip in self._chips]
        return place_chips(self._chips, widths, width - 1 if self._wrapped else inf, self._style)

    def _place(self) -> None:
        self._placed = self._place_in(self.width())
        self.update()
