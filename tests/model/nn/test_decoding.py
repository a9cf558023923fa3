"""Incremental decoding equals one parallel pass, with batches, padding and branches."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS, DECODER
from attention_viewer.model.nn import halves
from attention_viewer.model.nn.decoding import DecodedRow, DecoderState, decode_rows, decode_step, encode
from attention_viewer.model.nn.prepared import freeze
from attention_viewer.model.nn.switches import switches
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.nn.weights import Linear, affine
from hypothesis import given, settings
from hypothesis import strategies as st
from support.checkpoints import MakeCheckpoint
from torch import Tensor

quick = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module")
def model(tiny: Path) -> Transformer:
    """A model whose numbers need single precision."""
    model = load(tiny)
    assert model.prepared is not None and model.prepared.output.packed is None
    return model


@pytest.fixture(scope="module")
def half_model(tiny: Path) -> Transformer:
    """The same with its numbers rounded to half precision."""
    if not halves.fit([]):
        pytest.skip("this processor cannot multiply by packed matrices")
    model = load(tiny)
    for parameter in model.parameters():
        parameter.data = parameter.data.half().float()
    freeze(model)
    assert model.prepared is not None and model.prepared.output.packed is not None
    return model


@pytest.fixture(scope="module")
def bundled_model(bundled: Path) -> Transformer:
    return load(bundled)


def ids(batch: int, length: int, seed: int) -> Tensor:
    return torch.randint(3, 30, (batch, length), generator=torch.Generator().manual_seed(seed))


def run(state: DecoderState, target: Tensor) -> tuple[DecoderState, list[DecodedRow]]:
    rows = []
    for token in target.unbind(1):
        state, row = decode_step(state, token)
        rows.append(row)
    return state, rows


def check_together(start: DecoderState, target: Tensor, first: int) -> None:
    """Rows decoded together, `first` of them and then the others, are those of single steps to the last bit."""
    walked, steps = run(start, target)
    half, rows = decode_rows(start, target[:, :first])
    together, more = decode_rows(half, target[:, first:])
    for step, row in zip(steps, [*rows, *more], strict=True):
        assert all(map(torch.equal, step, row))
    assert all(map(torch.equal, walked.past or (), together.past or ()))


@quick
@given(batch=st.integers(1, 3), source=st.integers(1, 9), target=st.integers(1, 8), seed=st.integers(0, 99))
def test_steps_equal_one_parallel_pass(model: Transformer, batch: int, source: int, target: int, seed: int) -> None:
    sources, targets = ids(batch, source, seed), ids(batch, target, seed + 1)
    padding = torch.zeros(batch, source, dtype=torch.bool)
    padding[1:, max(1, source - 2) :] = True
    encoded = encode(model, sources, padding)
    state, rows = run(encoded.state, targets)
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


@quick
@given(source=st.integers(1, 9), first=st.integers(1, 7), then=st.integers(1, 7), seed=st.integers(0, 99))
def test_rows_together_are_those_of_single_steps_to_the_last_bit(
    model: Transformer, source: int, first: int, then: int, seed: int
) -> None:
    check_together(encode(model, ids(1, source, seed)).state, ids(1, first + then, seed + 1), first)


@quick
@given(source=st.integers(1, 9), first=st.integers(1, 7), then=st.integers(1, 7), seed=st.integers(0, 99))
def test_rows_of_half_precision_together_are_those_of_single_steps_and_of_a_pass(
    half_model: Transformer, source: int, first: int, then: int, seed: int
) -> None:
    sources, target = ids(1, source, seed), ids(1, first + then, seed + 1)
    encoded = encode(half_model, sources)
    check_together(encoded.state, target, first)
    _, rows = decode_rows(encoded.state, target)
    with torch.inference_mode():
        hidden, own, cross = half_model.decode(target, encoded.memory)
        expected = half_model.logits(hidden).log_softmax(-1)
    for index, row in enumerate(rows):
        torch.testing.assert_close(row.log_probabilities, expected[:, index], atol=1e-5, rtol=0)
        torch.testing.assert_close(row.self_attention, torch.stack(own)[..., index, : index + 1], atol=1e-5, rtol=0)
        torch.testing.assert_close(row.cross_attention, torch.stack(cross)[..., index, :], atol=1e-5, rtol=0)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("hidden", [False, True])
def test_many_rows_of_the_bundled_model_are_those_of_single_steps(
    bundled: Path, hidden: bool, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not packed:
        monkeypatch.setattr("attention_viewer.model.nn.halves.fit", lambda matrices: False)
    model = load(bundled)
    packable = packed and halves.fit([])
    assert model.prepared is not None and (model.prepared.output.packed is not None) == packable
    padding = torch.arange(7)[None] == 2 if hidden else None
    off = Interventions(heads_off=frozenset({HeadId(CROSS, 1, 3), HeadId(DECODER, 2, 0)}))
    switched = switches(off, model.architecture, 7)
    start = encode(model, ids(1, 7, 3), padding, switched).state
    assert start.weights.together == 32
    check_together(start, ids(1, 36, 4), 3)


def test_rows_are_multiplied_one_by_one_where_a_block_has_other_numbers(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks: list[int] = []

    def another(x: Tensor, linear: Linear, apart: bool = False) -> Tensor:
        blocks.append(len(x))
        return affine(x, linear, apart) + (1e-6 if len(x) > 8 else 0.0)

    monkeypatch.setattr("attention_viewer.model.nn.prepared.affine", another)
    model = load(tiny)
    assert model.prepared is not None and not model.prepared.output.alike and {1, 8} <= set(blocks)
    check_together(encode(model, ids(1, 5, 1)).state, ids(1, 12, 2), 1)


def test_swish_too_is_the_same_in_steps(make_checkpoint: MakeCheckpoint) -> None:
    model = load(make_checkpoint("swish", activation_function="swish"))
    sources, targets = ids(1, 7, 1), ids(1, 4, 2)
    _, rows = run(encode(model, sources).state, targets)
    with torch.inference_mode():
        expected = model(sources, targets)
    torch.testing.assert_close(rows[-1].log_probabilities, expected[:, -1], atol=1e-5, rtol=0)


def test_branches_share_no_memory_that_one_of_them_appends_to(model: Transformer) -> None:
    start = encode(model, ids(1, 6, 0)).state
    common, _ = run(start, ids(1, 3, 1))
    before = [layer.clone() for layer in common.past or ()]
    left, left_row = decode_step(common, torch.tensor([5]))
    right, _ = decode_step(common, torch.tensor([9]))
    again, again_row = decode_step(common, torch.tensor([5]))
    assert common.length == 3 and left.length == right.length == again.length == 4
    for kept, layer in zip(before, common.past or (), strict=True):
        torch.testing.assert_close(layer, kept, atol=0, rtol=0)
    assert torch.equal(left_row.log_probabilities, again_row.log_probabilities)
    assert not torch.equal((left.past or ())[0], (right.past or ())[0])


def test_sentences_that_go_on_are_not_changed_by_those_that_leave(model: Transformer) -> None:
    sources, targets = ids(3, 6, 0), ids(3, 4, 1)
    padding = torch.zeros(3, 6, dtype=torch.bool)
    padding[1, 4:] = True
    state, _ = run(encode(model, sources, padding).state, targets[:, :2])
    kept = torch.tensor([2, 1])
    _, rows = run(state.sentences(kept), targets[kept, 2:])
    _, expected = run(state, targets[:, 2:])
    for row, whole in zip(rows, expected, strict=True):
        torch.testing.assert_close(row.log_probabilities, whole.log_probabilities[kept])
        torch.testing.assert_close(row.cross_attention, whole.cross_attention[:, kept])
