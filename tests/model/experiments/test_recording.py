"""What is recorded between the maps, against forward hooks on an independent Marian of `transformers`, S != T."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.inside import Inside
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator, finished
from support.checkpoints import MakeCheckpoint
from support.reference import hooked, reference_model

VALUES, WEIGHTS = 1e-4, 1e-5
SENTENCE = Document("the old cat sees a small red bird", step=4, limit=4)


@pytest.fixture(scope="module")
def directory(make_checkpoint: MakeCheckpoint) -> Path:
    """A tiny checkpoint whose units are not simply cut off at zero."""
    return make_checkpoint("inside", seed=5, activation_function="swish")


@pytest.fixture(scope="module")
def recorded(directory: Path) -> tuple[Translator, Trace, Inside, dict[str, Any]]:
    """A translator, what it traced and recorded, and what `transformers` computed of the same tokens."""
    translator = Translator(directory)
    trace = translator.trace(SENTENCE)
    inside = finished(translator.inside_steps(SENTENCE))
    return translator, trace, inside, hooked(directory, trace)


def test_every_value_and_shape_is_that_of_the_reference(recorded: Any) -> None:
    _, trace, inside, theirs = recorded
    rows, columns = len(trace.steps), len(trace.source_tokens)
    assert rows != columns
    for side, heads, length in (("encoder", 4, columns), ("decoder", 2, rows)):
        stack = inside.stack(side)
        assert stack is not None
        assert stack.input.shape == stack.embedding.shape == stack.output.shape == (length, 16)
        last = theirs[f"{side}.layers.{len(stack.layers) - 1}.final_layer_norm"][0][0].numpy()
        np.testing.assert_allclose(stack.output, last, atol=VALUES)
        for layer in range(len(stack.layers)):
            for part, module, norm in (
                ("self", "self_attn", "self_attn_layer_norm"),
                ("cross", "encoder_attn", "encoder_attn_layer_norm"),
            )[: 1 if side == "encoder" else 2]:
                kept = stack.sublayer(layer, part)
                there, attention = f"{side}.layers.{layer}", kept.attention
                keys = columns if part == "cross" else length
                assert attention is not None
                width = 16 // heads
                for name, letter, size in (("query", "q", length), ("key", "k", keys), ("value", "v", keys)):
                    expected = theirs[f"{there}.{module}.{letter}_proj"][0][0].numpy()
                    expected = expected.reshape(size, heads, width).transpose(1, 0, 2)
                    ours = getattr(attention, name)
                    assert ours.shape == (heads, size, width)
                    np.testing.assert_allclose(ours, expected, atol=VALUES)
                weights = theirs[f"{'cross' if part == 'cross' else side}.{layer}"][0][0].numpy()
                assert attention.weights.shape == attention.scores.shape == (heads, length, keys)
                np.testing.assert_allclose(attention.weights, weights, atol=WEIGHTS)
                np.testing.assert_allclose(attention.weighted_values(1, 2).sum(0), attention.heads[1, 2], atol=VALUES)
                output, normed = theirs[f"{there}.{module}.out_proj"][0][0], theirs[f"{there}.{norm}"][0][0]
                np.testing.assert_allclose(kept.output, output.numpy(), atol=VALUES)
                np.testing.assert_allclose(kept.normed, normed.numpy(), atol=VALUES)
                before = theirs[f"{there}.{norm}"][1][0][0].numpy()
                np.testing.assert_allclose(kept.residual, before, atol=VALUES)
                np.testing.assert_allclose(kept.skip, before - output.numpy(), atol=VALUES)
            ffn, hidden = stack.sublayer(layer, "ffn"), theirs[f"{side}.layers.{layer}.fc1"][0][0]
            assert ffn.hidden is not None and ffn.hidden.shape == hidden.shape and hidden.shape[1] != 16
            np.testing.assert_allclose(ffn.hidden, torch.nn.functional.silu(hidden).numpy(), atol=VALUES)


def test_embeddings_and_positions_add_up(recorded: Any) -> None:
    _, trace, inside, theirs = recorded
    embedded = theirs["encoder.embed_tokens"][0][0].numpy() * 4.0
    np.testing.assert_allclose(inside.encoder.embedding, embedded, atol=VALUES)
    where = theirs["encoder.embed_positions"][0].numpy().reshape(len(trace.source_tokens), 16)
    np.testing.assert_allclose(inside.encoder.positions, where, atol=VALUES)


def test_logits_are_log_probabilities_and_the_normaliser(recorded: Any) -> None:
    _, trace, inside, theirs = recorded
    ours = np.stack([step.log_probabilities for step in trace.steps]) + inside.normaliser[:, None]
    np.testing.assert_allclose(ours, theirs["logits"][0][0].numpy(), atol=VALUES)


def test_the_logit_lens_reads_every_layer_with_the_output_matrix(recorded: Any) -> None:
    _, trace, inside, theirs = recorded
    lens, (weight, (bias,)) = inside.lens, theirs["lm"]
    assert lens is not None and lens.depths == 4
    chosen = [token.id for token in trace.output_tokens]
    for depth in range(1, 4):
        hidden = theirs[f"decoder.layers.{depth - 1}.final_layer_norm"][0][0]
        expected = (hidden.clone() @ weight.detach().T + bias).softmax(-1)
        np.testing.assert_allclose(lens.probability[depth], expected[range(4), chosen].numpy(), atol=WEIGHTS)
        ranks = 1 + (expected > expected[range(4), chosen][:, None]).sum(-1)
        np.testing.assert_array_equal(lens.rank[depth], ranks.numpy())
        for row in range(4):
            allowed = expected[row].clone()
            allowed[list(recorded[0].info.architecture.barred_ids)] = 0.0
            assert lens.best[depth][row][0].token.id == int(allowed.argmax())


def test_decoder_lens_feeds_each_encoder_layers_output(recorded: Any, directory: Path) -> None:
    translator, trace, _, theirs = recorded
    lens = finished(translator.decoder_lens_steps(SENTENCE))
    model = reference_model(directory)
    target = torch.tensor([[token.id for token in trace.input_tokens]])
    chosen = [token.id for token in trace.output_tokens]
    from transformers.modeling_outputs import BaseModelOutput

    assert lens.rows.depths == len(lens.translations) == 3
    for depth in range(1, 3):
        memory = theirs[f"encoder.layers.{depth - 1}.final_layer_norm"][0]
        with torch.inference_mode():
            found = model(encoder_outputs=BaseModelOutput(memory), decoder_input_ids=target)
        expected = found.logits[0].softmax(-1)[range(4), chosen]
        np.testing.assert_allclose(lens.rows.probability[depth], expected.numpy(), atol=WEIGHTS)
    np.testing.assert_allclose(
        lens.rows.probability[-1], np.exp(trace.log_probabilities), atol=WEIGHTS, err_msg="the last layer is the model"
    )
    assert [token.id for token in lens.translations[-1]][:4] == chosen


def test_the_encoder_runs_once_and_the_decoder_once_a_row(recorded: Any) -> None:
    _, trace, inside, _ = recorded
    rows = len(trace.steps)
    assert inside.runs["encoder.1.ffn.normed"] == inside.runs["decoder.2.cross.projected"] == 1
    assert inside.runs["decoder.2.cross.query"] == inside.runs["logits"] == rows
    assert set(inside.parallel.values()) == {1}


def test_a_permutation_of_the_tokens_permutes_the_outputs_only_without_positions(recorded: Any) -> None:
    found = finished(recorded[0].permutation_steps(SENTENCE))
    assert sorted(found.order) == list(range(len(found.order))) and list(found.order) != sorted(found.order)
    assert found.without.max() < 1e-5 and found.ffn.max() < 1e-6 and len(found.ffn) == len(found.order)
    assert found.with_positions.max() > 0.01


def test_interventions_and_hidden_tokens_are_recorded_as_they_are(recorded: Any) -> None:
    translator, *_ = recorded
    changes = Interventions(frozenset([HeadId(CROSS, 1, 0)]), frozenset([2]))
    document = Document(SENTENCE.source, step=4, limit=4, interventions=changes)
    inside, trace = finished(translator.inside_steps(document)), translator.trace(document)
    attention = inside.decoder.sublayer(1, "cross").attention
    assert not attention.heads[0].any() and attention.heads[1].any()
    assert not attention.weights[:, :, 2].any() and attention.scores[:, :, 2].all()
    np.testing.assert_allclose(attention.weights, trace.cross_attention[1], atol=WEIGHTS)
    unmasked = finished(
        translator.inside_steps(
            Document(SENTENCE.source, step=4, limit=4, interventions=Interventions(causal_mask=False))
        )
    )
    assert not unmasked.runs and unmasked.decoder.sublayer(0, "self").attention.weights.all()


def test_before_the_first_row_there_is_only_the_encoder(recorded: Any) -> None:
    inside = finished(recorded[0].inside_steps(Document(SENTENCE.source)))
    assert inside.decoder is None and inside.lens is None and inside.runs["encoder.0.self.query"] == 1
    assert not inside.encoder.input.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        inside.encoder.input[0, 0] = 1.0
