"""What is to be awaited beside the trace, and what is no longer: of every state, without Qt and without a model."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import How, Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import branch, choose_hypothesis, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.contract.open_model import OpenModel
from attention_viewer.viewer.intents import answers, comparing, due, looking
from attention_viewer.viewer.intents.due import OTHER, SURVEY, TEXTS, Due
from attention_viewer.viewer.intents.turns import News, Tell, Turn, load
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.results import (
    BEAM,
    DECODER_LENS,
    EFFECT,
    RANKING,
    SPELLINGS,
    TRANSLATIONS,
    HypothesisText,
    Quantity,
    by_method,
)
from attention_viewer.viewer.state.state import State, Traced
from attention_viewer.viewer.state.survey import Lines, Survey
from attention_viewer.viewer.state.view_state import ViewState, choose
from attention_viewer.viewer.work import measurements
from attention_viewer.viewer.work.jobs import Work
from attention_viewer.viewer.work.measurements import MEASUREMENTS, Measurement
from support import traces
from support.toy import ToyTranslator, finished

SHOWN = Document("The mat is", step=3, checkpoint=traces.CHECKPOINT)
OFF = intervene(SHOWN, Interventions(heads_off=frozenset({HeadId(CROSS, 0, 1)})))
LETTERS = Quantity[int]("letters", lambda document: questions.line(document, document.step))
LINES = Lines("lines.txt", (("a cat", None), ("a dog", None)))


def count_work(document: Document) -> Work[int]:
    """A measurement that no other part of the program knows."""

    def work(model: OpenModel) -> Generator[Progress, None, int]:
        yield Progress(0, 1)
        return len(document.source)

    return work


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Measurement((LETTERS,), count_work, progress=True, status=lambda _: "Counting …")
    monkeypatch.setattr(measurements, "MEASUREMENTS", (*MEASUREMENTS, entry))


def state(document: Document = SHOWN, watched: tuple[Quantity[Any], ...] = ()) -> State:
    """A document on screen, and panels on show that show some quantities."""
    shown = showing(State(ViewState()), document)
    return done(due.watch(shown, frozenset(watched)))


def showing(state: State, document: Document) -> State:
    """The state once another document is on screen."""
    loaded = replace(
        state.shown, info=traces.info(), trace=traces.trace(document.step), translation="Le", document=document
    )
    return load(state, loaded).state


def done(turn: Turn | None) -> State:
    assert turn is not None
    return turn.state


def awaited(state: State) -> dict[str, Due[object]]:
    found = list(due.due(state))
    assert len({each.channel for each in found}) == len(found)
    return {each.channel: each for each in found}


def test_nothing_is_awaited_where_nobody_looks_or_asks() -> None:
    assert awaited(State(ViewState())) == {} and awaited(state()) == {}
    nothing_shown = done(due.watch(State(ViewState(), Loaded(traces.info())), frozenset({LETTERS, SPELLINGS})))
    assert awaited(nothing_shown) == {}


def test_what_is_watched_is_measured_of_every_document_that_has_a_question_until_it_is_known() -> None:
    assert set(awaited(state(watched=(LETTERS, EFFECT)))) == {LETTERS.name}, "there is no intervention to measure"
    now = state(OFF, (LETTERS, TRANSLATIONS))
    assert set(awaited(now)) == {LETTERS.name, EFFECT.name}, "one measurement tells both"
    first = awaited(now)[LETTERS.name]
    known = first.answered(now, 10).state
    assert known.shown.found(LETTERS) == 10 and set(awaited(known)) == {EFFECT.name}
    further = showing(known, replace(OFF, step=2))
    assert further.shown.found(LETTERS) is None
    assert awaited(further)[LETTERS.name] != first, "it is asked for anew, and the one before is given up"
    assert LETTERS.name not in awaited(showing(further, OFF)), "known again"
    assert set(awaited(done(due.watch(further, frozenset({EFFECT}))))) == {EFFECT.name}


def test_what_was_asked_for_is_awaited_as_long_as_its_question_is_that_of_the_document_shown() -> None:
    now = done(due.start(state(), RANKING))
    ranking = awaited(now)[RANKING.name]
    assert awaited(showing(now, OFF))[RANKING.name] == ranking, "heads are tried out meanwhile"
    other = showing(now, Document("Another sentence", step=2))
    assert awaited(other) == {}
    given_up = ranking.dropped(other).state
    assert awaited(showing(given_up, SHOWN)) == {}, "it does not begin again by itself"
    assert awaited(done(due.stop(now, RANKING))) == {}


def test_what_is_asked_for_with_other_settings_takes_the_place_of_what_was() -> None:
    now = done(due.search(state(), 3))
    first = awaited(now)[BEAM.name]
    wider = done(due.search(now, 5))
    second = awaited(wider)[BEAM.name]
    assert second != first and due.due(now) is not None
    assert awaited(first.dropped(wider).state)[BEAM.name] == second


def test_a_measurement_tells_how_far_it_is_and_what_came_of_it() -> None:
    now = state()
    asked = done(due.start(now, LETTERS))
    letters = awaited(asked)[LETTERS.name]
    begun = letters.begun(asked)
    assert Tell(News.STATUS, ("Counting …",)) in begun.deeds
    assert begun.state.shown.progress(LETTERS) == Progress(0, 1)
    further = letters.advanced(begun.state, Progress(1, 2)).state
    assert further.shown.progress(LETTERS) == Progress(1, 2)
    turn = letters.answered(further, 7)
    assert turn.state.shown.found(LETTERS) == 7 and turn.state.shown.progress(LETTERS) is None
    assert Tell(News.STATUS, ("Ready",)) in turn.deeds and awaited(turn.state) == {}
    again = awaited(done(due.start(turn.state, LETTERS)))[LETTERS.name]
    assert again.begun(turn.state).state.shown.found(LETTERS) is None, "its progress is in the place of the result"
    dropped = letters.dropped(further)
    assert dropped.state.shown.progress(LETTERS) is None and dropped.state.asked.demanded == {}


def test_what_failed_is_tried_again_only_on_demand_or_for_another_question() -> None:
    now = state(watched=(LETTERS,))
    letters = awaited(now)[LETTERS.name]
    turn = letters.failed(letters.begun(now).state, "It went wrong.")
    assert Tell(News.HINT, ("It went wrong.",)) in turn.deeds and turn.state.shown.progress(LETTERS) is None
    assert awaited(turn.state) == {}
    assert LETTERS.name in awaited(showing(turn.state, replace(SHOWN, step=2)))
    again = done(due.start(turn.state, LETTERS))
    second = awaited(again)[LETTERS.name].failed(again, "It went wrong.").state
    assert awaited(second) == {} and LETTERS.name in awaited(done(due.start(second, LETTERS)))


def test_what_a_page_shows_that_is_not_open_is_not_measured() -> None:
    now = state(watched=(DECODER_LENS,))
    assert awaited(now) == {}
    inside = replace(now.view.inside, words="decoder lens")
    opened = replace(now, view=replace(now.view, inside=inside))
    assert set(awaited(opened)) == {DECODER_LENS.name}


def test_what_maps_show_in_the_place_of_weights_is_measured_by_itself() -> None:
    norms = by_method(methods.NORMS)
    now = state()
    turned = replace(now, view=choose(now.view, QUANTITY, methods.NORMS))
    assert set(awaited(turned)) == {norms.name}
    known = awaited(turned)[norms.name].answered(turned, Attribution(methods.NORMS, {})).state
    assert known.shown.found(norms) is not None and awaited(known) == {}
    assert awaited(replace(turned, view=choose(now.view, QUANTITY, ATTENTION))) == {}


def test_only_the_texts_are_asked_for_that_are_not_known() -> None:
    two = branch(SHOWN, [(token.id, How.FORCED) for token in traces.TARGET[:2]])
    assert awaited(state(two)) == {}, "no panel on show shows them"
    now = state(two, (SPELLINGS,))
    texts = awaited(now)[TEXTS]
    assert texts.key == (now.shown.spellings[0],), "that on screen is known"
    text = HypothesisText("Le tapis", -1.0, (), ended=False)
    known = texts.answered(now, (text,)).state
    assert known.shown.texts[0] == text and awaited(known) == {}
    assert awaited(showing(known, choose_hypothesis(two, 0))) == {}, "that which was on screen stays known"
    failed = texts.failed(now, "It went wrong.")
    assert awaited(failed.state) == {} and Tell(News.HINT, ("It went wrong.",)) in failed.deeds


def test_b_is_awaited_until_it_is_there() -> None:
    now = done(comparing.pin(state()))
    b = awaited(now)[OTHER]
    assert awaited(showing(now, OFF))[OTHER] == b, "it stays what it is beside another document"
    assert awaited(done(comparing.pin(now)))[OTHER] != b
    assert awaited(comparing.stop(now).state) == {}
    assert awaited(b.failed(now, "It went wrong.").state) == {}
    assert awaited(b.answered(now, Traced(SHOWN, traces.trace(3), "Le", 0)).state) == {}


def test_heads_over_a_file_are_awaited_whatever_is_shown_and_kept_until_they_are_closed() -> None:
    now = due.survey(state(), LINES).state
    over = awaited(now)[SURVEY]
    assert awaited(showing(now, OFF))[SURVEY] == over
    begun = over.begun(now).state
    assert begun.shown.results.surveying == Progress(0, 2)
    found = Survey(LINES, 2, 0, {})
    known = over.answered(begun, found).state
    assert known.shown.results.survey is found and known.shown.results.surveying is None and awaited(known) == {}
    closed = due.survey(known, None).state
    assert closed.shown.results.survey is None and awaited(closed) == {}
    failed = over.failed(begun, "No line will do.")
    assert Tell(News.ERROR, ("No line will do.",)) in failed.deeds and awaited(failed.state) == {}


def test_a_model_answers_all_that_is_due_and_then_nothing_is() -> None:
    toy = ToyTranslator("toy")
    document = intervene(Document("the cat sleeps", step=3), OFF.interventions)
    document = branch(document, [(step.output.id, How.FORCED) for step in toy.trace(document).steps[:2]])
    shown = Loaded(toy.info, toy.trace(document), document.source, "", document=document)
    now = due.watch(State(ViewState(), shown), frozenset({EFFECT, TRANSLATIONS, SPELLINGS})).state
    now = due.survey(done(comparing.with_plain(done(due.start(now, RANKING)))), LINES).state
    order = []
    while each := next(due.due(now), None):
        order.append(each.channel)
        now = each.answered(each.begun(now).state, finished(each.work(toy))).state
    assert order == [EFFECT.name, RANKING.name, TEXTS, OTHER, SURVEY]
    found, results = now.shown.found, now.shown.results
    assert found(EFFECT) is found(TRANSLATIONS) is not None and all(now.shown.texts)
    ranking = found(RANKING)
    assert ranking is not None and ranking.effects == finished(toy.rank_heads_steps(document))
    assert results.other is not None and not results.other.interventions and results.survey is not None


def test_nothing_is_awaited_of_a_model_that_is_no_longer_open() -> None:
    now = done(due.start(due.survey(done(comparing.pin(state(watched=(LETTERS,)))), LINES).state, BEAM))
    assert set(awaited(now)) == {LETTERS.name, OTHER, SURVEY, BEAM.name}
    other = answers.model_opened(now, replace(traces.info(), content_hash="1" * 64, name="other")).state
    assert awaited(other) == {} and other.asked.watched == {LETTERS}


def test_looking_at_a_document_in_another_way_asks_for_nothing_else() -> None:
    now = state(OFF, (LETTERS, EFFECT, SPELLINGS))
    assert awaited(looking.select_head(now, CROSS, 1, 1).state) == awaited(now)
