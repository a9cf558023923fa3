"""Translators: traces are pure, follow the document, end where they should, and cannot be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_viewer.model.checkpoint import content_hash
from attention_viewer.model.contract.api import Ended, How, Progress, Trace
from attention_viewer.model.contract.document import Choice, Document, go_to, step_forward
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.contract.interventions import NONE, HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.nn.decoding import (
    DecodedRow,
    DecoderState,
    EncodedSource,
    decode_rows,
    decode_step,
    encode,
)
from attention_viewer.model.prefix_cache import PrefixCache
from attention_viewer.model.translator import Translator
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bundled import AFTER_UN, TRANSLATIONS, VOCABULARY
from support.traces import KINDS
from torch import Tensor

SOURCE = "the old cat sees a big red bird"


def assert_same(one: Trace, other: Trace) -> None:
    for kind in KINDS:
        np.testing.assert_array_equal(one.weights(kind), other.weights(kind))
    for step, same in zip(one.steps, other.steps, strict=True):
        np.testing.assert_array_equal(step.log_probabilities, same.log_probabilities)
        assert (step.reads, step.output, step.how) == (same.reads, same.output, same.how)
        assert step.candidates == same.candidates
    assert (one.source_tokens, one.ended) == (other.source_tokens, other.ended)


def with_path(source: str, tokens: list[int], how: How = How.FORCED) -> Document:
    choices = tuple(Choice(token, how, index - 1 if index else None) for index, token in enumerate(tokens))
    return Document(source, choices, len(choices) - 1 if choices else None)


def test_step_zero_has_an_encoding_and_no_rows(translator: Translator) -> None:
    trace = translator.trace(Document("The cat sleeps."))
    assert trace.steps == () and trace.ended is None
    size = len(trace.source_tokens)
    assert trace.encoder_self_attention.shape == (4, 8, size, size)
    assert trace.decoder_self_attention.shape == (4, 8, 0, 0)
    assert trace.cross_attention.shape == (4, 8, 0, size)


def test_a_translation_to_its_end(translator: Translator) -> None:
    trace = translator.trace(go_to(Document("The black cat is sleeping."), 200))
    assert translator.text(trace) == translator.text(trace.output_tokens) == TRANSLATIONS["The black cat is sleeping."]
    assert trace.ended is Ended.EOS and trace.output_tokens[-1].piece == "</s>"
    assert [token.text for token in trace.input_tokens[:2]] == ["<start>", "Le"]
    assert trace.input_tokens[1:] == trace.output_tokens[:-1]
    rows, columns = len(trace.steps), len(trace.source_tokens)
    assert rows != columns
    assert trace.cross_attention.shape == (4, 8, rows, columns)
    np.testing.assert_allclose(trace.cross_attention.sum(-1), 1.0, atol=1e-5)
    np.testing.assert_allclose(trace.decoder_self_attention.sum(-1), 1.0, atol=1e-5)
    assert not trace.decoder_self_attention[..., trace.decoder_mask].any()


def test_the_distribution_and_its_candidates(translator: Translator) -> None:
    for step in translator.trace(go_to(Document("The cat is black."), 3)).steps:
        assert step.log_probabilities.shape == (VOCABULARY,)
        assert np.exp(step.log_probabilities.astype(np.float64)).sum() == pytest.approx(1.0, abs=1e-5)
        probabilities = [candidate.probability for candidate in step.candidates]
        assert len(probabilities) == 10 and probabilities == sorted(probabilities, reverse=True)
        assert step.candidates[0].token == step.output and step.how is How.GREEDY
        for candidate in step.candidates:
            expected = np.exp(step.log_probabilities[candidate.token.id])
            assert candidate.probability == pytest.approx(float(expected), rel=1e-5)


def test_arrays_are_read_only_float32(translator: Translator) -> None:
    trace = translator.trace(go_to(Document("The cat is black."), 2))
    step = trace.steps[0]
    arrays = [trace.weights(kind) for kind in KINDS]
    for array in (*arrays, step.log_probabilities, step.self_attention, step.cross_attention):
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


def test_forced_tokens_are_followed_and_the_rest_is_greedy(translator: Translator) -> None:
    un = translator.encode_target("Un")[0].id
    trace = translator.trace(go_to(with_path("The cat is black.", [un]), 200))
    assert [step.how for step in trace.steps[:3]] == [How.FORCED, How.GREEDY, How.GREEDY]
    assert translator.text(trace) == AFTER_UN
    greedy = translator.trace(go_to(Document("The cat is black."), 200))
    assert translator.text(greedy) == TRANSLATIONS["The cat is black."]
    np.testing.assert_array_equal(trace.steps[0].log_probabilities, greedy.steps[0].log_probabilities)


def test_teacher_forcing_takes_the_target_as_it_stands(translator: Translator) -> None:
    target = translator.encode_target("Bonjour le monde.")
    trace = translator.trace(teacher_force(Document("The cat is black."), [token.id for token in target]))
    assert trace.output_tokens == target and trace.ended is Ended.EOS
    assert {step.how for step in trace.steps} == {How.FORCED}
    expected = [float(step.log_probabilities[token.id]) for step, token in zip(trace.steps, target, strict=True)]
    np.testing.assert_allclose(trace.log_probabilities, expected)


def test_an_end_in_the_middle_of_a_path_is_the_end(translator: Translator) -> None:
    trace = translator.trace(go_to(with_path("Hello.", [500, 0, 600]), 10))
    assert len(trace.steps) == 2 and trace.ended is Ended.EOS


def test_the_limit_ends_decoding(translator: Translator) -> None:
    trace = translator.trace(go_to(Document("The cat is black.", limit=3), 99))
    assert len(trace.steps) == 3 and trace.ended is Ended.LIMIT
    assert translator.trace(go_to(Document("The cat is black.", limit=4), 3)).ended is None


@pytest.mark.parametrize("token", [-1, VOCABULARY, 10**12])
def test_tokens_out_of_range_are_refused(token: int, translator: Translator) -> None:
    with pytest.raises(InputError, match=f"no token {token}"):
        translator.trace(with_path("Hello.", [token]))


def test_a_document_of_another_model_is_refused(translator: Translator) -> None:
    translator.trace(Document("Hello.", checkpoint=translator.info.content_hash))
    with pytest.raises(InputError, match="made with another model"):
        translator.trace(Document("Hello.", checkpoint="0" * 64))


def test_what_is_known_of_the_model(translator: Translator, bundled: Path) -> None:
    info = translator.info
    assert (info.name, info.description.languages) == ("en-fr", ("en", "fr"))
    assert info.content_hash == content_hash(bundled)
    embeddings, width, hidden = VOCABULARY * 256, 256, 1024
    attention, norm = 4 * (width * width + width), 2 * width
    ffn = 2 * width * hidden + hidden + width
    layers = 4 * (attention + ffn + 2 * norm) + 4 * (2 * attention + ffn + 3 * norm)
    assert info.parameters == embeddings + layers


steps_taken = st.lists(
    st.one_of(
        st.sampled_from(["step", "back", "end", "start"]),
        st.tuples(st.just("jump"), st.integers(0, 12)),
        st.tuples(st.just("force"), st.lists(st.integers(3, 30), max_size=5)),
        st.tuples(st.just("sentence"), st.sampled_from([SOURCE, "a dog", "the river follows a tree"])),
        st.tuples(st.just("close"), st.integers(0, 12)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(steps=steps_taken)
def test_any_order_of_steps_gives_the_arrays_of_a_fresh_translator(
    steps: list[str | tuple[str, object]], tiny_translator: Translator, tiny: Path
) -> None:
    document = Document(SOURCE, limit=12)
    for step in steps:
        document = take(step, document, tiny_translator)
        trace = tiny_translator.trace(document)
    assert_same(trace, Translator(tiny).trace(document))


def take(step: str | tuple[str, object], document: Document, translator: Translator) -> Document:
    match step:
        case "step":
            return step_forward(document)
        case "back":
            return go_to(document, document.step - 1)
        case "end":
            return go_to(document, 12)
        case "start":
            return go_to(document, 0)
        case ("jump", int(row)):
            return go_to(document, row)
        case ("force", list(tokens)):
            return replace(with_path(document.source, tokens), limit=12, step=min(len(tokens) + 2, 12))
        case ("sentence", str(source)):
            return replace(document, source=source)
        case ("close", int(row)):
            abandoned = translator.trace_steps(go_to(document, row))
            next(abandoned, None)
            abandoned.close()
            return document
    raise AssertionError(step)


def test_a_trace_in_steps_reports_each_new_row_once(tiny: Path) -> None:
    translator = Translator(tiny)
    document = replace(with_path(SOURCE, [5, 6, 7, 8, 9]), step=5)
    assert list(translator.trace_steps(document)) == [Progress(row, 5) for row in range(1, 6)]
    assert list(translator.trace_steps(document)) == []
    longer = replace(with_path(SOURCE, [5, 6, 7, 10, 11, 12]), step=6)
    assert list(translator.trace_steps(longer)) == [Progress(5, 6), Progress(6, 6)]


def test_traces_may_be_interleaved(tiny: Path) -> None:
    translator = Translator(tiny)
    left = replace(with_path(SOURCE, [5, 6, 7, 8]), step=4)
    right = replace(with_path(SOURCE, [5, 9, 7, 8]), step=4)
    running = {translator.trace_steps(document): document for document in (left, right)}
    finished = []
    while running:
        for steps, document in list(running.items()):
            try:
                next(steps)
            except StopIteration as stop:
                assert_same(stop.value, Translator(tiny).trace(document))
                finished.append(running.pop(steps))
    assert set(finished) == {left, right}


@contextmanager
def counted_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The ids read by every decoder row that is computed meanwhile."""
    read: list[int] = []

    def counting(state: DecoderState, tokens: Tensor) -> tuple[DecoderState, list[DecodedRow]]:
        read.extend(tokens[0].tolist())
        return decode_rows(state, tokens)

    with monkeypatch.context() as patch:
        patch.setattr("attention_viewer.model.tracing.decode_rows", counting)
        yield read


