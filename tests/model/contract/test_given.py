"""Attention of other programs: what is taken, in which shapes, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.given import given_trace
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER

S, T, L, H = 5, 3, 2, 4
SOURCE, READ = ["▁The", "▁c", "at", ".", "</s>"], ["<pad>", "▁le", "▁chat"]


def softmax(*shape: int) -> Any:
    scores = np.random.default_rng(sum(shape)).normal(size=shape)
    return (np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)).astype(np.float32)


def lower(*shape: int) -> Any:
    weights = np.tril(softmax(*shape))
    return weights / weights.sum(-1, keepdims=True)


ENCODER_WEIGHTS, DECODER_WEIGHTS, CROSS_WEIGHTS = softmax(L, H, S, S), lower(L, H, T, T), softmax(L, H, T, S)


def test_arrays_become_a_trace_with_its_tokens() -> None:
    trace = given_trace(ENCODER_WEIGHTS, DECODER_WEIGHTS, CROSS_WEIGHTS, SOURCE, [*READ, "</s>"])
    for kind, weights in ((ENCODER, ENCODER_WEIGHTS), (DECODER, DECODER_WEIGHTS), (CROSS, CROSS_WEIGHTS)):
        np.testing.assert_array_equal(trace.weights(kind), weights)
        assert not trace.weights(kind).flags.writeable
    assert [step.reads.piece for step in trace.steps] == READ
    assert [step.output.piece for step in trace.steps] == ["▁le", "▁chat", "</s>"]
    assert [token.starts_word for token in trace.source_tokens] == [True, True, False, False, True]
    assert trace.causal and trace.first(2).weights(CROSS).shape == (L, H, 2, S)
    assert np.isnan(trace.log_probabilities).all()


def test_layers_with_a_batch_axis_are_taken_as_transformers_gives_them() -> None:
    layers = tuple(torch.tensor(layer)[None].requires_grad_() for layer in ENCODER_WEIGHTS)
    np.testing.assert_array_equal(given_trace(layers, source_tokens=SOURCE).weights(ENCODER), ENCODER_WEIGHTS)
    halves = torch.tensor(ENCODER_WEIGHTS)[:, None].to(torch.bfloat16)
    assert np.abs(given_trace(halves, source_tokens=SOURCE).weights(ENCODER) - ENCODER_WEIGHTS).max() < 0.01
    lists = given_trace(ENCODER_WEIGHTS.tolist(), source_tokens=SOURCE)
    np.testing.assert_allclose(lists.weights(ENCODER), ENCODER_WEIGHTS)


def test_steps_of_generate_stand_below_each_other() -> None:
    def steps(weights: Any, growing: bool) -> Any:
        return tuple(
            tuple(torch.tensor(layer[None, :, row : row + 1, : row + 1 if growing else None]) for layer in weights)
            for row in range(T)
        )

    trace = given_trace(
        decoder=steps(DECODER_WEIGHTS, True), cross=steps(CROSS_WEIGHTS, False), source_tokens=SOURCE,
        target_tokens=READ,
    )  # fmt: skip
    np.testing.assert_array_equal(trace.weights(DECODER), DECODER_WEIGHTS)
    np.testing.assert_array_equal(trace.weights(CROSS), CROSS_WEIGHTS)
    assert trace.steps[-1].output.text == "?"


def test_words_are_marked_in_the_ways_of_other_tokenizers() -> None:
    def starts(*tokens: str) -> list[tuple[str, bool]]:
        count = len(tokens)
        trace = given_trace(softmax(1, 1, count, count), source_tokens=tokens)
        return [(token.text, token.starts_word) for token in trace.source_tokens]

    assert starts("[CLS]", "play", "##ing") == [("[CLS]", True), ("play", True), ("ing", False)]
    assert starts("The", "Ġcat", "s") == [("The", False), ("cat", True), ("s", False)]
    assert starts("the", "cat") == [("the", True), ("cat", True)]


def test_a_decoder_that_looks_ahead_is_shown_as_one() -> None:
    trace = given_trace(decoder=softmax(L, H, T, T), target_tokens=READ)
    assert not trace.causal and trace.leaked is not None and trace.leaked[0, 1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "nothing to show"),
        ({"encoder": ENCODER_WEIGHTS}, "call for 0 and 0"),
        ({"encoder": ENCODER_WEIGHTS, "source_tokens": SOURCE[1:]}, "5 rows and 5 columns; the tokens call for 4"),
        ({"encoder": ENCODER_WEIGHTS, "source_tokens": "The c"}, "list of texts"),
        ({"encoder": ENCODER_WEIGHTS[0], "source_tokens": SOURCE}, "have the shape"),
        ({"encoder": np.stack([ENCODER_WEIGHTS] * 2, 1), "source_tokens": SOURCE}, "one sentence"),
        ({"encoder": ENCODER_WEIGHTS * np.nan, "source_tokens": SOURCE}, "infinite or none"),
        ({"encoder": ENCODER_WEIGHTS * 30, "source_tokens": SOURCE}, "after the softmax"),
        ({"encoder": [["a"]], "source_tokens": SOURCE}, "no arrays of numbers"),
        ({"encoder": np.array([None]), "source_tokens": SOURCE}, "no arrays of numbers"),
        ({"cross": CROSS_WEIGHTS, "source_tokens": SOURCE, "target_tokens": READ[1:]}, "2 target_tokens for 3"),
        ({"decoder": DECODER_WEIGHTS, "cross": CROSS_WEIGHTS[:, :, :2], "source_tokens": SOURCE,
          "target_tokens": READ}, "cross weights have 2 rows"),
        ({"encoder": np.broadcast_to(np.float32(0), (1, 1, 9000, 9000)), "source_tokens": SOURCE}, "fewer tokens"),
        ({"encoder": ENCODER_WEIGHTS, "source_tokens": ["x" * 201, *SOURCE[1:]]}, "201|200 characters"),
    ],
)  # fmt: skip
def test_what_is_no_attention_of_these_tokens_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        given_trace(**given)
