"""Each attribution against its paper's equation, computed on `transformers`' Marian with plain hooks; S is never T."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Floats, Kind
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.document import Against, Document, go_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import intervene, teacher_force
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.contract.methods import METHODS, Method, method_info
from attention_viewer.model.experiments import attributions
from attention_viewer.model.translator import Translator, finished
from support.checkpoints import MakeCheckpoint
from support.marian_hooks import hooked, outputs_of, zeroing
from support.reference import reference_model

TEXT, TARGET = "the old cat sees a big red bird.", [7, 12, 5, 30, 9, 9, 0]


class Both:
    """Our translator and the reference on one random checkpoint, and a forced translation."""

    def __init__(self, directory: Path) -> None:
        self.translator, self.model = Translator(directory), reference_model(directory)
        self.document = teacher_force(Document(TEXT), TARGET)
        self.trace = self.translator.trace(self.document)
        source = [token.id for token in self.trace.source_tokens]
        self.inputs = {
            "input_ids": torch.tensor([source]),
            "decoder_input_ids": torch.tensor([[token.id for token in self.trace.input_tokens]]),
        }
        self.source, self.target = len(source), len(TARGET)
        assert self.source != self.target

    def attribution(self, method: Method) -> Attribution:
        return finished(self.translator.attribution_steps(self.document, method))

    @property
    def layers(self) -> dict[Kind, list[tuple[Any, Any]]]:
        """(layer, attention) of every layer of a kind."""
        encoder, decoder = self.model.model.encoder.layers, self.model.model.decoder.layers
        return {
            ENCODER: [(layer, layer.self_attn) for layer in encoder],
            DECODER: [(layer, layer.self_attn) for layer in decoder],
            CROSS: [(layer, layer.encoder_attn) for layer in decoder],
        }


@pytest.fixture(scope="module")
def both(make_checkpoint: MakeCheckpoint) -> Both:
    return Both(make_checkpoint("attributions", seed=5, activation_function="swish"))


def test_every_method_is_described_and_computed(both: Both) -> None:
    assert [each.method for each in METHODS] == list(attributions.METHODS)
    shapes = {
        ENCODER: (both.source,) * 2,
        DECODER: (both.target,) * 2,
        CROSS: (both.target, both.source),
    }
    for each in METHODS:
        assert each.title and each.words and each.units and each.paper
        found = both.attribution(each.method)
        assert found.method is each.method and CROSS in found.maps
        for kind, weights in found.maps.items():
            assert weights.dtype == np.float32 and weights.shape[2:] == shapes[kind]
            assert np.isfinite(weights).all()
            mask = both.trace.mask(kind)
            assert mask is None or not weights[..., mask].any()
        signed = any(bool((weights < 0).any()) for weights in found.maps.values())
        assert signed == method_info(each.method).signed


def test_norm_based_weights(both: Both) -> None:
    """‖α f(x)‖, f(x) = (x W^V + b^V) W^O (Kobayashi et al. 2020), head by head."""
    found = both.attribution(methods.NORMS)
    for kind, layers in both.layers.items():
        values = outputs_of(both.model, [attention.v_proj for _, attention in layers], [], **both.inputs)
        for index, ((_, attention), value) in enumerate(zip(layers, values, strict=True)):
            heads = both.trace.weights(kind).shape[1]
            width = value.shape[1] // heads
            for head in range(heads):
                part = slice(head * width, (head + 1) * width)
                added = value[:, part] @ attention.out_proj.weight[:, part].detach().T  # [K, D]
                expected = both.trace.weights(kind)[index, head] * added.norm(dim=-1).numpy()
                np.testing.assert_allclose(found.maps[kind][index, head], expected, atol=1e-5)


def test_value_zeroing(both: Both) -> None:
    """1 - cos of a layer's outputs with and without a value, rows to sum 1 (Mohebbi et al. 2023)."""
    found = both.attribution(methods.VALUE_ZEROING)
    for kind, layers in both.layers.items():
        keys = both.target if kind == DECODER else both.source
        plain = outputs_of(both.model, [layer for layer, _ in layers], [], **both.inputs)
        for index, (layer, attention) in enumerate(layers):
            scores = []
            for key in range(keys):
                (output,) = outputs_of(both.model, [layer], [(attention.v_proj, zeroing(key))], **both.inputs)
                scores.append(1 - torch.cosine_similarity(output.double(), plain[index].double(), dim=-1))
            table = torch.stack(scores, dim=-1)  # [R, K]
            expected = (table / table.sum(dim=-1, keepdim=True)).numpy()
            np.testing.assert_allclose(found.maps[kind][index, 0], expected, atol=2e-3)
            np.testing.assert_allclose(found.maps[kind][index, 0].sum(axis=-1), 1.0, atol=1e-5)


def embedding_slopes(both: Both, scores: Any) -> tuple[Floats, Floats]:
    """Gradient times scaled embedding of each row's score, over both inputs, by autograd on the reference."""
    kept: list[torch.Tensor] = []

    def leaf(module: Any, arguments: Any, output: Any) -> Any:
        kept.append(output.detach().requires_grad_())
        return kept[-1]

    base = both.model.model
    scale = base.config.d_model**0.5 if base.config.scale_embedding else 1.0
    with hooked([(base.encoder.embed_tokens, leaf)] + (
        [] if base.decoder.embed_tokens is base.encoder.embed_tokens else [(base.decoder.embed_tokens, leaf)]
    )):  # fmt: skip
        logs = both.model(**both.inputs).logits[0].log_softmax(-1)
    assert len(kept) == 2 and scale
    found = []
    for row in range(both.target):
        slopes = torch.autograd.grad(scores(logs, row), kept, retain_graph=True)
        found.append([(slope * each).sum(-1)[0].detach().numpy() for slope, each in zip(slopes, kept, strict=True)])
    return np.stack([each[0] for each in found]), np.stack([each[1] for each in found])


