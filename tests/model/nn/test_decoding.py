"""Incremental decoding equals one parallel pass, with batches, padding and branches."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.nn.decoding import DecodedRow, DecoderState, best_tokens, decode_step, encode
from attention_viewer.model.nn.transformer import Transformer
from hypothesis import given, settings
from hypothesis import strategies as st
from support.checkpoints import MakeCheckpoint
from torch import Tensor

quick = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module")
def model(tiny: Path) -> Transformer:
    return load(tiny)


def ids(batch: int, length: int, seed: int) -> Tensor:
    return torch.randint(3, 30, (batch, length), generator=torch.Generator().manual_seed(seed))


def run(model: Transformer, state: DecoderState, target: Tensor) -> tuple[DecoderState, list[DecodedRow]]:
    rows = []
    for token in target.unbind(1):
        state, row = decode_step(model, state, token)
        rows.append(row)
    return state, rows


@quick
@given(batch=st.integers(1, 3), source=st.integers(1, 9), target=st.integers(1, 8), seed=st.integers(0, 99))
def test_steps_equal_one_parallel_pass(model: Transformer, batch: int, source: int, target: int, seed: int) -> None:
    sources, targets = ids(batch, source, seed), ids(batch, target, seed + 1)
    padding = torch.zeros(batch, source, dtype=torch.bool)
    padding[1:, max(1, source - 2) :] = True
    encoded = encode(model, sources, padding)
    state, rows = run(model, encoded.state, targets)
    assert state.length == target
    with torch.inference_mode():
        memory, encoder = model.encode(sources, padding)
        hidden, own, cross = model.decode(targets, memory, padding)
        expected = model.logits(hidden).log_softmax(-1)
    torch.testing.assert_close(encoded.self_attention, torch.stack(encoder))
    for index, row in enumerate(rows):
        torch.testing.assert_close(row.log_probabilities, expected[:, index], atol=1e-5, rtol=0)
        torch.testing.assert_close(row.self_attention, torch.stack(own)[..., index, : index + 1], atol=1e-5, rtol=0)
        torch.testing.assert_close(row.cross_attention, torch.stack(cross)[..., index, :], atol=1e-5, rtol=0)


def test_swish_too_is_the_same_in_steps(make_checkpoint: MakeCheckpoint) -> None:
    model = load(make_checkpoint("swish", activation_function="swish"))
    sources, targets = ids(1, 7, 1), ids(1, 4, 2)
    _, rows = run(model, encode(model, sources).state, targets)
    with torch.inference_mode():
        expected = model(sources, targets)
    torch.testing.assert_close(rows[-1].log_probabilities, expected[:, -1], atol=1e-5, rtol=0)


def test_branches_share_no_memory_that_one_of_them_appends_to(model: Transformer) -> None:
    start = encode(model, ids(1, 6, 0)).state
    common, _ = run(model, start, ids(1, 3, 1))
    before = [layer.clone() for layer in common.past or ()]
    left, left_row = decode_step(model, common, torch.tensor([5]))
    right, _ = decode_step(model, common, torch.tensor([9]))
    again, again_row = decode_step(model, common, torch.tensor([5]))
    assert common.length == 3 and left.length == right.length == again.length == 4
    for kept, layer in zip(before, common.past or (), strict=True):
        torch.testing.assert_close(layer, kept, atol=0, rtol=0)
    assert torch.equal(left_row.log_probabilities, again_row.log_probabilities)
    assert not torch.equal((left.past or ())[0], (right.past or ())[0])


def test_a_state_can_be_cut_back(model: Transformer) -> None:
    start = encode(model, ids(1, 6, 0)).state
    target = ids(1, 5, 1)
    whole, _ = run(model, start, target)
    short, _ = run(model, start, target[:, :2])
    _, expected = decode_step(model, short, torch.tensor([4]))
    _, actual = decode_step(model, whole.first(2), torch.tensor([4]))
    torch.testing.assert_close(actual.log_probabilities, expected.log_probabilities)
    assert whole.first(0).length == 0 and whole.first(5) is whole


def test_best_tokens_leave_the_barred_out() -> None:
    log_probabilities = torch.tensor([0.1, 0.4, 0.2, 0.3]).log()
    ids, values = best_tokens(log_probabilities, 2, (1,))
    assert ids == [3, 2]
    assert values == pytest.approx([math.log(0.3), math.log(0.2)])
    assert best_tokens(log_probabilities, 10, (1,))[0] == [3, 2, 0]
