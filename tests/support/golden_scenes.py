"""Scenes of every painter: how each is painted, and which points of it have a colour that can be told in advance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from attention_viewer.model.contract.api import Floats
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.architecture import paint_architecture
from attention_viewer.viewer.painting.bars import paint_bars
from attention_viewer.viewer.painting.chips import chip_text, paint_chip, place_chips
from attention_viewer.viewer.painting.colorbar import BAR_EMS, paint_colorbar
from attention_viewer.viewer.painting.curves import paint_curves
from attention_viewer.viewer.painting.grid import grid_layout, paint_grid
from attention_viewer.viewer.painting.labelled_map import extent_of, plan_within
from attention_viewer.viewer.painting.labels import Side, paint_labels
from attention_viewer.viewer.painting.lines import paint_lines
from attention_viewer.viewer.painting.matrix import matrix_layout, paint_matrix
from attention_viewer.viewer.painting.shaded_text import paint_shaded
from attention_viewer.viewer.painting.sheet import paint_sheet
from attention_viewer.viewer.painting.tree import paint_steps, paint_tree, tree_layout
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.sheets import SheetSpec
from attention_viewer.viewer.state.specs import (
    Axis,
    Bar,
    BarsSpec,
    BeamDot,
    BeamSpec,
    Chip,
    CurvesSpec,
    GridSpec,
    HeatmapSpec,
    MatrixSpec,
    Overlay,
    Scale,
)
from attention_viewer.viewer.state.view_state import Head
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from support import inside_scenes
from support.heatmaps import paint_heatmap
from support.specs_for_tests import grid, heatmap

RECT = QRectF(0, 0, 300, 240)
AREA = RECT.adjusted(8, 8, -8, -8)
QUERIES = ("le → chat", "chat → dort", "dort → ici", "ici → .")
KEYS = ("the", "cat", "is", "sleeping", "here", ".")
WORDS = ("<pad>", "le", "chat", "dort", "bien")

Probe = tuple[QPointF, str]
"""A point inside a cell, away from text and lines, and the colour it must have, as #rrggbb."""


def no_probes(style: Style) -> Iterable[Probe]:
    """For pictures without cells."""
    return ()


@dataclass(frozen=True)
class Scene:
    """A picture: how it is painted, and which points in it have a colour that can be told in advance."""

    paint: Callable[[QPainter, Style], object]
    probes: Callable[[Style], Iterable[Probe]] = no_probes


def expected(unit: float, colormap: str = "viridis") -> str:
    """The colour at a place between 0 and 1 of a colormap."""
    return QColor(*COLORMAPS[colormap][int(np.rint(np.float32(unit) * np.float32(255)))].tolist()).name()


def cell_points(cells: QRectF, rows: int, columns: int) -> Iterable[tuple[int, int, QPointF]]:
    """A point in each cell, off the diagonals that hatching follows and the corner that marks a leak."""
    height, width = cells.height() / rows, cells.width() / columns
    for row, column in np.ndindex(rows, columns):
        yield row, column, QPointF(cells.left() + (column + 0.35) * width, cells.top() + (row + 0.35) * height)


def cross(color_range: ColorRange = ColorRange.UNIT) -> HeatmapSpec:
    """A cross map with words on both axes."""
    spec = heatmap(len(QUERIES), len(KEYS), color_range=color_range)
    return replace(spec, rows=Axis("queries: reads → predicts", QUERIES), columns=Axis("keys: source", KEYS))


def decoder(masked: bool = False) -> HeatmapSpec:
    """A map with the same words on both axes."""
    spec = heatmap(len(WORDS), len(WORDS), masked)
    return replace(spec, rows=Axis("queries: token read", WORDS), columns=Axis("keys: target so far, masked", WORDS))


def leaked() -> HeatmapSpec:
    """A decoder map without its causal mask, of a head that is off."""
    return replace(decoder(), leaked=np.triu(np.ones((5, 5), dtype=np.bool_), 1), badge="off")