def test_gradient_times_input(both: Both) -> None:
    found = both.attribution(methods.GRADIENT)
    source, target = embedding_slopes(both, lambda logs, row: logs[row, TARGET[row]])
    np.testing.assert_allclose(found.maps[CROSS][0, 0], source, atol=1e-4)
    np.testing.assert_allclose(found.maps[DECODER][0, 0], target, atol=1e-4)


def test_contrastive_gradient_times_input(both: Both) -> None:
    found = both.attribution(methods.CONTRAST)
    others = [token.id for token in found.against]
    for row, step in enumerate(both.trace.steps):
        left = [each for each in step.candidates if each.token.id != TARGET[row]]
        assert others[row] == left[0].token.id
    source, target = embedding_slopes(both, lambda logs, row: logs[row, TARGET[row]] - logs[row, others[row]])
    np.testing.assert_allclose(found.maps[CROSS][0, 0], source, atol=1e-4)
    np.testing.assert_allclose(found.maps[DECODER][0, 0], target, atol=1e-4)


def test_one_row_is_contrasted_with_the_candidate_that_was_chosen(both: Both) -> None:
    free, row, other = both.attribution(methods.CONTRAST), 2, 17
    chosen = replace(both.document, against=Against(row, other))
    found = finished(both.translator.attribution_steps(chosen, methods.CONTRAST))
    assert found.against[row].id == other != free.against[row].id
    source, target = embedding_slopes(both, lambda logs, at: logs[at, TARGET[at]] - logs[at, other])
    np.testing.assert_allclose(found.maps[CROSS][0, 0, row], source[row], atol=1e-4)
    np.testing.assert_allclose(found.maps[DECODER][0, 0, row], target[row], atol=1e-4)
    rest = [each for each in range(both.target) if each != row]
    np.testing.assert_array_equal(found.maps[CROSS][0, 0, rest], free.maps[CROSS][0, 0, rest])
    for nothing in (Against(row, TARGET[row]), Against(both.target, other)):
        same = finished(both.translator.attribution_steps(replace(chosen, against=nothing), methods.CONTRAST))
        assert same.against == free.against


def test_leave_one_out_is_hiding_each_token_in_turn(both: Both) -> None:
    found = both.attribution(methods.LEAVE_ONE_OUT).maps[CROSS][0, 0]
    for position in range(both.source):
        kept = torch.ones(1, both.source, dtype=torch.long)
        kept[0, position] = 0
        with torch.no_grad():
            logs = both.model(**both.inputs, attention_mask=kept).logits[0].log_softmax(-1)
        expected = both.trace.log_probabilities - logs[range(both.target), TARGET].numpy()
        np.testing.assert_allclose(found[:, position], expected, atol=1e-4)


def test_a_hidden_token_counts_for_nothing_and_the_last_one_left_is_not_left_out(both: Both) -> None:
    hidden = replace(both.document, interventions=Interventions(hidden=frozenset({2})))
    for method in attributions.METHODS:
        weights = finished(both.translator.attribution_steps(hidden, method)).maps[CROSS]
        assert not weights[..., 2].any() if method not in (methods.GRADIENT, methods.CONTRAST) else True
    alone = replace(both.document, interventions=Interventions(hidden=frozenset(range(1, both.source))))
    with pytest.raises(InputError, match="only one source token"):
        finished(both.translator.attribution_steps(alone, methods.LEAVE_ONE_OUT))


def test_what_is_switched_off_is_off_in_attributions(both: Both) -> None:
    """A cross-attention whose heads are all off takes nothing from any key."""
    heads = range(both.trace.cross_attention.shape[1])
    off = Interventions(heads_off=frozenset(HeadId(CROSS, 1, head) for head in heads))
    found = finished(both.translator.attribution_steps(intervene(both.document, off), methods.VALUE_ZEROING))
    assert not found.maps[CROSS][1].any() and found.maps[CROSS][0].any()


def test_a_long_sentence_is_zeroed_in_pieces(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = both.attribution(methods.VALUE_ZEROING), both.attribution(methods.LEAVE_ONE_OUT)
    monkeypatch.setattr("attention_viewer.model.experiments.value_zeroing.ROWS_AT_ONCE", 25)
    monkeypatch.setattr("attention_viewer.model.experiments.leave_one_out.ROWS_AT_ONCE", 25)
    for before, method in zip(whole, (methods.VALUE_ZEROING, methods.LEAVE_ONE_OUT), strict=True):
        for kind, weights in both.attribution(method).maps.items():
            np.testing.assert_allclose(weights, before.maps[kind], atol=1e-3)


def test_before_the_first_row_there_is_nothing_to_attribute(both: Both) -> None:
    for method in attributions.METHODS:
        with pytest.raises(InputError, match="step once"):
            finished(both.translator.attribution_steps(go_to(Document(TEXT), 0), method))
