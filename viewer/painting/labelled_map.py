"""One head as a figure: cells with their tokens, what the axes are, and what the colours mean.

`plan_within` decides once for a width how large the cells and letters are, whether columns lean or stand upright, and
where the colour bar goes; everything else follows from that plan. Cells are square.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.colorbar import (
    BAR_EMS,
    colorbar_width,
    lying_colorbar_height,
    paint_colorbar,
    paint_lying_colorbar,
)
from attention_viewer.viewer.painting.heatmap import badge_size, paint_badge, paint_cells, paint_overlay
from attention_viewer.viewer.painting.lettering import LEAN, UPRIGHT, Lettering, sizes
from attention_viewer.viewer.painting.scales import paint_axis_title
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay, Scale
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

CELLS_SHARE = 0.622
"""Share of a picture's width that its cells take: labels are shortened rather than let the map become smaller."""
LEAST_LABEL_EMS = 3.0
"""What is left of the longest label in any case."""
TALLEST = 2.0
"""How many times as high as the picture is wide the cells may be together."""
TITLE_GAP = 0.3
"""Space between what an axis is and its labels, in gaps."""
UPRIGHT_BAR_EMS = 6.0
"""Least height of a colour bar beside the cells."""


@dataclass(frozen=True)
class MapPlan:
    """Sizes of a picture of a map of `shape` (rows, columns), in its own pixels.

    `left` is the room of row labels and their title, `top` that of column labels and theirs; the colour bar takes part
    of `right`, or, where it lies, of `below`. Every `every_row`-th row and `every_column`-th column is named.
    """

    shape: tuple[int, int]
    cell: float
    rows: Lettering
    columns: Lettering
    lean: float
    every_row: int
    every_column: int
    left: float
    top: float
    right: float
    below: float
    lying: bool

    @property
    def width(self) -> float:
        """The width of the whole picture."""
        return self.left + self.shape[1] * self.cell + self.right

    @property
    def height(self) -> float:
        """The height of the whole picture."""
        rows = self.shape[0] * self.cell
        return self.top + (rows if self.lying else max(rows, UPRIGHT_BAR_EMS * self.rows.style.em)) + self.below

    def cells(self, corner: QPointF, rows: int, columns: int) -> QRectF:
        """Where the first `rows` and `columns` are in a picture whose upper left corner is `corner`."""
        first = corner + QPointF(self.left, self.top)
        return QRectF(first.x(), first.y(), columns * self.cell, rows * self.cell)

    def is_cut(self, extent: Extent) -> bool:
        """Whether any label is shortened."""
        return _is_cut(self.rows, extent.rows) or _is_cut(self.columns, extent.columns)


@dataclass(frozen=True)
class Extent:
    """What of a map decides its plan; equal for all frames of an animation, whose plans are made once."""

    shape: tuple[int, int]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    scale: Scale


def extent_of(spec: HeatmapSpec) -> Extent:
    """What of a map decides its plan."""
    rows, columns = spec.values.shape
    return Extent((rows, columns), spec.rows.labels, spec.columns.labels, spec.scale)


