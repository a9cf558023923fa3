"""Several heads as one map, and which heads are alike. Torch-free.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from attention_viewer.model.contract.api import Floats

LayerHead = tuple[int, int]
"""A layer and a head of one map, from 0."""


class Pooling(StrEnum):
    """How several heads become one map: the mean of their weights, or the largest."""

    MEAN = "mean"
    MAXIMUM = "maximum"


def pooled(weights: Floats, heads: Sequence[LayerHead], pooling: Pooling) -> Floats:
    """One map [R, C] of the chosen heads of `weights` [L, H, R, C].

    Rows of a mean sum to 1 as those of its heads do; rows of a maximum sum to 1 or more. Raises ValueError where no
    head is chosen.
    """
    if not heads:
        raise ValueError("no head is chosen")
    layers, indices = zip(*heads, strict=True)
    chosen = weights[list(layers), list(indices)]  # [heads, R, C]
    found: Floats = chosen.mean(axis=0) if pooling is Pooling.MEAN else chosen.max(axis=0)
    return found


def divergences(weights: Floats, head: LayerHead) -> Floats:
    """How unlike `head` every head of `weights` [L, H, R, C] is, [L, H]: from 0 (the same) to 1, in bits.

    The mean over rows of the Jensen-Shannon divergence of their weights (Lin 1991), by which Clark et al. 2019,
    section 6, compare heads.
    """
    one = weights[head]  # [R, C]
    middle = (weights + one) / 2
    entropy = _entropy(middle) - (_entropy(weights) + _entropy(one)) / 2  # [L, H, R]
    if not entropy.shape[-1]:
        return np.zeros(weights.shape[:2], dtype=np.float32)
    found: Floats = np.clip(entropy.mean(axis=-1), 0.0, 1.0).astype(np.float32)
    return found


def _entropy(weights: Floats) -> Floats:
    """In bits, of the rows of [..., R, C]; where nothing is, nothing is added."""
    logs = np.log2(np.maximum(weights, np.float32(1e-30)))
    found: Floats = -(weights * logs).sum(axis=-1)
    return found
