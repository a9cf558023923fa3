"""Pixels where the weights say they are, labels inside the picture, masked cells unlike any weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.bars import (
    bar_at,
    bars_layout,
    bars_that_fit,
    footer_lines,
    paint_bars,
    rank_text,
)
from attention_viewer.viewer.painting.chips import PlacedChip, chip_text, paint_chip, sign_color, sign_rect
from attention_viewer.viewer.painting.colorbar import ticks
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.painting.heatmap import filling_layout
from attention_viewer.viewer.painting.labelled_map import extent_of, natural_plan, plan_within
from attention_viewer.viewer.painting.labels import Side, elided, paint_labels, stride
from attention_viewer.viewer.painting.raster import fit
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Bar, BarsSpec, Chip, HeatmapSpec, Overlay, Scale, probability_text
from attention_viewer.viewer.state.view_state import Head
from PySide6.QtCore import QBuffer, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPolygonF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from support.heatmaps import paint_heatmap
from support.specs_for_tests import grid, heatmap

SIDE = 400


@pytest.fixture(params=sorted(PALETTES))
def style(request: pytest.FixtureRequest, qapp: QApplication) -> Style:
    return style_for(PALETTES[request.param], QFont())


def painted(paint: Callable[[QPainter, QRectF], object], style: Style, width: int = SIDE, height: int = SIDE) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, width, height))
    painter.end()
    return image


def expected(weight: float, colormap: str = "viridis") -> str:
    red, green, blue = COLORMAPS[colormap][int(np.rint(np.float32(weight) * np.float32(255)))].tolist()
    return QColor(red, green, blue).name()


def cells_of(spec: HeatmapSpec, style: Style) -> QRectF:
    """Where the cells are in a square picture."""
    return plan_within(SIDE, SIDE, extent_of(spec), style).cells(QPointF(), *spec.values.shape)


def color_in_cell(image: QImage, spec: HeatmapSpec, style: Style, row: int, column: int) -> str:
    cells = cells_of(spec, style)
    rows, columns = spec.values.shape
    x = cells.left() + (column + 0.3) * cells.width() / columns
    y = cells.top() + (row + 0.3) * cells.height() / rows
    return image.pixelColor(int(x), int(y)).name()


def test_every_cell_has_the_colour_of_its_weight(style: Style) -> None:
    spec = heatmap()
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style), style)
    for row, column in np.ndindex(*spec.values.shape):
        assert color_in_cell(image, spec, style, row, column) == expected(float(spec.values[row, column]))


@pytest.mark.parametrize("vector", [False, True])
def test_masked_cells_are_no_weight_at_all(style: Style, vector: bool) -> None:
    spec = heatmap(4, 4, masked=True)
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style, vector=vector), style)
    assert color_in_cell(image, spec, style, 0, 3) == style.palette.mask
    assert color_in_cell(image, spec, style, 3, 0) == expected(float(spec.values[3, 0]))
    for table in COLORMAPS.values():
        names = {QColor(*entry).name() for entry in table.tolist()}
        assert style.palette.mask not in names


@pytest.mark.parametrize("vector", [False, True])
def test_masked_cells_are_hatched_and_no_others(style: Style, vector: bool) -> None:
    spec = heatmap(4, 4, masked=True)
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style, vector=vector), style)
    cells = cells_of(spec, style)
    side = cells.width() / 4
    assert spec.mask is not None
    for row, column in np.ndindex(4, 4):
        x, y = int(cells.left() + (column + 0.5) * side), int(cells.top() + (row + 0.5) * side)
        around = {image.pixelColor(x + dx, y).name() for dx in range(-3, 4)}
        assert (style.palette.hatch in around) == bool(spec.mask[row, column])
    for table in COLORMAPS.values():
        assert style.palette.hatch not in {QColor(*entry).name() for entry in table.tolist()}


def test_square_root_and_maximum_change_the_colours(style: Style) -> None:
    root = heatmap(color_range=ColorRange.SQUARE_ROOT)
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, root, style), style)
    assert color_in_cell(image, root, style, 1, 0) == expected(float(np.sqrt(root.values[1, 0])))
    assert [text for _, text in ticks(Scale(0.0, 1.0, square_root=True))] == ["0", "0.25", "0.5", "0.75", "1"]
    assert ticks(Scale(0.0, 1.0, square_root=True))[1][0] == pytest.approx(0.5)


@pytest.mark.parametrize("count", [1, 2, 7, 15, 40, 60])
@pytest.mark.parametrize("word", ["a", "Donaudampfschifffahrtsgesellschaft"])
def test_nothing_is_laid_out_beyond_the_picture(style: Style, count: int, word: str) -> None:
    spec = heatmap(count, count + 3)
    labels = (word,) * (count + 3)
    spec = HeatmapSpec(**{**vars(spec), "columns": type(spec.columns)("keys: source", labels)})
    for plan in (
        natural_plan(extent_of(spec), 1.5 * style.em, style),
        plan_within(SIDE, 10 * SIDE, extent_of(spec), style),
    ):
        cells = plan.cells(QPointF(), count, count + 3)
        assert cells.right() + 1 < plan.width and cells.bottom() <= plan.height
        for index, wide in enumerate(plan.columns.widths(labels)):
            middle = cells.left() + (index + 0.5) * plan.cell
            assert middle + plan.columns.reach(wide, plan.lean) <= plan.width + 1e-6
    assert plan.width <= SIDE + 1e-6


def test_cells_are_found_by_row_then_column(style: Style) -> None:
    spec = heatmap(3, 5)
    layout = filling_layout(QRectF(0, 0, SIDE, SIDE), spec, style)
    wide, high = layout.cells.width() / 5, layout.cells.height() / 3
    inside = layout.cells.topLeft() + QPointF(4.5 * wide, 1.5 * high)
    assert layout.cell_at(inside) == (1, 4)
    assert layout.cell_at(layout.cells.topLeft() - QPointF(1, 1)) is None


def test_the_overlay_frames_the_row_and_not_another(style: Style) -> None:
    spec = heatmap(4, 4)
    plain = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style), style)
    lit = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style, Overlay(frozenset({2}))), style)
    cells = cells_of(spec, style)
    side = cells.height() / 4
    edge = int(cells.top() + 2 * side)
    x = int(cells.left() + 1.5 * side)
    assert lit.pixelColor(x, edge).name() == style.palette.accent
    assert lit.pixelColor(x, int(cells.top() + 0.5 * side)) == plain.pixelColor(x, int(cells.top() + 0.5 * side))


def test_small_maps_stand_by_layer_then_head(style: Style) -> None:
    spec = grid()
    image = painted(lambda painter, rect: paint_grid(painter, rect, spec, style), style)
    layout = grid_layout(QRectF(0, 0, SIDE, SIDE), spec, style)
    for layer, head in ((0, 0), (0, 2), (1, 0), (1, 2)):
        slot = layout.slot(layer, head)
        last = QPointF(slot.right() - 5, slot.bottom() - 5)
        assert image.pixelColor(last.toPoint()).name() == expected(float(spec.values[layer, head, -1, -1]))
        assert layout.head_at(slot.center()) == Head(layer, head)
    assert layout.head_at(QPointF(0, 0)) is None


def test_a_thin_diagonal_survives_being_made_small() -> None:
    reduced = fit(np.eye(128, dtype=np.float32), 20, 30)
    assert reduced.shape == (20, 30)
    assert (reduced.max(axis=1) == 1.0).all() and (reduced.max(axis=0) == 1.0).all()


def test_labels_are_shortened_in_the_middle_and_thinned_out(style: Style) -> None:
    assert elided("x" * 300, style).count("…") == 1
    assert stride(3 * style.line, style) == 1
    assert stride(style.line / 4, style) > 1


class Measured(QPainter):
    """Paints nothing, but keeps where each text would stand, turned as it would be."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.found: list[QPolygonF] = []

    def drawText(self, *given: Any) -> None:  # type: ignore[override]
        """Keep the corners of the ink of a text."""
        place, text = given
        ink = QFontMetricsF(self.font()).tightBoundingRect(text).translated(place)
        self.found.append(self.transform().map(QPolygonF(ink)))


