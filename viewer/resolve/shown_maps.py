"""What the maps of a kind show: whose weights, of which heads, arranged how. Pure functions; no Qt, no torch.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Kind, Trace
from attention_viewer.model.contract.attribution import Method, MethodInfo, method_info
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.viewer.resolve.arranging import (
    ROW_CONVENTIONS,
    Arrangement,
    arrangement,
    decoder_row,
    linked,
    summarised,
    summary,
    summary_title,
)
from attention_viewer.viewer.state.comparing import Difference, Other, difference, without_difference
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ATTENTION, LINKS, QUANTITY, ROW_LABELS, Links, RowLabels
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.results import ATTRIBUTIONS
from attention_viewer.viewer.state.specs import Axis, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, clamp

FIRST_STEP = Unavailable("Press Step (→) to compute the first decoder row.")
NONE_CHOSEN = Unavailable(
    "No head is chosen: Ctrl+click thumbnails, or choose other heads in View > Heads in the large map."
)
ONE_SIDE = Unavailable("This is computed for A alone: choose A (Alt+1), or attention weights in View > Shown in maps.")
LINKED = "ringed: where each row looks most, start and </s> aside"
EQUAL = 1e-6
"""Weights that differ by less are the same but for rounding."""

Missing = Pending | Unavailable


@dataclass(frozen=True, eq=False)
class ShownMaps:
    """What the maps of a kind show: one trace's weights or what a method attributes, or the difference of two traces.

    `weights` [L, H, R, C] are those of all heads, `large` [R, C] those of the large map, which `place` names; `head` is
    the selected one. `says` names numbers that are no weights, "" for weights, and `unit` is one word for what their
    colours stand for; they have signs where `signed`, and a range of their own where not `shares`. `summed` are the
    heads that the large map is made of, where it is of several; `links` [R, C] are the cells that are marked.
    """

    sides: MapInfo
    weights: Floats
    large: Floats
    place: str
    head: Head
    mask: Booleans | None
    leaked: Booleans | None
    rows: Axis
    columns: Axis
    sentence: str
    translation: str
    suffix: str = ""
    side: str = ""
    says: str = ""
    unit: str = ""
    links: Booleans | None = None
    signed: bool = False
    shares: bool = True
    note: str = ""
    summed: frozenset[Head] = frozenset()
    arranged: Arrangement | None = None


def shown_maps(loaded: Loaded, view: ViewState, kind: Kind) -> ShownMaps | Missing:
    """What the maps of a kind show, or why nothing."""
    trace, other = loaded.trace, loaded.results.other
    if trace is None:
        return loaded.waiting
    if kind not in trace.attention:
        return Unavailable(f"This model has no {kind} attention: look at {_listed(trace)}.")
    if other is not None and view.side is not Side.A and view[QUANTITY] != ATTENTION:
        return ONE_SIDE
    if other is None or view.side is Side.A:
        side, suffix = ("", "") if other is None else ("A", " · A")
        one = _one(trace, kind, view, loaded)
        return one if not isinstance(one, ShownMaps) else replace(one, suffix=suffix, side=side)
    if view.side is Side.B:
        theirs = Loaded(trace=other.trace, sentence=other.sentence, translation=other.translation)
        one = _one(other.trace, kind, view, theirs)
        return one if not isinstance(one, ShownMaps) else replace(one, suffix=f" · B, {other.name}", side="B")
    return _difference(trace, other, loaded, view, kind)


def _listed(trace: Trace) -> str:
    *others, last = (each.name for each in trace.maps)
    return f"{', '.join(others)} or {last}" if others else last


def _one(trace: Trace, kind: Kind, view: ViewState, loaded: Loaded) -> ShownMaps | Missing:
    sides = trace.map(kind)
    if sides.decodes and not trace.steps:
        return FIRST_STEP
    weights, method = trace.weights(kind), None
    if view[QUANTITY] != ATTENTION:
        found = _attributed(loaded, view, trace, sides)
        if not isinstance(found, tuple):
            return found
        weights, method = found
    arranged = arrangement(trace, kind, view)
    rows, columns = axes(trace, kind, view[ROW_LABELS])
    mask, leaked = trace.mask(kind), trace.leaks(kind)
    if arranged is not None:
        rows, columns = arranged.row_axis, arranged.column_axis
        weights, mask, leaked = arranged.weights(weights), arranged.mask(mask), arranged.any(leaked)
    shown = ShownMaps(
        sides, weights, weights[0, 0], "", Head(), mask, leaked, rows, columns, loaded.sentence, loaded.translation,
        says="" if method is None else method.title,
        signed=method is not None and method.signed,
        unit="" if method is None else method.units.partition(" ")[0],
        shares=method is None or method.units.startswith("share"),
        note=" · ".join(each for each in (_method_note(method), arranged.words if arranged else "") if each),
        arranged=arranged,
    )  # fmt: skip
    pooled = _pooled(shown, view, kind)
    if view[LINKS] is Links.OFF or not sides.crosses or not isinstance(pooled, ShownMaps):
        return pooled
    note = " · ".join(each for each in (pooled.note, LINKED) if each)
    return replace(pooled, links=linked(pooled.large, trace, kind, view), note=note)


def _pooled(shown: ShownMaps, view: ViewState, kind: Kind) -> ShownMaps | Missing:
    """With the large map: the selected head's, or that of several heads."""
    layers, heads = shown.weights.shape[:2]
    head = clamp(view.heads[kind], (layers, heads))
    wanted = summary(view, kind, layers, heads)
    if wanted is None or (layers, heads) == (1, 1):
        return replace(shown, head=head, large=shown.weights[head.layer, head.head], place=_place(shown, head))
    if not wanted[1]:
        return NONE_CHOSEN
    summed = frozenset(Head(*each) for each in wanted[1])
    place = summary_title(view, kind, wanted[1])
    return replace(shown, head=head, large=summarised(shown.weights, wanted), place=place, summed=summed)


