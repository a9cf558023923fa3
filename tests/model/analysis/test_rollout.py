"""Rollout against one followed path by path, and its identities."""

from __future__ import annotations

from itertools import product

import numpy as np
from attention_viewer.model.analysis.rollout import rolled, rollout
from support import traces

T, S = 4, 5


def mixed(own: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return 0.5 * own.astype(np.float64) + 0.5 * np.eye(len(own))


def test_the_encoder_is_a_sum_over_all_paths() -> None:
    weights = traces.attention(S, S, layers=3)
    first, second, third = (mixed(layer.mean(axis=0)) for layer in weights)
    expected = np.zeros((S, S))
    for start, one, two, end in product(range(S), repeat=4):
        expected[end, start] += third[end, two] * second[two, one] * first[one, start]
    found = rolled(weights, traces.attention(T, T), traces.attention(T, S)).encoder
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_decoder_is_one_matrix_over_both_inputs() -> None:
    """Source and target as one sequence of S + T positions, every sub-layer a square matrix over it."""
    encoder, decoder, cross = traces.attention(S, S), np.tril(traces.attention(T, T)), traces.attention(T, S)
    decoder = decoder / decoder.sum(axis=-1, keepdims=True)
    found = rolled(encoder, decoder, cross)
    whole = np.eye(S + T)
    whole[:S, :S] = found.encoder
    for own, other in zip(decoder.mean(axis=1), cross.mean(axis=1), strict=True):
        first, second = np.eye(S + T), np.eye(S + T)
        first[S:, S:] = mixed(own)
        second[S:, S:], second[S:, :S] = 0.5 * np.eye(T), 0.5 * other
        whole = second @ first @ whole
    np.testing.assert_allclose(found.source, whole[S:, :S], atol=1e-6)
    np.testing.assert_allclose(found.target, whole[S:, S:], atol=1e-6)
    np.testing.assert_allclose(found.source.sum(axis=1) + found.target.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(found.encoder.sum(axis=1), 1.0, atol=1e-6)
    assert np.array_equal(found.target, np.tril(found.target))


def test_heads_that_keep_to_themselves_leave_everything_where_it_is() -> None:
    own = np.broadcast_to(np.eye(T, dtype=np.float32), (1, 2, T, T))
    still = np.broadcast_to(np.eye(S, dtype=np.float32), (3, 2, S, S))
    cross = traces.attention(T, S, layers=1, heads=2)
    found = rolled(still, own, cross)
    np.testing.assert_array_equal(found.encoder, np.eye(S))
    np.testing.assert_allclose(found.target, np.eye(T) / 2)
    np.testing.assert_allclose(found.source, cross.mean(axis=(0, 1)) / 2)


def test_a_trace_has_one_at_every_step() -> None:
    assert rollout(traces.trace(3)).source.shape == (3, S)
    assert rollout(traces.trace(0)).target.shape == (0, 0)