def test_leaning_labels_never_touch(style: Style) -> None:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    labels = tuple("ÉgMjpqç"[: 1 + index % 7] + "ÉqÉgpf" for index in range(34))
    for pitch in (3.0, 5.0, 7.5, 9.0, 10.3, 12.0, 14.0, 17.0, 25.0):
        painter = Measured(image)
        rect = QRectF(0, 0, pitch * len(labels), SIDE)
        paint_labels(painter, rect, labels, 0.0, len(labels), Side.TOP, style, frozenset({3}))
        painter.end()
        assert 1 < len(painter.found) <= len(labels)
        assert not any(one.intersects(other) for one, other in pairwise(painter.found)), pitch


def test_a_narrow_card_has_its_bars_below_their_tokens(style: Style) -> None:
    bars = (Bar("faisait", 0.5, True, before=0.8, rank=1), Bar("b", 0.02, False, before=0.01, rank=2))
    spec = BarsSpec("", "", bars)
    wide, narrow = (bars_layout(QRectF(0, 0, width, 200), spec, style) for width in (SIDE, 11 * style.em))
    assert wide.under == 0.0 < narrow.under
    assert narrow.track(0).width() >= 10 * style.em
    for index in range(2):
        row, track = narrow.row(index), narrow.track(index)
        assert narrow.label(index).bottom() <= track.top() and track.bottom() < row.bottom()
        assert narrow.label(index).right() < narrow.number(index).left()
    image = painted(lambda painter, rect: paint_bars(painter, rect, spec, style), style, round(11 * style.em))
    track = narrow.track(0)
    along = colors_across(image, track.center().y(), track.left(), track.right())
    assert along[round(0.3 * track.width())] == style.palette.accent
    assert along[round(0.95 * track.width())] == style.palette.border
    low = bars_layout(QRectF(0, 0, 11 * style.em, 2 * style.line), spec, style)
    assert low.under == 0.0, "rows that have no room for two lines keep their bars beside"


