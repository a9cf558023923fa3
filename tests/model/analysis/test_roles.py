"""Heads made to look at one place are found to do so; equal weights are broad."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.model.analysis.roles import head_roles, places, relative_entropy
from attention_viewer.model.contract.api import Floats, Token, Trace
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, encoder_decoder
from support import traces
from support.traces import of_maps, with_weights

SOURCE = (
    Token(1, "▁The", "The"),
    Token(2, "▁cat", "cat"),
    Token(3, "▁sat", "sat"),
    Token(4, ".", "."),
    Token(0, "</s>", "</s>", None, special=True),
)


def encoded(*heads: Floats) -> Trace:
    maps = encoder_decoder((1, len(heads)), (1, len(heads)))
    return Trace(SOURCE, (), maps, of_maps(np.stack(heads)[None].astype(np.float32), *_nothing(len(heads))))


def _nothing(heads: int) -> tuple[Floats, Floats]:
    return np.zeros((1, heads, 0, 0), np.float32), np.zeros((1, heads, 0, 5), np.float32)


def on_column(column: int) -> Floats:
    weights = np.zeros((5, 5), np.float32)
    weights[:, column] = 1.0
    return weights


def test_encoder_heads_are_told_by_where_they_look() -> None:
    before = np.eye(5, k=-1, dtype=np.float32)
    before[0, 0] = 1.0
    after = np.eye(5, k=1, dtype=np.float32)
    after[-1, -1] = 1.0
    even = np.full((5, 5), 0.2, np.float32)
    trace = encoded(np.eye(5, dtype=np.float32), before, after, on_column(4), on_column(3), even, on_column(1))
    found = head_roles([trace, trace], ENCODER)
    assert [each.role for each in found] == [
        "the token itself", "the token before", "the token after", "</s>", "punctuation", "broad", "single tokens",
    ]  # fmt: skip
    assert [each.head for each in found] == list(range(7)) and all(each.layer == 0 for each in found)
    assert [round(each.share, 3) for each in found[:5]] == [1.0] * 5
    assert found[5].entropy == pytest.approx(1.0) and found[0].entropy == pytest.approx(0.0)


def test_the_first_row_cannot_look_before_itself() -> None:
    before = np.eye(5, k=-1, dtype=np.float32)
    before[0, 4] = 1.0
    assert head_roles([encoded(before)], ENCODER)[0].share == pytest.approx(1.0)


def test_a_decoder_row_with_one_key_counts_for_nothing() -> None:
    trace = traces.trace(3)
    weights = np.zeros_like(trace.decoder_self_attention)
    weights[..., 0, 0] = 1.0
    weights[..., 1:, :2] = 0.5
    found = head_roles([with_weights(trace, decoder=weights)], DECODER)
    # Both rows give half of their weight to <start>; the other half goes to different places.
    assert {each.role for each in found} == {"<start>"}
    assert found[0].share == pytest.approx(0.5)
    with pytest.raises(InputError, match="longer"):
        head_roles([traces.trace(1)], DECODER)


def test_cross_attention_has_no_places_of_its_own_but_the_end_and_punctuation() -> None:
    trace = traces.trace(3)
    found = places(trace, CROSS)
    assert set(found) == {"</s>", "punctuation"} and found["</s>"].shape == (3, 5)
    assert found["</s>"].sum() == 3 and found["</s>"][:, -1].all() and not found["punctuation"].any()


def test_relative_entropy_knows_what_may_be_looked_at() -> None:
    weights = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    allowed = np.array([[True, True, False], [True, True, True], [True, True, True]])
    np.testing.assert_allclose(relative_entropy(weights, allowed), [1.0, 0.0, 1.0], atol=1e-6)
