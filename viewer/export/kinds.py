"""The kinds of attention in one figure: side by side with cells of one size, or one below the other.

Beside each other, the decoder's two maps have the same rows, which are then named once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from attention_viewer.viewer.export.block import Block, Device, cell_notes, heatmap_block, label_notes
from attention_viewer.viewer.export.row import Titled, row_of
from attention_viewer.viewer.export.text import paint_lines
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.labelled_map import (
    Extent,
    MapPlan,
    Setting,
    Wanted,
    extent_of,
    paint_map,
    plan_with,
)
from attention_viewer.viewer.painting.lettering import LEAN, UPRIGHT, Lettering, sizes
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

CELL_EMS = 1.5
"""Side of a cell where nothing else bounds it."""
GAP_EMS = 1.6
SEARCHED = 20
PAGE_EMS = 43.0
"""A figure so wide has its maps beside each other in any case; a narrower one where all tokens are named in full."""
LABEL_SHARE = 0.2
"""Labels are shortened where they take more of the width than this."""


@dataclass(frozen=True, eq=False)
class Growing:
    """A map, and what it will be in the last frame of an animation: its places follow from that."""

    now: HeatmapSpec
    whole: HeatmapSpec


@dataclass(frozen=True)
class Beside:
    """Plans of maps beside each other, and what of each is painted."""

    plans: tuple[MapPlan, ...]
    wanted: tuple[Wanted, ...]

    def width(self, gap: float) -> float:
        """How wide all are together, `gap` apart."""
        return sum(plan.width for plan in self.plans) + gap * (len(self.plans) - 1)

    @property
    def unnamed(self) -> int:
        """How much is left out: 0 where every token is named."""
        return sum(plan.every_row + plan.every_column - 2 for plan in self.plans)


def kinds_block(maps: Sequence[Growing], style: Style) -> Block:
    """The maps side by side where the width is a page's or all tokens are named, else one below the other."""
    below = row_of([_titled(each, style) for each in maps], style, beside=False)
    row = _Row(tuple(maps), style)

    def chosen(width: float) -> Block | _Row:
        return row if row.fits(width) else below

    return Block(
        natural=row.natural,
        readable=row.natural,
        narrowest=below.narrowest,
        height=lambda width: chosen(width).height(width),
        paint=lambda painter, rect, vector: chosen(rect.width()).paint(painter, rect, vector),
        notes=lambda width, device: chosen(width).notes(width, device),
    )


class _Row:
    """The geometry of maps beside each other."""

    def __init__(self, maps: tuple[Growing, ...], style: Style) -> None:
        self._maps, self._style = maps, style
        self._gap = GAP_EMS * style.em
        self._head = QFontMetricsF(style.title).height() + style.small_line + 0.5 * style.gap
        self._extents = tuple(extent_of(each.whole) for each in maps)
        self._wanted = _wanted([each.whole for each in maps])
        self._job = Planned(self._extents, self._wanted, style, self._gap)
        largest = style.mono.pixelSize()
        self.natural = _with(self._job, CELL_EMS * style.em, largest, LEAN, style.label_width).width(self._gap)

    def fits(self, width: float) -> bool:
        """Whether the maps can stand beside each other."""
        found = self._within(width)
        if min(plan.cell for plan in found.plans) <= 0.0 or found.width(self._gap) > width + 1e-3:
            return False
        cut = any(plan.is_cut(extent) for extent, plan in zip(self._extents, found.plans, strict=True))
        return width >= PAGE_EMS * self._style.em or not (found.unnamed or cut)

    def height(self, width: float) -> float:
        """How high the row is, its titles included."""
        return self._head + max(plan.height for plan in self._within(width).plans)

    def paint(self, painter: QPainter, rect: QRectF, vector: bool) -> None:
        """Paint every map below its title."""
        found, x = self._within(rect.width()), rect.left()
        style, palette = self._style, self._style.palette
        for each, plan, wanted in zip(self._maps, found.plans, found.wanted, strict=True):
            title, _, head = each.now.title.partition(" · ")
            y = paint_lines(painter, QPointF(x, rect.top()), [title], style.title, palette.text)
            paint_lines(painter, QPointF(x, y), [head], style.small, palette.muted)
            corner = QPointF(x, rect.top() + self._head)
            paint_map(painter, corner, each.now, plan, style, vector, wanted=wanted)
            x += plan.width + self._gap

    def notes(self, width: float, device: Device) -> tuple[str, ...]:
        """What had to be reduced, once where it is the same in all."""
        notes: dict[str, None] = {}
        for extent, plan in zip(self._extents, self._within(width).plans, strict=True):
            found = (*label_notes(extent, plan), *cell_notes(*plan.shape, 1, plan.cell, device))
            notes |= dict.fromkeys(found)
        return tuple(notes)

    def _within(self, width: float) -> Beside:
        return _planned(self._job, width)


@dataclass(frozen=True)
class Planned:
    """Maps that are planned together, and the gap between them."""

    extents: tuple[Extent, ...]
    wanted: tuple[Wanted, ...]
    style: Style
    gap: float


@lru_cache(maxsize=64)
def _planned(maps: Planned, width: float) -> Beside:
    """The largest cells within a width; few tokens are left out, letters are large, and columns lean."""
    most = LABEL_SHARE * width
    settings = product(sizes(maps.style), (LEAN, UPRIGHT))
    plans = [_largest(maps, width, pixels, lean, most) for pixels, lean in settings]
    return min(plans, key=lambda found: (found.unnamed, -found.plans[0].rows.pixels, found.plans[0].lean))


def _largest(maps: Planned, width: float, pixels: int, lean: float, most: float) -> Beside:
    low, high = 0.0, CELL_EMS * 2.0 * maps.style.em
    for _ in range(SEARCHED):
        cell = (low + high) / 2
        low, high = (cell, high) if _with(maps, cell, pixels, lean, most).width(maps.gap) <= width else (low, cell)
    return _with(maps, low, pixels, lean, most)


def _with(maps: Planned, cell: float, pixels: int, lean: float, most: float) -> Beside:
    lettering = Lettering(maps.style, pixels, most)
    setting = Setting(lettering, lettering, lean, lying=True)
    alone = [plan_with(cell, extent, setting, wanted) for extent, wanted in zip(maps.extents, maps.wanted, strict=True)]
    top = max(plan.top for plan in alone)
    wanted = tuple(Wanted(each.named_rows, each.bar, top) for each in maps.wanted)
    return Beside(tuple(replace(plan, top=top) for plan in alone), wanted)


def _wanted(specs: Sequence[HeatmapSpec]) -> tuple[Wanted, ...]:
    """Rows are named where the map before has others; one bar is enough where colours mean the same in all."""
    alike = len({(spec.scale, spec.colormap) for spec in specs}) == 1
    found = []
    for index, spec in enumerate(specs):
        shared = index > 0 and specs[index - 1].rows == spec.rows
        found.append(Wanted(named_rows=not shared, bar=not alike or index == len(specs) // 2))
    return tuple(found)


def _titled(each: Growing, style: Style) -> Titled:
    return Titled(each.now.title, "", heatmap_block(each.now, style, each.whole))
