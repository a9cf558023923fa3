"""What a head's weights are like, as one number a head: a table of measures. Torch-free.

A measure takes the weights of a map, which cells may be looked at, and which keys are special tokens; it averages over
rows. To add one, write its function and an entry in `MEASURES`.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Token


@dataclass(frozen=True, eq=False)
class Seen:
    """All heads' `weights` [L, H, R, C] of a map, the cells `allowed` [R, C], and which keys are `special` [C]."""

    weights: Floats
    allowed: Booleans
    special: Booleans


@dataclass(frozen=True)
class Measure:
    """A number for each head: `function` gives [L, H], in `units`, as `words` say and `paper` defines."""

    name: str
    title: str
    words: str
    paper: str
    units: str
    function: Callable[[Seen], Floats]


def seen(weights: Floats, mask: Booleans | None, keys: Sequence[Token]) -> Seen:
    """What measures take, of the weights [L, H, R, C] of a map, its mask (True = forbidden) and its keys."""
    allowed = np.ones(weights.shape[2:], dtype=np.bool_) if mask is None else ~mask
    return Seen(weights, allowed, np.array([token.special for token in keys], dtype=np.bool_))


def entropy(seen: Seen) -> Floats:
    """The mean over rows of -Σ w ln w, in nats: 0 where each looks at one key alone (Ghader & Monz 2017)."""
    logs = np.log(np.maximum(seen.weights, np.float32(1e-30)))
    return _mean(-(seen.weights * logs).sum(axis=-1))


def confidence(seen: Seen) -> Floats:
    """The mean over rows of the largest weight, special tokens as keys left aside (Voita et al. 2019, section 4)."""
    if not seen.weights.shape[-1]:
        return _mean(seen.weights.sum(axis=-1))
    return _mean(np.where(seen.special, np.float32(0.0), seen.weights).max(axis=-1))


def distance(seen: Seen) -> Floats:
    """The mean over rows of Σ w |k - q|, in keys: how far heads look (Vig & Belinkov 2019).

    Where rows and columns are other tokens, q is the row's place on the diagonal from the first to the last key.
    """
    return _mean((seen.weights * _distances(seen)).sum(axis=-1))


def diagonality(seen: Seen) -> Floats:
    """1 - the mean over rows of Σ w |k - q| / max |k - q|: 1 on the diagonal (Zhang et al. 2021).

    The maximum is over the keys that a row may look at; rows that may look at one alone do not count. `q` is as in
    `distance`.
    """
    distances = _distances(seen)
    furthest = np.where(seen.allowed, distances, 0.0).max(axis=-1, initial=0.0)  # [R]
    counts = (furthest > 0) & (seen.allowed.sum(axis=-1) > 1)
    rows = (seen.weights * distances).sum(axis=-1)[..., counts] / furthest[counts]
    return _mean((1.0 - rows).astype(np.float32))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "entropy",
        "Entropy",
        "how widely rows spread their weight; 0: on one key alone",
        "Ghader & Monz 2017",
        "nats",
        entropy,
    ),
    Measure(
        "confidence",
        "Confidence",
        "the largest weight of a row, special tokens left aside",
        "Voita et al. 2019, section 4",
        "weight",
        confidence,
    ),
    Measure(
        "distance",
        "Distance",
        "how far from their own place rows look",
        "Vig & Belinkov 2019",
        "keys",
        distance,
    ),
    Measure(
        "diagonality",
        "Diagonality",
        "how near the diagonal the weight lies; 1: on it",
        "Zhang et al. 2021",
        "0 to 1",
        diagonality,
    ),
)


def _mean(rows: Floats) -> Floats:
    """The mean of [L, H, R] over rows, NaN where there is none."""
    if not rows.shape[-1]:
        return np.full(rows.shape[:2], np.nan, dtype=np.float32)
    found: Floats = rows.mean(axis=-1).astype(np.float32)
    return found


def _distances(seen: Seen) -> Floats:
    """How far each key is from each row's own place, [R, C]."""
    rows, columns = seen.allowed.shape
    places = np.arange(rows, dtype=np.float32)
    if rows != columns:
        places *= np.float32((columns - 1) / max(rows - 1, 1))
    found: Floats = np.abs(np.arange(columns, dtype=np.float32) - places[:, None])
    return found
