from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import (
    Before,
    Decoding,
    Method,
    distribution,
    from_json,
    sample,
    scores,
    to_json,
)
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import branch, decode_by, force
from attention_viewer.model.translator import Translator
from hypothesis import given
from hypothesis import strategies as st

LOGS = np.log(np.array([0.5, 0.25, 0.15, 0.06, 0.04], dtype=np.float32))
SAMPLING = Decoding(Method.SAMPLING)
SENTENCE = "I do not know what to do."


def test_temperature_top_k_and_nucleus() -> None:
    np.testing.assert_allclose(distribution(LOGS, SAMPLING, ()), np.exp(LOGS), rtol=1e-6)
    barred = distribution(LOGS, SAMPLING, (0,))
    assert barred[0] == 0 and barred[1] == pytest.approx(0.5)
    sharp = distribution(LOGS, replace(SAMPLING, temperature=0.5), ())
    np.testing.assert_allclose(sharp, np.exp(LOGS) ** 2 / (np.exp(LOGS) ** 2).sum(), rtol=1e-5)
    assert (distribution(LOGS, replace(SAMPLING, top_k=2), ()) > 0).tolist() == [True, True, False, False, False]
    assert (distribution(LOGS, replace(SAMPLING, top_p=0.7), ()) > 0).tolist() == [True, True, False, False, False]
    assert (distribution(LOGS, replace(SAMPLING, top_p=0.76), ()) > 0).tolist() == [True, True, True, False, False]
    assert (distribution(LOGS, replace(SAMPLING, top_p=0.01), ()) > 0).sum() == 1


def test_distributions_are_those_of_transformers() -> None:
    import torch
    from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    chance = np.random.default_rng(3)
    for temperature, top_k, top_p in ((0.7, 5, 0.8), (1.3, 40, 0.95), (1.0, 3, 1.0)):
        logits = chance.normal(size=60).astype(np.float32)
        logs = logits - np.log(np.exp(logits).sum())
        warpers = LogitsProcessorList([TemperatureLogitsWarper(temperature), TopKLogitsWarper(top_k)])
        if top_p < 1:
            warpers.append(TopPLogitsWarper(top_p))
        wanted = warpers(torch.zeros(1, 1, dtype=torch.long), torch.tensor(logs)[None]).softmax(-1)[0].numpy()
        ours = distribution(logs, Decoding(Method.SAMPLING, temperature, top_k, top_p), ())
        np.testing.assert_allclose(ours, wanted, atol=1e-6)


READ = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@given(READ, st.integers(0, 4), st.floats(0.2, 4.0), st.lists(st.floats(-9, 9), min_size=6, max_size=6))
def test_scores_are_those_of_transformers(read: list[int], run: int, penalty: float, values: list[float]) -> None:
    import torch
    from transformers import NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor

    wanted, ids = torch.tensor([values]), torch.tensor([read])
    wanted = RepetitionPenaltyLogitsProcessor(penalty)(ids, wanted)
    if run:
        wanted = NoRepeatNGramLogitsProcessor(run)(ids, wanted)
    logits = np.array(values, dtype=np.float32)
    normaliser = float(np.log(np.exp(logits).sum()))
    decoding = Decoding(no_repeat_ngram=run, repetition_penalty=penalty)
    ours = scores(logits - np.float32(normaliser), decoding, (), Before(read, normaliser))
    if penalty == 1.0:
        ours = ours + normaliser
    np.testing.assert_allclose(ours, wanted[0].numpy(), atol=1e-4)


def test_draws_follow_the_distribution_and_the_seed() -> None:
    draws = [sample(LOGS, replace(SAMPLING, seed=seed), (1,), row) for seed in range(300) for row in range(10)]
    wanted = distribution(LOGS, SAMPLING, (1,))
    np.testing.assert_allclose(np.bincount(draws, minlength=5) / len(draws), wanted, atol=0.03)
    assert draws == [sample(LOGS, replace(SAMPLING, seed=seed), (1,), row) for seed in range(300) for row in range(10)]


settings_ = st.builds(
    Decoding,
    st.sampled_from(Method),
    st.floats(0.01, 100.0),
    st.integers(0, 50),
    st.floats(0.01, 1.0),
    st.integers(0, 1000),
    st.integers(1, 32),
    st.integers(0, 5),
    st.floats(0.1, 10.0),
)


@given(settings_, st.lists(st.floats(-20, 0), min_size=3, max_size=30), st.integers(0, 50))
def test_barred_tokens_are_never_drawn(decoding: Decoding, values: list[float], row: int) -> None:
    logs = np.array(values, dtype=np.float32)
    token = sample(logs, decoding, (1,), row)
    assert 0 <= token < len(values) and token != 1
    assert math.isclose(float(distribution(logs, decoding, (1,)).sum()), 1.0, rel_tol=1e-6)


@given(settings_)
def test_settings_survive_json(decoding: Decoding) -> None:
    assert from_json(to_json(decoding)) == decoding


@pytest.mark.parametrize(
    "damage", [{"temperature": 0}, {"top_p": 1.5}, {"top_k": -1}, {"seed": 1.5}, {"beam_width": True}, {"method": "x"}]
)
def test_settings_that_mean_nothing_are_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError):
        from_json({**to_json(Decoding()), **damage})
    with pytest.raises(InputError, match="seed"):
        from_json({key: value for key, value in to_json(Decoding()).items() if key != "seed"})


def test_sampled_traces_repeat_and_are_marked(translator: Translator) -> None:
    document = decode_by(Document(SENTENCE, step=200), replace(SAMPLING, temperature=1.5, seed=4))
    one, again = translator.trace(document), translator.trace(document)
    assert [step.output.id for step in one.steps] == [step.output.id for step in again.steps]
    assert {step.how for step in one.steps} == {How.SAMPLED}
    others = {
        translator.text(translator.trace(decode_by(document, replace(document.decoding, seed=seed))))
        for seed in range(6)
    }
    assert len(others) > 2
    cold = decode_by(document, replace(SAMPLING, temperature=0.01))
    assert translator.text(translator.trace(cold)) == translator.text(translator.trace(Document(SENTENCE, step=200)))


def test_forcing_keeps_what_was_and_goes_on_from_there(translator: Translator) -> None:
    document = Document(SENTENCE, step=3)
    trace = translator.trace(document)
    second = trace.steps[-1].candidates[1].token
    forced = force(document, [(step.output.id, step.how) for step in trace.steps[:-1]], second.id)
    assert forced.step == 3 and len(forced.hypotheses) == 2
    after = translator.trace(go_to(forced, 200))
    assert [step.output.id for step in after.steps[:2]] == [step.output.id for step in trace.steps[:2]]
    assert after.steps[2].output.id == second.id and after.steps[2].how is How.FORCED
    assert after.steps[3].reads.id == second.id
    assert after.steps[2].rank == 2
    alone = translator.trace(branch(Document(SENTENCE), [(step.output.id, How.FORCED) for step in after.steps]))
    np.testing.assert_array_equal(alone.cross_attention, after.cross_attention)