def test_bars_grow_with_probability_and_are_found(style: Style) -> None:
    spec = BarsSpec("Next token", "", tuple(Bar(f"t{index}", 0.6 / (index + 1), index == 0) for index in range(5)))
    image = painted(lambda painter, rect: paint_bars(painter, rect, spec, style), style)
    rect = QRectF(0, 0, SIDE, SIDE)
    layout = bars_layout(rect, spec, style)
    middle = layout.row(0).center().y()
    start = int(layout.track(0).left()) + 3
    assert image.pixelColor(start, int(middle)).name() == style.palette.accent
    assert image.pixelColor(start, int(layout.row(1).center().y())).name() == style.palette.accent_rest
    assert bar_at(QPointF(5, layout.row(3).center().y()), rect, spec, style) == 3
    assert bar_at(QPointF(5, SIDE - 1), rect, spec, style) is None
    assert probability_text(0.4321) == "0.43" and probability_text(0.001) == "<0.01"


def colors_across(image: QImage, y: float, left: float, right: float) -> list[str]:
    return [image.pixelColor(x, int(y)).name() for x in range(int(left), int(right))]


def test_a_hollow_bar_ends_at_the_probability_before(style: Style) -> None:
    bars = (Bar("fell", 0.2, True, before=0.6), Bar("rose", 0.7, False, before=0.3), Bar("new", 0.1, False))
    spec = BarsSpec("Next token", "", bars, note="KL(before ‖ after) = 0.043 nats")
    image = painted(lambda painter, rect: paint_bars(painter, rect, spec, style), style)
    layout = bars_layout(QRectF(0, 0, SIDE, SIDE), spec, style)
    for index, bar in enumerate(bars[:2]):
        track = layout.track(index)
        assert bar.before is not None
        solid_end, hollow_end = (track.left() + share * track.width() for share in (bar.probability, bar.before))
        solid = style.palette.accent if bar.chosen else style.palette.accent_rest
        middle = colors_across(image, track.center().y(), 0, SIDE)
        assert middle[int(solid_end) - 3] == solid != middle[int(solid_end) + 3]
        above = colors_across(image, track.center().y() - 0.45 * style.em, 0, SIDE)
        assert above[int(hollow_end) - 4] == above[int(hollow_end) + 4] == style.palette.surface
        at_end = above[int(hollow_end) - 2 : int(hollow_end) + 2]
        assert max(difference(name, style.palette.surface) for name in at_end) > 100
    plain = layout.track(2)
    above = colors_across(image, plain.center().y() - 0.55 * style.em, plain.left(), plain.right())
    assert set(above) == {style.palette.surface}


