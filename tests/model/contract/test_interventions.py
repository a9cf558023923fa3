"""Every intervention against an independent computation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from attention_viewer.model.checkpoint import load
from attention_viewer.model.contract import vocabulary
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import (
    HeadId,
    Interventions,
    Placement,
    Positions,
    from_json,
    hide,
    switch_heads,
    to_json,
)
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.contract.positional import sinusoidal_encoding
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.translator import Translator, finished
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from support.bundled import TOKENS
from support.checkpoints import MakeCheckpoint
from support.traces import KINDS

SENTENCE = "The cat sat on the mat because it was tired."
COUNT = TOKENS[SENTENCE]
"""Its tokens, with `</s>`."""


def traced(translator: Translator, interventions: Interventions, steps: int = 12) -> Trace:
    return translator.trace(intervene(Document(SENTENCE, step=steps), interventions))


def logits(trace: Trace) -> np.ndarray:
    return np.stack([step.log_probabilities for step in trace.steps])


def reference(model: Transformer, trace: Trace, padding: torch.Tensor | None = None, causal: bool = True) -> np.ndarray:
    """The log-probabilities of a trace's rows, computed by the plain forward pass of another model."""
    source = torch.tensor([[token.id for token in trace.source_tokens]])
    target = torch.tensor([[token.id for token in trace.input_tokens]])
    with torch.no_grad():
        memory, _ = model.encode(source, padding)
        hidden, _, _ = model.decode(target, memory, padding, causal=causal)
        found: np.ndarray = model.logits(hidden[0]).log_softmax(-1).numpy()
    return found


def attention_of(model: Transformer, head: HeadId) -> torch.nn.Module:
    if head.kind == ENCODER:
        return model.encoder.layers[head.layer].self_attention  # type: ignore[return-value]
    layer = model.decoder.layers[head.layer]
    return layer.self_attention if head.kind == DECODER else layer.cross_attention  # type: ignore[return-value]


@pytest.mark.parametrize(
    "heads",
    [
        [HeadId(ENCODER, 0, 3)],
        [HeadId(DECODER, 2, 7)],
        [HeadId(CROSS, 3, 6)],
        [HeadId(ENCODER, 3, 0), HeadId(DECODER, 0, 1), HeadId(CROSS, 1, 2), HeadId(CROSS, 1, 5)],
        [HeadId(CROSS, layer, head) for layer in range(4) for head in range(8)],
        [HeadId(kind, layer, head) for kind in KINDS for layer in range(4) for head in range(8)][1:],
        [HeadId(kind, layer, head) for kind in KINDS for layer in range(4) for head in range(8)],
    ],
    ids=["encoder", "decoder", "cross", "several", "all cross", "all but one", "all"],
)
def test_heads_off_equal_zeroed_columns_of_the_output_projection(
    translator: Translator, bundled: Path, heads: list[HeadId]
) -> None:
    trace = traced(translator, Interventions(heads_off=frozenset(heads)))
    model = load(bundled)
    for head in heads:
        width = model.architecture.d_model // 8
        attention_of(model, head).output.weight.data[:, head.head * width : (head.head + 1) * width] = 0.0  # type: ignore[union-attr, operator]
    np.testing.assert_allclose(logits(trace), reference(model, trace), atol=2e-4)
    plain = traced(translator, Interventions())
    assert np.abs(logits(trace)[0] - logits(plain)[0]).max() > 1e-3


def test_a_head_that_is_off_still_has_its_weights(translator: Translator) -> None:
    head = HeadId(ENCODER, 1, 4)
    trace = traced(translator, Interventions(heads_off=frozenset({head})))
    plain = traced(translator, Interventions())
    np.testing.assert_array_equal(trace.encoder_self_attention[:2], plain.encoder_self_attention[:2])
    assert np.abs(trace.encoder_self_attention[2] - plain.encoder_self_attention[2]).max() > 1e-3


@pytest.mark.parametrize("kind", [Positions.OFF, Positions.SHUFFLED])
@pytest.mark.parametrize("side", ["encoder", "decoder", "both"])
def test_positions_equal_another_table(translator: Translator, bundled: Path, kind: Positions, side: str) -> None:
    sides = ("encoder", "decoder") if side == "both" else (side,)
    change = Interventions(
        encoder_positions=kind if "encoder" in sides else Positions.ON,
        decoder_positions=kind if "decoder" in sides else Positions.ON,
        shuffle_seed=5,
    )
    trace = traced(translator, change)
    model = load(bundled)
    table = torch.tensor(sinusoidal_encoding(1024, model.architecture.d_model))
    placements = {
        "encoder": change.encoder_placement(len(trace.source_tokens)),
        "decoder": change.decoder_placement(),
    }
    for each, embedding in (("encoder", model.source_embedding), ("decoder", model.target_embedding)):
        if each in sides:
            rows = placements[each].rows(0, 64)
            embedding.positions = torch.zeros_like(table) if rows is None else table[rows]
    np.testing.assert_allclose(logits(trace), reference(model, trace), atol=2e-4)
    assert np.abs(logits(trace)[1] - logits(traced(translator, Interventions()))[1]).max() > 1e-3


