"""Which cross-attention head aligns words best, told without gold links: by what heads agree on. Torch-free.

Every head aligns under both conventions of what a row stands for. Its links both ways are those that the target word
and the source word choose each other by (the intersection of Och & Ney 2003, with the columns of one model in the place
of a second one). Heads vote for the links of a sentence with their weights, so that who is sure counts more, each as
strongly as it agrees with itself, then with the consensus before; the consensus are the links that the votes choose
both ways. The head whose links agree best with it is named.

Shape letters: Ld, Hd decoder layers and heads, J target words, I source words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.analysis.alignment import Convention, Link, Sentence, links, row_words, word_weights
from attention_viewer.model.contract.api import Booleans, Floats
from attention_viewer.model.contract.errors import InputError

ROUNDS = 3
"""How often heads vote anew."""
SHARPNESS = 12
"""The power of its agreement that a head votes with: most heads align nothing and must not win by number."""


@dataclass(frozen=True)
class Aligner:
    """A cross-attention head (layer and head from 0), what its rows stand for, and its agreement, from 0 to 1."""

    convention: Convention
    layer: int
    head: int
    agreement: float


def both_ways(weights: Floats) -> Booleans:
    """True in [..., J, I] where target and source word choose each other."""
    return _chosen(weights, -1) & _chosen(weights, -2)


def agreements(sentences: Sequence[Sentence]) -> dict[Convention, Floats]:
    """How well every head's links agree with the consensus, [Ld, Hd], under each convention.

    F1 over all links of `sentences`. Raises InputError where there is none.
    """
    if not sentences:
        raise InputError("There is no sentence to align.")
    merged = [_under_both(sentence) for sentence in sentences]  # [2, Ld, Hd, J, I] each
    own = [_chosen(weights, -1) for weights in merged]
    mutual = [both_ways(weights) for weights in merged]
    found = _f1(own, mutual)
    for _ in range(ROUNDS):
        votes = [np.einsum("clh,clhji->ji", found**SHARPNESS, each) for each in merged]
        found = _f1(own, [both_ways(each) for each in votes])
    return dict(zip(Convention, found, strict=True))


def best_aligner(
    sentences: Sequence[Sentence], convention: Convention | None = None, head: tuple[int, int] | None = None
) -> Aligner:
    """The convention and the head (layer and head from 0) whose links agree best with the consensus.

    Where one of them is given, the best with it. Raises InputError for no sentence.
    """
    return best_of(agreements(sentences), convention, head)


def best_of(
    agreed: Mapping[Convention, Floats], convention: Convention | None = None, head: tuple[int, int] | None = None
) -> Aligner:
    """The best of `agreements`, [Ld, Hd] under each convention; where a convention or a head is given, with it."""
    return max(
        (
            Aligner(each, place[0], place[1], float(found[place]))
            for each, found in agreed.items()
            for place in np.ndindex(*found.shape)
            if convention in (None, each) and head in (None, place)
        ),
        key=lambda each: each.agreement,
    )


def head_links(sentence: Sentence, aligner: Aligner) -> frozenset[Link]:
    """For each target word of a sentence the source word that a head looks at most."""
    rows = row_words(sentence.target_words, aligner.convention)
    weights = sentence.weights[aligner.layer, aligner.head]
    return links(word_weights(weights, rows, sentence.source_words))


def consensus(weights: Floats, strengths: Floats) -> frozenset[Link]:
    """The links that heads [Ld, Hd, J, I], voting with their weights and `strengths` [Ld, Hd], choose both ways."""
    votes = np.einsum("lh,lhji->ji", strengths**SHARPNESS, weights)
    return frozenset((int(source), int(target)) for target, source in np.argwhere(both_ways(votes)))


def _under_both(sentence: Sentence) -> Floats:
    """The weights between words under each convention, [2, Ld, Hd, J, I]."""
    words = (row_words(sentence.target_words, convention) for convention in Convention)
    count = 1 + max((word for word in sentence.target_words if word is not None), default=-1)
    maps = [word_weights(sentence.weights, rows, sentence.source_words) for rows in words]
    # The last word may have no row under one of the conventions.
    return np.stack([np.pad(each, ((0, 0), (0, 0), (0, count - each.shape[-2]), (0, 0))) for each in maps])


def _chosen(weights: Floats, axis: int) -> Booleans:
    """True at the largest weight along an axis, where it is more than nothing."""
    found = np.zeros(weights.shape, dtype=np.bool_)
    if weights.size:
        best = np.expand_dims(weights.argmax(axis=axis), axis)
        np.put_along_axis(found, best, True, axis=axis)
    chosen: Booleans = found & (weights > 0)
    return chosen


def _f1(found: Sequence[Booleans], wanted: Sequence[Booleans]) -> Floats:
    """2 |A∩B| / (|A| + |B|) over all sentences, of links [2, Ld, Hd, J, I] and [2, Ld, Hd, J, I] or [J, I]."""
    both = sum(_count(one & other) for one, other in zip(found, wanted, strict=True))
    all_ = sum(_count(one) + _count(other) for one, other in zip(found, wanted, strict=True))
    rates: Floats = np.divide(2.0 * both, np.maximum(all_, 1)).astype(np.float32)
    return rates


def _count(chosen: Booleans) -> Floats:
    found: Floats = chosen.sum(axis=(-2, -1), dtype=np.float32)
    return found
