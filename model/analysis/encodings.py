"""Positional encodings that one might think of, beside the sinusoidal one, as one table. Torch-free.

Each is a function of a sentence's length n, the model width d and which sentence it is: a float64 array [P, d], P = n
unless the encoding has no more rows. Positions count from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.positional import Doubles, sinusoidal_angles

TABLE_ROWS = 512
"""Rows of the random table, as of one that was trained on sentences of up to so many tokens."""

Encode = Callable[[int, int, int], Doubles]


@dataclass(frozen=True)
class Encoding:
    """A positional encoding: its name, its formula (`x^{2}`), and the function of (n, d, sentence)."""

    name: str
    formula: str
    encode: Encode


def sinusoidal(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """Sines and cosines of falling frequency (Vaswani et al. 2017, section 3.5), the halves one after the other."""
    angle = sinusoidal_angles(length, d_model)
    encoding: Doubles = np.concatenate((np.sin(angle), np.cos(angle[:, : d_model - angle.shape[1]])), axis=1)
    return encoding


def plain_index(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """The position itself, in every dimension."""
    return _everywhere(np.arange(length, dtype=np.float64), d_model)


def relative_index(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """How far into its sentence a position is: 0 for the first, 1 for the last."""
    return _everywhere(np.arange(length, dtype=np.float64) / max(length - 1, 1), d_model)


def binary_counter(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """The position's binary digits, the lowest first; positions beyond 2^d begin again."""
    digits = np.arange(min(d_model, 63), dtype=np.int64)
    bits = (np.arange(length, dtype=np.int64)[:, None] >> digits[None, :]) & 1
    counter = np.zeros((length, d_model))
    counter[:, : len(digits)] = bits
    return counter


def random_table(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """A row of random numbers for each of so many positions, drawn once, as a learned table starts out."""
    table: Doubles = np.random.default_rng(1).normal(size=(TABLE_ROWS, d_model))[:length]
    return table


def drawn_anew(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """Random numbers that are drawn anew for each sentence."""
    drawn: Doubles = np.random.default_rng([2, sentence]).normal(size=(length, d_model))
    return drawn


def shared_by_all(length: int, d_model: int, sentence: int = 0) -> Doubles:
    """One vector that all positions share."""
    return np.tile(sinusoidal(2, d_model)[1], (length, 1))


ENCODINGS: tuple[Encoding, ...] = (
    Encoding("Sinusoidal", r"PE_{pos} = sin(\frac{pos}{10000^{2i/d}}),   cos(\frac{pos}{10000^{2i/d}})", sinusoidal),
    Encoding("Plain index", "PE_{pos} = pos", plain_index),
    Encoding("Index / length", r"PE_{pos} = \frac{pos}{n − 1}", relative_index),
    Encoding("Binary counter", "PE_{pos} = binary digits of pos", binary_counter),
    Encoding("Random table", f"PE_{{pos}} = row of a table of {TABLE_ROWS} rows, drawn once", random_table),
    Encoding("Random, drawn anew", "PE_{pos} = a row drawn for each sentence", drawn_anew),
    Encoding("One for all steps", "PE_{pos} = the same vector", shared_by_all),
)


def _everywhere(values: Doubles, d_model: int) -> Doubles:
    return np.repeat(values[:, None], d_model, axis=1)