def test_without_positions_the_encoder_cannot_tell_word_order(translator: Translator) -> None:
    """Permuted words give permuted weights: attention is a set operation (section 3.5)."""
    off = Interventions(encoder_positions=Positions.OFF)
    one, other = (translator.trace(intervene(Document(text), off)) for text in ("Tom saw Mary.", "Mary saw Tom."))
    ids = [token.id for token in other.source_tokens]
    assert sorted(ids) == sorted(token.id for token in one.source_tokens)
    order = [ids.index(token.id) for token in one.source_tokens]
    np.testing.assert_allclose(
        one.encoder_self_attention, other.encoder_self_attention[:, :, order][:, :, :, order], atol=1e-5
    )


def test_hidden_tokens_are_padding_to_the_model(translator: Translator, bundled: Path) -> None:
    trace = traced(translator, Interventions(hidden=frozenset({1, 4})))
    padding = torch.tensor([[index in (1, 4) for index in range(len(trace.source_tokens))]])
    np.testing.assert_allclose(logits(trace), reference(load(bundled), trace, padding), atol=2e-4)
    for kind in (ENCODER, CROSS):
        assert not trace.weights(kind)[..., [1, 4]].any()
        mask = trace.mask(kind)
        assert mask is not None and mask.shape == trace.weights(kind).shape[2:]
        assert mask[:, [1, 4]].all() and mask.sum() == 2 * len(mask)
    np.testing.assert_allclose(trace.cross_attention.sum(-1), 1.0, atol=1e-5)


def test_without_the_causal_mask_rows_look_ahead(translator: Translator, bundled: Path) -> None:
    masked, open_ = traced(translator, Interventions()), traced(translator, Interventions(causal_mask=False))
    assert [token.id for token in open_.output_tokens] == [token.id for token in masked.output_tokens]
    assert not open_.decoder_mask.any() and open_.leaked is not None and masked.leaked is None
    assert (open_.leaked == np.triu(np.ones_like(open_.leaked), 1)).all()
    assert (open_.decoder_self_attention[:, :, open_.leaked] > 0).all()
    np.testing.assert_allclose(open_.decoder_self_attention.sum(-1), 1.0, atol=1e-5)
    np.testing.assert_allclose(logits(open_), reference(load(bundled), open_, causal=False), atol=2e-4)


def test_a_trace_is_cut_back_under_the_causal_mask_only(translator: Translator) -> None:
    masked = traced(translator, Interventions(hidden=frozenset({2})), steps=6)
    cut, early = masked.first(4), traced(translator, Interventions(hidden=frozenset({2})), steps=4)
    assert cut.output_tokens == early.output_tokens
    for kind in KINDS:
        np.testing.assert_allclose(cut.weights(kind), early.weights(kind), atol=1e-6)
        np.testing.assert_array_equal(cut.mask(kind), early.mask(kind))
    # Without the mask the rows of a shorter translation are others: they had fewer tokens to look at.
    open_ = traced(translator, Interventions(causal_mask=False), steps=6)
    shorter = traced(translator, Interventions(causal_mask=False), steps=4)
    assert np.abs(open_.decoder_self_attention[:, :, :4, :4] - shorter.decoder_self_attention).max() > 0.01
    with pytest.raises(InputError, match=r"first 4 rows without the causal mask.*all 6 tokens"):
        open_.first(4)
    assert open_.first(6) is open_


def test_effects_are_measured_on_the_same_prefix(translator: Translator) -> None:
    change = Interventions(heads_off=frozenset({HeadId(CROSS, 3, 6)}))
    document = intervene(Document(SENTENCE, step=6), change)
    effect = finished(translator.effect_steps(document))
    trace = translator.trace(document)
    assert effect.before.reads.id == trace.steps[-1].reads.id
    p, q = np.exp(effect.before.log_probabilities), trace.steps[-1].log_probabilities
    assert effect.divergence == pytest.approx(float((p * (effect.before.log_probabilities - q)).sum()), rel=1e-3)
    assert effect.translation_before == translator.trace(Document(SENTENCE, step=200)).output_tokens
    assert effect.translation_after == translator.trace(replace(document, step=200)).output_tokens


