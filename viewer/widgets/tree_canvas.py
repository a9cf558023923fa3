"""The tree of a beam search, drawn to be zoomed, scrolled and walked through by key and mouse."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.tree import (
    HEADER_EMS,
    TreeLayout,
    neighbour,
    paint_steps,
    paint_tree,
    tree_layout,
)
from attention_viewer.viewer.state.specs import BeamSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.message import paint_message
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QWidget,
)

TITLE = "Beam search"
LEGEND = "filled: kept · outlined: discarded · ringed: complete, with its rank · strong line: the best"
LEAST_ZOOM, MOST_ZOOM = 0.15, 4.0
ZOOM_STEP = 1.2
"""Factor of a notch of the wheel."""
NOTCH = 120.0
"""Eighths of a degree in a notch."""
REVEAL_EMS = 2.0
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ZOOM_IN, ZOOM_OUT = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus,)
OWN_KEYS = (*ARROWS, *ENTER, *ZOOM_IN, *ZOOM_OUT, Qt.Key.Key_0)
UNMODIFIED = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


class TreeCanvas(QAbstractScrollArea):
    """The drawn tree: it scrolls, zooms with Ctrl and the wheel, and emits `node_chosen` with a dot's index."""

    node_chosen = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._spec: BeamSpec | None = None
        self._message: Pending | Unavailable = Unavailable("Nothing to show yet.")
        self._layout: TreeLayout | None = None
        self._hide_discarded = False
        self._cursor: int | None = None
        self._dragged_from: QPointF | None = None
        self._to_reveal = False
        self.zoom = 1.0
        self.setObjectName("beamTree")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(TITLE)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)

    def set_spec(self, spec: BeamSpec | Pending | Unavailable) -> None:
        """Show a tree, or why there is none; the same tree keeps its place and zoom."""
        before = self._spec
        if isinstance(spec, Pending | Unavailable):
            self._spec, self._message = None, spec
        else:
            self._spec = spec
        if before is None or self._spec is None or before.dots != self._spec.dots:
            self._cursor = None
            self._lay_out()
            self._scroll_to(QPointF())
        if self._spec is not None and (before is None or before.selected != self._spec.selected):
            self._cursor = self._spec.selected
            # A panel that has not been seen yet does not have its size either.
            self._to_reveal = not self.isVisible()
            self._reveal(self._cursor)
        self._describe()
        self.viewport().update()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self._lay_out()

    def set_hide_discarded(self, hide: bool) -> None:
        """Leave out what was discarded, or not."""
        self._hide_discarded = hide
        self._lay_out()
        self._reveal(self._cursor)

    def message(self) -> str:
        """Why there is no tree; "" when there is one."""
        return "" if self._spec is not None else self._message.reason

    def node_rect(self, index: int) -> QRectF:
        """Where a dot stands in the viewport, seen or not; empty where it is not shown."""
        if self._layout is None or index not in self._layout.nodes:
            return QRectF()
        rect, offset = self._layout.nodes[index], self._offset()
        return QRectF(rect.topLeft() * self.zoom - offset, rect.size() * self.zoom)

    def node_at(self, point: QPointF) -> int | None:
        """The dot at a point of the viewport."""
        if self._layout is None or point.y() < self._header_height():
            return None
        return self._layout.node_at((point + self._offset()) / self.zoom)

    def tip_at(self, point: QPointF) -> str:
        """The tool tip at a point of the viewport; "" where there is no dot."""
        index = self.node_at(point)
        return "" if index is None or self._spec is None else self._spec.dots[index].tooltip

    def cursor_node(self) -> int | None:
        """The dot that the keyboard is on."""
        return self._cursor

    def set_zoom(self, zoom: float, about: QPointF | None = None) -> None:
        """Draw the tree `zoom` times as large; what is at `about` in the viewport stays there."""
        about = QPointF() if about is None else about
        zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        offset = (about + self._offset()) * (zoom / self.zoom) - about
        self.zoom = zoom
        self._fit_bars()
        self._scroll_to(offset)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Room for a few branches."""
        return QSize(round(40 * self._look.em), round(16 * self._look.em))

    def minimumSizeHint(self) -> QSize:
        """Small: the layout decides."""
        return QSize(round(6 * self._look.em), round(4 * self._look.em))

    def event(self, event: QEvent) -> bool:
        """Claim the keys that move through the tree from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tool tip of the dot under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed of the tree, and the numbers of the steps above it."""
        painter = QPainter(self.viewport())
        if self._spec is None or self._layout is None:
            paint_message(painter, QRectF(self.viewport().rect()), self._message, self._look)
            return
        offset = self._offset()
        painter.fillRect(event.rect(), QColor(self._look.palette.surface))
        painter.translate(-offset)
        painter.scale(self.zoom, self.zoom)
        exposed = QRectF((QPointF(event.rect().topLeft()) + offset) / self.zoom, event.rect().size() / self.zoom)
        paint_tree(painter, exposed, self._layout, self._spec, self._look, self._cursor if self.hasFocus() else None)
        paint_steps(painter, exposed, offset.y() / self.zoom, self._layout, self._look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the scroll bars follow."""
        super().resizeEvent(event)
        self._fit_bars()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the selected dot into view where it was selected out of sight."""
        super().showEvent(event)
        if self._to_reveal:
            self._to_reveal = False
            self._scroll_to(QPointF())
            self._reveal(self._cursor)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint all anew: the numbers of the steps stay where they are."""
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, scroll sideways with Shift or where there is nothing to scroll downwards."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * ZOOM_STEP ** (event.angleDelta().y() / NOTCH), event.position())
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not self.verticalScrollBar().maximum():
            QApplication.sendEvent(self.horizontalScrollBar(), event)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, choose with Enter, zoom with plus, minus and 0."""
        key = Qt.Key(event.key())
        if self._spec is None or not self._is_own(event):
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._move(key)
        elif key in ENTER:
            self._choose(self._cursor)
        else:
            factor = ZOOM_STEP if key in ZOOM_IN else 1 / ZOOM_STEP
            self.set_zoom(1.0 if key is Qt.Key.Key_0 else self.zoom * factor)
            self._reveal(self._cursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the dot under the mouse, or begin to drag the tree."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        index = self.node_at(event.position())
        if index is None:
            self._dragged_from = event.position() + self._offset()
        else:
            self._cursor = index
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the tree, or point at what can be clicked."""
        if self._dragged_from is not None:
            self._scroll_to(self._dragged_from - event.position())
            return
        over = self.node_at(event.position()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drag no longer."""
        self._dragged_from = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _is_own(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in UNMODIFIED and event.key() in OWN_KEYS
        return plain and self._spec is not None

    def _move(self, key: Qt.Key) -> None:
        """Go where an arrow leads; the first one goes to the last node of the best hypothesis."""
        if self._spec is None or self._layout is None or len(self._layout.nodes) < 2:
            return
        if self._cursor is None or self._cursor not in self._layout.nodes:
            self._cursor = max(self._layout.best, default=self._layout.columns[1][0])
        else:
            self._cursor = neighbour(self._layout, self._spec, self._cursor, key)
        self._reveal(self._cursor)
        self._describe()
        self.viewport().update()

    def _choose(self, index: int | None) -> None:
        self.viewport().update()
        if index is not None:
            self.node_chosen.emit(index)

    def _lay_out(self) -> None:
        self._layout = None if self._spec is None else tree_layout(self._spec, self._look, self._hide_discarded)
        self._fit_bars()
        self.viewport().update()

    def _fit_bars(self) -> None:
        """The scroll bars' ranges, from the sizes of the tree and the viewport."""
        view = self.viewport().size()
        tree = QSize() if self._layout is None else (self._layout.size * self.zoom).toSize()
        step = round(2 * self._look.em)
        for bar, whole, seen in (
            (self.horizontalScrollBar(), tree.width(), view.width()),
            (self.verticalScrollBar(), tree.height(), view.height()),
        ):
            bar.setRange(0, max(0, whole - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(step)

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _scroll_to(self, offset: QPointF) -> None:
        self.horizontalScrollBar().setValue(round(offset.x()))
        self.verticalScrollBar().setValue(round(offset.y()))

    def _header_height(self) -> float:
        return HEADER_EMS * self._look.em * self.zoom

    def _reveal(self, index: int | None) -> None:
        """Scroll as little as it takes to see a dot."""
        if index is None or self._layout is None or index not in self._layout.nodes:
            return
        margin, view = REVEAL_EMS * self._look.em, QRectF(self.viewport().rect())
        rect = self.node_rect(index).adjusted(-margin, -margin - self._header_height(), margin, margin)
        right, down = max(0.0, rect.right() - view.right()), max(0.0, rect.bottom() - view.bottom())
        left, up = min(0.0, rect.left()), min(0.0, rect.top())
        self._scroll_to(self._offset() + QPointF(right or left, down or up))

    def _describe(self) -> None:
        """Say in words what is shown and where the keyboard is."""
        if self._spec is None:
            self.setAccessibleDescription(self._message.reason)
        elif self._cursor is not None:
            self.setAccessibleDescription(self._spec.dots[self._cursor].tooltip)
        else:
            self.setAccessibleDescription(f"{self._spec.title}, {len(self._spec.dots)} nodes. {LEGEND}.")
