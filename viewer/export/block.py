"""Parts of a figure that fit themselves to a width: heatmaps, all heads, plots, bars and images.

Fonts and lines keep their size; what changes with the width is the cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from attention_viewer.viewer.export.picture import Paint
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.bars import ROW_EMS, bars_layout, paint_bars
from attention_viewer.viewer.painting.colorbar import colorbar_width, paint_colorbar
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.painting.heatmap import VECTOR_CELLS
from attention_viewer.viewer.painting.labelled_map import (
    Extent,
    MapPlan,
    extent_of,
    natural_plan,
    paint_map,
    plan_within,
)
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import BarsSpec, GridSpec, HeatmapSpec, scale_for
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

CELL_EMS = 1.5
"""Side of a cell where nothing else bounds it."""
FEW_EMS, LARGEST_CELL_EMS = (24.0, 15.0), 6.0
"""Within a width, few cells grow until they are together so high and wide, and each so large."""
LARGEST_MAP_EMS = 300.0
"""Cells shrink when a map's side would exceed this, and then only every so many-th token is named."""
SMALLEST_CELL_EMS = 0.3
READABLE_MAP_EMS, NARROWEST_MAP_EMS = 16.0, 9.0
THUMBNAIL_EMS, SMALLEST_THUMBNAIL_EMS = 7.0, 1.0
READABLE_PLOT_EMS, NARROWEST_PLOT_EMS = 11.0, 10.0
BARS_EMS, NARROWEST_BARS_EMS = 26.0, 12.0
SHORTENED = "long tokens are shortened"
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
    whole = extent_of(grown or spec)
    rows, columns = whole.shape
    cell = min(CELL_EMS * style.em, LARGEST_MAP_EMS * style.em / max(rows, columns))
    unbounded = natural_plan(whole, max(cell, SMALLEST_CELL_EMS * style.em), style)
    natural = unbounded.width
    roomy = _roomy(style, rows, columns)

    def plan(width: float) -> MapPlan:
        return unbounded if width == natural else plan_within(width, ENDLESS, whole, roomy)

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_map(painter, rect.topLeft(), spec, plan(rect.width()), style, vector=vector)

    def notes(width: float, device: Device) -> tuple[str, ...]:
        return (*label_notes(whole, plan(width)), *cell_notes(rows, columns, 1, plan(width).cell, device))

    readable = min(natural, READABLE_MAP_EMS * style.em)
    return Block(natural, readable, min(natural, NARROWEST_MAP_EMS * style.em), lambda width: plan(width).height,
                 paint, notes)  # fmt: skip


def _roomy(style: Style, rows: int, columns: int) -> Style:
    """The style in which a map of few cells fills more of the width that it is given."""
    high, wide = FEW_EMS
    return replace(style, cell_ems=max(style.cell_ems, min(high / rows, wide / columns, LARGEST_CELL_EMS)))


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
        return cell_notes(rows, columns, layers * heads, min(side(width) / columns, height(width) / rows), device)

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


def plot_block(paint: Paint, style: Style, wide: float, height: Callable[[float], float]) -> Block:
    """A plot `wide` ems wide if nothing else is asked, whose `height` follows from its width."""
    natural, readable, narrowest = (each * style.em for each in (wide, READABLE_PLOT_EMS, NARROWEST_PLOT_EMS))
    return Block(natural, readable, narrowest, height, paint)


def reduced(natural: float, needed: float, least: float, height: Callable[[float], float], paint: Paint) -> Block:
    """A block that is drawn smaller as a whole, letters and all, where it has less than the width it `needed`.

    It is `natural` wide where nothing else is asked; `least` is the smallest share of its size.
    """

    def share(width: float) -> float:
        return min(1.0, width / needed)

    def shrunk(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.save()
        painter.translate(rect.topLeft())
        painter.scale(share(rect.width()), share(rect.width()))
        paint(painter, QRectF(QPointF(), rect.size() / share(rect.width())), vector)
        painter.restore()

    def notes(width: float, device: Device) -> tuple[str, ...]:
        return (f"drawn at {share(width):.0%} of its size, to fit the width",) if share(width) < 0.995 else ()

    def high(width: float) -> float:
        return share(width) * height(width / share(width))

    return Block(natural, natural, least * needed, high, shrunk, notes)


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


def label_notes(extent: Extent, plan: MapPlan) -> tuple[str, ...]:
    """Which tokens are not named, and whether any name is shortened."""
    rows, columns = plan.every_row, plan.every_column
    if rows == columns:
        skipped = [f"every {_ordinal(rows)} token is named"] if rows > 1 else []
    else:
        named = ((rows, "row"), (columns, "column"))
        skipped = [f"every {_ordinal(every)} {what} is named" for every, what in named if every > 1]
    return (*skipped, *([SHORTENED] if plan.is_cut(extent) else []))


def cell_notes(rows: int, columns: int, maps: int, side: float, device: Device) -> tuple[str, ...]:
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