def _place(shown: ShownMaps, head: Head) -> str:
    """Where the selected map stands: "layer 4, head 8", as far as its numbers tell layers and heads apart."""
    told = shown.weights.shape[:2]
    parts = (
        "all layers and heads" if shown.says and told == (1, 1) and shown.sides.shape != (1, 1) else "",
        f"layer {head.layer + 1}" if told[0] == shown.sides.layers and not (shown.says and told == (1, 1)) else "",
        f"head {head.head + 1}" if told[1] == shown.sides.heads and not (shown.says and told == (1, 1)) else "",
    )
    return ", ".join(part for part in parts if part)


def _attributed(loaded: Loaded, view: ViewState, trace: Trace, sides: MapInfo) -> tuple[Floats, MethodInfo] | Missing:
    """What the chosen method attributes, [L, H, R, C] of the rows of the trace; or why there is nothing yet."""
    method = method_info(Method(view[QUANTITY]))
    quantity = ATTRIBUTIONS[method.method]
    found = loaded.found(quantity)
    if found is None and loaded.uncomputed:
        return Unavailable(loaded.uncomputed)
    if found is None:
        if loaded.document is not None and not loaded.document.step:
            return FIRST_STEP
        progress = loaded.progress(quantity)
        far = f": {progress.done} of {progress.total}" if progress is not None and progress.total > 1 else ""
        return Pending(f"{method.title}{far} …")
    if sides.kind not in found.maps:
        others = " and ".join(trace.map(kind).name.lower() for kind in found.maps)
        return Unavailable(f"{method.title} says nothing of {sides.name.lower()}: look at {others}.")
    weights = found.maps[sides.kind]
    cut = {Stream.SOURCE: slice(None), Stream.TARGET: slice(len(trace.steps))}
    return weights[:, :, cut[sides.rows], cut[sides.columns]], method


def _method_note(method: MethodInfo | None) -> str:
    return "" if method is None else f"{method.title}: {method.words}, in {method.units} ({method.paper})"


def _difference(trace: Trace, other: Other, loaded: Loaded, view: ViewState, kind: Kind) -> ShownMaps | Missing:
    found = difference(trace, other.trace, kind)
    if found is None:
        return Unavailable(f"A and B, {other.name}, have no row and column in common here. Choose A or B.")
    if not np.abs(found.values).max(initial=0.0) > EQUAL:
        return Unavailable(without_difference(trace, other.trace, kind))
    rows, columns = (
        _both(mine, theirs, count)
        for mine, theirs, count in zip(
            axes(trace, kind, view[ROW_LABELS]),
            axes(other.trace, kind, view[ROW_LABELS]),
            found.values.shape[2:],
            strict=True,
        )
    )
    head = clamp(view.heads[kind], found.values.shape[:2])
    shown = ShownMaps(
        trace.map(kind), found.values, found.values[head.layer, head.head], "", head, found.mask, None, rows, columns,
        loaded.sentence, loaded.translation,
        suffix=f" · A − B{_where(found)}",
        side="A − B",
        says="A − B",
        signed=True,
    )  # fmt: skip
    return replace(shown, place=f"layer {head.layer + 1}, head {head.head + 1}")


def _where(found: Difference) -> str:
    """How far two maps are compared, and from which row on they read different tokens."""
    rows = found.values.shape[2]
    length = "" if found.whole else ", the first row" if rows == 1 else f", the first {rows} rows"
    return length if found.parts is None else f"{length}, which part at row {found.parts + 1}"


def _both(mine: Axis, theirs: Axis, count: int) -> Axis:
    """The labels of A, with those of B where they differ."""
    pairs = zip(mine.labels[:count], theirs.labels[:count], strict=True)
    return Axis(mine.title, tuple(a if a == b else f"{a} | {b}" for a, b in pairs))


def axes(trace: Trace, kind: Kind, row_labels: RowLabels) -> tuple[Axis, Axis]:
    """The row axis (queries) and the column axis (keys) of a kind of attention."""
    sides = trace.map(kind)
    columns = tuple(isolated(token.text) for token in trace.tokens(sides.columns))
    if sides.decodes:
        rows = Axis(f"queries: {ROW_CONVENTIONS[row_labels]}", decoder_rows(trace, row_labels))
    else:
        rows = Axis("queries: source", tuple(isolated(token.text) for token in trace.tokens(sides.rows)))
    if sides.columns is Stream.SOURCE:
        return rows, Axis("keys: source (encoder output)" if sides.crosses else "keys: source", columns)
    if not sides.causal:
        return rows, Axis("keys: target", columns)
    return rows, Axis("keys: target so far, masked" if trace.causal else "keys: whole target, causal mask off", columns)


def decoder_rows(trace: Trace, row_labels: RowLabels) -> tuple[str, ...]:
    """The label of each decoder row: the token it reads, the token it predicts, or both."""
    if row_labels is RowLabels.READS:
        return tuple(isolated(step.reads.text) for step in trace.steps)
    if row_labels is RowLabels.PREDICTS:
        return tuple(isolated(step.output.text) for step in trace.steps)
    return tuple(decoder_row(trace, row) for row in range(len(trace.steps)))
