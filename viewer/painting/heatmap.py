"""One head as a large map: cells, token labels on both axes, colour bar.

Rows are queries from top to bottom, columns keys from left to right. Masked cells are hatched, never coloured.
Leaked cells, which only a switched-off causal mask lets a row see, keep their colour and have a marked corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from attention_viewer.model.contract.api import Booleans
from attention_viewer.viewer.look.theme import Style, style_for, system_font
from attention_viewer.viewer.painting.labels import (
    all_named,
    height_of,
    pitch_within,
    shrunk_width,
    width_of,
)
from attention_viewer.viewer.painting.numbers import paint_numbers
from attention_viewer.viewer.painting.raster import Pixels, cell_colors, fit, image_of
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen, QPolygonF

VECTOR_CELLS = 40_000
"""More cells than this become one embedded image in SVG and PDF."""
GRID_LINE_CELL = 9.0
"""Cells at least so many pixels wide are divided by thin lines."""
HATCHED_CELL = 5.0
"""Masked cells at least so many pixels wide are hatched; smaller ones have the mask's plain colour."""
UNDERLAP = 0.25
"""Share of a cell by which a rectangle reaches under its neighbour."""
CORNER = 0.36
"""Share of a leaked cell's side that its marked corner takes."""
LINK_SHARE = 0.28
"""Radius of the ring in a linked cell, as a share of its shorter side."""
BADGE_PADDING_EMS = 0.4
FRAME_STROKES = 2.0
LARGEST_FILLING_EMS = 12.0
"""The side beyond which cells that fill their room no longer grow."""
MOST_OBLONG = 6.0
"""How many times as wide as high, or as high as wide, cells may be that fill their room."""

MOST_LABELS = 0.26
"""Share of the height that labels above the map may take before enlarged text gives way to the map."""
MOST_BESIDE = 0.42
"""Share of the width that the labels beside the map may take before they are shortened in the middle."""
BESIDE, SMALLER_MONO = 0.26, 0.9
"""Share of the width from which on labels beside the map are a little smaller, and how much smaller at most."""


