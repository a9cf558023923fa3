"""Measures of heads on maps small enough to do by hand, and the identities they must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from attention_viewer.model.analysis.heads import Pooling, divergences, pooled
from attention_viewer.model.analysis.measures import MEASURES, confidence, diagonality, distance, entropy, seen
from attention_viewer.model.contract.api import Floats
from support import traces

KEYS = traces.SOURCE[2:]
"""t is </s>: three keys, the last one special."""


def of(*rows: list[float]) -> Floats:
    return np.array(rows, dtype=np.float32)[None, None]


def test_entropy_is_in_nats() -> None:
    assert entropy(seen(of([0.5, 0.5, 0], [0, 0, 1]), None, KEYS)) == pytest.approx(math.log(2) / 2)
    assert entropy(seen(of([1 / 3] * 3), None, KEYS)) == pytest.approx(math.log(3))


def test_confidence_leaves_special_keys_aside() -> None:
    assert confidence(seen(of([0.2, 0.1, 0.7], [0.6, 0.4, 0]), None, KEYS)) == pytest.approx(0.4)


def test_distance_is_in_keys_from_the_diagonal() -> None:
    square = of([0, 0, 1], [0.5, 0, 0.5], [0, 0, 1])
    assert distance(seen(square, None, KEYS)) == pytest.approx((2 + 1 + 0) / 3)
    wide = of([1, 0, 0], [0, 1, 0])
    assert distance(seen(wide, None, KEYS)) == pytest.approx((0 + 1) / 2)  # the second row stands at the last key


def test_diagonality_is_1_on_the_diagonal_and_0_furthest_from_it() -> None:
    assert diagonality(seen(of(*np.eye(3).tolist()), None, KEYS)) == pytest.approx(1.0)
    assert diagonality(seen(of([0, 0, 1], [1, 0, 0], [1, 0, 0]), None, KEYS)) == pytest.approx(0.0)
    assert diagonality(seen(of([1, 0, 0], [0, 0, 1]), None, KEYS)) == pytest.approx(1.0)
    causal = np.triu(np.ones((3, 3), dtype=np.bool_), 1)
    first = of([1, 0, 0], [1, 0, 0], [0, 1, 0])
    assert diagonality(seen(first, causal, KEYS)) == pytest.approx((0 + 0.5) / 2)
    # What a row may not look at is not how far it might have looked: its own furthest is the key before.
    four, later = np.eye(4, dtype=np.float32)[[0, 0, 2, 3]], np.triu(np.ones((4, 4), dtype=np.bool_), 1)
    assert diagonality(seen(of(*four.tolist()), later, traces.SOURCE[1:])) == pytest.approx((0 + 1 + 1) / 3)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_is_a_number_for_each_head(measure: object) -> None:
    from attention_viewer.model.analysis.measures import Measure

    assert isinstance(measure, Measure) and measure.paper and measure.units and measure.words
    found = measure.function(seen(traces.attention(4, 5), None, traces.SOURCE))
    assert found.shape == (traces.LAYERS, traces.HEADS) and np.isfinite(found).all()
    one = measure.function(seen(traces.attention(4, 5)[1:, 2:], None, traces.SOURCE))
    assert found[1, 2] == pytest.approx(one[0, 0])
    assert np.isnan(measure.function(seen(traces.attention(0, 5), None, traces.SOURCE))).all()


def test_chosen_heads_become_one_map() -> None:
    weights = traces.attention(4, 5)
    mean = pooled(weights, [(0, 1), (1, 2)], Pooling.MEAN)
    np.testing.assert_allclose(mean, (weights[0, 1] + weights[1, 2]) / 2)
    np.testing.assert_allclose(mean.sum(axis=-1), 1.0, atol=1e-6)
    largest = pooled(weights, [(0, 1), (1, 2)], Pooling.MAXIMUM)
    np.testing.assert_array_equal(largest, np.maximum(weights[0, 1], weights[1, 2]))
    with pytest.raises(ValueError, match="no head"):
        pooled(weights, [], Pooling.MEAN)


def test_heads_are_as_unlike_as_their_rows() -> None:
    """Jensen-Shannon: 0 of the same, 1 bit of rows that share no key, and a case done by hand."""
    one, other, half = np.eye(4, 5), np.eye(4, 5, 1), (np.eye(4, 5) + np.eye(4, 5, 1)) / 2
    weights = np.stack([one, other, half]).astype(np.float32)[None]
    by_hand = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)) - (0 + 1) / 2
    np.testing.assert_allclose(divergences(weights, (0, 0)), [[0.0, 1.0, by_hand]], atol=1e-5)
    assert divergences(weights[:, :, :0], (0, 0)).tolist() == [[0.0, 0.0, 0.0]]
