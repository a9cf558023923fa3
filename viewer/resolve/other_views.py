"""A map in other views than as a heat map: what figures say of them, and its word links. No Qt, no torch.

Shape letters: R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attention_viewer.model.contract.api import Kind
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import LINKS, WORDS, Links, Words
from attention_viewer.viewer.state.specs import HeatmapSpec, Scale, Unavailable
from attention_viewer.viewer.state.view_state import ViewState, choose

ONE_SENTENCE = Unavailable("Word links are of cross-attention: choose that kind.")
NOTHING_LINKED = Unavailable("No row looks at any word here: take a step, or choose another head.")


def as_lines(spec: HeatmapSpec) -> HeatmapSpec:
    """The map as lines: its caption says what stands where, and what a line is."""
    colours = ("a colour for each head, layer.head",) if spec.singles else ()
    return replace(spec, caption=(*_told(spec, "left", "right", "opacity"), *colours))


def as_text(spec: HeatmapSpec) -> HeatmapSpec:
    """The map as shaded text."""
    return replace(spec, caption=_told(spec, "above", "below", "colour"))


def word_links(loaded: Loaded, view: ViewState, kind: Kind) -> HeatmapSpec | Missing:
    """Which word of the source each word of the translation looks at most, as the ones of a map [R, C]."""
    sides = next((each for each in loaded.maps if each.kind == kind), None)
    if sides is None or not sides.crosses:
        return ONE_SENTENCE
    spec = resolve.heatmap(loaded, choose(choose(view, LINKS, Links.ON), WORDS, Words.ON), kind)
    if not isinstance(spec, HeatmapSpec):
        return spec
    if spec.links is None or not spec.links.any():
        return NOTHING_LINKED
    said = tuple(line for line in spec.caption[2:] if not line.startswith("words:"))
    told = f"a line from each word to the one it looks at most, start and </s> aside · left: {spec.rows.title}"
    return replace(
        spec,
        title=f"Word links · {spec.title}",
        values=spec.links.astype(np.float32),
        scale=Scale(0.0, 1.0),
        singles=(),
        caption=(spec.caption[0], told, *said),
    )


def _told(spec: HeatmapSpec, rows: str, columns: str, shown: str) -> tuple[str, ...]:
    sentence, reading, *others = spec.caption
    for old, new in (
        ("rows are ", f"{rows}: "),
        ("columns are ", f"{columns}: "),
        (" · hatched = masked", ""),
        ("colour from", f"{shown} from"),
    ):
        reading = reading.replace(old, new)
    return (sentence, reading, *others)
