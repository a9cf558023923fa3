"""Exported figures: title, picture, and a caption that says what is shown and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from viewer.export.picture import Paint
from viewer.painting.colorbar import colorbar_width, paint_colorbar
from viewer.painting.grid import paint_grid
from viewer.painting.heatmap import natural_size, paint_heatmap
from viewer.specs import GridSpec, HeatmapSpec, scale_for
from viewer.theme import Style
from viewer.view_state import ColorRange

LARGEST_MAP_EMS = 300.0
"""Cells shrink when a map's side would exceed this, and then only every so many-th token is named."""
SMALLEST_CELL_EMS = 0.3
FIGURE_EMS = 34.0
"""A figure is at least so wide, so that captions have room."""
THUMBNAIL_EMS = 7.0
PADDING_EMS = 1.2


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture with a size in pixels, ready for any exporter."""

    size: QSizeF
    paint: Paint


def heatmap_figure(spec: HeatmapSpec, style: Style) -> Figure:
    """One head's map as a figure; cells shrink with the number of tokens, labels never clip."""
    longest = max(spec.values.shape)
    cell = min(1.5 * style.em, LARGEST_MAP_EMS * style.em / longest)
    cell = max(cell, SMALLEST_CELL_EMS * style.em)
    width, height = natural_size(spec, cell, style)

    def picture(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_heatmap(painter, rect, spec, style, vector=vector)

    return _figure(spec.title, spec.caption, QSizeF(width, height), picture, style)


def grid_figure(spec: GridSpec, style: Style) -> Figure:
    """All heads of a kind as a figure; the tokens of rows and columns stand once in the caption."""
    layers, heads, rows, columns = spec.values.shape
    side = THUMBNAIL_EMS * style.em
    slot = QSizeF(side, side * min(1.6, max(0.5, rows / columns)))
    left, top = style.em * 2.4, style.small_line
    size = QSizeF(left + heads * (slot.width() + 0.3 * style.em), top + layers * (slot.height() + 0.3 * style.em))
    key = _token_key(spec)

    scale = spec.scale or scale_for(spec.color_range, spec.values)
    # With a maximum of its own for each map, one bar would be wrong for all but one of them.
    alike = spec.scale is not None or spec.color_range is not ColorRange.MAXIMUM
    bar = style.em + colorbar_width(scale, style) if alike else 0.0

    def picture(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_grid(painter, rect.adjusted(0, 0, -bar, 0), spec, style, vector=vector)
        if bar:
            high = min(10 * style.em, rect.height() - top)
            place = QRectF(rect.right() - bar + style.em, rect.top() + top, bar - style.em, high)
            paint_colorbar(painter, place, scale, spec.colormap, style, vector)

    size.setWidth(size.width() + bar)

    return _figure(spec.title, (*spec.caption, *key), size, picture, style)


def _token_key(spec: GridSpec) -> tuple[str, ...]:
    """Which tokens the rows and columns are, in words: the small maps have no room for labels."""
    rows = f"{spec.rows.title}, from top: {' | '.join(spec.rows.labels)}"
    columns = f"{spec.columns.title}, from left: {' | '.join(spec.columns.labels)}"
    return rows, columns


def _figure(
    title: str,
    caption: Sequence[str],
    picture: QSizeF,
    paint_picture: Callable[[QPainter, QRectF, bool], None],
    style: Style,
) -> Figure:
    padding = PADDING_EMS * style.em
    width = max(picture.width(), FIGURE_EMS * style.em)
    lines = [line for paragraph in caption for line in wrapped(paragraph, style.small, width)]
    title_lines = wrapped(title, style.title, width)
    title_height = len(title_lines) * QFontMetricsF(style.title).height() + style.gap
    caption_height = len(lines) * style.small_line + style.em
    size = QSizeF(width + 2 * padding, title_height + picture.height() + caption_height + 2 * padding)

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(style.palette.surface))
        box = rect.adjusted(padding, padding, -padding, -padding)
        _paint_lines(painter, box.left(), box.top(), title_lines, style.title, style.palette.text)
        area = QRectF(box.left(), box.top() + title_height, picture.width(), picture.height())
        paint_picture(painter, area, vector)
        below = area.bottom() + style.em
        _paint_lines(painter, box.left(), below, lines, style.small, style.palette.muted)

    return Figure(size, paint)


def wrapped(text: str, font: QFont, width: float) -> list[str]:
    """`text` in lines no wider than `width`; a word wider than that is cut."""
    metrics = QFontMetricsF(font)
    lines = [""]
    for word in text.split():
        while metrics.horizontalAdvance(word) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or metrics.horizontalAdvance(word[:n]) <= width)
            lines[-1:] = [lines[-1], word[:fits]] if lines[-1] else [word[:fits]]
            lines.append("")
            word = word[fits:]
        joined = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return [line for line in lines if line]


def _paint_lines(painter: QPainter, left: float, top: float, lines: Sequence[str], font: QFont, color: str) -> None:
    metrics = QFontMetricsF(font)
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(color))
    for index, line in enumerate(lines):
        box = QRectF(left, top + index * metrics.height(), metrics.horizontalAdvance(line) + 4, metrics.height())
        painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, line
        )
    painter.restore()
