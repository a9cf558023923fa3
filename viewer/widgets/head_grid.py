"""All heads of a kind of attention as thumbnails; clicking one selects it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.painting.grid import grid_layout, paint_grid
from viewer.specs import GridSpec
from viewer.theme import Style
from viewer.view_state import Head
from viewer.widgets.canvas import Canvas


class HeadGrid(Canvas[GridSpec]):
    """The mosaic of layers x heads; `selected` carries layer and head, counted from 0."""

    selected = Signal(int, int)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def head_at(self, point: QPointF) -> Head | None:
        """The head whose thumbnail is at a point of this widget."""
        if self._spec is None:
            return None
        return grid_layout(self._area(), self._spec, self._look).head_at(point)

    def event(self, event: QEvent) -> bool:
        """Name the head under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            head = self.head_at(QPointF(event.pos()))
            text = "" if head is None else f"layer {head.layer + 1}, head {head.head + 1}"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what can be clicked."""
        over = self.head_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the head under the mouse."""
        head = self.head_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and head is not None:
            self.selected.emit(head.layer, head.head)
        else:
            super().mousePressEvent(event)

    def _paint(self, painter: QPainter, area: QRectF, spec: GridSpec) -> None:
        paint_grid(painter, area, spec, self._look)

    def _describe(self, spec: GridSpec) -> str:
        layers, heads = spec.values.shape[:2]
        chosen = spec.selected
        where = "" if chosen is None else f"; layer {chosen.layer + 1}, head {chosen.head + 1} is selected"
        return f"{layers} layers of {heads} heads{where}. Ctrl and an arrow key select another."
