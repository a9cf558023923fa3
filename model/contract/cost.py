"""Path length and cost of layers that relate the positions of a sentence (Vaswani et al. 2017, section 4, table 1).

Letters: n positions, d model width, k kernel width of a convolution, r neighbours of restricted self-attention.
Torch-free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

KERNEL, NEIGHBOURS = 3, 16


@dataclass(frozen=True)
class LayerType:
    """A row of the table: three formulas as text (`n^{2}`), and as functions of n and d.

    `operations` counts multiplications a layer up to a factor, `sequential` those steps that cannot be done at once,
    `path` the longest way that a signal between two positions has to go, in layers or steps.
    """

    name: str
    operations_text: str
    sequential_text: str
    path_text: str
    operations: Callable[[int, int], float]
    sequential: Callable[[int], float]
    path: Callable[[int], float]


LAYER_TYPES: tuple[LayerType, ...] = (
    LayerType("Self-attention", "n^{2} · d", "1", "1", lambda n, d: n * n * d, lambda n: 1, lambda n: 1),
    LayerType("Recurrent", "n · d^{2}", "n", "n", lambda n, d: n * d * d, lambda n: n, lambda n: n),
    LayerType(
        f"Convolutional, k = {KERNEL}",
        "k · n · d^{2}",
        "1",
        "log_{k} n",
        lambda n, d: KERNEL * n * d * d,
        lambda n: 1,
        lambda n: max(1.0, math.ceil(math.log(max(n, 1), KERNEL) - 1e-9)),
    ),
    LayerType(
        f"Self-attention, restricted, r = {NEIGHBOURS}",
        "r · n · d",
        "1",
        "n / r",
        lambda n, d: min(NEIGHBOURS, n) * n * d,
        lambda n: 1,
        lambda n: max(1.0, math.ceil(n / NEIGHBOURS)),
    ),
)