@dataclass(frozen=True)
class HeatmapLayout:
    """Where everything stands in a picture of a map of `shape` (rows, columns)."""

    shape: tuple[int, int]
    cells: QRectF
    row_labels: QRectF
    column_labels: QRectF
    column_title: QRectF
    colorbar: QRectF

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The (row, column) at a point, None outside the cells."""
        rows, columns = self.shape
        row = int((point.y() - self.cells.top()) // (self.cells.height() / rows))
        column = int((point.x() - self.cells.left()) // (self.cells.width() / columns))
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def fitting_style(spec: HeatmapSpec, style: Style, area: QRectF) -> Style:
    """`style`, or one with smaller text and shorter labels where those leave a map in `area` too little room.

    Only text that is larger than the desktop's becomes smaller, and no smaller than that.
    """
    labels = height_of(spec.columns.labels, style)
    least = min(1.0, QFontInfo(system_font()).pixelSize() / style.em)
    scale = max(least, MOST_LABELS * area.height() / max(labels, 1.0))
    if scale < 1.0:
        style = replace(style_for(style.palette, style.font, scale), stroke=style.stroke)
    style = replace(style, label_ems=min(style.label_ems, MOST_BESIDE * area.width() / style.em))
    smaller = max(SMALLER_MONO, BESIDE * area.width() / max(1.0, width_of(spec.rows.labels, style)))
    fitting, smallest = (_with_mono(style, min(1.0, share)) for share in (smaller, SMALLER_MONO))
    # Letters a little smaller are better than columns without a name.
    return smallest if _names_all(area, spec, smallest) and not _names_all(area, spec, fitting) else fitting


def _with_mono(style: Style, share: float) -> Style:
    """The style with labels in letters of a share of their size."""
    if share == 1.0:
        return style
    mono = QFont(style.mono)
    mono.setPixelSize(round(mono.pixelSize() * share))
    return replace(style, mono=mono, line=QFontMetricsF(mono).height())


def _names_all(area: QRectF, spec: HeatmapSpec, style: Style) -> bool:
    """Whether every column of a map that fills `area` has room for its name; of many columns nothing is measured."""
    columns = spec.values.shape[1]
    named = all_named(area.width(), columns, style)
    return named and all_named(filling_layout(area, spec, style).cells.width(), columns, style)


def filling_layout(rect: QRectF, spec: HeatmapSpec, style: Style) -> HeatmapLayout:
    """Cells that fill `rect` both ways below and beside their labels, for the screen; they need not be square.

    What the columns are and the colour bar stand elsewhere, and have no room here.
    """
    rows, columns = spec.values.shape
    top = height_of(spec.columns.labels, style)
    largest = LARGEST_FILLING_EMS * style.em
    high = min(largest, _row_height(rect.height() - top, rows, style))
    left = shrunk_width(width_of(spec.rows.labels, style) - style.gap, high, style) + style.gap
    wide = min(largest, pitch_within(rect.width() - left, spec.columns.labels, style))
    wide, high = max(1e-3, min(wide, MOST_OBLONG * high)), max(1e-3, min(high, MOST_OBLONG * wide))
    cells = QRectF(rect.left() + left, rect.top() + top, columns * wide, rows * high)
    nothing = QRectF(cells.left(), rect.top(), 0.0, 0.0)
    beside = QRectF(rect.left(), cells.top(), left, cells.height())
    above = QRectF(cells.left(), rect.top(), cells.width(), top)
    return HeatmapLayout((rows, columns), cells, beside, above, nothing, nothing)


def _row_height(height: float, rows: int, style: Style) -> float:
    """The height of rows that fill `height`, less what the last label reaches below a row lower than a line."""
    high = height / rows
    return high if high >= style.line else (height - 0.5 * style.line) / (rows - 0.5) if rows > 1 else height


def paint_cells(
    painter: QPainter, rect: QRectF, spec: HeatmapSpec, style: Style, vector: bool = False, enlarged: float = 1.0
) -> None:
    """Fill `rect` with the cells of the map, in whatever coordinates the painter has.

    One nearest-neighbour image on the screen and in PNG; rectangles where `vector`, up to VECTOR_CELLS. For `enlarged`
    see `paint_numbers`.
    """
    rows, columns = spec.values.shape
    on_device = painter.deviceTransform().mapRect(rect)
    if vector and rows * columns <= VECTOR_CELLS:
        colors = cell_colors(spec.values, spec.mask, spec.scale, spec.colormap, style.palette)
        paint_rectangles(painter, rect, colors)
    else:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(rect, image_of(_screen_colors(spec, style, on_device, vector)))
        painter.restore()
    side = min(on_device.width() / columns, on_device.height() / rows)
    if side >= HATCHED_CELL:
        _paint_hatching(painter, rect, spec, style)
    if side >= GRID_LINE_CELL:
        _paint_grid_lines(painter, rect, rows, columns, style)
    if spec.leaked is not None:
        if side >= HATCHED_CELL:
            _paint_corners(painter, rect, spec.leaked, style)
        _paint_border(painter, rect, spec.leaked, style)
    if spec.links is not None:
        _paint_links(painter, rect, spec.links, style)
    paint_numbers(painter, rect, spec, style, enlarged)


def badge_size(text: str, style: Style) -> tuple[float, float]:
    """Width and height of a badge that says `text`."""
    metrics = QFontMetricsF(style.small)
    return metrics.horizontalAdvance(text) + 2 * BADGE_PADDING_EMS * style.em, metrics.height()


def paint_badge(painter: QPainter, rect: QRectF, text: str, style: Style) -> None:
    """A word on a filled pill that fills `rect`, legible over any weight; smaller text where there is little room."""
    width, height = badge_size(text, style)
    scale = min(1.0, rect.width() / width, rect.height() / height)
    font = QFont(style.small)
    font.setPixelSize(max(1, int(font.pixelSize() * scale)))
    radius = 0.3 * rect.height()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.danger))
    painter.drawRoundedRect(rect, radius, radius)
    painter.setFont(font)
    painter.setPen(QColor(style.palette.surface))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)
    painter.restore()


def _screen_colors(spec: HeatmapSpec, style: Style, on_device: QRectF, vector: bool) -> Pixels:
    """Cell colours, reduced to the device's pixels where there are more cells than those."""
    values, mask = spec.values, spec.mask
    height, width = max(1, round(on_device.height())), max(1, round(on_device.width()))
    if not vector and (values.shape[0] > height or values.shape[1] > width):
        size = min(values.shape[0], height), min(values.shape[1], width)
        values = fit(values, *size)
        mask = None if mask is None else ~fit(~mask, *size)
    return cell_colors(values, mask, spec.scale, spec.colormap, style.palette)


