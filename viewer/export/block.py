"""Parts of a figure that fit themselves to a width: heatmaps, all heads, plots, bars, images, and rows of them.

Fonts and lines keep their size; what changes with the width is the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from attention_viewer.viewer.export.picture import Paint
from attention_viewer.viewer.export.text import Lines, paint_lines, wrapped
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.bars import ROW_EMS, bars_layout, paint_bars
from attention_viewer.viewer.painting.colorbar import colorbar_width, paint_colorbar
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.painting.heatmap import VECTOR_CELLS, heatmap_layout, natural_size, paint_heatmap
from attention_viewer.viewer.painting.labels import elided, stride
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Axis, BarsSpec, GridSpec, HeatmapSpec, scale_for
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

CELL_EMS = 1.5
"""Side of a cell where nothing else bounds it."""
LARGEST_MAP_EMS = 300.0
"""Cells shrink when a map's side would exceed this, and then only every so many-th token is named."""
SMALLEST_CELL_EMS = 0.3
READABLE_CELL_EMS = 0.9
"""Below this, parts that could stand side by side stand one below the other."""
THUMBNAIL_EMS, SMALLEST_THUMBNAIL_EMS = 7.0, 1.0
BARS_EMS, NARROWEST_BARS_EMS = 26.0, 12.0
ENDLESS = 1e6
"""A height that bounds nothing."""


@dataclass(frozen=True)
class Device:
    """What a figure is painted for: `scale` image pixels to a pixel of the figure, or `vector`, without pixels."""

    scale: float = 1.0
    vector: bool = False


@dataclass(frozen=True, eq=False)
class Block:
    """A part of a figure: as wide as `natural` if nothing else is asked, never below `narrowest`.

    Beside others it wants `readable`. `height` and `notes` (what had to be left out or reduced) follow from the width.
    """

    natural: float
    readable: float
    narrowest: float
    height: Callable[[float], float]
    paint: Paint
    notes: Callable[[float, Device], tuple[str, ...]] = lambda width, device: ()


def heatmap_block(spec: HeatmapSpec, style: Style, grown: HeatmapSpec | None = None) -> Block:
    """One head's map; where the map still grows, `grown` is what it will be, so that nothing moves meanwhile."""
    whole = grown or spec
    rows, columns = whole.values.shape
    cell = min(CELL_EMS * style.em, LARGEST_MAP_EMS * style.em / max(rows, columns))
    cell = max(cell, SMALLEST_CELL_EMS * style.em)
    natural, _ = natural_size(whole, cell, style)
    readable, _ = natural_size(whole, min(cell, READABLE_CELL_EMS * style.em), style)
    narrowest, _ = natural_size(_without_columns(whole), 4 * style.em, style)

    def side(width: float) -> float:
        cells: QRectF = heatmap_layout(QRectF(0, 0, width, ENDLESS), whole, style).cells
        return float(cells.width() / columns)

    def height(width: float) -> float:
        return natural_size(whole, side(width), style)[1]

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_heatmap(painter, rect, spec, style, vector=vector, grown=whole)

    def notes(width: float, device: Device) -> tuple[str, ...]:
        return (*_label_notes(whole, side(width), style), *_cell_notes(rows, columns, 1, side(width), device))

    return Block(natural, readable, min(narrowest, natural), height, paint, notes)


def grid_block(spec: GridSpec, style: Style, grown: GridSpec | None = None) -> Block:
    """All heads of a kind as small maps with one colour bar, where they have one scale."""
    layers, heads, rows, columns = (grown or spec).values.shape
    scale = spec.scale or scale_for(spec.color_range, spec.values)
    # With a maximum of its own for each map, one bar would be wrong for all but one of them.
    alike = spec.scale is not None or spec.color_range is not ColorRange.MAXIMUM
    bar = style.em + colorbar_width(scale, style) if alike else 0.0
    around = 2.4 * style.em + bar
    upright: float = min(1.6, max(0.5, rows / columns))

    def side(width: float) -> float:
        return float((width - around) / heads - 0.3 * style.em)

    def height(width: float) -> float:
        return float(style.small_line + layers * (side(width) * upright + 0.3 * style.em))

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        maps = rect.adjusted(0, 0, -bar, 0)
        paint_grid(painter, maps, spec, style, vector=vector)
        if bar:
            top = grid_layout(maps, spec, style).area.top()
            high = min(10 * style.em, rect.bottom() - top)
            place = QRectF(rect.right() - bar + style.em, top, bar - style.em, high)
            paint_colorbar(painter, place, scale, spec.colormap, style, vector)

    def notes(width: float, device: Device) -> tuple[str, ...]:
        return _cell_notes(rows, columns, layers * heads, min(side(width) / columns, height(width) / rows), device)

    def wide(thumbnail: float) -> float:
        return float(around + heads * (thumbnail + 0.3) * style.em)

    natural, narrowest = wide(THUMBNAIL_EMS), wide(SMALLEST_THUMBNAIL_EMS)
    return Block(natural, natural, narrowest, height, paint, notes)


def bars_block(spec: BarsSpec, style: Style) -> Block:
    """The next-token distribution."""
    rows = max(1, len(spec.bars)) * ROW_EMS * style.em
    below = bars_layout(QRectF(0, 0, BARS_EMS * style.em, ENDLESS), spec, style).footer.height()

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_bars(painter, rect, spec, style)

    natural, narrowest = BARS_EMS * style.em, NARROWEST_BARS_EMS * style.em
    return Block(natural, narrowest, narrowest, lambda width: rows + below, paint)


def plot_block(paint: Paint, style: Style, wide: float, high: float, least: float) -> Block:
    """A plot `wide` by `high` ems, at least `least` ems wide, which keeps its height."""
    return Block(wide * style.em, 0.7 * wide * style.em, least * style.em, lambda width: high * style.em, paint)


