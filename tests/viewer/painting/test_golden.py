"""Every painter's picture beside one kept in `golden`, in every palette.

Cells must have the exact colours of their weights, which are computed here and not read from the kept picture. All
else may differ as the same text does when it is rasterised a little differently, but no label may have moved.

A kept picture is written anew only where the environment variable UPDATE_GOLDEN is 1:
    UPDATE_GOLDEN=1 python -m pytest tests/viewer/painting/test_golden.py
Look at what changed before keeping it. On failure, the picture that was painted and what differs (red) are written to
the test's temporary directory, which the message names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import Booleans, Floats
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
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
from attention_viewer.viewer.state.sheets import Bar as LineBar
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
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from support import inside_scenes
from support.heatmaps import paint_heatmap
from support.specs_for_tests import grid, heatmap

GOLDEN = Path(__file__).parent / "golden"
MOST_BYTES = 680_000
"""What all the kept pictures may take together."""
SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
TEXT_PIXELS = 13
RECT = QRectF(0, 0, 300, 240)
AREA = RECT.adjusted(8, 8, -8, -8)
QUERIES = ("le → chat", "chat → dort", "dort → ici", "ici → .")
KEYS = ("the", "cat", "is", "sleeping", "here", ".")
WORDS = ("<pad>", "le", "chat", "dort", "bien")

ROUNDING = 3
"""Kept pictures have channels that are multiples of this, which makes their files smaller."""
WINDOW = 12
ALLOWED = ((24, 10), (6, 31))
"""(difference of a channel, how many pixels of any square of `WINDOW` pixels may differ by more).

