"""Masked cells are hatched, with no more lines than are needed."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.viewer.painting.heatmap import diagonals


@pytest.mark.parametrize("shape", [(1, 4), (5, 5), (3, 7), (7, 3)])
def test_one_line_goes_through_cells_that_lie_corner_to_corner(shape: tuple[int, int]) -> None:
    mask = np.random.default_rng(1).random(shape) < 0.5
    seen = np.zeros(shape, dtype=np.int64)
    for row, column, length in diagonals(mask):
        for along in range(length):
            seen[row - along, column + along] += 1
    np.testing.assert_array_equal(seen, mask)


def test_a_causal_mask_takes_a_line_for_each_diagonal() -> None:
    assert len(diagonals(np.triu(np.ones((20, 20), dtype=np.bool_), k=1))) == 37
