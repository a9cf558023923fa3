"""Bars where tokens are drawn: the distribution they are drawn from, beside the model's own."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.api import DecodeStep, How, Token
from attention_viewer.model.contract.choosing import Decoding, Method, distribution, sample
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.sampling import controls
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.specs import BarsSpec
from attention_viewer.viewer.state.view_state import ViewState
from support import traces

HOT = Decoding(Method.SAMPLING, temperature=3.0)
BARRED = traces.info().architecture.barred_ids
VOCABULARY = tuple(Token(index, f"▁{index}", str(index)) for index in range(traces.VOCABULARY))


def last(how: How) -> DecodeStep:
    """The row that predicts token 23, no two of whose probabilities are alike."""
    logs = np.linspace(-6.0, -1.0, traces.VOCABULARY).astype(np.float32)
    logs -= np.log(np.exp(logs).sum())
    return replace(traces.decode_step(2), log_probabilities=logs, how=how)


def loaded(decoding: Decoding, how: How = How.SAMPLED) -> Loaded:
    trace = traces.trace(3)
    trace = replace(trace, steps=(*trace.steps[:2], last(how)))
    document = Document("The mat is", step=3, decoding=decoding)
    return Loaded(traces.info(), trace, document=document, vocabulary=VOCABULARY)


def bars(state: Loaded, view: ViewState | None = None) -> BarsSpec:
    spec = resolve.bars(state, view or ViewState())
    assert isinstance(spec, BarsSpec)
    return spec


@pytest.mark.parametrize(
    "decoding", [HOT, replace(HOT, top_k=3), replace(HOT, top_p=0.5), replace(HOT, temperature=0.3)]
)
def test_bars_have_the_probabilities_that_tokens_are_drawn_by(decoding: Decoding) -> None:
    spec, logs = bars(loaded(decoding)), last(How.SAMPLED).log_probabilities
    expected = distribution(logs, decoding, BARRED)
    assert [bar.probability for bar in spec.bars] == [float(expected[bar.token]) for bar in spec.bars]
    assert [bar.before for bar in spec.bars] == [pytest.approx(float(np.exp(logs[bar.token]))) for bar in spec.bars]
    assert spec.legend == "hollow: T 1, uncut" and f"at T {decoding.temperature:g}" in spec.subtitle


def test_what_stands_is_told_with_its_probability_and_rank() -> None:
    drawn, rank = bars(loaded(replace(HOT, top_k=3))), traces.VOCABULARY - 23
    assert drawn.drawn == ("drawn: is", f"with <0.01, rank {rank}") and ", 3 tokens left" in drawn.subtitle, "cut: 0"
    rare = bars(loaded(replace(HOT, temperature=0.2))).drawn[1]
    assert re.fullmatch(rf"with \d\.\de-\d\d, rank {rank}", rare), rare
    assert bars(loaded(HOT, How.FORCED)).drawn[0] == "forced: is"
    assert [bar.label for bar in drawn.bars if bar.chosen] == ["is"]


def test_settings_being_tried_show_what_they_would_draw() -> None:
    trial = replace(HOT, temperature=9.0)
    spec = bars(loaded(HOT), ViewState(trial=trial))
    token = sample(last(How.SAMPLED).log_probabilities, trial, BARRED, 2)
    assert spec.drawn[0] == f"drawn: {token}" and "at T 9" in spec.subtitle
    assert [bar.token for bar in spec.bars if bar.chosen] == [token]
    forced = bars(loaded(HOT, How.FORCED), ViewState(trial=trial))
    assert forced.drawn[0] == "forced: is", "what a person chose stands"


def test_where_nothing_is_drawn_bars_are_the_model_s_own() -> None:
    plain = bars(loaded(Decoding(temperature=3.0), How.GREEDY))
    assert plain.drawn == () and all(bar.before is None for bar in plain.bars)
    state = loaded(HOT)
    assert state.trace is not None
    unmasked = replace(state, trace=replace(state.trace, causal=False))
    assert bars(unmasked).drawn == () and "mask" in controls(unmasked, ViewState()).reason


def test_repetition_held_back_shows_in_the_bars_of_a_greedy_choice() -> None:
    held = bars(loaded(Decoding(no_repeat_ngram=1), How.GREEDY))
    stands = [bar for bar in held.bars if bar.token in (21, 22)]
    assert stands == [] or all(bar.probability == 0.0 and (bar.before or 0) > 0 for bar in stands)
    assert held.drawn[0] == "greedy: is" and "at T" not in held.subtitle and "tokens left" in held.subtitle


def test_controls_show_what_is_tried_and_say_why_there_is_nothing_to_choose() -> None:
    assert controls(Loaded(), ViewState()).reason and not controls(Loaded(), ViewState()).on
    trial = replace(HOT, top_k=5)
    assert controls(loaded(HOT), ViewState(trial=trial)).decoding == trial
    assert not controls(loaded(Decoding()), ViewState()).on
