"""Rank correlation: whether two attributions put keys in the same order. Torch-free.

Shape letters: R rows (queries), C columns (keys).
"""

from __future__ import annotations

import numpy as np
from attention_viewer.model.contract.api import Floats


def spearman(one: Floats, other: Floats) -> Floats:
    """Spearman's ρ of each row of two maps [R, C], from -1 to 1: [R]; equal numbers share the mean of their ranks.

    NaN where all numbers of a row are equal.
    """
    ranks = [_ranks(each) - (one.shape[1] - 1) / 2 for each in (one, other)]
    products = (ranks[0] * ranks[1]).sum(axis=1)
    lengths = np.sqrt((ranks[0] ** 2).sum(axis=1) * (ranks[1] ** 2).sum(axis=1))
    found: Floats = np.divide(products, lengths, out=np.full(len(products), np.nan), where=lengths > 0)
    return found.astype(np.float32)


def _ranks(values: Floats) -> Floats:
    """The rank of each number in its row, from 0."""
    smaller = (values[:, None, :] < values[:, :, None]).sum(axis=2)  # [R, C]
    equal = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    found: Floats = (smaller + (equal - 1) / 2).astype(np.float32)
    return found
