"""The figure of every picture that can be exported: `PICTURES` has a function for each entry that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from attention_viewer.model.contract.api import Kind, join_text
from attention_viewer.viewer.export.block import bars_block, image_block, plot_block, reduced
from attention_viewer.viewer.export.figure import Figure, Look, captioned, figure, grid_figure, heatmap_figure
from attention_viewer.viewer.export.kinds import Growing, kinds_block
from attention_viewer.viewer.export.map_views import lines_figure, links_figure, text_figure
from attention_viewer.viewer.export.needed import seen
from attention_viewer.viewer.export.row import Titled, row_of
from attention_viewer.viewer.export.search_pictures import (
    LEAST_SHARE,
    hypotheses_figure,
    measures_figure,
    ranking_figure,
    tree_figure,
)
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.curves import curves_height, paint_curves
from attention_viewer.viewer.painting.drawing import Drawable, drawing_of
from attention_viewer.viewer.painting.matrix import matrix_height, paint_matrix
from attention_viewer.viewer.resolve import resolve, resolve_positions
from attention_viewer.viewer.resolve.naming import with_word_starts
from attention_viewer.viewer.resolve.other_views import word_links
from attention_viewer.viewer.resolve.pictured import sheet
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.exportables import (
    BEAM_TREE,
    CANDIDATES,
    GRID,
    HYPOTHESES,
    KINDS,
    LINES,
    LINKED,
    MAP,
    MEASURED_HEADS,
    POSITIONS,
    RANKED_HEADS,
    TEXT,
    WINDOW,
    exportable,
)
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLORMAP
from attention_viewer.viewer.state.plain_text import ARROW, isolated
from attention_viewer.viewer.state.results import EFFECT
from attention_viewer.viewer.state.specs import HeatmapSpec, MatrixSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

Spec = TypeVar("Spec")

MATRIX_EMS, SQUARE_EMS, CURVES_EMS = 29.0, 23.0, 27.0
DIGITS = 3
"""Decimals of a probability."""
SHEET_EMS = 52.0
PLOT_EMS = 14.0
"""Height of a plot's cells or curves."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What pictures are made of: what is loaded and looked at, the model's width, and an image of the window.

    `chosen` are the rows, from 0, that text is shaded by; all where there is none.
    """

    loaded: Loaded
    view: ViewState
    d_model: int
    window: QImage | None = None
    chosen: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many decoder rows have been computed."""
        return len(self.loaded.trace.steps) if self.loaded.trace else 0

    def at(self, row: int) -> Scene:
        """The scene as it stood after `row` decoder rows."""
        trace = self.loaded.trace
        if trace is None or row >= len(trace.steps):
            return self
        trace = trace.first(row)
        # The effect of interventions is known for the last row only.
        results = self.loaded.results.without([EFFECT])
        translation = join_text(trace.output_tokens)
        return replace(self, loaded=replace(self.loaded, trace=trace, translation=translation, results=results))


def make_figure(name: str, scene: Scene, look: Look, grown: Scene | None = None) -> Figure:
    """The figure of an exportable that is drawn, by its name.

    Tokens are named with `▁` where a word begins. Where `scene` is an earlier step of `grown`, things stand where they
    will stand then. Raises ExportError with the reason where there is nothing to picture, or the width cannot hold it.
    """
    what = exportable(name)
    scene, whole = (
        replace(each, loaded=with_word_starts(seen(what, each.loaded), look.candidates))
        for each in (scene, grown or scene)
    )
    return PICTURES[name](scene, look, whole) if name in PICTURES else _sheet(name, scene, look)


def _map(scene: Scene, look: Look, grown: Scene) -> Figure:
    kind = scene.view.active
    return heatmap_figure(_heatmap(scene, kind), look, _heatmap(grown, kind))


def _links(scene: Scene, look: Look, grown: Scene) -> Figure:
    return links_figure(_present(word_links(scene.loaded, scene.view, scene.view.active)), look)


def _grid(scene: Scene, look: Look, grown: Scene) -> Figure:
    kind = scene.view.active
    spec, whole = (_present(resolve.grid(each.loaded, each.view, kind)) for each in (scene, grown))
    return grid_figure(spec, look, whole)


def _kinds(scene: Scene, look: Look, grown: Scene) -> Figure:
    infos = scene.loaded.maps
    specs = {each.kind: _heatmap(scene, each.kind) for each in infos}
    maps = [Growing(spec, _heatmap(grown, kind)) for kind, spec in specs.items()]
    # The caption of a map that decodes has the translation, too.
    sentence = max((spec.caption[0] for spec in specs.values()), key=len)
    conventions = (f"{each.title}: {specs[each.kind].caption[1]}" for each in infos)
    caption = (sentence, *conventions, *_lines(conditions.of_maps(scene.loaded, scene.view)))
    return figure("All kinds of attention", kinds_block(maps, look.fitted), caption, look)


