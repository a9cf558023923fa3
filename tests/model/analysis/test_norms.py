"""Norm-based weights of a case done by hand; the reference is in the tests of experiments."""

from __future__ import annotations

import numpy as np
from attention_viewer.model.analysis.norms import norm_weights


def test_a_key_counts_as_long_as_what_it_adds() -> None:
    weights = np.array([[[0.5, 0.5, 0.0]], [[0.2, 0.0, 0.8]]], dtype=np.float32)  # [2, 1, 3]
    values = np.array([[[3, 4], [0, 0], [1, 1]], [[1, 0], [5, 5], [0, 2]]], dtype=np.float32)  # [2, 3, 2]
    output = np.array([[1, 0, 2, 0], [0, 1, 0, 2], [0, 0, 0, 0]], dtype=np.float32)  # [3, 4]: head 2 doubles
    found = norm_weights(weights, values, output)
    np.testing.assert_allclose(found, [[[2.5, 0.0, 0.0]], [[0.4, 0.0, 3.2]]], atol=1e-6)
