"""A − B: what the maps of A show minus what those of B show, each arranged and summed as the view says. Pure; no Qt.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from attention_viewer.model.contract.api import Booleans, Trace
from attention_viewer.viewer.resolve.arranging import Arrangement
from attention_viewer.viewer.resolve.shown import EQUAL, Missing, ShownMaps
from attention_viewer.viewer.state.comparing import without_difference
from attention_viewer.viewer.state.specs import Axis, Unavailable


def differing(mine: ShownMaps, theirs: ShownMaps, a: Trace, b: Trace, name: str) -> ShownMaps | Missing:
    """The difference of two traces, row by row and column by column to the shorter of the two.

    So it is also after the tokens have parted, where a row of A stands over one of B that reads something else.
    """
    rows, columns = (min(one, other) for one, other in zip(mine.large.shape, theirs.large.shape, strict=True))
    if not rows or not columns or mine.weights.shape[:2] != theirs.weights.shape[:2]:
        return without_common(name)
    part = (..., slice(rows), slice(columns))
    weights = mine.weights[part] - theirs.weights[part]
    if np.abs(weights).max(initial=0.0) <= EQUAL:
        said = without_difference(a, b, mine.sides.kind)
        arranged = "" if mine.arranged is None else f" As it is shown here: {mine.arranged.words}."
        return Unavailable(f"{said}{arranged}")
    whole = mine.weights.shape == theirs.weights.shape
    return replace(
        mine,
        weights=weights,
        large=mine.large[part] - theirs.large[part],
        mask=_both_masked(mine.mask, theirs.mask, rows, columns),
        leaked=None,
        rows=_both_named(mine.rows, theirs.rows, rows),
        columns=_both_named(mine.columns, theirs.columns, columns),
        arranged=None if mine.arranged is None else _cut(mine.arranged, rows, columns),
        suffix=f" · A − B{_where(rows, whole, _parting(mine, theirs, a, b, rows))}",
        side="A − B",
        says="A − B",
        signed=True,
        links=None,
    )


def without_common(name: str) -> Unavailable:
    """Where A and B, which has a name, have nothing to subtract."""
    return Unavailable(f"A and B, {name}, have no row and column in common here. Choose A or B.")


def _both_masked(mine: Booleans | None, theirs: Booleans | None, rows: int, columns: int) -> Booleans | None:
    """Masked where both are: where one may look and the other may not, they differ."""
    if mine is None or theirs is None:
        return None
    both: Booleans = mine[:rows, :columns] & theirs[:rows, :columns]
    return both


def _both_named(mine: Axis, theirs: Axis, count: int) -> Axis:
    """The labels of A, with those of B where they differ."""
    pairs = zip(mine.labels[:count], theirs.labels[:count], strict=True)
    return Axis(mine.title, tuple(a if a == b else f"{a} | {b}" for a, b in pairs))


def _cut(arranged: Arrangement, rows: int, columns: int) -> Arrangement:
    return replace(arranged, rows=arranged.rows[:rows], columns=arranged.columns[:columns])


def _parting(mine: ShownMaps, theirs: ShownMaps, a: Trace, b: Trace, rows: int) -> int | None:
    """The first row (from 0) whose tokens differ, if any does."""
    ours, others = _row_tokens(mine, a), _row_tokens(theirs, b)
    return next((row for row in range(rows) if ours[row] != others[row]), None)


def _row_tokens(shown: ShownMaps, trace: Trace) -> list[tuple[int, ...]]:
    """The ids of the tokens that each row is of."""
    ids = [token.id for token in trace.tokens(shown.sides.rows)]
    if shown.arranged is None:
        return [(each,) for each in ids]
    return [tuple(ids[position] for position in group) for group in shown.arranged.rows]


def _where(rows: int, whole: bool, parts: int | None) -> str:
    """How far two maps are compared, and from which row on they read different tokens."""
    length = "" if whole else ", the first row" if rows == 1 else f", the first {rows} rows"
    return length if parts is None else f"{length}, which part at row {parts + 1}"