def difference(name: str, other: str) -> int:
    """How far two colours are from each other, 0 to 765."""
    one, two = QColor(name), QColor(other)
    return abs(one.red() - two.red()) + abs(one.green() - two.green()) + abs(one.blue() - two.blue())


@pytest.mark.parametrize("height", [40, 90, 200, SIDE])
def test_legend_and_note_stand_below_the_bars(style: Style, height: int) -> None:
    bars = tuple(Bar(f"t{index}", 0.1, False, before=0.2) for index in range(15))
    spec = bars_that_fit(BarsSpec("Next token", "", bars, note="KL"), SIDE, height, style)
    assert footer_lines(spec) == ("hollow: before, solid: after", "KL")
    assert footer_lines(BarsSpec("Next token", "", (Bar("t", 0.1, False),))) == ()
    layout = bars_layout(QRectF(0, 0, SIDE, height), spec, style)
    last = layout.row(layout.count - 1)
    assert layout.pitch >= 0.99 * style.line
    assert last.bottom() <= layout.footer.top() + 0.01
    assert layout.footer.height() == 0.0 or layout.footer.height() > 2 * style.small_line
    assert layout.footer.bottom() <= height + 0.01
    bare = BarsSpec("Next token", "", tuple(Bar(bar.label, bar.probability, False) for bar in spec.bars))
    assert layout.footer.height() == 0.0 or len(bars_that_fit(bare, SIDE, height, style).bars) >= layout.count


def test_what_stands_below_the_bars_is_broken_into_lines_where_they_are_narrow(style: Style) -> None:
    bars = (Bar("a", 0.5, True, before=0.4),)
    spec = BarsSpec("Next token", "", bars, note="KL(before ‖ after) = 0.1234 nats")
    wide, narrow = (bars_layout(QRectF(0, 0, width, SIDE), spec, style).footer for width in (SIDE, 10 * style.em))
    assert round((narrow.height() - wide.height()) / style.small_line) >= 2
    image = painted(lambda painter, rect: paint_bars(painter, rect, spec, style), style, round(10 * style.em))
    last = [image.pixelColor(x, round(narrow.bottom() - style.small_line / 2)).name() for x in range(image.width())]
    assert set(last) != {style.palette.surface}, "the last line is drawn"


def test_the_note_is_drawn_under_the_bars_and_nowhere_else(style: Style) -> None:
    bars = (Bar("a", 0.5, True), Bar("b", 0.3, False))
    images = [
        painted(lambda painter, rect, spec=spec: paint_bars(painter, rect, spec, style), style)  # type: ignore[misc]
        for spec in (BarsSpec("", "", bars), BarsSpec("", "", bars, note="KL(before ‖ after) = 0.043 nats"))
    ]
    footer = bars_layout(QRectF(0, 0, SIDE, SIDE), BarsSpec("", "", bars, note="KL"), style).footer
    differing = [y for y in range(SIDE) if colors_across(images[0], y, 0, SIDE) != colors_across(images[1], y, 0, SIDE)]
    assert differing and footer.top() <= differing[0] and differing[-1] <= footer.bottom()


def test_ranks_are_told_only_where_they_are_no_matter_of_course(style: Style) -> None:
    bars = (Bar("a", 0.5, True, rank=1), Bar("b", 0.01, False, rank=231), Bar("c", 0.001, False))
    assert [rank_text(index, bar) for index, bar in enumerate(bars)] == ["", "#231", ""]
    layout = bars_layout(QRectF(0, 0, SIDE, SIDE), BarsSpec("", "", bars), style)
    assert layout.track(1).right() < layout.rank(1).left() < layout.rank(1).right() < layout.number(1).left()
    assert bars_layout(QRectF(0, 0, SIDE, SIDE), BarsSpec("", "", bars[:1]), style).rank_width == 0.0


def test_a_row_pointed_at_is_lit_and_no_other(style: Style) -> None:
    spec = BarsSpec("", "", tuple(Bar("t", 0.5, False) for _ in range(4)))
    images = [
        painted(lambda painter, rect, at=at: paint_bars(painter, rect, spec, style, *at), style)  # type: ignore[misc]
        for at in ((None, None), (1, None), (None, 2))
    ]
    layout = bars_layout(QRectF(0, 0, SIDE, SIDE), spec, style)
    x = int(layout.track(0).right()) - 4
    grounds = [[image.pixelColor(x, int(layout.row(i).center().y())).name() for i in range(4)] for image in images]
    surface, chip = style.palette.surface, style.palette.chip
    assert grounds == [[surface] * 4, [surface, chip, surface, surface], [surface, surface, chip, surface]]


