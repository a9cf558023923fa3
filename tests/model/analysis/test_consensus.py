"""The head that aligns is found among heads that do not, without gold links."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.model.analysis.alignment import Convention, Sentence, links, pharaoh
from attention_viewer.model.analysis.consensus import agreements, best_aligner, both_ways, consensus
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.contract.errors import InputError


def noisy(order: list[int], seed: int, heads: int = 4) -> Sentence:
    """Two layers of heads that look about at random; (1, 2) aligns predicted tokens, (0, 1) less well those read."""
    chance = np.random.default_rng(seed)
    words = len(order)
    weights = chance.dirichlet(np.ones(words + 2), size=(2, heads, words + 1)).astype(np.float32)
    for row, source in enumerate(order):
        weights[1, 2, row] = 0.9 * np.eye(words + 2)[source] + 0.1 * weights[1, 2, row]
        if row != seed % words:
            weights[0, 1, row + 1] = 0.8 * np.eye(words + 2)[source] + 0.2 * weights[0, 1, row + 1]
    places = (*range(words), None)
    return Sentence(weights, places, (*places, None))


def test_links_are_written_as_people_exchange_them() -> None:
    assert pharaoh({(1, 2), (0, 0), (1, 10)}) == "0-0 1-2 1-10"
    assert pharaoh(()) == ""


def test_a_word_that_looks_at_nothing_has_no_link() -> None:
    assert links(np.array([[0, 0], [0.1, 0.3]], dtype=np.float32)) == {(1, 1)}
    assert links(np.zeros((2, 0), dtype=np.float32)) == frozenset()


def test_both_ways_is_the_intersection() -> None:
    weights = np.array([[0.7, 0.3], [0.6, 0.4], [0.2, 0.5]], dtype=np.float32)
    assert both_ways(weights).tolist() == [[True, False], [False, False], [False, True]]


def test_the_head_that_aligns_is_found_and_so_is_its_convention() -> None:
    sentences = [noisy([3, 1, 0, 2, 4], seed) for seed in range(12)]
    found = best_aligner(sentences)
    assert (found.convention, found.layer, found.head) == (Convention.PREDICTS, 1, 2)
    assert 0.8 < found.agreement <= 1.0
    each = agreements(sentences)
    assert divmod(int(each[Convention.READS].argmax()), 4) == (0, 1)
    assert each[Convention.PREDICTS].shape == (2, 4) and float(np.median(each[Convention.PREDICTS])) < 0.5


def test_heads_vote_for_links_with_their_strength() -> None:
    right, wrong = np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[::-1]
    weights: Floats = np.stack([right, wrong, wrong])[None]
    assert consensus(weights, np.array([[0.9, 0.3, 0.3]], dtype=np.float32)) == {(0, 0), (1, 1), (2, 2)}
    assert consensus(weights, np.array([[0.5, 0.5, 0.5]], dtype=np.float32)) == {(0, 2), (1, 1), (2, 0)}


def test_nothing_to_align_is_refused() -> None:
    with pytest.raises(InputError, match="no sentence"):
        best_aligner([])
