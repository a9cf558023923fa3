"""Two traces, A and B: what they share, where they part, and the difference of their weights. Pure; no Qt, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.api import Booleans, Floats, Kind, Token, Trace


@dataclass(frozen=True, eq=False)
class Difference:
    """A's weights minus B's, [L, H, R, C], with the mask of both; rows and columns are the first of either.

    `whole` says whether nothing had to be cut off.
    """

    values: Floats
    mask: Booleans | None
    whole: bool


def difference(a: Trace, b: Trace, kind: Kind) -> Difference | None:
    """The difference of a kind of attention; None where the two have no row or column in common.

    Where the shapes agree all of both is compared; where they do not, the rows and columns before the first token
    that differs.
    """
    ours, theirs = a.weights(kind), b.weights(kind)
    if ours.shape[:2] != theirs.shape[:2]:
        return None
    rows, columns = ours.shape[2:]
    whole = ours.shape == theirs.shape
    if not whole:
        source = common(a.source_tokens, b.source_tokens)
        target = common(a.input_tokens, b.input_tokens)
        rows = source if kind is Kind.ENCODER else target
        columns = target if kind is Kind.DECODER else source
    if not rows or not columns:
        return None
    part = (slice(None), slice(None), slice(rows), slice(columns))
    masks = [mask[:rows, :columns] for mask in (a.mask(kind), b.mask(kind)) if mask is not None]
    return Difference(ours[part] - theirs[part], np.logical_and.reduce(masks) if masks else None, whole)


def common(a: Sequence[Token], b: Sequence[Token]) -> int:
    """How many tokens two sequences begin with alike."""
    for index, (mine, other) in enumerate(zip(a, b, strict=False)):
        if mine.id != other.id:
            return index
    return min(len(a), len(b))


def parting(a: Trace, b: Trace) -> str:
    """Where two traces part, in words."""
    if [token.id for token in a.source_tokens] != [token.id for token in b.source_tokens]:
        alike = common(a.source_tokens, b.source_tokens)
        return f"A and B translate different sentences, alike in their first {alike} tokens"
    where = common(a.output_tokens, b.output_tokens)
    if where == len(a.output_tokens) or where == len(b.output_tokens):
        return "A and B are the same as far as both go" if where else "One of A and B has no token yet"
    return f"A and B part at token {where + 1}: ‘{a.output_tokens[where].text}’ / ‘{b.output_tokens[where].text}’"
