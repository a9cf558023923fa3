"""What each widget depends on: of what is shown it is given its inputs and nothing else.

The tables at the end feed the parts that every window has; what feeds a panel stands in its entry (`window.panels`).
A binding is resolved again only when its inputs change, and applied only when what was resolved does. The inputs of
`Loaded` are a `Loaded` that holds just those, so that a function cannot read what it did not ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.resolve import remarks, resolve, resolve_heads, resolve_positions, sampling
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.highlight import CellHover, Hover, Sides, highlight
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLORMAP
from attention_viewer.viewer.state.results import (
    BEAM,
    EFFECT,
    HEADS,
    RANKING,
    TRANSLATIONS,
    Quantity,
    Results,
    in_maps,
)
from attention_viewer.viewer.state.specs import HeatmapSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import MapView, PositionView, ViewState
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel

Map = HeatmapSpec | Pending | Unavailable


@dataclass(frozen=True)
class Scene:
    """What is shown, and how."""

    loaded: Loaded
    view: ViewState


@dataclass(frozen=True)
class Pointed:
    """What is on the maps of a window, and what the mouse is on."""

    specs: Mapping[Kind, Map]
    maps: tuple[MapInfo, ...]
    hover: Hover


Source = TypeVar("Source")


@dataclass(frozen=True)
class Binding(Generic[Source]):
    """A part of a window, or of a panel's widget: `apply(widget, resolve(*inputs(source)))`.

    A `control` can be turned by hand, and is put back where nothing came of it.
    """

    name: Hashable
    inputs: Callable[[Source], tuple[Any, ...]]
    resolve: Callable[..., Any]
    apply: Callable[[Any, Any], None]
    control: bool = False


def key(inputs: tuple[Any, ...]) -> tuple[object, ...]:
    """What tells inputs apart; of what is loaded, each field. What fields hold is compared as it is, never walked."""
    return tuple(_apart(each) for each in inputs)


def _apart(value: object) -> object:
    if isinstance(value, Loaded | Results):
        return tuple(_apart(getattr(value, each.name)) for each in fields(value))
    return value


def _the_same(value: Any) -> Any:
    return value


def _changes(loaded: Loaded) -> Document | None:
    """Of the document, what is changed in the model."""
    return None if loaded.document is None else Document("", interventions=loaded.document.interventions)


def _drawn(scene: Scene, kind: Kind) -> tuple[Loaded, ViewState, Kind]:
    """What the maps of a kind depend on; what a method attributes, on all of the document."""
    loaded, view = scene.loaded, scene.view
    attributed = in_maps(view)
    return (
        Loaded(
            loaded.info,
            loaded.trace,
            loaded.sentence,
            loaded.translation,
            waiting=loaded.waiting,
            document=loaded.document if attributed else _changes(loaded),
            results=replace(loaded.results.only(attributed), other=loaded.results.other),
        ),
        ViewState(heads={kind: view.heads[kind]}, side=view.side, chosen=view.chosen, sets=view.sets),
        kind,
    )


def _chosen(scene: Scene) -> tuple[Loaded, ViewState]:
    """What the next tokens depend on."""
    loaded = scene.loaded
    seen = Loaded(
        info=loaded.info,
        trace=loaded.trace,
        waiting=loaded.waiting,
        document=loaded.document,
        vocabulary=loaded.vocabulary,
        results=replace(loaded.results.only([EFFECT]), other=loaded.results.other),
    )
    return seen, ViewState(filter=scene.view.filter, trial=scene.view.trial)


def _sampled(scene: Scene) -> tuple[Loaded, ViewState]:
    """What the controls of sampling depend on."""
    return Loaded(trace=scene.loaded.trace, document=scene.loaded.document), ViewState(trial=scene.view.trial)


def _stood(loaded: Loaded) -> Loaded:
    """The line of tokens."""
    return Loaded(trace=loaded.trace, ahead=loaded.ahead, document=loaded.document)


def _kept(loaded: Loaded) -> Loaded:
    """The hypotheses and their texts."""
    return replace(
        _stood(loaded),
        translation=loaded.translation,
        waiting=loaded.waiting,
        results=Results(spelled=loaded.results.spelled, other=loaded.results.other),
    )


def _switched(loaded: Loaded) -> Loaded:
    """The switches, and what they change."""
    measured = loaded.results.only([EFFECT, TRANSLATIONS])
    return Loaded(loaded.info, loaded.trace, waiting=loaded.waiting, document=loaded.document, results=measured)


def _measured(loaded: Loaded, quantity: Quantity[Any]) -> Loaded:
    """What was measured of all heads."""
    return Loaded(
        loaded.info,
        loaded.trace,
        waiting=loaded.waiting,
        document=loaded.document,
        results=loaded.results.only([quantity]),
    )


def _of_heads(scene: Scene) -> tuple[Loaded, ViewState]:
    """What was measured of heads on the sentence and over a file, which head is looked at, and their order."""
    seen, results, view = _measured(scene.loaded, HEADS), scene.loaded.results, scene.view
    measured = replace(seen.results, survey=results.survey, surveying=results.surveying)
    return replace(seen, results=measured), ViewState(heads=view.heads, active=view.active, sorting=view.sorting)


def _changed(loaded: Loaded) -> tuple[str, str]:
    """What is changed in the model, in a few words and in all."""
    changed = loaded.document.interventions if loaded.document and loaded.trace else NONE
    return conditions.short(changed, loaded.maps), conditions.of_loaded(loaded, whole=True)


def _counts(loaded: Loaded, kind: Kind) -> tuple[int, int]:
    return next((each.shape for each in loaded.maps if each.kind == kind), (1, 1))


def _where(scene: Scene) -> tuple[PositionView, int, resolve_positions.Given]:
    """What the positional plots depend on."""
    return scene.view.positions, scene.loaded.d_model, resolve_positions.given(scene.loaded)


def _position_controls(positions: PositionView, d_model: int) -> tuple[int, tuple[int, ...], int]:
    return positions.length, positions.pairs, d_model // 2 - 1


def _show_map(panel: AttentionPanel, spec: Map) -> None:
    panel.set_heatmap(spec)
    if isinstance(spec, HeatmapSpec):
        # What is not the head that the title's menus name is named first.
        other = spec.title.partition(" · ")[2] if spec.is_other else ""
        text = " · ".join(part for part in (other, spec.rows.title, spec.columns.title) if part)
        # That the mask is off must not be left out.
        short = text.replace(" (encoder output)", "").replace(" so far, masked", "")
        panel.set_axes(text, short, short.replace("queries: ", "").replace("keys: ", ""))


def _cell(hover: Hover, kind: Kind) -> tuple[int, int] | None:
    return (hover.row, hover.column) if isinstance(hover, CellHover) and hover.kind == kind else None


def _pointed(pointed: Pointed) -> tuple[Hover, tuple[MapInfo, ...], dict[Kind, Sides]]:
    """What lights up depends on: the mouse, the maps, and which tokens their rows and columns are."""
    groups: dict[Kind, Sides] = {
        kind: (spec.row_groups, spec.column_groups)
        for kind, spec in pointed.specs.items()
        if isinstance(spec, HeatmapSpec) and spec.row_groups is not None
    }
    return pointed.hover, pointed.maps, groups


# fmt: off
def of_map(kind: Kind) -> tuple[Binding[Scene], ...]:
    """What feeds a panel of maps."""
    return (
        Binding("counts", lambda s: (_counts(s.loaded, kind),), _the_same, lambda w, spec: w.set_head_counts(*spec)),
        # A panel that was told of other counts has to be told the head again.
        Binding("selected", lambda s: ((s.view.heads[kind], _counts(s.loaded, kind)),), _the_same,
                lambda w, spec: w.set_selected(spec[0].layer, spec[0].head)),
        Binding("locked", lambda s: (s.view.locked,), _the_same, lambda w, spec: w.set_locked(spec)),
        Binding("grid", lambda s: _drawn(s, kind), resolve.grid, lambda w, spec: w.set_grid(spec)),
        Binding("map", lambda s: _drawn(s, kind), resolve.heatmap, _show_map),
        Binding("view", lambda s: (s.view.views.get(kind, MapView.MAP),), _the_same, lambda w, spec: w.set_view(spec)),
    )


def over_map(kind: Kind) -> tuple[Binding[Pointed], ...]:
    """What lies over the map of a panel."""
    return (
        Binding("overlay", _pointed, lambda *lit: highlight(*lit).overlays[kind],
                lambda w, spec: w.set_overlay(spec)),
        Binding("readout", lambda p: (p.specs[kind], _cell(p.hover, kind)), resolve.readout,
                lambda w, spec: w.set_readout(spec)),
    )


NEXT: tuple[Binding[Scene], ...] = (
    Binding("bars", _chosen, resolve.bars, lambda w, spec: w.set_spec(spec)),
    Binding("choosable", lambda s: (Loaded(trace=s.loaded.trace),), laboratory.choosable,
            lambda w, spec: w.set_choosable(spec)),
    Binding("filter", lambda s: (s.view.filter,), _the_same, lambda w, spec: w.set_filter(spec), control=True),
    Binding("sampling", _sampled, sampling.controls, lambda w, spec: w.sampling.set_spec(spec), control=True),
)
POSITIONS: tuple[Binding[Scene], ...] = (
    Binding("encoding", _where, resolve_positions.encoding, lambda w, spec: w.set_encoding(spec)),
    Binding("curves", _where, resolve_positions.curves, lambda w, spec: w.set_curves(spec)),
    Binding("dots", lambda s: (*_where(s), s.view[COLORMAP]), resolve_positions.dots,
            lambda w, spec: w.set_dots(spec)),
    Binding("controls", lambda s: (s.view.positions, s.loaded.d_model), _position_controls,
            lambda w, spec: w.set_controls(*spec)),
)
LABORATORY: tuple[Binding[Scene], ...] = (
    Binding("switches", lambda s: (_switched(s.loaded),), laboratory.laboratory_spec,
            lambda w, spec: w.set_spec(spec), control=True),
)
RANKED: tuple[Binding[Scene], ...] = (
    Binding("ranking", lambda s: (_measured(s.loaded, RANKING),), laboratory.ranking_spec,
            lambda w, spec: w.set_spec(spec), control=True),
)
HEADS_MEASURED: tuple[Binding[Scene], ...] = (
    Binding("heads", _of_heads, resolve_heads.heads_spec, lambda w, spec: w.set_spec(spec)),
)
HYPOTHESES: tuple[Binding[Scene], ...] = (
    Binding("hypotheses", lambda s: (_kept(s.loaded),), laboratory.hypotheses_spec,
            lambda w, spec: w.set_spec(spec), control=True),
)
TREE: tuple[Binding[Scene], ...] = (
    Binding("tree", lambda s: (s.loaded.found(BEAM), laboratory.beam_node(s.loaded), laboratory.no_beam(s.loaded)),
            laboratory.beam_spec, lambda w, spec: w.set_spec(spec), control=True),
)

WINDOW: tuple[Binding[Scene], ...] = (
    Binding("source", lambda s: (Loaded(trace=s.loaded.trace),), resolve.source_chips,
            lambda w, spec: w.source_strip.set_chips(spec)),
    Binding("target", lambda s: (_stood(s.loaded),), resolve.target_chips,
            lambda w, spec: w.target_strip.set_chips(spec)),
    Binding("compared", lambda s: (Loaded(results=Results(other=s.loaded.results.other)),), remarks.beside_maps,
            lambda w, spec: w.set_mark(*spec)),
    Binding("text", lambda s: (s.loaded.translation,), _the_same, lambda w, spec: w.set_translation(spec)),
    Binding("step", lambda s: (_stood(s.loaded),), resolve.step_text, lambda w, spec: w.step_controls.set_step(spec)),
    Binding("conditions", lambda s: (Loaded(s.loaded.info, s.loaded.trace, document=_changes(s.loaded)),), _changed,
            lambda w, spec: w.banner.set_texts(*spec)),
    Binding("remark", lambda s: (Loaded(trace=s.loaded.trace), ViewState(chosen=s.view.chosen)), remarks.remark,
            lambda w, spec: w.source_bar.set_remark(spec)),
    # Not of a panel: one that is behind another has to come to the front.
    Binding("active", lambda s: (str(s.view.active),), _the_same, lambda w, spec: w.set_active(spec)),
)
"""What feeds the parts of the window that are always there."""
LIT: tuple[Binding[Pointed], ...] = (
    Binding("source lit", _pointed, lambda *lit: highlight(*lit).source,
            lambda w, spec: w.source_strip.set_highlight(spec)),
    Binding("target lit", _pointed, lambda *lit: highlight(*lit).target,
            lambda w, spec: w.target_strip.set_highlight(spec)),
)
# fmt: on