def paint_rectangles(painter: QPainter, rect: QRectF, colors: Pixels) -> None:
    """Paint colours [R, C] as rectangles filling `rect`, neighbours of one colour in a row as one.

    Each reaches a little under the next to its right and below, so that no seam shows between them.
    """
    rows, columns = colors.shape
    height, width = rect.height() / rows, rect.width() / columns
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    for row in range(rows):
        tall = height * (1.0 if row == rows - 1 else 1.0 + UNDERLAP)
        changes = np.flatnonzero(colors[row, 1:] != colors[row, :-1]) + 1
        starts = [0, *changes.tolist()]
        for start, stop in zip(starts, [*starts[1:], columns], strict=True):
            painter.setBrush(QColor(int(colors[row, start])))
            wide = width * (stop - start + (0.0 if stop == columns else UNDERLAP))
            painter.drawRect(QRectF(rect.left() + start * width, rect.top() + row * height, wide, tall))
    painter.restore()


def paint_overlay(painter: QPainter, rect: QRectF, shape: tuple[int, int], overlay: Overlay, style: Style) -> None:
    """Frame the overlay's rows and columns of a map of `shape` that fills `rect`; others are skipped."""
    rows, columns = shape
    height, width = rect.height() / rows, rect.width() / columns
    frames = [
        QRectF(rect.left(), rect.top() + row * height, rect.width(), height)
        for row in sorted(overlay.rows)
        if 0 <= row < rows
    ]
    frames += [
        QRectF(rect.left() + column * width, rect.top(), width, rect.height())
        for column in sorted(overlay.columns)
        if 0 <= column < columns
    ]
    paint_frames(painter, frames, style)