def test_a_head_of_a_map_that_the_model_lacks_is_refused(tiny_translator: Translator) -> None:
    off = Interventions(frozenset({HeadId("memory", 0, 0)}))
    with pytest.raises(InputError, match="no attention called 'memory': it has encoder, decoder, cross"):
        tiny_translator.trace(Document("the cat sees a dog", step=1, interventions=off))


def test_ranking_is_leave_one_out(tiny_translator: Translator) -> None:
    document = Document("the cat sees a dog", step=200, limit=12)
    effects = finished(tiny_translator.rank_heads_steps(document))
    info = tiny_translator.info
    assert len(effects) == len({(each.kind, each.layer, each.head) for each in effects})
    assert len(effects) == sum(layers * heads for layers, heads in map(info.heads, KINDS))
    assert [each.divergence for each in effects] == sorted((each.divergence for each in effects), reverse=True)
    plain = tiny_translator.trace(document)
    from attention_viewer.model.contract.hypotheses import teacher_force

    forced = teacher_force(document, [token.id for token in plain.output_tokens])
    for effect in effects[:3]:
        head = HeadId(effect.kind, effect.layer, effect.head)
        after = tiny_translator.trace(intervene(forced, Interventions(heads_off=frozenset({head}))))
        before_logs, after_logs = logits(plain), logits(after)
        divergences = (np.exp(before_logs) * (before_logs - after_logs)).sum(-1)
        assert effect.divergence == pytest.approx(float(divergences.mean()), rel=1e-2, abs=1e-5)
        change = float(after.log_probabilities.sum() - plain.log_probabilities.sum())
        assert effect.log_probability == pytest.approx(change, abs=1e-3)


def test_the_check_finds_the_autoregressive_property(translator: Translator) -> None:
    check = finished(translator.check_steps(Document(SENTENCE)))
    assert check.rows == len(translator.trace(Document(SENTENCE, step=200)).steps)
    assert check.log_probabilities < 1e-4 and check.weights < 1e-5
    assert check.earlier_rows == 0.0 and check.later_rows > 0.1
    assert 0 < check.position < check.rows and not check.replacement.special