def chip_image(chip: Chip, style: Style) -> QImage:
    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.setFont(style.mono)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chip(painter, chip, PlacedChip(QRectF(0, 0, 100, 1.9 * style.em), True, True), False, style)

    return painted(paint, style, 100, round(1.9 * style.em) + 1)


def test_every_mark_of_a_chip_has_a_sign_of_its_own(style: Style) -> None:
    marks = ("forced", "sampled", "beam", "surprising", "kept")
    assert len({sign_color(mark, style.palette).name() for mark in marks}) == len(marks)
    sign = sign_rect(QRectF(0, 0, 100, 1.9 * style.em), style)
    rows = range(int(sign.top()) - 1, int(sign.bottom()) + 2)
    plain = chip_image(Chip("mot", ""), style)
    seen = []
    for mark in marks:
        image = chip_image(Chip("mot", "", mark=mark), style)
        assert [colors_across(image, y, 0, 100) for y in rows] != [colors_across(plain, y, 0, 100) for y in rows]
        seen.append([colors_across(image, y, 0, 100) for y in rows])
    assert all(one != other for one, other in combinations(seen, 2))


def test_a_surprising_token_stands_out_and_others_do_not(style: Style) -> None:
    def is_dangerous(chip: Chip) -> bool:
        image = chip_image(chip, style)
        edge = [image.pixelColor(x, y).name() for x in (50, 60) for y in (0, 1)]
        danger = QColor(style.palette.danger)
        return any(
            abs(QColor(name).red() - danger.red()) + abs(QColor(name).blue() - danger.blue()) < 60 for name in edge
        )

    assert is_dangerous(Chip("mot", "", mark="surprising"))
    assert not any(is_dangerous(Chip("mot", "", mark=mark)) for mark in ("", "forced", "sampled", "beam"))


def test_a_hidden_token_is_hatched_as_masked_cells_are(style: Style) -> None:
    image, plain = chip_image(Chip("mot", "", "hidden"), style), chip_image(Chip("mot", ""), style)
    inside = {image.pixelColor(x, y).name() for x in range(4, 96) for y in range(4, int(1.7 * style.em))}
    assert style.palette.mask in inside
    assert style.palette.hatch not in {plain.pixelColor(x, 5).name() for x in range(4, 96)}
    along = [QColor(name).lightness() for name in colors_across(image, 4, 4, 96)]
    steps = sum(abs(a - b) > 6 for a, b in pairwise(along))
    assert steps > 90 / (0.45 * style.em)
    assert chip_text(Chip("mot", "", "hidden", badge="0.5")) == "mot 0.5"


@pytest.mark.parametrize("name", ["viridis", "cividis", "magma"])
def test_colormaps_are_the_published_ones(name: str, qapp: QApplication) -> None:
    import pyqtgraph

    source = {"viridis": "viridis", "cividis": "cividis", "magma": "magma"}[name]
    table = pyqtgraph.colormap.get(source).getLookupTable(nPts=256)[:, :3]
    assert np.abs(table.astype(int) - COLORMAPS[name].astype(int)).max() <= 2


def svg_of(paint: Callable[[QPainter, QRectF], object]) -> str:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(SIDE, SIDE))
    painter = QPainter(generator)
    paint(painter, QRectF(0, 0, SIDE, SIDE))
    painter.end()
    return bytes(buffer.data().data()).decode()


@pytest.mark.parametrize("vector", [False, True])
@pytest.mark.parametrize("colormap", sorted(COLORMAPS))
def test_leaked_cells_have_a_marked_corner_and_keep_their_colour(style: Style, vector: bool, colormap: str) -> None:
    leaked = np.triu(np.ones((4, 5), dtype=np.bool_), 1)
    spec = replace(heatmap(4, 5), leaked=leaked, colormap=colormap)
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, spec, style, vector=vector), style)
    cells = cells_of(spec, style)
    side = cells.width() / 5
    for row, column in np.ndindex(4, 5):
        corner = QPointF(cells.left() + (column + 0.88) * side, cells.top() + (row + 0.14) * side).toPoint()
        assert (image.pixelColor(corner).name() == style.palette.danger) == bool(leaked[row, column])
        assert color_in_cell(image, spec, style, row, column) == expected(float(spec.values[row, column]), colormap)
    assert style.palette.danger not in {QColor(*entry).name() for entry in COLORMAPS[colormap].tolist()}