def signed() -> HeatmapSpec:
    """A difference of weights from -0.6 to 0.9."""
    spec = cross()
    values = (spec.values * np.float32(1.5) - np.float32(0.6)).astype(np.float32)
    return replace(spec, values=values, scale=Scale(-0.9, 0.9), colormap="diverging", badge="A − B")


def heads() -> GridSpec:
    """Masked small maps, two of them off and one selected."""
    return replace(grid(2, 3, 4, 6, masked=True), off=frozenset({Head(0, 1), Head(1, 0)}))


def encoding() -> MatrixSpec:
    """More columns than rows, asymmetric, with a sentence of three."""
    values = np.linspace(-1.0, 1.0, 12 * 30, dtype=np.float32).reshape(12, 30)
    return MatrixSpec("", "", "position", "dimension", values, Scale(-1.0, 1.0), "diverging", 3, False)


def dots() -> MatrixSpec:
    """As many rows as columns, asymmetric, with a sentence of four."""
    values = np.linspace(0.0, 48.0, 16 * 16, dtype=np.float32).reshape(16, 16)
    return MatrixSpec("", "", "position p", "position q", values, Scale(0.0, 48.0), "viridis", 4, True)


def waves() -> CurvesSpec:
    """Two sines over 40 positions."""
    curves = np.sin(np.arange(40) * np.array([[0.6], [0.1]])).astype(np.float32)
    return CurvesSpec("", "", ("i = 8, wavelength 10.5", "i = 24, wavelength 62.8"), curves, 7)


def candidates() -> BarsSpec:
    """Some bars with the probability before, some with a rank, and a note."""
    bars = (
        Bar("chat", 0.62, True, before=0.35, rank=1),
        Bar("chien", 0.21, False, before=0.48, rank=2),
        Bar("tapis", 0.08, False, before=0.001, rank=3),
        Bar("Donaudampfschiff", 0.03, False, before=0.03, rank=17),
        Bar("</s>", 0.001, False, rank=231),
    )
    return BarsSpec("Next token", "", bars, note="KL(before ‖ after) = 0.043 nats")


CHIPS = (
    Chip("plain", ""),
    Chip("jo", ""),
    Chip("in", "", joined=True),
    Chip("ed", "", joined=True),
    Chip("</s>", "", "special"),
    Chip("hidden", "", "hidden"),
    Chip("guess", "", "prediction", badge="0.43"),
    Chip("ahead", "", "ahead"),
    Chip("forced", "", mark="forced"),
    Chip("sampled", "", mark="sampled"),
    Chip("beam", "", mark="beam"),
    Chip("surprising", "", mark="surprising"),
    Chip("lit", ""),
    Chip("odd", "", "prediction", badge="<0.01", mark="surprising"),
    Chip("later", "", "ahead", mark="forced"),
)


def beam() -> BeamSpec:
    """Two complete hypotheses, some discarded ones, and a selected node."""
    dots = (
        ("la", None, 1, "survived", 0),
        ("le", None, 1, "survived", 0),
        ("un", None, 1, "discarded", 0),
        ("chat", 1, 2, "survived", 0),
        ("chien", 0, 2, "survived", 0),
        ("chatte", 0, 2, "discarded", 0),
        ("</s>", 3, 3, "finished", 1),
        ("</s>", 4, 3, "finished", 2),
        ("noir", 3, 3, "discarded", 0),
    )
    return BeamSpec("", "", tuple(BeamDot(t, up, step, -step, fate, rank, "") for t, up, step, fate, rank in dots), 4)


def heatmap_scene(spec: HeatmapSpec, overlay: Overlay = Overlay()) -> Scene:  # noqa: B008 - frozen
    """A map with the colour of each of its cells."""

    def probes(style: Style) -> Iterable[Probe]:
        units = unit_places(spec.values, spec.scale)
        plan = plan_within(AREA.width(), AREA.height(), extent_of(spec), style)
        cells = plan.cells(AREA.topLeft(), *spec.values.shape)
        for row, column, point in cell_points(cells, *spec.values.shape):
            masked = spec.mask is not None and spec.mask[row, column]
            yield point, style.palette.mask if masked else expected(units[row, column], spec.colormap)

    return Scene(lambda painter, style: paint_heatmap(painter, AREA, spec, style, overlay), probes)


