"""What feeds the panels on what is between the maps, and the positional laboratory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from attention_viewer.viewer.resolve import pages
from attention_viewer.viewer.resolve.resolve_architecture import architecture
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, PERMUTATION, PROPERTIES, TIMES, Quantity
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.window.bindings import Binding, Scene


def _recorded(scene: Scene, quantities: Iterable[Quantity[Any]]) -> tuple[Loaded, ViewState]:
    """What a picture of what is between the maps depends on."""
    loaded, view = scene.loaded, scene.view
    results = replace(loaded.results.only(quantities), other=loaded.results.other)
    seen = Loaded(
        loaded.info,
        loaded.trace,
        loaded.sentence,
        waiting=loaded.waiting,
        document=loaded.document,
        results=results,
        d_model=loaded.d_model,
    )
    looked = ViewState(
        heads=view.heads, active=view.active, positions=view.positions, inside=view.inside, chosen=view.chosen
    )
    return seen, looked


# fmt: off
ARCHITECTURE: tuple[Binding[Scene], ...] = (
    Binding("picture", lambda s: _recorded(s, [INSIDE]), architecture, lambda w, spec: w.set_picture(spec)),
    Binding("unfolded", lambda s: (s.view.inside.unfolded,), lambda each: each, lambda w, spec: w.set_unfolded(spec),
            control=True),
)
PARTS: tuple[Binding[Scene], ...] = (
    Binding("controls", lambda s: _recorded(s, []), pages.part_controls, lambda w, spec: w.set_controls(spec),
            control=True),
    Binding("picture", lambda s: _recorded(s, [INSIDE, PERMUTATION]), pages.part_page,
            lambda w, spec: w.set_picture(spec)),
)
WORDS: tuple[Binding[Scene], ...] = (
    Binding("controls", lambda s: _recorded(s, []), pages.word_controls, lambda w, spec: w.set_controls(spec),
            control=True),
    Binding("picture", lambda s: _recorded(s, [INSIDE, DECODER_LENS]), pages.word_page,
            lambda w, spec: w.set_picture(spec)),
)
ENCODINGS: tuple[Binding[Scene], ...] = (
    Binding("controls", lambda s: _recorded(s, [TIMES]), pages.laboratory_controls,
            lambda w, spec: w.set_controls(spec), control=True),
    Binding("picture", lambda s: _recorded(s, [PROPERTIES, TIMES]), pages.laboratory_page,
            lambda w, spec: w.set_picture(spec)),
)
# fmt: on
