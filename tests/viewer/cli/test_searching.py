"""Translations by beam and by sampling: their texts, orders and log-probabilities are those of the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.contract import choosing
from attention_viewer.model.contract.choosing import PENALTIES, TEMPERATURES, WIDEST
from attention_viewer.model.contract.document import Document
from attention_viewer.model.translator import Translator, finished
from attention_viewer.viewer.cli import decoding
from attention_viewer.viewer.cli.decoding import (
    COLDEST,
    GREEDY,
    HOTTEST,
    LEAST_PENALTY,
    MOST_PENALTY,
    WIDEST_BEAM,
    Search,
)
from attention_viewer.viewer.cli.searching import found

SENTENCE = "the old cat sees a bird."


@pytest.fixture(scope="module")
def model(tiny: Path) -> Translator:
    return Translator(tiny)


def test_bounds_are_those_of_the_model() -> None:
    assert (COLDEST, HOTTEST) == TEMPERATURES and WIDEST_BEAM == WIDEST
    assert (LEAST_PENALTY, MOST_PENALTY) == PENALTIES and decoding.LONGEST_RUN == choosing.LONGEST_RUN


@pytest.mark.parametrize(
    "search",
    [
        GREEDY,
        Search(no_repeat_ngram=1, repetition_penalty=1.5),
        Search(beam=4, count=3),
        Search(beam=3, count=3, no_repeat_ngram=1),
        Search(sampled=True, top_k=5, seed=3, count=3),
    ],
)
def test_each_is_worth_what_its_trace_says(model: Translator, search: Search) -> None:
    results = found(model, Document(SENTENCE, limit=12), search)
    assert [each.rank for each in results] == list(range(1, search.count + 1))
    for each in results:
        trace = model.trace(each.document)
        repeats = len(set(trace.output_tokens)) < len(trace.output_tokens)
        if not search.sampled:
            assert repeats != bool(search.no_repeat_ngram), "the tiny model repeats itself wherever it may"
        assert model.text(trace) == each.text
        assert each.log_probability == pytest.approx(float(trace.log_probabilities.sum()), abs=1e-3)
        assert each.score == pytest.approx(each.log_probability / len(trace.steps), abs=1e-6)


def test_a_beam_is_ordered_by_score_and_is_that_of_the_window(model: Translator) -> None:
    results = found(model, Document(SENTENCE, limit=12), Search(beam=4, count=4))
    tree = finished(model.beam_steps(Document(SENTENCE, limit=12)))
    assert [each.score for each in results] == [score for _, score in tree.finished]
    assert [each.score for each in results] == sorted((each.score for each in results), reverse=True)
    assert results[0].about()["by"] == "beam 4"


def test_samples_differ_by_seed_and_come_again_by_it(model: Translator) -> None:
    search = Search(sampled=True, temperature=2.0, seed=5, count=3)
    texts = [each.text for each in found(model, Document(SENTENCE, limit=12), search)]
    assert len(set(texts)) > 1
    again = found(model, Document(SENTENCE, limit=12), Search(sampled=True, temperature=2.0, seed=6))
    assert [each.text for each in again] == texts[1:2] and again[0].by == "seed 6, T 2"
