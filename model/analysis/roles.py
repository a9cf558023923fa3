"""What heads look at, on average over sentences: themselves, neighbours, ends, punctuation, or everything. Torch-free.

A role is the place that takes the largest share of a head's weight, where that is at least ROLE_SHARE; otherwise the
head is told by its entropy. Compare Clark et al. 2019 (BERT) and Voita et al. 2019 (positional heads).

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Kind, Token, Trace
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import Stream

ROLE_SHARE = 0.4
"""Mean weight from which a place is what a head is there for."""
BROAD, SHARP = 0.75, 0.35
"""Relative entropies above and below which a head without such a place is called broad, or sharp."""


@dataclass(frozen=True)
class HeadRole:
    """What a head (layer and head from 0) looks at: `share` is its mean weight there, `entropy` from 0 to 1.

    The entropy is relative to that of equal weights on all that a row may look at.
    """

    kind: Kind
    layer: int
    head: int
    role: str
    share: float
    entropy: float


RoleSums = Mapping[str, tuple[Floats, int]]
"""For each place, and the entropy, the sum over rows [L, H], and of how many rows."""


def head_roles(traces: Iterable[Trace], kind: Kind) -> tuple[HeadRole, ...]:
    """The role of every head of a kind, averaged over all rows of `traces` that may look at more than one key.

    Raises InputError where there is no such row.
    """
    sums: RoleSums = {}
    for trace in traces:
        sums = added(sums, role_sums(trace, kind))
    found = roles_by(sums, kind)
    if not found:
        raise InputError("There is no row that could look at more than one token: give longer sentences.")
    return found


def roles_by(sums: RoleSums, kind: Kind) -> tuple[HeadRole, ...]:
    """The role of every head of a kind by the sums over rows; none where no row may look at more than one key."""
    if not sums.get("entropy", (None, 0))[1]:
        return ()
    means = {name: total / max(rows, 1) for name, (total, rows) in sums.items()}  # [L, H] each
    entropy = means.pop("entropy")
    return tuple(
        HeadRole(kind, layer, head, *_role({name: float(mean[layer, head]) for name, mean in means.items()},
                                           float(entropy[layer, head])), float(entropy[layer, head]))
        for layer, head in np.ndindex(*entropy.shape)
    )  # fmt: skip


def added(one: RoleSums, other: RoleSums) -> RoleSums:
    """The sums over the rows of both."""
    sums = dict(one)
    for name, (total, rows) in other.items():
        before = sums.get(name)
        sums[name] = (total, rows) if before is None else (before[0] + total, before[1] + rows)
    return sums


def relative_entropy(weights: Floats, allowed: Booleans) -> Floats:
    """Entropy of the rows of [..., R, C] over that of equal weights on their `allowed` keys [R, C].

    0 where a row looks at one key only, 1 where it looks at all alike.
    """
    counts = allowed.sum(axis=-1)
    logs = np.log(np.maximum(weights, np.float32(1e-30)))
    entropy = -(weights * logs).sum(axis=-1)
    relative: Floats = (entropy / np.log(np.maximum(counts, 2))).astype(np.float32)
    return relative


def places(trace: Trace, kind: Kind) -> Mapping[str, Booleans]:
    """The places a head can be there for, by name, as masks of cells [R, C]."""
    rows, columns = trace.weights(kind).shape[2:]
    sides = trace.map(kind)
    keys = trace.tokens(sides.columns)
    found = {"punctuation": _columns(rows, [_is_punctuation(token) for token in keys])}
    if sides.columns is Stream.TARGET:
        # What another program's decoder reads first may be a word.
        first = "<start>" if keys and keys[0].special else "the first token"
        found[first] = _columns(rows, [index == 0 for index in range(columns)])
    else:
        ends = all(token.piece == "</s>" for token in keys if token.special)
        found["</s>" if ends else "special tokens"] = _columns(rows, [token.special for token in keys])
    if not sides.crosses:
        found["the token itself"] = np.eye(rows, columns, dtype=np.bool_)
        found["the token before"] = np.eye(rows, columns, -1, dtype=np.bool_)
    if not sides.crosses and not sides.causal:
        found["the token after"] = np.eye(rows, columns, 1, dtype=np.bool_)
    return found


def role_sums(trace: Trace, kind: Kind) -> RoleSums:
    """For each place (and the entropy) the sum over rows [L, H] of a trace and how many rows could look there."""
    weights, mask = trace.weights(kind), trace.mask(kind)
    allowed = np.ones(weights.shape[2:], dtype=np.bool_) if mask is None else ~mask
    free = allowed.sum(axis=-1) > 1  # [R]
    found = {"entropy": (relative_entropy(weights, allowed)[..., free].sum(axis=-1), int(free.sum()))}
    for name, place in places(trace, kind).items():
        rows = free & (place & allowed).any(axis=-1)
        found[name] = ((weights * place)[:, :, rows].sum(axis=(-2, -1)), int(rows.sum()))
    return found


def _role(shares: Mapping[str, float], entropy: float) -> tuple[str, float]:
    place = max(shares, key=lambda name: shares[name])
    if shares[place] >= ROLE_SHARE:
        return place, shares[place]
    if entropy >= BROAD:
        return "broad", shares[place]
    return ("single tokens" if entropy <= SHARP else "mixed"), shares[place]


def _columns(rows: int, chosen: Sequence[bool]) -> Booleans:
    return np.tile(np.array(chosen, dtype=np.bool_), (rows, 1))


def _is_punctuation(token: Token) -> bool:
    text = token.piece.removeprefix("▁")
    return not token.special and bool(text) and not any(each.isalnum() for each in text)