def with_special_tokens(checkpoint: Path, count: int) -> Path:
    """The checkpoint with its first `count` ordinary pieces made special and most probable, and then `<unk>`."""
    pieces = json.loads((checkpoint / "vocab.json").read_text(encoding="utf-8"))
    names = {index: f">>{index}<<" for index in range(3, 3 + count)}
    vocabulary = {names.get(index, piece): index for piece, index in pieces.items()}
    (checkpoint / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    weights = load_file(checkpoint / "model.safetensors")
    weights["final_logits_bias"][0, 1] = 50.0
    weights["final_logits_bias"][0, 3 : 3 + count] = 100.0
    save_file(weights, checkpoint / "model.safetensors", metadata={"format": "pt"})
    return checkpoint


@pytest.fixture
def foreign_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces may be missing in the vocabulary that languages have the places of."""
    monkeypatch.setattr(vocabulary, "FEW", 100)


@pytest.mark.usefixtures("foreign_pieces")
def test_the_check_finds_a_token_behind_ten_special_ones(make_checkpoint: MakeCheckpoint) -> None:
    checkpoint = with_special_tokens(make_checkpoint("languages"), 12)
    barred = json.loads((checkpoint / "vocab.json").read_text(encoding="utf-8"))["<unk>"]
    (checkpoint / "generation_config.json").write_text(json.dumps({"bad_words_ids": [[barred]]}), encoding="utf-8")
    translator = Translator(checkpoint)
    document = Document("the cat sees", limit=6)
    check = finished(translator.check_steps(document))
    row = translator.trace(replace(document, step=6)).steps[check.position - 1]
    assert all(each.token.special for each in row.candidates)
    ordinary = [token.id for token in translator.vocabulary() if not token.special and token.id != barred]
    assert check.replacement.id == max(ordinary, key=lambda index: row.log_probabilities[index])
    assert check.earlier_rows == 0.0 and check.later_rows > 0.0


@pytest.mark.usefixtures("foreign_pieces")
def test_the_check_says_where_there_is_no_other_token(make_checkpoint: MakeCheckpoint) -> None:
    checkpoint = make_checkpoint("nothing-else")
    size = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))["vocab_size"]
    (checkpoint / "generation_config.json").write_text(json.dumps({"bad_words_ids": [[1]]}), encoding="utf-8")
    translator = Translator(with_special_tokens(checkpoint, size - 3))
    with pytest.raises(InputError, match=f"each of the {size} tokens"):
        finished(translator.check_steps(Document("the cat sees", limit=6)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Interventions(heads_off=frozenset({HeadId(CROSS, 4, 0)})), "Layer 5, head 1"),
        (Interventions(hidden=frozenset({99})), "token 100"),
        (Interventions(hidden=frozenset(range(COUNT))), "Every source token"),
    ],
)
def test_impossible_interventions_are_refused(translator: Translator, change: Interventions, words: str) -> None:
    with pytest.raises(InputError, match=words):
        traced(translator, change)


heads = st.builds(HeadId, st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 7))
changes = st.builds(
    Interventions,
    heads_off=st.frozensets(heads, max_size=5),
    hidden=st.frozensets(st.integers(0, 5), max_size=3),
    encoder_positions=st.sampled_from(Positions),
    decoder_positions=st.sampled_from(Positions),
    shuffle_seed=st.integers(0, 9),
    causal_mask=st.booleans(),
)


@given(changes)
def test_interventions_survive_json(change: Interventions) -> None:
    assert from_json(to_json(change)) == change


@given(heads, st.booleans())
def test_switching_twice_changes_nothing_more(head: HeadId, off: bool) -> None:
    once = switch_heads(Interventions(), [head], off)
    assert switch_heads(once, [head], off) == once and bool(once) == off
    assert not switch_heads(once, [head], False)
    assert not hide(hide(Interventions(), 3, True), 3, False)


@pytest.mark.parametrize(
    ("damage", "said"),
    [({"causal_mask": 1}, ": causal_mask is 1; it must be true or false"),
     ({"heads_off": [["cross", 0, 0], ["cross", -1, 0]]}, ", heads_off 2: layer is -1; it must be a whole number"),
     ({"heads_off": [[1, 0, 0]]}, ", heads_off 1: kind is 1; it must be"),
     ({"heads_off": ["abc"]}, ", heads_off 1 is 'abc'; it must be a list of kind, layer, head"),
     ({"hidden": [True]}, r": hidden is \[True\]; it must be a list of whole numbers"),
     ({"encoder_positions": "upside down"}, ": encoder_positions is 'upside down'; it must be one of on, off"),
     ({"shuffle_seed": "1"}, ": shuffle_seed is '1'; it must be a whole number from 0")],
)  # fmt: skip
def test_damaged_interventions_are_refused(damage: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=f"The interventions{said}"):
        from_json({**to_json(Interventions()), **damage})
    with pytest.raises(InputError, match="hidden"):
        from_json({key: value for key, value in to_json(Interventions()).items() if key != "hidden"})


@given(st.integers(0, 9), st.integers(1, 40), st.integers(0, 60), st.integers(0, 20))
def test_shuffled_rows_are_a_permutation_and_incremental(seed: int, block: int, start: int, more: int) -> None:
    placement = Placement(Positions.SHUFFLED, seed, block)
    whole = placement.rows(0, start + more)
    assert whole is not None and placement.rows(start, start + more) == whole[start:]
    full = placement.rows(0, 3 * block)
    assert full is not None and sorted(full) == list(range(3 * block))


@settings(max_examples=8, deadline=None)
@given(st.lists(changes, min_size=2, max_size=4), st.integers(0, 6))
def test_no_intervention_leaks_into_another_trace(
    tiny: Path, tiny_translator: Translator, each: list[Interventions], step: int
) -> None:
    def possible(change: Interventions) -> Interventions:
        fits = frozenset(
            head for head in change.heads_off
            if head.layer < tiny_translator.info.heads(head.kind)[0]
            and head.head < tiny_translator.info.heads(head.kind)[1]
        )  # fmt: skip
        return replace(change, heads_off=fits, hidden=change.hidden & {0, 1})

    document = Document("the cat sees a dog", step=step)
    fresh = Translator(tiny)
    for change in [*map(possible, each), Interventions()]:
        ours, theirs = tiny_translator.trace(intervene(document, change)), fresh.trace(intervene(document, change))
        for kind in KINDS:
            np.testing.assert_array_equal(ours.weights(kind), theirs.weights(kind))
        assert [s.output.id for s in ours.steps] == [s.output.id for s in theirs.steps]
        fresh = Translator(tiny)
