"""What makes a good positional encoding: each property as a test of numbers, on any encoding. Torch-free.

Shape letters: P positions, d model width. The dot products of all positions depend on their distance alone exactly
where every shift is a rotation: two sets of vectors with the same dot products differ by an orthogonal matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.analysis.encodings import ENCODINGS, Encode, Encoding
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.positional import Doubles

MANY = 2000
"""Positions of a sentence longer than any seen."""
SOME = 512
"""Positions on which distances and shifts are tried."""
SHORT, LONG = 20, 50
"""Lengths of two sentences whose common positions are compared."""
SHIFT = 7
SMALL = 1e-6
"""What is taken for no difference, as a share of the vectors' size."""


@dataclass(frozen=True)
class Verdict:
    """Whether an encoding has a property, and the number that decides it, in words."""

    passed: bool
    said: str


@dataclass(frozen=True)
class Property:
    """A property: its name, what it asks, and the test of an encoding of width d."""

    name: str
    asks: str
    test: Callable[[Encode, int], Verdict]


@dataclass(frozen=True)
class Judged:
    """Every encoding against every property at a model width: `verdicts` [encoding][property]."""

    d_model: int
    encodings: tuple[Encoding, ...]
    properties: tuple[Property, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]

    def verdict(self, encoding: str, name: str) -> Verdict:
        """The verdict on an encoding's property, both by name."""
        row = [each.name for each in self.encodings].index(encoding)
        return self.verdicts[row][[each.name for each in self.properties].index(name)]


def judge(d_model: int) -> Generator[Progress, None, Judged]:
    """All encodings against all properties, yielding after each encoding."""
    verdicts = []
    for done, encoding in enumerate(ENCODINGS, start=1):
        verdicts.append(tuple(each.test(encoding.encode, d_model) for each in PROPERTIES))
        yield Progress(done, len(ENCODINGS))
    return Judged(d_model, ENCODINGS, PROPERTIES, tuple(verdicts))


def deterministic(encode: Encode, d_model: int) -> Verdict:
    """The same sentence encoded twice gives the same numbers."""
    difference = _largest(encode(LONG, d_model, 0) - encode(LONG, d_model, 1))
    return Verdict(difference == 0.0, f"largest difference {_number(difference)}")


def distinct(encode: Encode, d_model: int) -> Verdict:
    """No two positions have the same vector: the smallest distance between any two."""
    encoding = encode(MANY, d_model, 0)
    squares = (encoding**2).sum(1)
    apart = squares[:, None] + squares[None, :] - 2.0 * encoding @ encoding.T
    np.fill_diagonal(apart, np.inf)
    nearest = float(np.sqrt(max(apart.min(), 0.0)))
    return Verdict(nearest > 1e-3, f"nearest two are {_number(nearest)} apart")


def same_in_every_sentence(encode: Encode, d_model: int) -> Verdict:
    """A position has one vector, whatever the length of its sentence and whichever sentence it is."""
    difference = _largest(encode(SHORT, d_model, 0) - encode(LONG, d_model, 1)[:SHORT])
    return Verdict(difference == 0.0, f"in sentences of {SHORT} and {LONG}: differ by {_number(difference)}")


def extends(encode: Encode, d_model: int) -> Verdict:
    """There is a vector for every position of a sentence longer than any seen."""
    rows = len(encode(MANY, d_model, 0))
    return Verdict(rows == MANY, f"{rows:,} of {MANY:,} positions have one")


def bounded(encode: Encode, d_model: int) -> Verdict:
    """Numbers do not grow with the position: the largest of many positions against that of the first few."""
    encoding = encode(MANY, d_model, 0)
    largest, few = _largest(encoding), _largest(encode(LONG, d_model, 0))
    return Verdict(largest <= 2.0 * few, f"largest number {_number(few)} up to {LONG}, then {_number(largest)}")


def by_distance(encode: Encode, d_model: int) -> Verdict:
    """The dot product of two positions' vectors depends on their distance alone: how far it varies at one distance."""
    encoding = encode(SOME, d_model, 0)
    products = encoding @ encoding.T
    varies = max(float(np.ptp(np.diagonal(products, distance))) for distance in range(SOME // 2))
    share = varies / max(float(np.abs(products).max()), 1e-30)
    return Verdict(share < SMALL, f"varies by {_percent(share)} at one distance")


def shift_is_rotation(encode: Encode, d_model: int) -> Verdict:
    """One rotation takes every position's vector to that of the position so many further on.

    The best orthogonal matrix is found in closed form (Schönemann 1966), and what it misses is measured.
    """
    encoding = encode(SOME, d_model, 0)
    here, there = encoding[:-SHIFT], encoding[SHIFT:]
    left, _, right = np.linalg.svd(here.T @ there)
    missed = _largest(here @ (left @ right) - there) / max(_largest(there - here), SMALL)
    return Verdict(missed < SMALL, f"the best rotation misses {_percent(missed)} of a shift by {SHIFT}")


PROPERTIES: tuple[Property, ...] = (
    Property("Deterministic", "the same numbers every time", deterministic),
    Property("Different for every position", "no two positions share a vector", distinct),
    Property("The same in every sentence", "a given position always has the same vector", same_in_every_sentence),
    Property("Extends", f"exists at {MANY:,} positions", extends),
    Property("Bounded", "numbers do not grow with the position", bounded),
    Property("Dot products by distance", "PE(p) · PE(q) depends on p − q only", by_distance),
    Property("A shift is a rotation", "one matrix takes every PE(p) to PE(p + k)", shift_is_rotation),
)


def _largest(values: Doubles) -> float:
    return float(np.abs(values).max(initial=0.0))


def _percent(share: float) -> str:
    if share < SMALL:
        return "nothing"
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