def image_block(image: QImage) -> Block:
    """An image, enlarged or reduced to the width."""
    size = image.deviceIndependentSize()

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, image)
        painter.restore()

    def height(width: float) -> float:
        return width * size.height() / size.width()

    return Block(size.width(), size.width(), 0.1 * size.width(), height, paint)


@dataclass(frozen=True, eq=False)
class Titled:
    """A block below a heading and a quieter second line ("" for none); `alone` where it stands beside no other."""

    title: str
    subtitle: str
    block: Block
    alone: Block | None = None


def row_of(parts: Sequence[Titled], style: Style) -> Block:
    """Blocks side by side where each stays readable, one below the other where they would not."""
    row = _Row(tuple(parts), style)
    narrowest = max(part.block.narrowest for part in parts)
    return Block(row.natural, row.natural, narrowest, row.height, row.paint, row.notes)


class _Row:
    """The geometry of titled blocks in a row; every width and height in the figure's own pixels."""

    def __init__(self, parts: tuple[Titled, ...], style: Style) -> None:
        self._parts, self._style = parts, style
        self._gap = 2.0 * style.em
        self._between = self._gap * (len(parts) - 1)
        self._naturals = [max(part.block.natural, _line(part.title, style)) for part in parts]
        self.natural = sum(self._naturals) + self._between

    def height(self, width: float) -> float:
        """How high the row is."""
        each = self._heights(width)
        return max(each) if self._shares(width) else sum(each) + self._between

    def paint(self, painter: QPainter, rect: QRectF, vector: bool) -> None:
        """Paint every part in its place."""
        beside = self._shares(rect.width())
        x, y = rect.left(), rect.top()
        for (part, share), high in zip(self._placed(rect.width()), self._heights(rect.width()), strict=True):
            _paint_titled(painter, QRectF(x, y, share, high), part, self._style, vector)
            x, y = (x + share + self._gap, y) if beside else (x, y + high + self._gap)

    def notes(self, width: float, device: Device) -> tuple[str, ...]:
        """What had to be reduced, named by part where it is not the same in all."""
        found = {part.title: part.block.notes(share, device) for part, share in self._placed(width)}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return tuple(f"{title.partition(' · ')[0]}: {', '.join(notes)}" for title, notes in found.items() if notes)

    def _shares(self, width: float) -> list[float] | None:
        """The width of each part beside the others; None where they stand one below the other."""
        total = self.natural - self._between
        wide = [(width - self._between) * natural / total for natural in self._naturals]
        enough = all(share >= part.block.readable - 1e-6 for share, part in zip(wide, self._parts, strict=True))
        return wide if enough else None

    def _placed(self, width: float) -> list[tuple[Titled, float]]:
        """Each part as it stands then, with its width."""
        shares = self._shares(width)
        if shares is not None:
            return list(zip(self._parts, shares, strict=True))
        alone = [part if part.alone is None else replace(part, block=part.alone) for part in self._parts]
        return list(zip(alone, [min(width, natural) for natural in self._naturals], strict=True))

    def _heights(self, width: float) -> list[float]:
        return [
            _head(part, share, self._style).height + part.block.height(share) for part, share in self._placed(width)
        ]


@dataclass(frozen=True)
class _Head:
    title: Lines
    subtitle: Lines
    height: float


def _line(title: str, style: Style) -> float:
    """The width of a title on one line."""
    return QFontMetricsF(style.title).horizontalAdvance(title) + 1.0


def _head(part: Titled, width: float, style: Style) -> _Head:
    title, subtitle = wrapped(part.title, style.title, width), wrapped(part.subtitle, style.small, width)
    high = len(title) * QFontMetricsF(style.title).height() + len(subtitle) * style.small_line
    return _Head(title, subtitle, high + style.gap)


def _paint_titled(painter: QPainter, rect: QRectF, part: Titled, style: Style, vector: bool) -> None:
    head = _head(part, rect.width(), style)
    below = paint_lines(painter, rect.topLeft(), head.title, style.title, style.palette.text)
    paint_lines(painter, QPointF(rect.left(), below), head.subtitle, style.small, style.palette.muted)
    part.block.paint(painter, rect.adjusted(0, head.height, 0, 0), vector)


def _without_columns(spec: HeatmapSpec) -> HeatmapSpec:
    """The map with one column, for the width that everything else takes."""
    mask = None if spec.mask is None else spec.mask[:, :1]
    columns = Axis(spec.columns.title, spec.columns.labels[:1])
    return replace(spec, values=spec.values[:, :1], mask=mask, columns=columns)


def _label_notes(spec: HeatmapSpec, side: float, style: Style) -> tuple[str, ...]:
    every = stride(side, style)
    left_out = max(spec.values.shape) > 1 and every > 1
    skipped = f"every {_ordinal(every)} token is named" if left_out else ""
    cut = any(elided(label, style) != label for axis in (spec.rows, spec.columns) for label in axis.labels)
    return tuple(note for note in (skipped, "long tokens are shortened" if cut else "") if note)


def _cell_notes(rows: int, columns: int, maps: int, side: float, device: Device) -> tuple[str, ...]:
    """How cells were reduced: to the pixels of an image, or to an image within a drawing."""
    count = rows * columns * maps
    if device.vector and count > VECTOR_CELLS:
        return (f"its {count:,} cells are embedded as an image, more than the {VECTOR_CELLS:,} drawn one by one",)
    pixels = side * device.scale
    if not device.vector and pixels < 1.0:
        return (f"each pixel shows the largest of about {1 / pixels:.1f} × {1 / pixels:.1f} weights",)
    return ()


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
