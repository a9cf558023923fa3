"""The pages of the panels on what is between the maps, as tables: names, titles, and what resolves each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attention_viewer.model.contract.api import Trace
from attention_viewer.viewer.resolve import resolve_cost, resolve_encodings, resolve_ffn, resolve_inside, resolve_word
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.resolve.shown_maps import decoder_rows
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ROW_LABELS
from attention_viewer.viewer.state.part_controls import LaboratoryControls, PartControls
from attention_viewer.viewer.state.results import (
    DECODER_LENS,
    PERMUTATION,
    PROPERTIES,
    TIMES,
    Quantity,
)
from attention_viewer.viewer.state.sheets import SheetSpec
from attention_viewer.viewer.state.view_state import ViewState

Resolve = Callable[[Loaded, ViewState], SheetSpec | Missing]

PARTS: Mapping[str, str] = {
    "cell": "Attention of a cell",
    "residual": "Residual stream",
    "ffn": "Feed-forward",
    "embedding": "Embedding",
}
WORDS: Mapping[str, str] = {
    "word": "To a word",
    "logit lens": "Logit lens",
    "decoder lens": "DecoderLens",
}
PART_PAGES: Mapping[str, Resolve] = {
    "cell": resolve_inside.cell,
    "residual": resolve_inside.residual,
    "ffn": resolve_ffn.ffn,
    "embedding": resolve_ffn.embedding,
}
WORD_PAGES: Mapping[str, Resolve] = {
    "word": resolve_word.word,
    "logit lens": resolve_word.logit_lens,
    "decoder lens": resolve_word.decoder_lens,
}
LABORATORY: Mapping[str, str] = {
    "properties": "What makes a good one",
    "rotation": "A shift is a rotation",
    "layouts": "Wavelengths, layouts",
    "cost": "Path length, cost",
}
LABORATORY_PAGES: Mapping[str, Resolve] = {
    "properties": resolve_encodings.properties,
    "rotation": resolve_encodings.rotation,
    "layouts": resolve_encodings.layouts,
    "cost": resolve_cost.cost,
}


PAGES_OF: Mapping[Quantity[Any], tuple[str, ...]] = {
    PERMUTATION: ("ffn", "embedding"),
    DECODER_LENS: ("decoder lens",),
    PROPERTIES: ("properties",),
}
"""The pages that a quantity is measured for."""


def unseen(view: ViewState) -> frozenset[Quantity[Any]]:
    """What no open page shows, and so is not to be measured."""
    inside = view.inside
    opened = {inside.parts, inside.words, inside.laboratory}
    return frozenset(each for each, names in PAGES_OF.items() if not opened & set(names))


def part_page(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The open page of the parts."""
    return PART_PAGES.get(view.inside.parts, resolve_inside.cell)(loaded, view)


def word_page(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The open page of what becomes a word."""
    return WORD_PAGES.get(view.inside.words, resolve_word.word)(loaded, view)


def laboratory_page(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
    """The open page of the positional laboratory."""
    return LABORATORY_PAGES.get(view.inside.laboratory, resolve_encodings.properties)(loaded, view)


def part_controls(loaded: Loaded, view: ViewState) -> PartControls:
    """What can be chosen on the open page of the parts."""
    inside, trace = view.inside, loaded.trace
    page = inside.parts if inside.parts in PART_PAGES else "cell"
    if trace is None or loaded.info is None:
        return PartControls(page)
    decodes = trace.map(view.active).decodes if page == "cell" else inside.side == "decoder"
    stack = loaded.info.architecture.decoder if inside.side == "decoder" else loaded.info.architecture.encoder
    tokens, token = _tokens(trace, view, decodes)
    side, layers = "" if page == "cell" else inside.side, stack.layers if page == "ffn" else 0
    return PartControls(page, side, min(inside.layer, stack.layers - 1), layers, tokens, token)


def word_controls(loaded: Loaded, view: ViewState) -> PartControls:
    """What can be chosen on the open page of what becomes a word."""
    page = view.inside.words if view.inside.words in WORD_PAGES else "word"
    if loaded.trace is None:
        return PartControls(page)
    tokens, token = _tokens(loaded.trace, view, decodes=True)
    heat = view.inside.temperature if page == "word" else 0.0
    return PartControls(page, tokens=tokens, token=token, temperature=heat)


def laboratory_controls(loaded: Loaded, view: ViewState) -> LaboratoryControls:
    """What can be chosen on the open page of the positional laboratory."""
    page = view.inside.laboratory if view.inside.laboratory in LABORATORY_PAGES else "properties"
    return LaboratoryControls(page, view.inside.shift, loaded.progress(TIMES) is not None)


def _tokens(trace: Trace, view: ViewState, decodes: bool) -> tuple[tuple[str, ...], int]:
    """The positions of a side, and the one that is looked at."""
    if not decodes:
        return tuple(each.text for each in trace.source_tokens), resolve_inside.source_position(trace, view)
    rows = decoder_rows(trace, view[ROW_LABELS])
    return rows, resolve_inside.target_row(trace, view) if rows else 0