def unit_places(values: Floats, scale: Scale) -> Floats:
    """The place of each value on the colour bar, 0 to 1."""
    unit = (values - np.float32(scale.low)) / np.float32(scale.high - scale.low)
    return np.sqrt(unit) if scale.square_root else unit


def grid_scene(spec: GridSpec) -> Scene:
    """All heads, with the colours of the cells of those that are on."""

    def probes(style: Style) -> Iterable[Probe]:
        layout = grid_layout(AREA, spec, style)
        for layer, head in np.ndindex(*spec.values.shape[:2]):
            if Head(layer, head) in spec.off:
                continue
            for row, column, point in cell_points(layout.slot(layer, head), *spec.values.shape[2:]):
                masked = spec.mask is not None and spec.mask[row, column]
                yield point, style.palette.mask if masked else expected(float(spec.values[layer, head, row, column]))

    return Scene(lambda painter, style: paint_grid(painter, AREA, spec, style), probes)


def matrix_scene(spec: MatrixSpec) -> Scene:
    """A matrix with the colours of its cells, but for those under the frame."""

    def probes(style: Style) -> Iterable[Probe]:
        layout = matrix_layout(AREA, spec, style)
        units = unit_places(spec.values, spec.scale)
        assert layout.frame is not None
        without, within = (layout.frame.adjusted(-by, -by, by, by) for by in (2.0, -2.0))
        for row, column, point in cell_points(layout.cells, *spec.values.shape):
            if within.contains(point) or not without.contains(point):
                yield point, expected(units[row, column], spec.colormap)

    return Scene(lambda painter, style: paint_matrix(painter, AREA, spec, style), probes)


BAR_SCALES = (
    (Scale(0.0, 1.0), "viridis"),
    (Scale(0.0, 1.0, square_root=True), "magma"),
    (Scale(-0.25, 0.25), "diverging"),
    (Scale(0.0, 0.037), "ink"),
)


def bar_rects() -> list[QRectF]:
    """Where the colour bars stand; the last has room for fewer numbers."""
    tall = [QRectF(20 + 70 * index, 14, 60, 212) for index in range(3)]
    return [*tall, QRectF(230, 14, 60, 40)]


