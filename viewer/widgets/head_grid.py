"""All heads of a kind of attention as thumbnails; clicking one selects it, a right click asks for its menu."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.state.specs import GridSpec
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.canvas import Canvas
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget


class HeadGrid(Canvas[GridSpec]):
    """The mosaic of layers x heads; all signals carry layer and head, counted from 0.

    `toggled` follows Ctrl and a click: the head is taken into those that are shown as one map, or out of them.

    `menu_requested` also carries where on the screen a menu should open.
    """

    selected = Signal(int, int)
    toggled = Signal(int, int)
    menu_requested = Signal(int, int, QPoint)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def shape(self) -> tuple[int, int]:
        """Layers and heads shown; one of each while there are none."""
        return (1, 1) if self._spec is None else (self._spec.values.shape[0], self._spec.values.shape[1])

    def head_at(self, point: QPointF) -> Head | None:
        """The head whose thumbnail is at a point of this widget."""
        if self._spec is None:
            return None
        return grid_layout(self._area(), self._spec, self._look).head_at(point)

    def tip_at(self, point: QPointF) -> str:
        """The tool tip at a point of this widget; "" where there is no thumbnail."""
        head = self.head_at(point)
        if head is None or self._spec is None:
            return ""
        off = head in self._spec.off
        state, switch = (", off", "on again") if off else ("", "off")
        taught = ", taught to align words" if head == self._spec.taught else ""
        where = f"layer {head.layer + 1}, head {head.head + 1}{taught}{state}"
        return f"{where} · right-click to switch it {switch} · Ctrl+click to show several as one"

    def event(self, event: QEvent) -> bool:
        """Name the head under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
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
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.toggled.emit(head.layer, head.head)
                return
            self.selected.emit(head.layer, head.head)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the head under the mouse; the menu key means the selected head."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        head = self._selected() if by_key else self.head_at(QPointF(event.pos()))
        if head is None:
            event.ignore()
            return
        place = self._centre(head) if by_key else event.globalPos()
        self.menu_requested.emit(head.layer, head.head, place)

    def _selected(self) -> Head | None:
        return None if self._spec is None else self._spec.selected

    def _centre(self, head: Head) -> QPoint:
        """The middle of a head's thumbnail on the screen."""
        assert self._spec is not None
        slot = grid_layout(self._area(), self._spec, self._look).slot(head.layer, head.head)
        return self.mapToGlobal(slot.center().toPoint())

    def _paint(self, painter: QPainter, area: QRectF, spec: GridSpec) -> None:
        paint_grid(painter, area, spec, self._look)

    def _describe(self, spec: GridSpec) -> str:
        layers, heads = spec.values.shape[:2]
        chosen = spec.selected
        where = "" if chosen is None else f"; layer {chosen.layer + 1}, head {chosen.head + 1} is selected"
        off = ", ".join(f"layer {each.layer + 1} head {each.head + 1}" for each in sorted(spec.off, key=_order))
        silent = f" Off: {off}." if off else ""
        return f"{layers} layers of {heads} heads{where}.{silent} Ctrl and an arrow key select another."


def _order(head: Head) -> tuple[int, int]:
    return head.layer, head.head