def test_a_step_decodes_no_kept_hypothesis_again(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    hypotheses = [go_to(with_path("A child was reading an old book.", [token]), 18) for token in range(600, 616)]
    with counted_rows(monkeypatch) as read:
        traces = [translator.trace(each) for each in hypotheses]
    assert len(read) == 1 + sum(len(trace.steps) - 1 for trace in traces)
    with counted_rows(monkeypatch) as read:
        for each, trace in zip(hypotheses, traces, strict=True):
            assert_same(translator.trace(each), trace)
            assert translator.trace(go_to(each, each.step - 1)).steps
    assert read == []
    with counted_rows(monkeypatch) as read:
        translator.trace(go_to(with_path("A child was reading an old book.", [600, 300, 301, 302]), 5))
    assert read == [300, 301, 302]


def test_what_bears_on_the_decoder_alone_encodes_no_sentence_again(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translator, encoded = Translator(tiny), []

    def counting(*given: Any) -> EncodedSource:
        encoded.append(given)
        return encode(*given)

    monkeypatch.setattr("attention_viewer.model.tracing.encode", counting)
    plain = go_to(with_path(SOURCE, [5, 6, 7, 10]), 4)
    decoder = Interventions(frozenset({HeadId(CROSS, 0, 1)}), decoder_positions=Positions.SHUFFLED)
    hidden, encoder = Interventions(hidden=frozenset({1})), Interventions(frozenset({HeadId(ENCODER, 0, 1)}))
    asked = [replace(plain, interventions=each) for each in (NONE, decoder, hidden, encoder)]
    traces = [translator.trace(each) for each in asked]
    assert len(encoded) == 3
    for document, trace in zip(asked, traces, strict=True):
        assert_same(Translator(tiny).trace(document), trace)


def test_what_was_chosen_before_an_intervention_is_expected_after_it(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, blocks = Translator(translator.info.directory), []

    def counting(state: DecoderState, tokens: Tensor) -> tuple[DecoderState, list[DecodedRow]]:
        blocks.append(tokens.shape[1])
        return decode_rows(state, tokens)

    plain = go_to(Document("The old woman was reading a book in the garden of her house."), 200)
    before, changed = translator.trace(plain), 0
    for head in range(8):
        off = replace(plain, interventions=Interventions(frozenset({HeadId(CROSS, 3, head), HeadId(DECODER, 0, head)})))
        fresh._tracer.cache = PrefixCache()
        with monkeypatch.context() as patch:
            patch.setattr("attention_viewer.model.tracing.decode_rows", counting)
            trace = translator.trace(off)
        assert_same(trace, fresh.trace(off))
        changed += trace.output_tokens != before.output_tokens
    assert 0 < changed < 8 and blocks.count(8) >= 8


def test_the_cache_is_bounded_by_bytes_and_forgetting_changes_nothing(tiny: Path) -> None:
    translator = Translator(tiny)
    budget = 300_000
    translator._tracer.cache = cache = PrefixCache(budget)
    document = go_to(Document(SOURCE, limit=12), 6)
    before = translator.trace(document)
    for token in range(3, 30):
        translator.trace(go_to(with_path(SOURCE, [token, 4, 5]), 4))
        assert cache.bytes <= budget
    for count in range(1, 12):
        translator.trace(go_to(Document("cat " * count, limit=12), 6))
        assert cache.bytes <= budget
    kept = [row for sentence in cache._sentences.values() for row in sentence.rows()]
    assert 10 < len(kept) < 27 + 6 * 12
    assert cache.bytes == sum(row.bytes for row in kept)
    assert_same(translator.trace(document), before)


def test_what_was_used_last_is_forgotten_last(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translator = Translator(tiny)
    translator._tracer.cache = PrefixCache(300_000)
    favourite, other = (go_to(with_path(SOURCE, [token, 4, 5]), 4) for token in (7, 8))
    for document in (favourite, other):
        translator.trace(document)
    for token in range(9, 39):
        translator.trace(go_to(with_path(SOURCE, [token % 36, 4, 5]), 4))
        translator.trace(favourite)
    with counted_rows(monkeypatch) as read:
        translator.trace(favourite)
        assert read == []
        translator.trace(other)
        assert read == [8, 4, 5]


def held(array: Any) -> int:
    """Bytes that an array of numbers computed keeps in memory."""
    while isinstance(array, np.ndarray):
        array = array.base
    assert isinstance(array, Tensor)
    return array.untyped_storage().nbytes()


def test_siblings_share_no_memory_that_one_of_them_appends_to(tiny: Path) -> None:
    translator = Translator(tiny)
    for tokens in ([5, 6, 7, 8], [5, 6, 9, 8], [5, 6, 7, 9]):
        translator.trace(go_to(with_path(SOURCE, tokens), 5))
    (sentence,) = translator._tracer.cache._sentences.values()
    rows = [row for row in sentence.rows() if row.keys_values is not None]
    own = [row.keys_values for row in rows if row.keys_values is not None]
    assert len(rows) == 1 + 2 + 2 + 3
    assert len({each.untyped_storage().data_ptr() for each in own}) == len(rows)
    assert all(each.nbytes == each.untyped_storage().nbytes() for each in own)
    steps = [row.step for row in rows if row.step is not None]
    arrays = [each for step in steps for each in (step.log_probabilities, step.self_attention, step.cross_attention)]
    assert all(each.nbytes == held(each) for each in arrays)
    before = [each.clone() for each in own]
    states = [row.state() for row in rows]
    for state in states:
        decode_step(state, torch.tensor([11]))
    assert all(map(torch.equal, own, before))


@pytest.mark.parametrize("words", [1, 2, 17, 100, 299])
def test_sentences_of_one_to_three_hundred_tokens(words: int, translator: Translator) -> None:
    trace = translator.trace(go_to(Document("cat " * words), 2))
    assert len(trace.source_tokens) == words + 1
    assert trace.cross_attention.shape == (4, 8, 2, words + 1)
    np.testing.assert_allclose(trace.encoder_self_attention.sum(-1), 1.0, atol=1e-5)


UNUSUAL = ["😀👨‍👩‍👧", "مرحبا بالعالم", "你好，世界。", "</s>", "<pad> </s> <unk>", "\x00", "a\ud800b", "½"]


@pytest.mark.parametrize("text", UNUSUAL)
def test_unusual_sentences_are_traced(text: str, translator: Translator) -> None:
    trace = translator.trace(go_to(Document(text), 2))
    assert np.isfinite(trace.cross_attention).all() and len(trace.steps) == 2
    assert [token.special for token in trace.source_tokens].count(True) == 1


@pytest.mark.slow
def test_three_hundred_rows_beyond_the_usual_limit(translator: Translator) -> None:
    tokens = [translator.encode_target("chat")[0].id] * 300
    trace = translator.trace(teacher_force(Document("The cat is black."), tokens))
    assert trace.decoder_self_attention.shape == (4, 8, 300, 300) and trace.ended is Ended.LIMIT
    assert not trace.decoder_self_attention[..., trace.decoder_mask].any()