@dataclass(frozen=True)
class Setting:
    """How labels are set beside rows and above columns, the angle at which these rise, and whether the bar lies."""

    rows: Lettering
    columns: Lettering
    lean: float = LEAN
    lying: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a map is planned for: whether rows are named, whether there is a colour bar, and the room above its cells.

    `top` is 0 where the map's own labels decide; maps beside each other share it.
    """

    named_rows: bool = True
    bar: bool = True
    top: float = 0.0


EVERYTHING = Wanted()


def plan_with(cell: float, extent: Extent, setting: Setting, wanted: Wanted = EVERYTHING) -> MapPlan:
    """The plan of a map whose cells are `cell` wide."""
    beside, above, lean = setting.rows, setting.columns, setting.lean
    style = beside.style
    rows, columns = extent.shape
    title, bar = style.small_line, _bar_width(extent.scale, style)
    left = 0.0
    if wanted.named_rows:
        left = title + max(beside.widths(extent.rows), default=0.0) + TITLE_GAP * style.gap + style.gap
    names = above.widths(extent.columns)
    top = wanted.top or title + TITLE_GAP * style.gap + above.rise(max(names, default=0.0), lean)
    reach = max(
        (above.reach(name, lean) - (columns - index - 0.5) * cell for index, name in enumerate(names)), default=0.0
    )
    upright = wanted.bar and not setting.lying
    return MapPlan(
        shape=(rows, columns),
        cell=cell,
        rows=beside,
        columns=above,
        lean=lean,
        every_row=beside.every(cell, rows),
        every_column=above.every(cell, columns, lean),
        # On whole pixels, or lines between cells would be smeared.
        left=math.ceil(left),
        top=math.ceil(top),
        right=max(reach, style.em + bar if upright else 0.5 * style.gap),
        below=style.gap + lying_colorbar_height(style) if wanted.bar and setting.lying else 0.0,
        lying=setting.lying,
    )


@lru_cache(maxsize=64)
def natural_plan(extent: Extent, cell: float, style: Style) -> MapPlan:
    """The plan of a map whose cells are `cell` wide, with the largest letters in which all tokens are named."""
    settings = _settings(style, sizes(style), style.label_width, (False,))
    return min((plan_with(cell, extent, setting) for setting in settings), key=_reduced)


@lru_cache(maxsize=64)
def plan_within(width: float, height: float, extent: Extent, style: Style) -> MapPlan:
    """The plan of the largest cells within `width` and `height`.

    In this order: the cells take their share of the width, few tokens are left out, the colour bar stands beside the
    cells, letters are large, and columns lean.
    """

    def best(settings: Iterable[Setting]) -> MapPlan:
        plans = (_largest(width, height, extent, setting) for setting in settings)
        return min(plans, key=lambda plan: (_lacks(plan, width, style), *_reduced(plan)))

    found = best(_settings(style, sizes(style), style.label_width))
    return (
        best(_settings(style, sizes(style)[-1:], _label_room(width, style))) if _lacks(found, width, style) else found
    )


def paint_map(
    painter: QPainter,
    corner: QPointF,
    spec: HeatmapSpec,
    plan: MapPlan,
    style: Style,
    vector: bool = False,
    overlay: Overlay = Overlay(),  # noqa: B008 - frozen
    wanted: Wanted = EVERYTHING,
) -> QRectF:
    """Paint the picture with its upper left corner at `corner`; returns where the cells are.

    A map that is still growing has fewer rows and columns than its plan: the cells stand where they will stand then.
    """
    rows, columns = spec.values.shape
    cells, whole = plan.cells(corner, rows, columns), plan.cells(corner, *plan.shape)
    _paint_titles(painter, corner, whole, spec, plan, style, wanted)
    if wanted.named_rows:
        beside = QRectF(corner.x(), cells.top(), plan.left - style.gap, cells.height())
        plan.rows.paint_rows(painter, beside, spec.rows.labels, plan.every_row)
    plan.columns.paint_columns(painter, cells.adjusted(0, -plan.top, 0, -cells.height()), spec.columns.labels,
                                 plan.every_column, plan.lean)  # fmt: skip
    paint_cells(painter, cells, spec, style, vector, painter.worldTransform().m11())
    paint_overlay(painter, cells, (rows, columns), overlay, style)
    if wanted.bar:
        _paint_bar(painter, whole, spec, plan, style, vector)
    return cells


def _bar_width(scale: Scale, style: Style) -> float:
    """Room of an upright bar, its numbers, and what they are."""
    return max(colorbar_width(scale, style), QFontMetricsF(style.small).horizontalAdvance(bar_title(scale)) + 1.0)


def bar_title(scale: Scale) -> str:
    """What the colours stand for."""
    if scale.title:
        return scale.title
    return "A − B" if scale.low < 0.0 else "√ weight" if scale.square_root else "weight"


@lru_cache(maxsize=128)
def _is_cut(lettering: Lettering, labels: tuple[str, ...]) -> bool:
    return any(lettering.text(label) != label for label in labels)


def _settings(
    style: Style, pixels: Iterable[int], most: float, lying: Iterable[bool] = (False, True)
) -> Iterator[Setting]:
    for lies, size, lean in product(lying, pixels, (LEAN, UPRIGHT)):
        yield Setting(Lettering(style, size, most), Lettering(style, size, style.label_width), lean, lies)


def _largest(width: float, height: float, extent: Extent, setting: Setting) -> MapPlan:
    """The plan of the largest cells whose picture fits."""
    style, plan = setting.rows.style, plan_with(1.0, extent, setting)
    rows, columns = extent.shape
    beside = 0.5 * style.gap if plan.lying else style.em + _bar_width(extent.scale, style)
    room = width - plan.left
    cell = min((room - beside) / columns, (height - plan.top - plan.below) / rows, TALLEST * width / rows)
    for index, name in enumerate(plan.columns.widths(extent.columns)):
        cell = min(cell, (room - plan.columns.reach(name, plan.lean)) / (index + 0.5))
    return plan_with(max(1e-3, min(cell, style.largest_cell)), extent, setting)


def _lacks(plan: MapPlan, width: float, style: Style) -> bool:
    """Whether the cells take less of the width than they should and could."""
    rows, columns = plan.shape
    largest = min(style.largest_cell, TALLEST * width / rows)
    return columns * plan.cell < min(CELLS_SHARE * width, columns * largest) - 1e-6


def _reduced(plan: MapPlan) -> tuple[float, ...]:
    """What a plan gives up: names, a colour bar beside the cells, large letters, leaning columns."""
    return plan.every_row + plan.every_column, plan.lying, -plan.rows.pixels, plan.lean


def _label_room(width: float, style: Style) -> float:
    rest = (1.0 - CELLS_SHARE) * width - style.small_line - (1.5 + TITLE_GAP) * style.gap
    return max(rest, LEAST_LABEL_EMS * style.em)


def _paint_titles(
    painter: QPainter, corner: QPointF, whole: QRectF, spec: HeatmapSpec, plan: MapPlan, style: Style, wanted: Wanted
) -> None:
    """What the axes are, and the badge of a head that has one."""
    line = style.small_line
    if wanted.named_rows:
        title = _row_title(spec, plan, style)
        paint_axis_title(painter, _beside(corner, whole, title, plan, style), title, style, True)
    above = QRectF(whole.left(), corner.y(), whole.width() + plan.right, line)
    if spec.badge:
        width, height = badge_size(spec.badge, style)
        paint_badge(painter, QRectF(above.left(), above.top(), width, height), spec.badge, style)
        above.setLeft(above.left() + width + style.gap)
    metrics, title = QFontMetricsF(style.small), spec.columns.title
    if metrics.horizontalAdvance(title) > above.width():
        title = title.partition(" (")[0]
    centred = metrics.horizontalAdvance(title) <= whole.right() - above.left()
    if centred:
        above.setRight(whole.right())
    title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, above.width())
    painter.save()
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
    painter.drawText(above, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, title)
    painter.restore()


def _row_title(spec: HeatmapSpec, plan: MapPlan, style: Style) -> str:
    """What the rows are, without the word for rows where the picture is too low for both."""
    title = spec.rows.title
    fits = QFontMetricsF(style.small).horizontalAdvance(title) < plan.height
    return title if fits else title.partition(": ")[2] or title


def _beside(corner: QPointF, whole: QRectF, title: str, plan: MapPlan, style: Style) -> QRectF:
    """Where what the rows are stands: in the middle of the rows, as far as a long title and a low picture let it."""
    length = min(QFontMetricsF(style.small).horizontalAdvance(title) + 1.0, plan.height)
    middle = whole.center().y()
    top = min(max(middle - length / 2, corner.y()), corner.y() + plan.height - length)
    return QRectF(corner.x(), top, style.small_line, length)


def _paint_bar(painter: QPainter, whole: QRectF, spec: HeatmapSpec, plan: MapPlan, style: Style, vector: bool) -> None:
    title, line = bar_title(spec.scale), style.small_line
    wide = QFontMetricsF(style.small).horizontalAdvance(title)
    if plan.lying:
        place = QRectF(whole.left(), whole.bottom() + style.gap, whole.width(), lying_colorbar_height(style))
        paint_lying_colorbar(painter, place, spec.scale, spec.colormap, style, vector)
        middle = place.top() + 0.5 * BAR_EMS * style.em
        if plan.left >= wide + style.gap:
            left = place.left() - style.gap - wide
            paint_axis_title(painter, QRectF(left, middle - line / 2, wide + 1, line), title, style)
        return
    high = max(whole.height(), UPRIGHT_BAR_EMS * style.em)
    place = QRectF(whole.right() + style.em, whole.top(), colorbar_width(spec.scale, style), high)
    paint_colorbar(painter, place, spec.scale, spec.colormap, style, vector)
    above = QRectF(place.left(), place.top() - line - 0.25 * style.gap, wide + 1, line)
    paint_axis_title(painter, above, title, style)
