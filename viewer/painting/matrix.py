"""A matrix without tokens: cells stretched over the picture, numbers on both axes, colour bar.

Rows and columns count from 0, as positions and dimensions do in Vaswani et al. 2017, section 3.5; row 0 is on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.colorbar import (
    colorbar_width,
    lying_colorbar_height,
    paint_colorbar,
    paint_lying_colorbar,
)
from attention_viewer.viewer.painting.heatmap import paint_rectangles
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
LYING_EMS = 20.0
"""In a narrower picture the colour bar lies below the cells."""
VECTOR_NUMBERS = 1_000
"""More cells than this become one embedded image in SVG and PDF: without names, nobody edits them one by one."""


@dataclass(frozen=True)
class MatrixLayout:
    """Where everything stands in a picture of a matrix; `frame` surrounds the sentence's cells, None for no such."""

    cells: QRectF
    row_ticks: tuple[Tick, ...]
    column_ticks: tuple[Tick, ...]
    row_title: QRectF
    column_title: QRectF
    colorbar: QRectF
    lying: bool
    frame: QRectF | None


def matrix_layout(rect: QRectF, spec: MatrixSpec, style: Style) -> MatrixLayout:
    """Cells that fill `rect` but for titles, numbers and the colour bar; nothing reaches beyond `rect`."""
    rows, columns = spec.values.shape
    line, gap = style.small_line, numbers_gap(style)
    lying = rect.width() < LYING_EMS * style.em
    bar = 0.0 if lying else colorbar_width(spec.scale, style)
    below = lying_colorbar_height(style) + gap if lying else 0.0
    # On whole pixels, or edges would be smeared. Half of the first row's number stands above the cells, and text may
    # stand up to half a pixel lower than its box, for which a stroke is left below.
    top, bottom = math.ceil(rect.top() + line / 2), math.floor(rect.bottom() - 2 * line - gap - below - style.stroke)
    height = max(1, bottom - top)
    row_ticks = rows_ticks(rows, top, height, style)
    left = math.ceil(rect.left() + line + numbers_width([tick.text for tick in row_ticks], style) + gap + style.gap)
    right = math.floor(rect.right() - (0.5 * style.em if lying else bar + style.em))
    cells = QRectF(left, top, max(1, right - left), height)
    beside = QRectF(cells.right() + style.em, top, bar, height)
    flat = QRectF(left, cells.bottom() + 2 * gap + 2 * line, cells.width(), lying_colorbar_height(style))
    return MatrixLayout(
        cells=cells,
        row_ticks=row_ticks,
        column_ticks=columns_ticks(columns, left, cells.width(), style),
        row_title=QRectF(rect.left(), top, line, height),
        column_title=QRectF(left, cells.bottom() + gap + line, cells.width(), line),
        colorbar=flat if lying else beside,
        lying=lying,
        frame=_frame(cells, spec),
    )


def matrix_height(cells: float, width: float, style: Style) -> float:
    """The height of a picture `width` wide whose cells take `cells` of it."""
    line, gap = style.small_line, numbers_gap(style)
    below = lying_colorbar_height(style) + gap if width < LYING_EMS * style.em else 0.0
    return cells + 2.5 * line + gap + below + style.stroke


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
    paint_bar = paint_lying_colorbar if layout.lying else paint_colorbar
    paint_bar(painter, layout.colorbar, spec.scale, spec.colormap, style, vector)
    return layout


def _paint_cells(painter: QPainter, rect: QRectF, spec: MatrixSpec, style: Style, vector: bool) -> None:
    colors = cell_colors(spec.values, None, spec.scale, spec.colormap, style.palette)
    if vector and spec.values.size <= VECTOR_NUMBERS:
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
