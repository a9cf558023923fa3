"""The large map of one head: cells in a pyqtgraph ViewBox, token labels and colour bar around it.

Importing this imports pyqtgraph; `heatmap_view` does so only once there is a map to show.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from attention_viewer.viewer.look.theme import Style, style_for, system_font
from attention_viewer.viewer.painting.colorbar import paint_colorbar
from attention_viewer.viewer.painting.heatmap import HeatmapLayout, heatmap_layout, paint_cells, paint_overlay
from attention_viewer.viewer.painting.labels import Side, overhang_of, paint_labels
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay
from attention_viewer.viewer.widgets.graphing import pg
from attention_viewer.viewer.widgets.map_box import MapBox
from attention_viewer.viewer.widgets.message import KEYBOARD_REASONS, paint_focus
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontInfo, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionGraphicsItem, QWidget

NO_OVERLAY = Overlay()
MOST_LABELS = 0.45
"""Share of the height that labels above the map may take before enlarged text gives way to the map."""


class CellsItem(pg.GraphicsObject):  # type: ignore[misc]
    """The cells of a map, one cell one unit, painted by our painter as far as they are exposed."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._look = style
        self._spec: HeatmapSpec | None = None
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_cells(self, spec: HeatmapSpec | None, style: Style) -> None:
        """Show other cells, or none."""
        self.prepareGeometryChange()
        self._spec, self._look = spec, style
        self.update()

    def boundingRect(self) -> QRectF:
        """All cells."""
        if self._spec is None:
            return QRectF()
        rows, columns = self._spec.values.shape
        return QRectF(0, 0, columns, rows)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The cells that are seen."""
        if self._spec is not None:
            area, part = exposed_part(self._spec, option.exposedRect)
            paint_cells(painter, area, part, self._look)


def exposed_part(spec: HeatmapSpec, exposed: QRectF) -> tuple[QRectF, HeatmapSpec]:
    """The cells of `spec` in `exposed` and one more on each side, and where they stand, both in cells."""
    rows, columns = spec.values.shape
    top, bottom = max(0, math.floor(exposed.top()) - 1), min(rows, math.ceil(exposed.bottom()) + 1)
    left, right = max(0, math.floor(exposed.left()) - 1), min(columns, math.ceil(exposed.right()) + 1)
    part = np.s_[top:bottom, left:right]
    mask = None if spec.mask is None else spec.mask[part]
    leaked = None if spec.leaked is None else spec.leaked[part]
    seen = replace(spec, values=spec.values[part], mask=mask, leaked=leaked)
    return QRectF(left, top, right - left, bottom - top), seen


def fitting_style(spec: HeatmapSpec, style: Style, area: QRectF) -> Style:
    """`style`, or one with smaller text where the labels leave a map in `area` too little room.

    Only text that is larger than the desktop's becomes smaller, and no smaller than that.
    """
    labels = heatmap_layout(area, spec, style).cells.top() - area.top()
    least = min(1.0, QFontInfo(system_font()).pixelSize() / style.em)
    scale = max(least, MOST_LABELS * area.height() / max(labels, 1.0))
    return style if scale >= 1.0 else style_for(style.palette, style.font, scale)


class MapView(pg.GraphicsView):  # type: ignore[misc]
    """Shows a `HeatmapSpec`: zoom with the wheel, drag to pan, double-click to see all of it again."""

    cell_hovered = Signal(object)
    activated = Signal()

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self._chosen = self._look = style
        self._spec: HeatmapSpec | None = None
        self._layout: HeatmapLayout | None = None
        self._overlay = NO_OVERLAY
        self._under: tuple[int, int] | None = None
        self._ringed = False
        self.box = MapBox()
        self._cells = CellsItem(style)
        self.scene().addItem(self.box)
        self.box.addItem(self._cells, ignoreBounds=True)
        self.box.moved.connect(self.viewport().update)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(0, 0)
        self.setMouseTracking(True)
        self.set_style(style)

    def set_spec(self, spec: HeatmapSpec) -> None:
        """Show a map; one of the same shape keeps the zoom."""
        self._spec = spec
        self.box.set_shape(*spec.values.shape)
        self.setAccessibleDescription(f"{spec.title}; {spec.rows.title}; {spec.columns.title}; {spec.scale.note}")
        self._lay_out()

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        self._overlay = overlay
        self.viewport().update()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._chosen = style
        self.setBackground(QColor(style.palette.surface))
        self._lay_out()

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The (row, column) at a point of this widget."""
        if self._spec is None or not self.box.geometry().contains(point):
            return None
        seen, inside = self.box.seen, self.box.mapFromScene(point)
        row = math.floor(seen.top + inside.y() / seen.cell)
        column = math.floor(seen.left + inside.x() / seen.cell)
        rows, columns = self._spec.values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell stands in this widget, seen or not."""
        seen = self.box.seen
        place = QRectF((column - seen.left) * seen.cell, (row - seen.top) * seen.cell, seen.cell, seen.cell)
        return place.translated(self.box.geometry().topLeft())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        if hasattr(self, "box"):
            self._lay_out()

    def mousePressEvent(self, event: Any) -> None:
        """Tell that this map is being used."""
        super().mousePressEvent(event)
        self.activated.emit()

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell which cell the mouse is on, when that changes."""
        super().mouseMoveEvent(event)
        self._hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse is on no cell."""
        super().leaveEvent(event)
        self._hover(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where it came by the keyboard."""
        super().focusInEvent(event)
        self._ringed = event.reason() in KEYBOARD_REASONS
        self.viewport().update()
        self.activated.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the focus no longer."""
        super().focusOutEvent(event)
        self._ringed = False
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """What stands around the cells, and what is lit on them."""
        if self._spec is not None and self._layout is not None:
            self._paint_axes(painter, self._spec, self._layout)
            self._paint_overlay(painter, self._spec)
        if self._ringed:
            paint_focus(painter, self._area(), self._look)

    def _paint_axes(self, painter: QPainter, spec: HeatmapSpec, layout: HeatmapLayout) -> None:
        seen, box = self.box.seen, self.box.geometry()
        rows, columns = spec.values.shape
        last_row = min(float(rows), seen.top + box.height() / seen.cell)
        last_column = min(float(columns), seen.left + box.width() / seen.cell)
        height, width = (last_row - seen.top) * seen.cell, (last_column - seen.left) * seen.cell
        beside = QRectF(layout.row_labels.left(), box.top(), layout.row_labels.width(), height)
        above = QRectF(box.left(), layout.column_labels.top(), width, layout.column_labels.height())
        style, lit = self._look, self._overlay
        paint_labels(painter, beside, spec.rows.labels, seen.top, last_row, Side.LEFT, style, lit.rows)
        paint_labels(painter, above, spec.columns.labels, seen.left, last_column, Side.TOP, style, lit.columns)
        painter.setFont(style.small)
        painter.setPen(QColor(style.palette.muted))
        room = layout.column_title
        title = painter.fontMetrics().elidedText(spec.columns.title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        bar = QRectF(layout.colorbar)
        bar.moveLeft(box.left() + width + style.em)
        paint_colorbar(painter, bar, spec.scale, spec.colormap, style)

    def _paint_overlay(self, painter: QPainter, spec: HeatmapSpec) -> None:
        margin = 2 * self._look.stroke
        painter.save()
        painter.setClipRect(self.box.geometry().adjusted(-margin, -margin, margin, margin))
        rows, columns = spec.values.shape
        corner = self.cell_rect(0, 0).topLeft()
        cells = QRectF(corner, self.cell_rect(rows - 1, columns - 1).bottomRight())
        paint_overlay(painter, cells, (rows, columns), self._overlay, self._look)
        painter.restore()

    def _lay_out(self) -> None:
        spec = self._spec
        style = self._look = self._chosen if spec is None else fitting_style(spec, self._chosen, self._area())
        self._cells.show_cells(spec, style)
        self.box.setVisible(spec is not None)
        # The last row's label may reach below its cell.
        room = self._area().adjusted(0.0, 0.0, 0.0, -0.5 * style.line)
        self._layout = None if spec is None else heatmap_layout(room, spec, style)
        if spec is not None and self._layout is not None:
            cells = self._layout.cells
            # Labels lean over the right edge; a zoomed map may end with any of them.
            right = max(style.em + self._layout.colorbar.width(), overhang_of(spec.columns.labels, 0.0, style))
            box = QRectF(cells.topLeft(), room.bottomRight())
            box.setRight(max(cells.right(), room.right() - right))
            self.box.place(box, cells.width() / spec.values.shape[1], style.em)
        self.viewport().update()

    def _area(self) -> QRectF:
        return QRectF(self.viewport().rect())

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._under:
            self._under = cell
            self.cell_hovered.emit(cell)
