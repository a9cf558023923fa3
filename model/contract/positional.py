"""Sinusoidal positional encoding (Vaswani et al. 2017, section 3.5). Torch-free.

The sines stand in the first half of a vector, the cosines in the second. Pair `i` is one frequency: dimension
`i` of the first half and dimension `i` of the second. Shape letters: P positions, D model width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BASE = 10000.0

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


def frequency(i: int, d_model: int) -> float:
    """Angular frequency of pair `i`, in radians per position."""
    return float(BASE ** (-2.0 * i / d_model))


def wavelength(i: int, d_model: int) -> float:
    """Positions until pair `i` repeats: from 2π for i = 0 to nearly 10000 · 2π."""
    return 2.0 * float(np.pi) / frequency(i, d_model)


def sinusoidal_encoding(length: int, d_model: int) -> Floats:
    """The positional encoding of positions 0 to `length` - 1, float32 [P, D], read-only.

    PE(pos, i) = sin(pos / 10000^(2i/D)), PE(pos, D/2 + i) = cos(pos / 10000^(2i/D)).
    """
    sines = _sines(d_model)
    angle = sinusoidal_angles(length, d_model)  # [P, D/2]
    encoding = np.concatenate((np.sin(angle), np.cos(angle[:, : d_model - sines])), axis=1).astype(np.float32)
    encoding.flags.writeable = False
    return encoding  # [P, D]


def dot_products(length: int, d_model: int) -> Floats:
    """Dot product of every two positions' encodings, float32 [P, P]; it depends on their distance alone."""
    encoding = sinusoidal_encoding(length, d_model).astype(np.float64)
    products = (encoding @ encoding.T).astype(np.float32)
    products.flags.writeable = False
    return products


def interleaved(encoding: Floats) -> Floats:
    """The same numbers with each sine beside its cosine, as the paper writes them: [P, D] to [P, D]."""
    d_model = encoding.shape[1]
    order = [place for pair in range(_sines(d_model)) for place in (pair, _sines(d_model) + pair) if place < d_model]
    return encoding[:, order]


def sinusoidal_angles(length: int, d_model: int) -> Doubles:
    """The angle of every position in every pair, pos / 10000^(2i/D) in radians, float64 [P, pairs]."""
    position = np.arange(length, dtype=np.float64)[:, None]
    exponent = 2.0 * np.arange(_sines(d_model), dtype=np.float64)[None, :] / d_model
    angles: Doubles = position / BASE**exponent
    return angles


def _sines(d_model: int) -> int:
    return (d_model + 1) // 2
