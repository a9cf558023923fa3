"""What must hold of any sentence and any target: the paper's properties, on tiny random models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract.api import Ended
from attention_viewer.model.contract.document import Document, go_to, step_forward
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.nn.layers import EncoderLayer, PositionwiseFFN
from attention_viewer.model.translator import Translator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.traces import KINDS

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.lists(st.sampled_from(["the", "cat", "sees", "a", "bird", "old", "tree", "."]), min_size=1, max_size=7)
TARGETS = st.lists(st.integers(3, 30), min_size=2, max_size=7)


@QUICK
@given(words=WORDS, target=TARGETS)
def test_rows_sum_to_one_and_nothing_looks_ahead(
    tiny_translator: Translator, words: list[str], target: list[int]
) -> None:
    trace = tiny_translator.trace(teacher_force(Document(" ".join(words)), [*target, 0]))
    for kind in KINDS:
        np.testing.assert_allclose(trace.weights(kind).sum(-1), 1.0, atol=1e-5)
    assert (trace.decoder_self_attention[..., trace.decoder_mask] == 0.0).all()
    assert np.array_equal(trace.decoder_mask, np.triu(np.ones((len(target) + 1,) * 2, dtype=bool), 1))


@QUICK
@given(words=WORDS, target=TARGETS, other=st.integers(3, 30))
def test_a_later_token_leaves_earlier_rows_identical(
    tiny: Path, words: list[str], target: list[int], other: int
) -> None:
    text = " ".join(words)
    first = Translator(tiny).trace(teacher_force(Document(text), [*target, 0]))
    second = Translator(tiny).trace(teacher_force(Document(text), [*target[:-1], other, 0]))
    kept = len(target)
    assert np.array_equal(first.decoder_self_attention[:, :, :kept], second.decoder_self_attention[:, :, :kept])
    assert np.array_equal(first.cross_attention[:, :, :kept], second.cross_attention[:, :, :kept])


@QUICK
@given(words=WORDS, target=TARGETS)
def test_step_by_step_equals_one_parallel_pass(tiny: Path, words: list[str], target: list[int]) -> None:
    trace = Translator(tiny).trace(teacher_force(Document(" ".join(words)), [*target, 0]))
    assert [token.id for token in trace.input_tokens[1:]] == target
    assert [token.id for token in trace.output_tokens] == [*target, 0]
    model = load(tiny)
    with torch.inference_mode():
        memory, _ = model.encode(torch.tensor([[token.id for token in trace.source_tokens]]))
        hidden, own, cross = model.decode(torch.tensor([[token.id for token in trace.input_tokens]]), memory)
        parallel = model.logits(hidden)[0].log_softmax(-1).numpy()
    stepped = np.stack([step.log_probabilities for step in trace.steps])
    np.testing.assert_allclose(stepped, parallel, atol=1e-5)
    np.testing.assert_allclose(trace.decoder_self_attention, torch.cat(own).numpy(), atol=1e-5)
    np.testing.assert_allclose(trace.cross_attention, torch.cat(cross).numpy(), atol=1e-5)


@QUICK
@given(
    moves=st.lists(st.sampled_from(["step", "back", "jump", "force"]), min_size=1, max_size=8), seed=st.integers(0, 99)
)
def test_the_way_to_a_document_does_not_matter(tiny: Path, moves: list[str], seed: int) -> None:
    wandering = Translator(tiny)
    document = Document("the old cat sees a bird", limit=9)
    for move in moves:
        if move == "force":
            document = teacher_force(Document(document.source, limit=9), [3 + seed % 30, 5, 0])
        elif move == "jump":
            document = go_to(document, seed % 9)
        else:
            document = step_forward(document) if move == "step" else go_to(document, document.step - 1)
        wandering.trace(document)
    walked, fresh = wandering.trace(document), Translator(tiny).trace(document)
    assert walked.output_tokens == fresh.output_tokens and walked.ended == fresh.ended
    for kind in KINDS:
        np.testing.assert_array_equal(walked.weights(kind), fresh.weights(kind))


def test_interleaved_and_abandoned_traces_do_not_disturb_each_other(tiny: Path) -> None:
    translator = Translator(tiny)
    long = go_to(Document("the cat sees a tree", limit=12), 12)
    abandoned = translator.trace_steps(long)
    next(abandoned, None)
    other = translator.trace(teacher_force(Document("the cat sees a tree"), [5, 6, 7, 0]))
    abandoned.close()
    np.testing.assert_array_equal(
        other.cross_attention,
        Translator(tiny).trace(teacher_force(Document("the cat sees a tree"), [5, 6, 7, 0])).cross_attention,
    )
    np.testing.assert_array_equal(translator.trace(long).cross_attention, Translator(tiny).trace(long).cross_attention)


def test_padding_in_a_batch_changes_nothing(tiny: Path, tiny_translator: Translator) -> None:
    model = load(tiny)
    short = [token.id for token in tiny_translator.tokenize("the cat")]
    long = [token.id for token in tiny_translator.tokenize("the old cat sees a big red bird")]
    pad = tiny_translator.info.architecture.pad_token_id
    batch = torch.tensor([short + [pad] * (len(long) - len(short)), long])
    padding = torch.tensor([[False] * len(short) + [True] * (len(long) - len(short)), [False] * len(long)])
    target = torch.tensor([[pad, 5, 9]])
    with torch.inference_mode():
        alone = model(torch.tensor([short]), target)
        together = model(batch, target.expand(2, 3), padding)
    np.testing.assert_allclose(together[0].numpy(), alone[0].numpy(), atol=1e-5)


def test_encoder_layers_keep_the_shape_and_the_ffn_need_not() -> None:
    x = torch.randn(2, 3, 4)
    layer = EncoderLayer(d_model=4, heads=2, hidden=6).eval()
    with torch.inference_mode():
        for _ in range(3):
            output, weights = layer(x)
            assert output.shape == x.shape and weights.shape == (2, 2, 3, 3)
        assert PositionwiseFFN(4, 4, 8)(x).shape == (2, 3, 8)
        assert PositionwiseFFN(4, 16)(x).shape == (2, 3, 4)


def test_the_ffn_is_the_same_at_every_position() -> None:
    ffn = PositionwiseFFN(4, 6)
    x = torch.randn(1, 5, 4)
    with torch.inference_mode():
        np.testing.assert_allclose(ffn(x)[0, 3].numpy(), ffn(x[:, 3])[0].numpy(), atol=1e-6)


def test_decoding_ends_at_eos_or_at_the_limit(translator: Translator) -> None:
    whole = translator.trace(Document("I am hungry.", step=200))
    assert whole.ended is Ended.EOS and whole.output_tokens[-1].piece == "</s>"
    stopped = translator.trace(Document("I am hungry.", step=200, limit=2))
    assert stopped.ended is Ended.LIMIT and len(stopped.steps) == 2
    assert translator.trace(Document("I am hungry.", step=1)).ended is None


def test_arrays_are_read_only(translator: Translator) -> None:
    trace = translator.trace(Document("I am hungry.", step=2))
    for kind in KINDS:
        assert not trace.weights(kind).flags.writeable