def colorbars_scene(bars: Sequence[tuple[Scale, str]]) -> Scene:
    """Colour bars side by side; their colours are linear in the place, whatever the numbers are."""

    def paint(painter: QPainter, style: Style) -> None:
        for rect, (scale, colormap) in zip(bar_rects(), bars, strict=True):
            paint_colorbar(painter, rect, scale, colormap, style)

    def probes(style: Style) -> Iterable[Probe]:
        for rect, (_, colormap) in zip(bar_rects(), bars, strict=True):
            x, height = rect.left() + 0.5 * BAR_EMS * style.em, int(rect.height())
            for pixel in (0, height // 3, height // 2, height - 1):
                index = int((1.0 - (pixel + 0.5) / height) * 256)
                yield QPointF(x, rect.top() + pixel), QColor(*COLORMAPS[colormap][index].tolist()).name()

    return Scene(paint, probes)


def bars_scene(spec: BarsSpec) -> Scene:
    """Bars of which one is lit and one selected."""
    return Scene(lambda painter, style: paint_bars(painter, AREA, spec, style, lit=1, selected=2))


def curves_scene(spec: CurvesSpec) -> Scene:
    """Curves with their legend."""
    return Scene(lambda painter, style: paint_curves(painter, AREA, spec, style))


def chips_scene(chips: Sequence[Chip]) -> Scene:
    """Chips in their lines; "lit" is under the mouse."""

    def paint(painter: QPainter, style: Style) -> None:
        painter.setFont(style.mono)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(style.mono)
        widths = [metrics.horizontalAdvance(chip_text(chip)) + style.em for chip in chips]
        painter.translate(AREA.topLeft())
        for chip, placed in zip(chips, place_chips(chips, widths, AREA.width(), style), strict=True):
            paint_chip(painter, chip, placed, chip.text == "lit", style)

    return Scene(paint)


def several() -> HeatmapSpec:
    """A cross map that is the mean of two heads, each with a colour of its own as lines."""
    spec = cross()
    other = np.roll(spec.values, 1, axis=1)
    mean: Floats = (spec.values + other) / np.float32(2)
    return replace(spec, values=mean, singles=(("1.2", spec.values), ("2.3", other)))


def lines_scene(spec: HeatmapSpec, overlay: Overlay = Overlay()) -> Scene:  # noqa: B008 - frozen
    """Lines between tokens."""
    return Scene(lambda painter, style: paint_lines(painter, AREA, spec, style, overlay))


def shaded_scene(spec: HeatmapSpec, chosen: Sequence[int]) -> Scene:
    """Keys shaded by what some queries look at."""

    def paint(painter: QPainter, style: Style) -> None:
        paint_shaded(painter, AREA, spec, style, chosen)

    return Scene(paint)


def tree_scene(spec: BeamSpec) -> Scene:
    """The tree below the numbers of its steps."""

    def paint(painter: QPainter, style: Style) -> None:
        layout = tree_layout(spec, style)
        paint_tree(painter, RECT, layout, spec, style, cursor=3)
        paint_steps(painter, RECT, 0.0, layout, style)

    return Scene(paint)


def labels_scene(words: Sequence[str]) -> Scene:
    """Labels on both sides, far apart with one shortened, and at the right so close that some are left out."""
    left = (*words[:4], "Donaudampfschifffahrtsgesellschaft", "gjpqyÅÉ|")
    many = tuple(f"token{index}" for index in range(24))

    def paint(painter: QPainter, style: Style) -> None:
        paint_labels(painter, QRectF(2, 110, 196, 120), left, 0, 6, Side.LEFT, style, frozenset({1}))
        paint_labels(painter, QRectF(20, 8, 110, 92), words, 0, 6, Side.TOP, style, frozenset({3}))
        paint_labels(painter, QRectF(210, 110, 80, 120), many, 0.5, 20.5, Side.LEFT, style, frozenset({7}))
        paint_labels(painter, QRectF(150, 8, 110, 92), many, 0, 24, Side.TOP, style)

    return Scene(paint)


def sheet_scene(spec: SheetSpec) -> Scene:
    """Lines, from the top."""
    return Scene(lambda painter, style: paint_sheet(painter, AREA, spec, style, ("key", 1)))


def architecture_scene(spec: ArchitectureSpec) -> Scene:
    """Both stacks."""
    return Scene(lambda painter, style: paint_architecture(painter, AREA, spec, style, ("part", "decoder", 1, "cross")))


PAINTERS: Mapping[str, Scene] = {
    "cross": heatmap_scene(cross()),
    "overlay": heatmap_scene(cross(ColorRange.SQUARE_ROOT), Overlay(frozenset({1}), frozenset({4}))),
    "masked": heatmap_scene(decoder(masked=True)),
    "leaked": heatmap_scene(leaked()),
    "signed": heatmap_scene(signed()),
    "grid": grid_scene(heads()),
    "lines": lines_scene(several()),
    "lit-lines": lines_scene(decoder(masked=True), Overlay(rows=frozenset({2}))),
    "shaded-text": shaded_scene(cross(), (0, 2)),
    "colorbars": colorbars_scene(BAR_SCALES),
    "bars": bars_scene(candidates()),
    "chips": chips_scene(CHIPS),
    "tree": tree_scene(beam()),
    "encoding": matrix_scene(encoding()),
    "dots": matrix_scene(dots()),
    "curves": curves_scene(waves()),
    "labels": labels_scene(KEYS),
    "sheet": sheet_scene(inside_scenes.sheet()),
    "dials": sheet_scene(inside_scenes.dials()),
    "architecture": architecture_scene(inside_scenes.architecture()),
}