def test_cells_too_small_for_a_corner_still_show_where_the_mask_would_begin(style: Style) -> None:
    leaked = np.triu(np.ones((120, 120), dtype=np.bool_), 1)
    plain = heatmap(120, 120)
    marked = replace(plain, leaked=leaked)
    images = [
        painted(lambda painter, rect, each=each: paint_heatmap(painter, rect, each, style), style)  # type: ignore[misc]
        for each in (plain, marked)
    ]
    cells = cells_of(marked, style)
    middle = int(cells.center().y())
    colors = [{image.pixelColor(int(cells.center().x()) + x, middle).name() for x in range(-6, 7)} for image in images]
    assert style.palette.danger not in colors[0] and style.palette.danger in colors[1]


def test_leaked_cells_and_badges_are_painted_in_svg_too(style: Style) -> None:
    spec = replace(heatmap(4, 4), colormap="viridis")
    leaked = replace(spec, leaked=np.triu(np.ones((4, 4), dtype=np.bool_), 1))
    off = replace(spec, badge="off")
    plain, marked, badged = (
        svg_of(lambda painter, rect, each=each: paint_heatmap(painter, rect, each, style, vector=True))  # type: ignore[misc]
        for each in (spec, leaked, off)
    )
    assert style.palette.danger not in plain and ">off<" not in plain
    assert marked.count(style.palette.danger) >= 2
    assert style.palette.danger in badged and ">off<" in badged


def test_a_badge_stands_before_the_title_and_moves_no_cell(style: Style) -> None:
    spec = heatmap()
    off = replace(spec, badge="off")
    cells = cells_of(off, style)
    assert cells == cells_of(spec, style)
    image = painted(lambda painter, rect: paint_heatmap(painter, rect, off, style), style)
    edge = image.pixelColor(int(cells.left() + 0.2 * style.em), int(0.5 * style.small_line))
    assert edge.name() == style.palette.danger
    for row, column in np.ndindex(*spec.values.shape):
        assert color_in_cell(image, off, style, row, column) == expected(float(spec.values[row, column]))


@pytest.mark.parametrize("vector", [False, True])
def test_a_head_that_is_off_is_dimmed_and_says_so(style: Style, vector: bool) -> None:
    spec = grid()
    off = replace(spec, off=frozenset({Head(1, 1), Head(7, 7)}))
    before, after = (
        painted(lambda painter, rect, each=each: paint_grid(painter, rect, each, style, vector), style)  # type: ignore[misc]
        for each in (spec, off)
    )
    layout = grid_layout(QRectF(0, 0, SIDE, SIDE), off, style)
    for layer, head in np.ndindex(2, 3):
        slot = layout.slot(layer, head)
        low, high = (slot.bottomRight() - QPointF(8, 8)).toPoint(), (slot.topRight() + QPointF(-3, 8)).toPoint()
        is_off = (layer, head) == (1, 1)
        assert (before.pixelColor(low) != after.pixelColor(low)) == is_off
        assert (after.pixelColor(high).name() == style.palette.danger) == is_off
    slot = layout.slot(1, 1)
    shown = {after.pixelColor(int(x), int(slot.bottom() - 8)).name() for x in (slot.left() + 5, slot.right() - 5)}
    assert len(shown) == 2 and style.palette.surface not in shown


@pytest.mark.parametrize("vector", [False, True])
def test_a_scale_of_the_grid_s_own_serves_all_its_maps(style: Style, vector: bool) -> None:
    spec = replace(grid(), scale=Scale(-1.0, 1.0), color_range=ColorRange.MAXIMUM)
    image = painted(lambda painter, rect: paint_grid(painter, rect, spec, style, vector), style)
    slot = grid_layout(QRectF(0, 0, SIDE, SIDE), spec, style).slot(0, 1)
    last = image.pixelColor((slot.bottomRight() - QPointF(5, 5)).toPoint()).name()
    assert last == expected((float(spec.values[0, 1, -1, -1]) + 1.0) / 2.0)
