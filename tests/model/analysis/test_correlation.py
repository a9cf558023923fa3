"""Spearman's rank correlation of cases done by hand."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.analysis.correlation import spearman


def test_ranks_are_compared_row_by_row() -> None:
    one = np.array([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [5, 5, 5, 5]], dtype=np.float32)
    other = np.array([[10, 20, 30, 400], [4, 3, 2, 1], [1, 3, 2, 4], [1, 2, 3, 4]], dtype=np.float32)
    np.testing.assert_allclose(spearman(one, other), [1.0, -1.0, 1 - 6 * 2 / (4 * 15), np.nan], atol=1e-6)


def test_equal_numbers_share_a_rank() -> None:
    """Ranks 0, 1.5, 1.5 against 0, 1, 2: covariance 3/2 over √(3/2 · 2)."""
    tied = np.array([[1, 7, 7]], dtype=np.float32)
    np.testing.assert_allclose(spearman(tied, np.array([[1, 2, 3]], np.float32)), [1.5 / 3**0.5], atol=1e-6)
