"""Puts what was resolved onto the widgets, and only what changed. Reads nothing back from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.viewer.resolve import resolve, resolve_positions
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.highlight import CellHover, Hover, highlight
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import COLORMAP
from attention_viewer.viewer.state.specs import HeatmapSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow

CONTROLS = ("laboratory", "ranking", "hypotheses", "beam", "filter")
Shown = HeatmapSpec | Pending | Unavailable


class Presenter:
    """Shows (loaded, view, hover) in a window; `d_model` is the width of the positional encoding."""

    def __init__(self, window: MainWindow, d_model: int) -> None:
        self._window = window
        self.d_model = d_model
        self._shown: dict[Any, Any] = {}
        self._maps: dict[Kind, Shown] = {}
        self._hover: Hover = None

    def show(self, loaded: Loaded, view: ViewState) -> None:
        """Bring every widget up to date."""
        window = self._window
        decoded = (loaded.trace, loaded.ahead, loaded.waiting)
        self._once("source", decoded, lambda: window.source_strip.set_chips(resolve.source_chips(loaded)))
        self._once("target", decoded, lambda: window.target_strip.set_chips(resolve.target_chips(loaded)))
        self._once("text", loaded.translation, lambda: window.set_translation(loaded.translation))
        stood = (*decoded, loaded.document and loaded.document.decoding)
        self._once("step", stood, lambda: window.step_controls.set_step(resolve.step_text(loaded)))
        offered = (*decoded, loaded.experiments.effect, view.filter, len(loaded.vocabulary))
        self._once("bars", offered, lambda: window.candidates.set_spec(resolve.bars(loaded, view)))
        changed = loaded.document.interventions if loaded.document and loaded.trace else NONE
        said = (conditions.short(changed), conditions.of_loaded(loaded, whole=True))
        self._once("conditions", said, lambda: window.banner.set_texts(*said))
        for kind in Kind:
            self._show_panel(kind, loaded, view)
        self._show_positions(loaded, view)
        self._show_laboratory(loaded, view)
        self.show_hover(self._hover)

    def renew(self, loaded: Loaded, view: ViewState) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""
        for name in CONTROLS:
            self._shown.pop(name, None)
        self.show(loaded, view)

    def show_hover(self, hover: Hover) -> None:
        """Light up what belongs to the token or cell under the mouse."""
        self._hover = hover
        lit = highlight(hover)
        self._once("source lit", lit.source, lambda: self._window.source_strip.set_highlight(lit.source))
        self._once("target lit", lit.target, lambda: self._window.target_strip.set_highlight(lit.target))
        for kind, panel in self._window.panels.items():
            cell = (hover.row, hover.column) if isinstance(hover, CellHover) and hover.kind is kind else None
            readout = resolve.readout(self._maps[kind], cell)
            overlay = lit.overlays[kind]
            self._once((kind, "overlay"), overlay, partial(panel.set_overlay, overlay))
            self._once((kind, "readout"), readout, partial(panel.set_readout, readout))

    def _show_panel(self, kind: Kind, loaded: Loaded, view: ViewState) -> None:
        panel = self._window.panels[kind]
        counts = loaded.info.heads(kind) if loaded.info else (1, 1)
        self._once((kind, "counts"), counts, lambda: panel.set_head_counts(*counts))
        head = view.heads[kind]
        self._once((kind, "selected"), (head, counts), lambda: panel.set_selected(head.layer, head.head))
        self._once((kind, "active"), view.active is kind, lambda: panel.set_active(view.active is kind))
        look = (_mapped(loaded), head, tuple(sorted(view.chosen.items())), view.side)
        self._once((kind, "grid"), look, lambda: panel.set_grid(resolve.grid(loaded, view, kind)))
        self._once((kind, "map"), look, lambda: self._show_map(kind, loaded, view))

    def _show_map(self, kind: Kind, loaded: Loaded, view: ViewState) -> None:
        spec = resolve.heatmap(loaded, view, kind)
        self._maps[kind] = spec
        self._window.panels[kind].set_heatmap(spec)
        if isinstance(spec, HeatmapSpec):
            self._window.panels[kind].set_axes(f"{spec.rows.title} · {spec.columns.title}")

    def _show_laboratory(self, loaded: Loaded, view: ViewState) -> None:
        window = self._window
        hypotheses = laboratory.hypotheses_spec(loaded)
        self._once("hypotheses", hypotheses, lambda: window.hypotheses.set_spec(hypotheses))
        experiments = loaded.experiments
        searched = (experiments.beam, laboratory.beam_node(loaded), loaded.trace is None, loaded.waiting)
        self._once("beam", searched, lambda: window.beam.set_spec(laboratory.beam_spec(loaded)))
        switches, ranking = laboratory.laboratory_spec(loaded), laboratory.ranking_spec(loaded)
        self._once("laboratory", switches, lambda: window.laboratory.set_spec(switches))
        self._once("ranking", ranking, lambda: window.laboratory.set_ranking(ranking))
        reason = laboratory.choosable(loaded)
        self._once("choosable", reason, lambda: window.candidates.set_choosable(reason))
        self._once("filter", view.filter, lambda: window.candidates.set_filter(view.filter))

    def _show_positions(self, loaded: Loaded, view: ViewState) -> None:
        panel, positions, width = self._window.positions, view.positions, self.d_model
        where = (positions, width, resolve_positions.given(loaded))
        self._once("encoding", where, lambda: panel.set_encoding(resolve_positions.encoding(*where)))
        self._once("curves", where, lambda: panel.set_curves(resolve_positions.curves(*where)))
        dots = (*where, view[COLORMAP])
        self._once("dots", dots, lambda: panel.set_dots(resolve_positions.dots(*dots)))
        controls = (positions.length, positions.pairs, width // 2 - 1)
        self._once("position controls", controls, lambda: panel.set_controls(*controls))

    def _once(self, name: Any, key: Any, apply: Callable[[], None]) -> None:
        """Call `apply` only when `key` is not what it was the last time."""
        if name not in self._shown or self._shown[name] != key:
            self._shown[name] = key
            apply()


def _mapped(loaded: Loaded) -> tuple[Any, ...]:
    """What the maps of a trace depend on, besides the view."""
    heads_off = loaded.document.interventions.heads_off if loaded.document else None
    texts = (loaded.sentence, loaded.translation, loaded.waiting)
    return (loaded.info, loaded.trace, loaded.experiments.other, heads_off, *texts)
