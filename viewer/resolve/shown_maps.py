"""What the maps of a kind show: whose weights, of which heads, arranged how. Pure functions; no Qt, no torch.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import Floats, Kind, Trace
from attention_viewer.model.contract.maps import MapInfo, Stream
from attention_viewer.model.contract.methods import MethodInfo, method_info
from attention_viewer.viewer.resolve.arranging import (
    ROW_CONVENTIONS,
    arrangement,
    decoder_row,
    linked,
    summarised,
    summary,
    summary_place,
    summary_title,
)
from attention_viewer.viewer.resolve.differing import differing, without_common
from attention_viewer.viewer.resolve.shown import FIRST_STEP, LINKED, NONE_CHOSEN, ONE_SIDE, Missing, ShownMaps
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ATTENTION, LINKS, QUANTITY, ROW_LABELS, Links, RowLabels
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.results import by_method
from attention_viewer.viewer.state.specs import Axis, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, clamp


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
    theirs = _of_b(other, kind, view)
    if view.side is Side.B:
        return theirs if not isinstance(theirs, ShownMaps) else replace(theirs, suffix=f" · B, {other.name}", side="B")
    mine = _one(trace, kind, view, loaded)
    if not isinstance(mine, ShownMaps):
        return mine
    if not isinstance(theirs, ShownMaps):
        return without_common(other.name)
    return differing(mine, theirs, trace, other.trace, other.name)


def _of_b(other: Other, kind: Kind, view: ViewState) -> ShownMaps | Missing:
    theirs = Loaded(trace=other.trace, sentence=other.sentence, translation=other.translation)
    return _one(other.trace, kind, view, theirs)


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
        note=" · ".join(filter(None, (*_told(loaded, method), arranged.words if arranged else ""))),
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
    place, several = summary_title(view, kind, wanted[1]), summary_place(view, len(summed))
    large = summarised(shown.weights, wanted)
    return replace(shown, head=head, large=large, place=place, summed=summed, several=several)


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
    method = method_info(view[QUANTITY])
    quantity = by_method(method.method)
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


def _told(loaded: Loaded, method: MethodInfo | None) -> tuple[str, ...]:
    """What a method is, and which tokens a contrast compares."""
    if method is None:
        return ()
    return f"{method.title}: {method.words}, in {method.units} ({method.paper})", _contrasted(loaded, method)


def _contrasted(loaded: Loaded, method: MethodInfo) -> str:
    """Which tokens a contrast compares, in the row that was asked about, or else the newest one."""
    found = loaded.found(by_method(method.method))
    if found is None or not found.against or loaded.trace is None or loaded.document is None:
        return ""
    asked, newest = loaded.document.against, len(loaded.trace.steps) - 1
    row = asked.row if asked is not None and asked.row <= newest else newest
    token, other = loaded.trace.steps[row].output, found.against[row]
    chosen = asked is not None and (row, other.id) == (asked.row, asked.token)
    which = "as chosen; other rows: minus the best other token" if chosen else "the best other token"
    return f"row {row + 1}: ‘{isolated(token.text)}’ minus ‘{isolated(other.text)}’, {which}"


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
