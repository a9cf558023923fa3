"""A matrix without tokens: cells stretched over the picture, numbers on both axes, colour bar.

Rows and columns count from 0, as positions and dimensions do in Vaswani et al. 2017, section 3.5; row 0 is on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.colorbar import colorbar_width, paint_colorbar
from attention_viewer.viewer.painting.heatmap import VECTOR_CELLS, paint_rectangles
from attention_viewer.viewer.painting.raster import cell_colors, image_of
from attention_viewer.viewer.painting.scales import (
    Tick,
    columns_ticks,
    numbers_gap,
    numbers_width,
    paint_axis_title,
    paint_below,
    paint_left,
    rows_ticks,
)
from attention_viewer.viewer.state.specs import MatrixSpec
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

FRAME_STROKES = 2.0


@dataclass(frozen=True)
class MatrixLayout:
    """Where everything stands in a picture of a matrix; `frame` surrounds the sentence's cells, None for no such."""

    cells: QRectF
    row_ticks: tuple[Tick, ...]
    column_ticks: tuple[Tick, ...]
    row_title: QRectF
    column_title: QRectF
    colorbar: QRectF
    frame: QRectF | None


def matrix_layout(rect: QRectF, spec: MatrixSpec, style: Style) -> MatrixLayout:
    """Cells that fill `rect` but for titles, numbers and the colour bar; nothing reaches beyond `rect`."""
    rows, columns = spec.values.shape
    line, gap = style.small_line, numbers_gap(style)
    bar = colorbar_width(spec.scale, style)
    # On whole pixels, or edges would be smeared. Half of the first row's number stands above the cells, and text may
    # stand up to half a pixel lower than its box, for which a stroke is left below.
    top, bottom = math.ceil(rect.top() + line / 2), math.floor(rect.bottom() - 2 * line - gap - style.stroke)
    height = max(1, bottom - top)
    row_ticks = rows_ticks(rows, top, height, style)
    left = math.ceil(rect.left() + line + numbers_width([tick.text for tick in row_ticks], style) + gap + style.gap)
    right = math.floor(rect.right() - bar - style.em)
    cells = QRectF(left, top, max(1, right - left), height)
    return MatrixLayout(
        cells=cells,
        row_ticks=row_ticks,
        column_ticks=columns_ticks(columns, left, cells.width(), style),
        row_title=QRectF(rect.left(), top, line, height),
        column_title=QRectF(left, cells.bottom() + gap + line, cells.width(), line),
        colorbar=QRectF(cells.right() + style.em, top, bar, height),
        frame=_frame(cells, spec),
    )


def paint_matrix(painter: QPainter, rect: QRectF, spec: MatrixSpec, style: Style, vector: bool = False) -> MatrixLayout:
    """Paint the picture into `rect`, without title and subtitle; returns where things are."""
    layout = matrix_layout(rect, spec, style)
    _paint_cells(painter, layout.cells, spec, style, vector)
    paint_left(painter, layout.row_ticks, layout.cells.left(), style)
    paint_below(painter, layout.column_ticks, layout.cells.bottom(), style)
    paint_axis_title(painter, layout.row_title, spec.row_title, style, upright=True)
    paint_axis_title(painter, layout.column_title, spec.column_title, style)
    if layout.frame is not None:
        _paint_frame(painter, layout.frame, style)
    paint_colorbar(painter, layout.colorbar, spec.scale, spec.colormap, style, vector)
    return layout


def _paint_cells(painter: QPainter, rect: QRectF, spec: MatrixSpec, style: Style, vector: bool) -> None:
    colors = cell_colors(spec.values, None, spec.scale, spec.colormap, style.palette)
    if vector and spec.values.size <= VECTOR_CELLS:
        paint_rectangles(painter, rect, colors)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(rect, image_of(colors))
    painter.restore()


def _frame(cells: QRectF, spec: MatrixSpec) -> QRectF | None:
    rows, columns = spec.values.shape
    if spec.marked <= 0:
        return None
    height = cells.height() * min(spec.marked, rows) / rows
    width = cells.width() * min(spec.marked, columns) / columns if spec.square else cells.width()
    return QRectF(cells.left(), cells.top(), width, height)


def _paint_frame(painter: QPainter, frame: QRectF, style: Style) -> None:
    pen = QPen(QColor(style.palette.accent), FRAME_STROKES * style.stroke)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    painter.restore()