def paint_frames(painter: QPainter, frames: Sequence[QRectF], style: Style) -> None:
    """Frames in the accent's colour, edged with its opposite, so that they show on every colour of a cell."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, strokes in ((style.palette.on_accent, FRAME_STROKES + 2.0), (style.palette.accent, FRAME_STROKES)):
        pen = QPen(QColor(color), strokes * style.stroke)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        for frame in frames:
            painter.drawRect(frame)
    painter.restore()


def _paint_grid_lines(painter: QPainter, rect: QRectF, rows: int, columns: int, style: Style) -> None:
    height, width = rect.height() / rows, rect.width() / columns
    across = [QLineF(rect.left(), y, rect.right(), y) for y in (rect.top() + i * height for i in range(1, rows))]
    down = [QLineF(x, rect.top(), x, rect.bottom()) for x in (rect.left() + i * width for i in range(1, columns))]
    _draw_lines(painter, across + down, style.palette.surface, style)


def _paint_hatching(painter: QPainter, rect: QRectF, spec: HeatmapSpec, style: Style) -> None:
    """A diagonal line through each masked cell; through cells that lie corner to corner, one line."""
    if spec.mask is None:
        return
    rows, columns = spec.mask.shape
    height, width = rect.height() / rows, rect.width() / columns
    lines = []
    for row, column, length in diagonals(spec.mask):
        x, y = rect.left() + column * width, rect.top() + row * height
        lines.append(QLineF(x, y + height, x + length * width, y + (1 - length) * height))
    _draw_lines(painter, lines, style.palette.hatch, style)


def diagonals(mask: Booleans) -> list[tuple[int, int, int]]:
    """The masked cells [R, C] that lie corner to corner, upwards to the right: the lowest's row and column, how many.

    Turned by a row each, such diagonals are columns.
    """
    rows, columns = mask.shape
    turned = np.zeros((rows + 2, rows + columns), dtype=np.int8)
    for row in range(rows):
        turned[row + 1, row : row + columns] = mask[row]
    steps = np.diff(turned, axis=0)  # 1 where a run begins, -1 below its end
    firsts, lasts = np.argwhere(steps.T == 1), np.argwhere(steps.T == -1)  # run by run, in the same order
    return [
        (int(last) - 1, int(turn) - int(last) + 1, int(last - first))
        for (turn, first), (_, last) in zip(firsts, lasts, strict=True)
    ]


def _paint_corners(painter: QPainter, rect: QRectF, leaked: Booleans, style: Style) -> None:
    """A wedge in the upper right corner of each leaked cell, with a light edge that parts it from any weight."""
    rows, columns = leaked.shape
    height, width = rect.height() / rows, rect.width() / columns
    edge = QPen(QColor(style.palette.surface), style.stroke)
    edge.setCosmetic(True)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(edge)
    painter.setBrush(QColor(style.palette.danger))
    for row, column in np.argwhere(leaked).tolist():
        right, top = rect.left() + (column + 1) * width, rect.top() + row * height
        across, down = QPointF(right - CORNER * width, top), QPointF(right, top + CORNER * height)
        painter.drawPolygon(QPolygonF([across, QPointF(right, top), down]))
    painter.restore()


def _paint_links(painter: QPainter, rect: QRectF, links: Booleans, style: Style) -> None:
    """A ring in each linked cell, light with a dark edge, so that it shows on every colour."""
    rows, columns = links.shape
    width, height = rect.width() / columns, rect.height() / rows
    on_device = painter.deviceTransform().mapRect(QRectF(0, 0, 1, 1))
    across, down = max(on_device.width(), 1e-6), max(on_device.height(), 1e-6)
    radius = LINK_SHARE * min(width * across, height * down)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, strokes in (("#000000", 3.5), ("#ffffff", 1.5)):
        pen = QPen(QColor(color), strokes * style.stroke)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for row, column in np.argwhere(links).tolist():
            middle = QPointF(rect.left() + (column + 0.5) * width, rect.top() + (row + 0.5) * height)
            painter.drawEllipse(middle, radius / across, radius / down)
    painter.restore()


def _paint_border(painter: QPainter, rect: QRectF, leaked: Booleans, style: Style) -> None:
    """The stepped line between leaked cells and the others: where the causal mask would begin."""
    rows, columns = leaked.shape
    height, width = rect.height() / rows, rect.width() / columns
    left, top = rect.left(), rect.top()
    lines = []
    for row, column in np.argwhere(leaked[:, 1:] != leaked[:, :-1]).tolist():
        x = left + (column + 1) * width
        lines.append(QLineF(x, top + row * height, x, top + (row + 1) * height))
    for row, column in np.argwhere(leaked[1:] != leaked[:-1]).tolist():
        y = top + (row + 1) * height
        lines.append(QLineF(left + column * width, y, left + (column + 1) * width, y))
    _draw_lines(painter, lines, style.palette.surface, style, width=4.0)
    _draw_lines(painter, lines, style.palette.danger, style, width=2.0)


def _draw_lines(painter: QPainter, lines: list[QLineF], color: str, style: Style, width: float = 1.0) -> None:
    if not lines:
        return
    pen = QPen(QColor(color), width * style.stroke)
    pen.setCosmetic(True)
    painter.save()
    painter.setPen(pen)
    painter.drawLines(lines)
    painter.restore()
