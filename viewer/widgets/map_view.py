"""The large map of one head: cells in a pyqtgraph ViewBox, token labels around it, and what is read of a cell.

Importing this imports pyqtgraph; `heatmap_view` does so only once there is a map to show.
"""

from __future__ import annotations

import math
from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.heatmap import (
    HeatmapLayout,
    filling_layout,
    fitting_style,
    paint_frames,
    paint_overlay,
)
from attention_viewer.viewer.painting.labels import (
    Side,
    elided,
    label_at,
    overhang_of,
    paint_labels,
)
from attention_viewer.viewer.painting.tag import Tag, paint_notice, paint_tag, place_away, place_tag, tag_size
from attention_viewer.viewer.state.reading import spoken
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay
from attention_viewer.viewer.widgets.cell_reader import Cell, CellReader, row_tag, value_tag
from attention_viewer.viewer.widgets.cells_item import CellsItem
from attention_viewer.viewer.widgets.graphing import pg
from attention_viewer.viewer.widgets.map_box import MapBox
from attention_viewer.viewer.widgets.message import GIVEN_BACK, KEYBOARD_REASONS, paint_focus
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleValueChangeEvent,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

NO_OVERLAY = Overlay()
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class MapView(pg.GraphicsView):  # type: ignore[misc]
    """Shows a `HeatmapSpec` whose labels stay beside their cells when it is zoomed.

    `cell_hovered` tells the cell being read as (row, column), None for none, `cell_pinned` one that was pinned;
    `activated` tells that the map is used.
    """

    cell_hovered = Signal(object)
    cell_pinned = Signal(object)
    activated = Signal()

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self._chosen = self._look = style
        self._name = name
        self._spec: HeatmapSpec | None = None
        self._layout: HeatmapLayout | None = None
        self._overlay = NO_OVERLAY
        self._told: Cell | None = None
        self._kept: Cell | None = None
        self._mouse, self._points = QPointF(), False
        self._ringed = False
        # Told once all that is shown anew is shown.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._tell)
        self.reader = CellReader()
        # All that changes asks for one painting itself; the scene would ask for a second one.
        self.setViewportUpdateMode(self.ViewportUpdateMode.NoViewportUpdate)
        self.box = MapBox()
        self._cells = CellsItem(style)
        self.scene().addItem(self.box)
        self.box.addItem(self._cells, ignoreBounds=True)
        self.box.moved.connect(self._follow)
        self.box.clicked.connect(self._pin)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(0, 0)
        self.setMouseTracking(True)
        self.set_style(style)

    def set_spec(self, spec: HeatmapSpec) -> None:
        """Show a map; one of the same shape keeps the zoom, and one that has the cells being read keeps those."""
        self._spec = spec
        self.box.set_shape(*spec.values.shape)
        self.reader.set_shape((spec.values.shape[0], spec.values.shape[1]))
        self.setAccessibleDescription(
            f"{spec.title}; {spec.rows.title}; {spec.columns.title}; {spec.notice or spec.scale.note}"
        )
        self._lay_out()
        self._speak()

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        self._overlay = overlay
        self.viewport().update()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._chosen = style
        self.setBackground(QColor(style.palette.surface))
        self._lay_out()

    def cell_at(self, point: QPointF) -> Cell | None:
        """The (row, column) at a point of this widget."""
        if self._spec is None or not self.box.geometry().contains(point):
            return None
        seen, inside = self.box.seen, self.box.mapFromScene(point)
        row = math.floor(seen.top + inside.y() / seen.high)
        column = math.floor(seen.left + inside.x() / seen.wide)
        rows, columns = self._spec.values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell stands in this widget, seen or not."""
        seen = self.box.seen
        place = QRectF((column - seen.left) * seen.wide, (row - seen.top) * seen.high, seen.wide, seen.high)
        return place.translated(self.box.geometry().topLeft())

    def cells_rect(self) -> QRectF:
        """Where the cells stand in this widget that are seen; empty where there are none."""
        if self._spec is None:
            return QRectF()
        rows, columns = self._spec.values.shape
        whole = QRectF(self.cell_rect(0, 0).topLeft(), self.cell_rect(rows - 1, columns - 1).bottomRight())
        return whole.intersected(self.box.geometry())

    def tags(self) -> list[tuple[QRectF, Tag]]:
        """What is said beside cells, and where: of the pinned one its row's ranking, of another being read its value.

        No tag covers the cell that it is about.
        """
        if self._spec is None:
            return []
        reader = self.reader
        room, style = self._area().adjusted(1.0, 1.0, -1.0, -1.0), self._look
        found: list[tuple[QRectF, Tag]] = []
        if reader.pinned is not None:
            tag = row_tag(self._spec, reader.pinned)
            cell = self.cell_rect(*reader.pinned)
            found.append((place_away(tag_size(tag, style), cell, self.cells_rect(), room, style), tag))
        reading = reader.under or (reader.cursor if self.hasFocus() else None)
        if reading is not None and reading != reader.pinned:
            tag, cell = value_tag(self._spec, reading), self.cell_rect(*reading)
            point = cell.center() if reader.under is None else self._mouse
            found.append((place_tag(tag_size(tag, style), cell, point, room, style), tag))
        return found

    def tip_at(self, point: QPointF) -> str:
        """The whole of a label that is shortened at a point of this widget; "" where there is none."""
        spec, layout = self._spec, self._layout
        if spec is None or layout is None:
            return ""
        box, seen = self.box.geometry(), self.box.seen
        row, column = label_at(point - box.topLeft(), self._look)
        label = ""
        if point.x() < box.left() and row is not None:
            label = _at(spec.rows.labels, math.floor(seen.top + row / seen.high))
        elif point.y() < box.top() and column is not None:
            label = _at(spec.columns.labels, math.floor(seen.left + column / seen.wide))
        return label if elided(label, self._look) != label else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        if hasattr(self, "box"):
            self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are for the cells from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        """Say the whole of a shortened label."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return bool(super().viewportEvent(event))

    def keyPressEvent(self, event: Any) -> None:
        """Move the cursor, pin the cell it is on, or let go."""
        if not self._takes(event):
            super().keyPressEvent(event)
            return
        self.reader.press(event.key())
        self.reader.under, self._points = None, False
        if self.reader.cursor is not None:
            self.box.reveal(*self.reader.cursor)
        self._tell()

    def mousePressEvent(self, event: Any) -> None:
        """Tell that this map is being used."""
        super().mousePressEvent(event)
        self.activated.emit()

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell which cell the mouse is on, when that changes."""
        super().mouseMoveEvent(event)
        self._mouse, self._points = event.position(), True
        self._hover(self.cell_at(self._mouse))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse is on no cell."""
        super().leaveEvent(event)
        self._points = False
        self._hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where it came by the keyboard, and give it a cursor there; nowhere else does it bring one."""
        super().focusInEvent(event)
        self._ringed = event.reason() in KEYBOARD_REASONS
        given_back = event.reason() in GIVEN_BACK
        if self._ringed:
            self.reader.begin()
        elif not given_back:
            self.reader.cursor = None
        self._tell()
        if not given_back:
            self.activated.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the focus no longer."""
        super().focusOutEvent(event)
        self._ringed = False
        self._tell()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """What stands around the cells, what is lit on them, and what is read of them."""
        if self._spec is not None and self._layout is not None:
            self._paint_axes(painter, self._spec, self._layout)
            self._paint_overlay(painter, self._spec)
            paint_notice(painter, self.cells_rect(), self._spec.notice, self._look)
            for place, tag in self.tags():
                paint_tag(painter, place, tag, self._look)
        if self._ringed:
            paint_focus(painter, self._area(), self._look)

    def _paint_axes(self, painter: QPainter, spec: HeatmapSpec, layout: HeatmapLayout) -> None:
        seen, box = self.box.seen, self.box.geometry()
        rows, columns = spec.values.shape
        last_row = min(float(rows), seen.top + box.height() / seen.high)
        last_column = min(float(columns), seen.left + box.width() / seen.wide)
        height, width = (last_row - seen.top) * seen.high, (last_column - seen.left) * seen.wide
        beside = QRectF(layout.row_labels.left(), box.top(), layout.row_labels.width(), height)
        above = QRectF(box.left(), layout.column_labels.top(), width, layout.column_labels.height())
        style, lit = self._look, self._lit()
        paint_labels(painter, beside, spec.rows.labels, seen.top, last_row, Side.LEFT, style, lit.rows)
        paint_labels(painter, above, spec.columns.labels, seen.left, last_column, Side.TOP, style, lit.columns)

    def _paint_overlay(self, painter: QPainter, spec: HeatmapSpec) -> None:
        margin = 3 * self._look.stroke
        painter.save()
        painter.setClipRect(self.box.geometry().adjusted(-margin, -margin, margin, margin))
        rows, columns = spec.values.shape
        corner = self.cell_rect(0, 0).topLeft()
        cells = QRectF(corner, self.cell_rect(rows - 1, columns - 1).bottomRight())
        paint_overlay(painter, cells, (rows, columns), self._lit(), self._look)
        read = (self.reader.pinned, self.reader.cursor if self.hasFocus() else None)
        paint_frames(painter, [self.cell_rect(*cell) for cell in read if cell is not None], self._look)
        painter.restore()

    def _lit(self) -> Overlay:
        """What hovering lights, and the pinned cell's row and column."""
        pinned, lit = self.reader.pinned, self._overlay
        return lit if pinned is None else Overlay(lit.rows | {pinned[0]}, lit.columns | {pinned[1]})

    def _lay_out(self) -> None:
        spec, area = self._spec, self._area()
        style = self._look = self._chosen if spec is None else fitting_style(spec, self._chosen, area)
        self._cells.show_cells(spec, style)
        self.box.setVisible(spec is not None)
        # The frame of what is lit reaches beyond the outermost cells.
        room = area.adjusted(0.0, 0.0, -2 * style.stroke, -2 * style.stroke)
        self._layout = None if spec is None else filling_layout(room, spec, style)
        if spec is not None and self._layout is not None:
            cells, (rows, columns) = self._layout.cells, self._layout.shape
            # Labels lean over the right edge; a zoomed map may end with any of them.
            box = QRectF(cells.topLeft(), room.bottomRight())
            box.setRight(max(cells.right(), room.right() - overhang_of(spec.columns.labels, 0.0, style)))
            self.box.place(box, QSizeF(cells.width() / columns, cells.height() / rows), style.em)
        self._follow()

    def _area(self) -> QRectF:
        return QRectF(self.viewport().rect())

    def _takes(self, event: Any) -> bool:
        return event.modifiers() in PLAIN and self.reader.takes(event.key())

    def _pin(self, point: QPointF) -> None:
        self.reader.pin(self.cell_at(point))
        self._tell()

    def _hover(self, cell: Cell | None) -> None:
        self.reader.under = cell
        self._tell()

    def _follow(self) -> None:
        """Read the cell that is under the mouse now, where cells have moved under one that rests."""
        self.viewport().update()
        if self._points:
            self.reader.under = self.cell_at(self._mouse)
            self._later.start()

    def _tell(self) -> None:
        """Show what is read, and tell it where it has changed."""
        self.viewport().update()
        if self.reader.pinned is not None and self.reader.pinned != self._kept:
            self.cell_pinned.emit(self.reader.pinned)
        self._kept = self.reader.pinned
        cell = self.reader.cell if self.hasFocus() or self.reader.pinned else self.reader.under
        if cell != self._told:
            self._told = cell
            self.cell_hovered.emit(cell)
            self._speak()

    def _speak(self) -> None:
        """Let assistive technology say the cell that the keyboard is on, as part of the name and as a value."""
        cell = self.reader.cursor or self.reader.pinned
        said = "" if cell is None or self._spec is None else spoken(self._spec, *cell)
        name = f"{self._name}: {said}" if said else self._name
        if name != self.accessibleName():
            self.setAccessibleName(name)
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, said))


def _at(labels: tuple[str, ...], index: int) -> str:
    return labels[index] if 0 <= index < len(labels) else ""
