"""What the model computes for hypotheses that were kept: no label lies, and nothing that was left changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.api import How, Trace
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document, alone, go_to
from attention_viewer.model.contract.document_json import from_json, to_json
from attention_viewer.model.contract.hypotheses import (
    branch,
    choose_hypothesis,
    decode_by,
    force,
    intervene,
    leave,
    sample_again,
    teacher_force,
)
from attention_viewer.model.contract.interventions import NONE, HeadId, Interventions, Positions
from attention_viewer.model.translator import Translator, finished
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.same_traces import assert_same
from support.traces import KINDS

SENTENCE = "The cat sat on the mat because it was tired."
SHUFFLED = Interventions(encoder_positions=Positions.SHUFFLED)
SAMPLING = Decoding(Method.SAMPLING, temperature=2.0, seed=4)
SMALL = "the cat sees a dog"
CONDITIONS = st.builds(
    Interventions,
    heads_off=st.frozensets(
        st.builds(HeadId, st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 1)), max_size=2
    ),
    hidden=st.frozensets(st.integers(0, 1), max_size=1),
    encoder_positions=st.sampled_from(Positions),
    causal_mask=st.booleans(),
)
FORCED = st.lists(st.tuples(st.integers(0, 3), st.integers(3, 20)), max_size=3)
WAYS = st.builds(Decoding, st.sampled_from(Method), st.just(2.0), seed=st.integers(0, 5))


def outputs(trace: Trace) -> list[tuple[int, How]]:
    return [(step.output.id, step.how) for step in trace.steps]


def ids(trace: Trace) -> list[int]:
    return [token.id for token in trace.output_tokens]


def forced_under_shuffling(translator: Translator) -> Document:
    """Positions shuffled, two steps, then a token forced at the third."""
    document = intervene(Document(SENTENCE, step=3), SHUFFLED)
    trace = translator.trace(document)
    known = outputs(trace)
    return force(document, known[:2], trace.steps[-1].candidates[1].token.id, known[2:])


def test_no_token_is_called_greedy_that_the_model_shown_would_not_have_chosen(translator: Translator) -> None:
    document = forced_under_shuffling(translator)
    reset = intervene(go_to(document, 12), NONE)
    for each in (
        document,
        reset,
        intervene(choose_hypothesis(document, 0), NONE),
        replace(document, interventions=NONE),
    ):
        for index in range(len(each.hypotheses)):
            for step in translator.trace(alone(each, index)).steps:
                assert step.how is not How.GREEDY or step.output == step.candidates[0].token
    assert [step.how for step in translator.trace(reset).steps[:3]] == [How.GREEDY, How.GREEDY, How.FORCED]
    kept = translator.trace(alone(reset, 0))
    assert {step.how for step in kept.steps} == {How.KEPT} and max(step.rank for step in kept.steps) > 1


def test_what_was_before_is_what_the_untouched_model_writes(translator: Translator) -> None:
    plain = translator.trace(Document(SENTENCE, step=200)).output_tokens
    document = intervene(Document(SENTENCE, step=3), SHUFFLED)
    trace = translator.trace(document)
    left = leave(document, outputs(trace))
    assert finished(translator.effect_steps(left)).translation_before == plain
    forced = forced_under_shuffling(translator)
    third = translator.trace(forced).steps[2].output.id
    effect = finished(translator.effect_steps(forced))
    alike = translator.trace(force(Document(SENTENCE), outputs(translator.trace(Document(SENTENCE, step=2))), third))
    assert effect.translation_before == translator.trace(go_to(alike_document(translator, third), 200)).output_tokens
    assert [token.id for token in effect.translation_before[:3]] == ids(alike)
    assert effect.translation_before[:2] == plain[:2]
    assert effect.before.reads == translator.trace(forced).steps[-1].reads


def alike_document(translator: Translator, third: int) -> Document:
    return force(Document(SENTENCE), outputs(translator.trace(Document(SENTENCE, step=2))), third)


def test_a_kept_hypothesis_looked_at_under_interventions_has_both_translations_of_the_models(
    translator: Translator,
) -> None:
    plain = translator.trace(Document(SENTENCE, step=200))
    document = teacher_force(Document(SENTENCE, step=200), [5, 0], outputs(plain))
    document = choose_hypothesis(intervene(document, SHUFFLED), 0)
    shown = translator.trace(document)
    assert ids(shown) == ids(plain) and {step.how for step in shown.steps} == {How.KEPT}
    effect = finished(translator.effect_steps(document))
    assert effect.translation_before == plain.output_tokens
    shuffled = translator.trace(intervene(Document(SENTENCE, step=200), SHUFFLED)).output_tokens
    assert effect.translation_after == shuffled != plain.output_tokens


def test_sampling_and_drawing_again_change_no_other_hypothesis(translator: Translator) -> None:
    document = Document(SENTENCE, step=200)
    trace = translator.trace(document)
    document = go_to(force(document, outputs(trace)[:2], trace.steps[2].candidates[1].token.id, outputs(trace)[2:]), 9)
    texts = [ids(trace), ids(translator.trace(document))]
    for draw in range(5):
        known = outputs(translator.trace(document))
        document = decode_by(document, SAMPLING, known) if draw == 0 else sample_again(document, known)
        texts.append(ids(translator.trace(document)))
        assert [ids(translator.trace(alone(document, index))) for index in range(len(document.hypotheses))] == texts
    assert len(texts) == 7 and len(set(map(tuple, texts[2:]))) > 3
    assert {text[2] for text in texts[1:]} == {texts[1][2]}
    hows = [{step.how for step in translator.trace(alone(document, index)).steps} for index in range(2, 7)]
    assert hows == [{How.GREEDY, How.FORCED, How.SAMPLED}] * 5


def test_without_the_mask_no_token_is_said_to_be_the_models_choice(translator: Translator) -> None:
    document = go_to(force(Document(SENTENCE), [], 500), 9)
    known = outputs(translator.trace(document))
    unmasked = intervene(document, Interventions(causal_mask=False))
    shown = translator.trace(unmasked)
    assert ids(shown) == [token for token, _ in known]
    assert [step.how for step in shown.steps] == [How.FORCED] + [How.KEPT] * 8
    back = intervene(leave(unmasked, outputs(shown)), NONE)
    assert outputs(translator.trace(back)) == known


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    CONDITIONS,
    CONDITIONS,
    WAYS,
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 3), st.integers(3, 20)), max_size=3),
)
def test_a_hypothesis_that_was_left_is_computed_as_before(
    tiny: Path,
    tiny_translator: Translator,
    here: Interventions,
    there: Interventions,
    way: Decoding,
    step: int,
    forced: list[tuple[int, int]],
) -> None:
    document = intervene(decode_by(Document(SMALL, step=step, limit=12), way), here)
    traces: list[Trace] = []
    for length, token in forced:
        trace = tiny_translator.trace(document)
        known = outputs(trace)
        place = min(length, len(known))
        changed = force(document, known[:place], token, known[place:])
        if changed.current != document.current:
            traces.append(trace)
        document = go_to(changed, step)
    trace = tiny_translator.trace(document)
    left = intervene(sample_again(document, outputs(trace)), there)
    left = intervene(branch(left, [(5, How.BEAM)], outputs(tiny_translator.trace(left))), here)
    fresh = Translator(tiny)
    back = choose_hypothesis(from_json(to_json(left)), document.current)
    assert_same(fresh.trace(back), trace)


@pytest.mark.parametrize("way", [Decoding(), SAMPLING])
def test_stepping_past_what_was_kept_goes_on_in_its_own_way(translator: Translator, way: Decoding) -> None:
    document = decode_by(Document(SENTENCE, step=4), way)
    whole = translator.trace(go_to(document, 9))
    left = sample_again(document, outputs(translator.trace(document)))
    back = go_to(choose_hypothesis(left, 0), 9)
    assert_same(translator.trace(back), whole)
    np.testing.assert_array_equal(translator.trace(back).cross_attention, whole.cross_attention)