A letter for another breaks the first limit, faint hatching or a faint ground that is lost the second.
"""

EDGE = 2

Channels = NDArray[np.int16]
"""[channel, height, width], 0 to 255."""
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


SCENES: Mapping[str, Scene] = {
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


class MovedTexts(QPainter):
    """Paints every text a little off its place."""

    by = (0.0, 0.0)

    def drawText(self, *arguments: Any) -> None:  # type: ignore[override]
        self.translate(*self.by)
        super().drawText(*arguments)
        self.translate(-self.by[0], -self.by[1])


@pytest.fixture(params=sorted(PALETTES))
def style(request: pytest.FixtureRequest, qapp: QApplication) -> Style:
    """A style with fonts of a fixed family and size, whatever the platform prefers."""
    missing = {SANS, MONO} - set(QFontDatabase.families())
    if missing:
        pytest.skip(f"{' and '.join(sorted(missing))} not installed (package fonts-dejavu-core)")
    sans = QFont(SANS)
    sans.setPixelSize(TEXT_PIXELS)
    style = style_for(PALETTES[request.param], sans)
    mono = QFont(style.small)
    mono.setFamily(MONO)
    mono.setPixelSize(style.mono.pixelSize())
    return replace(style, mono=mono, line=QFontMetricsF(mono).height())


def painted(scene: Scene, style: Style, moved: tuple[float, float] | None = None) -> QImage:
    """The picture of a scene; `moved` shifts its texts."""
    image = QImage(RECT.size().toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter() if moved is None else MovedTexts()
    if isinstance(painter, MovedTexts) and moved is not None:
        painter.by = moved
    painter.begin(image)
    scene.paint(painter, style)
    painter.end()
    return image


def colors_of(image: QImage) -> Channels:
    """The channels of an image's pixels, red first."""
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    channels = pixels.reshape(image.height(), image.width(), 4)[..., 2::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(channels, dtype=np.int16)


def image_from(colors: Channels) -> QImage:
    """An image of channels."""
    _, height, width = colors.shape
    packed = np.ascontiguousarray(colors.transpose(1, 2, 0), dtype=np.uint8)
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def over_neighbours(combine: Callable[[Channels, Channels], Channels], colors: Channels) -> Channels:
    """Each pixel combined with its eight neighbours; those at the edge, which have fewer, are left out."""
    rows = combine(combine(colors[:, :-2], colors[:, 1:-1]), colors[:, 2:])
    return combine(combine(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:])


def beyond(one: Channels, other: Channels) -> Channels:
    """How far each pixel of `one` is from everything that `other` has there and one pixel around, [height, width]."""
    low, high = over_neighbours(np.minimum, other), over_neighbours(np.maximum, other)
    here = one[:, 1:-1, 1:-1]
    by: Channels = np.maximum(low - here, here - high)
    farthest: Channels = np.maximum(np.maximum(by[0], by[1]), by[2])
    return farthest


def difference(one: QImage, other: QImage) -> Channels:
    """How far pixels differ beyond what a baseline rounded elsewhere explains, anti-aliasing smoothed away.

    In ninths of a channel's steps, [height, width] but for EDGE pixels on each side.
    """
    smooth, other_smooth = (over_neighbours(np.add, colors_of(image)) for image in (one, other))
    return np.maximum(beyond(smooth, other_smooth), beyond(other_smooth, smooth))


def most_in_window(marks: Booleans) -> int:
    """The largest number of marked pixels in a square of WINDOW pixels."""
    sums = np.pad(marks.astype(np.int32), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    ends, starts = slice(WINDOW, None), slice(None, -WINDOW)
    counts = sums[ends, ends] - sums[starts, ends] - sums[ends, starts] + sums[starts, starts]
    return int(counts.max())


def alike(one: QImage, other: QImage) -> bool:
    """Whether two images show the same, but for how text was rasterised."""
    if one.size() != other.size():
        return False
    by = difference(one, other)
    return all(most_in_window(by > 9 * least) <= most for least, most in ALLOWED)


def golden_path(name: str, style: Style) -> Path:
    return GOLDEN / f"{name}-{style.palette.name}.png"


def golden(name: str, style: Style) -> QImage:
    """The kept picture; a test without one fails."""
    path = golden_path(name, style)
    if not path.exists():
        pytest.fail(f"{path} does not exist. Make it with UPDATE_GOLDEN=1, and look at it.")
    return QImage(str(path))


def report(image: QImage, kept: QImage, directory: Path) -> str:
    """Write what was painted and what differs; returns where they are."""
    image.save(str(directory / "painted.png"))
    if image.size() != kept.size():
        return f"{directory / 'painted.png'} has another size than the kept picture"
    marked = colors_of(image) // 2 + 127
    inner = marked[:, EDGE:-EDGE, EDGE:-EDGE]
    inner[:, difference(image, kept) > 9 * ALLOWED[-1][0]] = [[255], [0], [0]]
    image_from(np.concatenate((colors_of(image), marked), axis=2)).save(str(directory / "difference.png"))
    return f"see {directory / 'painted.png'} and {directory / 'difference.png'} (painted, differences in red)"


@pytest.mark.parametrize("name", [name for name in SCENES if SCENES[name].probes is not no_probes])
def test_cells_have_exactly_the_colours_of_their_weights(name: str, style: Style) -> None:
    image = painted(SCENES[name], style)
    probes = list(SCENES[name].probes(style))
    assert len(probes) >= 16
    wrong = [
        f"{found} instead of {color} at {point.x():.0f}, {point.y():.0f}"
        for point, color in probes
        if (found := image.pixelColor(int(point.x()), int(point.y())).name()) != color
    ]
    assert not wrong


@pytest.mark.parametrize("name", SCENES)
def test_pictures_are_as_they_were_kept(name: str, style: Style, tmp_path: Path) -> None:
    """UPDATE_GOLDEN=1 in the environment writes the kept pictures anew; nothing else does."""
    image = painted(SCENES[name], style)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.mkdir(exist_ok=True)
        # The quality of a PNG is its compression: 0 is the smallest file.
        rounded = (colors_of(image) + ROUNDING // 2) // ROUNDING * ROUNDING
        image_from(rounded).save(str(golden_path(name, style)), None, 0)
    kept = golden(name, style)
    if not alike(image, kept):
        pytest.fail(f"{name} in {style.palette.name} is not as it was kept: {report(image, kept, tmp_path)}")


@pytest.mark.parametrize("moved", [(0.5, 0.0), (-0.5, 0.0), (0.5, 0.5), (0.0, 1.0), (-0.3, -1.0)])
def test_text_that_is_rasterised_differently_is_forgiven(style: Style, moved: tuple[float, float]) -> None:
    for name, scene in SCENES.items():
        image, plain = painted(scene, style, moved), painted(scene, style)
        assert image != plain and alike(image, plain), name


@pytest.mark.parametrize("moved", [(3.0, 0.0), (0.0, 3.0), (-3.0, 0.0), (2.0, 2.0)])
def test_text_that_has_moved_is_noticed(style: Style, moved: tuple[float, float]) -> None:
    for name, scene in SCENES.items():
        assert not alike(painted(scene, style, moved), golden(name, style)), name


def swapped(words: tuple[Any, ...], one: int, other: int) -> tuple[Any, ...]:
    """The same with two entries in each other's place."""
    result = list(words)
    result[one], result[other] = result[other], result[one]
    return tuple(result)


def transposed(spec: HeatmapSpec) -> HeatmapSpec:
    """The map with rows as columns, labels and all."""
    return replace(
        spec,
        values=np.ascontiguousarray(spec.values.T),
        mask=None if spec.mask is None else np.ascontiguousarray(spec.mask.T),
        rows=spec.columns,
        columns=spec.rows,
    )


def turned(spec: MatrixSpec) -> MatrixSpec:
    """The matrix with rows as columns, titles as they were."""
    return replace(spec, values=np.ascontiguousarray(spec.values.T))


def with_dot(spec: BeamSpec, index: int, **changes: Any) -> BeamSpec:
    """The tree with a node changed."""
    dots = list(spec.dots)
    dots[index] = replace(dots[index], **changes)
    return replace(spec, dots=tuple(dots))


def unmasked(spec: SheetSpec) -> SheetSpec:
    """Every bar drawn as if nothing were masked."""
    row = spec.sections[1]
    lines = tuple(
        replace(line, pieces=tuple(replace(p, masked=False) if isinstance(p, LineBar) else p for p in line.pieces))
        for line in row.lines
    )
    return replace(spec, sections=(spec.sections[0], replace(row, lines=lines), *spec.sections[2:]))


def with_formula(spec: SheetSpec, formula: str) -> SheetSpec:
    """Another formula in the first section."""
    return replace(spec, sections=(replace(spec.sections[0], formula=formula), *spec.sections[1:]))


def without_skip(spec: ArchitectureSpec) -> ArchitectureSpec:
    """No skip path in the decoder."""
    return replace(spec, decoder=tuple(replace(block, skip=0) for block in spec.decoder))


def wrong_scenes() -> dict[str, tuple[str, Scene]]:
    """What is wrong -> the scene that it should be, and the wrong one."""
    cross_map, mapped, off, bars, tree = cross(), decoder(masked=True), heads(), candidates(), beam()
    rows, columns = cross_map.rows, cross_map.columns
    sheet = inside_scenes.sheet()
    only_labels = replace(transposed(mapped), values=mapped.values, mask=mapped.mask, columns=Axis("", WORDS))
    return {
        "a cross map transposed": ("cross", heatmap_scene(transposed(cross_map))),
        "a square map transposed": ("masked", heatmap_scene(transposed(mapped))),
        "two columns swapped": (
            "cross",
            heatmap_scene(replace(cross_map, values=cross_map.values[:, [0, 2, 1, 3, 4, 5]])),
        ),
        "two column labels swapped": (
            "cross",
            heatmap_scene(replace(cross_map, columns=replace(columns, labels=swapped(columns.labels, 0, 1)))),
        ),
        "two row labels swapped": (
            "cross",
            heatmap_scene(replace(cross_map, rows=replace(rows, labels=swapped(rows.labels, 1, 2)))),
        ),
        "a title lost": ("masked", heatmap_scene(only_labels)),
        "the hatching lost": ("masked", heatmap_scene(replace(mapped, mask=None))),
        "the badge lost": ("leaked", heatmap_scene(replace(leaked(), badge=""))),
        "the corners lost": ("leaked", heatmap_scene(replace(leaked(), leaked=None))),
        "another row lit": (
            "overlay",
            heatmap_scene(cross(ColorRange.SQUARE_ROOT), Overlay(frozenset({2}), frozenset({4}))),
        ),
        "a signed map's sign lost": ("signed", heatmap_scene(replace(signed(), values=np.abs(signed().values)))),
        "another head off": ("grid", grid_scene(replace(off, off=frozenset({Head(0, 1), Head(1, 1)})))),
        "another head selected": ("grid", grid_scene(replace(off, selected=Head(1, 1)))),
        "layers as heads": ("grid", grid_scene(replace(off, values=off.values.reshape(3, 2, 4, 6).swapaxes(0, 1)))),
        "numbers without the square root": (
            "colorbars",
            colorbars_scene((BAR_SCALES[0], (Scale(0.0, 1.0), "magma"), *BAR_SCALES[2:])),
        ),
        "lines of one head lost": ("lines", lines_scene(replace(several(), singles=several().singles[:1]))),
        "lines the wrong way": ("lit-lines", lines_scene(decoder(masked=True), Overlay(columns=frozenset({2})))),
        "another query chosen": ("shaded-text", shaded_scene(cross(), (0, 1))),
        "two bars swapped": ("bars", bars_scene(replace(bars, bars=swapped(bars.bars, 1, 2)))),
        "a hollow bar lost": (
            "bars",
            bars_scene(replace(bars, bars=(replace(bars.bars[0], before=None), *bars.bars[1:]))),
        ),
        "another chosen": (
            "bars",
            bars_scene(replace(bars, bars=(replace(bars.bars[0], chosen=False), *bars.bars[1:]))),
        ),
        "the note lost": ("bars", bars_scene(replace(bars, note=""))),
        "a mark lost": ("chips", chips_scene([replace(chip, mark=chip.mark.replace("beam", "")) for chip in CHIPS])),
        "a mark for another": (
            "chips",
            chips_scene([replace(chip, mark=chip.mark.replace("sampled", "forced")) for chip in CHIPS]),
        ),
        "a state lost": (
            "chips",
            chips_scene([replace(chip, state=chip.state.replace("hidden", "special")) for chip in CHIPS]),
        ),
        "ranks swapped": ("tree", tree_scene(with_dot(with_dot(tree, 6, rank=2), 7, rank=1))),
        "another fate": ("tree", tree_scene(with_dot(tree, 8, fate="survived"))),
        "another parent": ("tree", tree_scene(with_dot(tree, 2, parent=None, step=1, fate="survived"))),
        "nothing selected": ("tree", tree_scene(replace(tree, selected=None))),
        "a matrix transposed": ("encoding", matrix_scene(turned(encoding()))),
        "a square matrix transposed": ("dots", matrix_scene(turned(dots()))),
        "titles swapped": (
            "encoding",
            matrix_scene(replace(encoding(), row_title="dimension", column_title="position")),
        ),
        "a longer sentence": ("encoding", matrix_scene(replace(encoding(), marked=4))),
        "a frame over all columns": ("dots", matrix_scene(replace(dots(), square=False))),
        "two curves swapped": ("curves", curves_scene(replace(waves(), curves=waves().curves[[1, 0]]))),
        "curves one position late": (
            "curves",
            curves_scene(replace(waves(), curves=np.roll(waves().curves, 1, axis=1))),
        ),
        "two names swapped": ("curves", curves_scene(replace(waves(), names=swapped(waves().names, 0, 1)))),
        "a shorter sentence": ("curves", curves_scene(replace(waves(), marked=6))),
        "labels swapped": ("labels", labels_scene(swapped(KEYS, 1, 2))),
        "a masked key shown as any other": ("sheet", sheet_scene(unmasked(inside_scenes.sheet()))),
        "sections swapped": ("sheet", sheet_scene(replace(sheet, sections=swapped(sheet.sections, 0, 1)))),
        "another formula": ("sheet", sheet_scene(with_formula(sheet, "score = q · k"))),
        "a skip path lost": ("architecture", architecture_scene(without_skip(inside_scenes.architecture()))),
        "the encoder lit": ("architecture", architecture_scene(replace(inside_scenes.architecture(), lit="encoder"))),
    }


WRONG = wrong_scenes()


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_noticed(what: str, style: Style, tmp_path: Path) -> None:
    name, wrong = WRONG[what]
    kept = golden(name, style)
    image = painted(wrong, style)
    assert not alike(image, kept)
    assert "red" in report(image, kept, tmp_path)
    red, green, blue = colors_of(QImage(str(tmp_path / "difference.png")))
    assert red.shape[1] == 2 * RECT.width()
    assert ((red == 255) & (green == 0) & (blue == 0)).sum() > ALLOWED[0][1]


def test_faint_lines_that_are_lost_are_noticed(style: Style, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_viewer.viewer.painting.heatmap.HATCHED_CELL", 1e9)
    assert not alike(painted(SCENES["masked"], style), golden("masked", style))
    monkeypatch.setattr("attention_viewer.viewer.painting.curves._paint_grid", lambda *_: None)
    assert not alike(painted(SCENES["curves"], style), golden("curves", style))


def test_only_the_outline_of_a_prediction_is_dashed(style: Style) -> None:
    """The gaps are too small for the comparison, which looks one pixel around."""
    chips = (Chip("lit", ""), Chip("word", "", "prediction"))
    upper_edges = [
        {image.pixelColor(x, int(AREA.top())).name() for x in range(14, 36)}
        for image in (painted(chips_scene([chip]), style) for chip in chips)
    ]
    assert [len(colors) > 1 for colors in upper_edges] == [False, True]


def test_kept_pictures_are_few_and_small() -> None:
    kept = {path.name: path.stat().st_size for path in GOLDEN.iterdir()}
    assert set(kept) == {f"{name}-{palette}.png" for name in SCENES for palette in PALETTES}
    assert sum(kept.values()) < MOST_BYTES