def _positions(scene: Scene, look: Look, grown: Scene) -> Figure:
    style, given = look.style, resolve_positions.given(scene.loaded)
    where = (scene.view.positions, scene.d_model, given)
    encoding, dots = resolve_positions.encoding(*where), resolve_positions.dots(*where, scene.view[COLORMAP])
    curves = resolve_positions.curves(*where)
    drawn = plot_block(
        lambda painter, rect, vector: _done(paint_curves(painter, rect, curves, style)),
        style,
        CURVES_EMS,
        lambda width: curves_height(PLOT_EMS * style.em, width, curves, style),
    )
    parts = [
        _matrix(encoding, style, MATRIX_EMS),
        Titled(curves.title, curves.subtitle, drawn),
        _matrix(dots, style, SQUARE_EMS),
    ]
    caption = (
        "PE(p, 2i) = sin(p / 10000^(2i/d)), PE(p, 2i+1) = cos(p / 10000^(2i/d)) (Vaswani et al. 2017, section 3.5), "
        f"d = {scene.d_model}, here all sines first",
        f"{resolve_positions.ENCODING}: {encoding.scale.note} · {resolve_positions.DOTS}: {dots.scale.note}",
        *_lines(resolve_positions.explained(given)),
        *_lines(conditions.of_loaded(scene.loaded)),
    )
    return figure("Sinusoidal positional encoding", row_of(parts, style), caption, look)


def _matrix(spec: MatrixSpec, style: Style, wide: float) -> Titled:
    block = plot_block(
        lambda painter, rect, vector: _done(paint_matrix(painter, rect, spec, style, vector=vector)),
        style,
        wide,
        lambda width: matrix_height(PLOT_EMS * style.em, width, style),
    )
    return Titled(spec.title, spec.subtitle, block)


def _candidates(scene: Scene, look: Look, grown: Scene) -> Figure:
    loaded = scene.loaded
    spec = replace(_present(resolve.bars(loaded, replace(scene.view, filter=""))), digits=DIGITS)
    model = f" · model {loaded.info.name}" if loaded.info else ""
    caption = (
        f"{isolated(loaded.sentence)}{ARROW}{isolated(loaded.translation)}",
        f"probability of the next token at step {scene.rows}{model}",
        *_lines(conditions.of_loaded(loaded)),
    )
    lead = f"probability, {spec.subtitle}"
    return figure(f"{spec.title} · step {scene.rows}", bars_block(spec, look.style), caption, look, lead)


def _sheet(name: str, scene: Scene, look: Look) -> Figure:
    found, style = sheet(name, scene.loaded, scene.view), look.style
    if isinstance(found, Pending | Unavailable):
        raise ExportError(found.reason)
    spec: Drawable = found
    drawing = drawing_of(spec)
    needed = drawing.width(spec, style)
    drawn = reduced(
        max(SHEET_EMS * style.em, needed),
        needed,
        LEAST_SHARE,
        lambda width: drawing.height(width, spec, style),
        lambda painter, rect, vector: _done(drawing.paint(painter, rect, spec, style, ())),
    )
    caption = _of_the_model(scene, about_sentence=bool(spec.caption))
    return figure(spec.title, drawn, caption, look, spec.subtitle)


def _of_the_model(scene: Scene, about_sentence: bool) -> tuple[str, ...]:
    """Whose numbers they are: a sentence's at a step, where they are one's, and which model's, changed how."""
    loaded = scene.loaded
    name = loaded.info.name if loaded.info else ""
    sentence = f"{isolated(loaded.sentence)}{ARROW}{isolated(loaded.translation)}" if scene.rows else loaded.sentence
    step = f"step {scene.rows} · " if about_sentence else ""
    said = f"{step}model {name}, {scene.d_model} wide" if name else ""
    return (*_lines(sentence if about_sentence else ""), *_lines(said), *_lines(conditions.of_loaded(loaded)))


def _window(scene: Scene, look: Look, grown: Scene) -> Figure:
    """The window as it is, in its own colours, without a margin; below it, what was changed in the model."""
    if scene.window is None:
        raise ExportError("There is no window to picture here. Use the command screenshot.")
    block, loaded = image_block(scene.window), scene.loaded
    wide = look.width or block.natural
    caption = _lines(conditions.of_window(loaded))
    if caption and look.caption:
        return captioned(block, wide, caption, look)
    return Figure(QSizeF(wide, block.height(wide)), block.paint, caption=caption)


PICTURES: Mapping[str, Callable[[Scene, Look, Scene], Figure]] = MappingProxyType(
    {
        MAP: _map,
        LINES: lambda scene, look, grown: lines_figure(_heatmap(scene, scene.view.active), look),
        TEXT: lambda scene, look, grown: text_figure(_heatmap(scene, scene.view.active), look, scene.chosen),
        LINKED: _links,
        GRID: _grid,
        KINDS: _kinds,
        POSITIONS: _positions,
        CANDIDATES: _candidates,
        BEAM_TREE: lambda scene, look, grown: tree_figure(scene.loaded, look),
        HYPOTHESES: lambda scene, look, grown: hypotheses_figure(scene.loaded, look),
        RANKED_HEADS: lambda scene, look, grown: ranking_figure(scene.loaded, look),
        MEASURED_HEADS: lambda scene, look, grown: measures_figure(scene.loaded, scene.view, look),
        WINDOW: _window,
    }
)
"""Name of an exportable -> the function that makes the figure of a scene, given what the scene grows into.

What is not here is a sheet, as `resolve.pictured` has it."""


def _heatmap(scene: Scene, kind: Kind) -> HeatmapSpec:
    return _present(resolve.heatmap(scene.loaded, scene.view, kind))


def _present(spec: Spec | Pending | Unavailable) -> Spec:
    if isinstance(spec, Pending | Unavailable):
        raise ExportError(spec.reason)
    return spec


def _lines(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _done(layout: object) -> None:
    """A painter's layout is of no use to an exporter."""
