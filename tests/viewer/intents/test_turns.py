"""What comes of submitting, undoing, opening, answers: a state and deeds, without Qt and without a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import get_type_hints

import pytest
from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.viewer.intents import answers, looking, playing, sentences, wanting
from attention_viewer.viewer.intents.turns import (
    Afterwards,
    Ask,
    AskVocabulary,
    Drop,
    News,
    Open,
    Play,
    Renew,
    Show,
    Tell,
    Turn,
)
from attention_viewer.viewer.intents.wanting import granted
from attention_viewer.viewer.intents.wishes import OfShown, Owed
from attention_viewer.viewer.state.loaded import NO_SENTENCE, Loaded
from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.state import STEPS, TEACHER, Changes, Forcing, State, Traced
from attention_viewer.viewer.state.view_state import Head, ViewState
from support import traces

SOURCE = "The mat is"
SHOWN = Document(SOURCE, step=3, checkpoint=traces.CHECKPOINT)
NEXT = replace(SHOWN, step=4)


def shown() -> State:
    """Three rows of a sentence on screen, and nothing awaited."""
    trace = traces.trace(3)
    loaded = Loaded(traces.info(), trace, SOURCE, "Le tapis", document=SHOWN)
    furthest = Traced(SHOWN, trace, "Le tapis", 3)
    return State(ViewState(), loaded, SHOWN, furthest=furthest, line=SOURCE)


def told(turn: Turn, news: News) -> list[tuple[object, ...]]:
    return [deed.values for deed in turn.deeds if isinstance(deed, Tell) and deed.news is news]


def asked(turn: Turn) -> list[Ask]:
    return [deed for deed in turn.deeds if isinstance(deed, Ask)]


def stepped() -> State:
    return wanting.change(shown(), NEXT, "Step", STEPS).state


def test_a_turn_can_set_every_field_of_the_state() -> None:
    assert get_type_hints(Changes) == get_type_hints(State)


def test_a_change_is_asked_for_and_can_be_undone() -> None:
    turn = wanting.change(shown(), NEXT, "Step", STEPS)
    assert asked(turn) == [Ask(NEXT)]
    assert turn.state.wanted == NEXT and turn.state.awaited and turn.state.shown.document == SHOWN
    assert turn.state.undo_name == "Step"


def test_wanting_what_is_wanted_does_nothing() -> None:
    assert wanting.change(shown(), SHOWN, "Step").deeds == ()


def test_undoing_what_is_awaited_asks_nothing_of_the_model() -> None:
    turn = wanting.undo(stepped())
    assert turn.state.wanted == SHOWN and not turn.state.awaited and not asked(turn)
    assert turn.deeds[0] == Play(on=False) and Drop() in turn.deeds
    assert turn.state.can_redo and not turn.state.can_undo


def test_redo_makes_it_again() -> None:
    turn = wanting.redo(wanting.undo(stepped()).state)
    assert turn.state.wanted == NEXT and asked(turn) == [Ask(NEXT)] and turn.state.undo_name == "Step"
    assert wanting.redo(turn.state).deeds == () and wanting.undo(shown()).deeds == ()


def test_giving_up_wants_what_is_shown_again() -> None:
    other = sentences.submit(shown(), "Another sentence").state
    turn = wanting.give_up(replace(other, typed=False))
    assert turn.state.wanted == SHOWN and not turn.state.awaited and not turn.state.can_undo
    assert told(turn, News.SENTENCE) == [(SOURCE,)] and turn.state.line == SOURCE
    assert Renew() in turn.deeds and told(turn, News.STATUS)[-1] == ("Ready",)


def test_what_was_typed_stays_in_the_line_where_it_is_given_up() -> None:
    turn = wanting.give_up(sentences.submit(shown(), "Another sentence").state)
    assert not told(turn, News.SENTENCE)


def test_a_sentence_is_asked_for_with_its_steps() -> None:
    turn = sentences.submit(shown(), "Another sentence", steps=2)
    assert asked(turn) == [Ask(Document("Another sentence", step=2, checkpoint=traces.CHECKPOINT))]
    assert turn.state.line == "Another sentence" and turn.state.undo_name == "New sentence"
    assert not told(turn, News.SENTENCE), "who typed it knows it"


def test_an_empty_sentence_is_refused_and_the_same_one_is_no_change() -> None:
    empty = sentences.submit(shown(), "  ")
    assert told(empty, News.HINT) == [(sentences.EMPTY_HINT,)] and empty.state.wanted == SHOWN
    assert sentences.submit(shown(), SOURCE).deeds == (Tell(News.ENCODED, (SOURCE,)),)


def test_the_first_sentence_says_what_it_waits_for() -> None:
    turn = sentences.submit(State(ViewState()), "Hi.")
    assert turn.state.shown.waiting == Pending("Your sentence is next: the model is loading …")
    assert Show() in turn.deeds


def test_a_saved_view_is_given_back_where_its_document_is_given_up() -> None:
    heads = MappingProxyType({kind: Head(9, 9) for kind in traces.KINDS})
    turn = sentences.open_document(shown(), Document("Saved", step=1), replace(ViewState(), heads=heads))
    assert turn.state.view.heads["cross"] == Head(1, 2), "held inside what the model has"
    assert turn.state.view_before == ViewState() and turn.state.undo_name == "Open session"
    assert wanting.give_up(turn.state).state.view == ViewState()
    same = sentences.open_document(shown(), SHOWN, replace(ViewState(), heads=heads))
    assert same.state.view_before is None and not asked(same)


def test_opening_a_model_stops_playing_first() -> None:
    assert sentences.open_model(shown(), Path("x")).deeds == (Play(on=False), Open(Path("x")))


def test_an_answer_is_shown_and_told() -> None:
    traced = Traced(NEXT, traces.trace(4), "Le tapis", 1)
    turn = answers.answered(stepped(), traced, 0.0125)
    assert turn.state.shown.trace is traced.trace and turn.state.wanted == NEXT and not turn.state.awaited
    assert told(turn, News.TIMED) == [("12.5 ms per step",)] and not told(turn, News.ENCODED)
    order = [deed.news if isinstance(deed, Tell) else type(deed) for deed in turn.deeds]
    assert order.index(Show) < order.index(News.TRACED)


def test_a_step_may_lead_past_an_end_that_was_not_known() -> None:
    state = wanting.change(shown(), replace(SHOWN, step=9), "To the end").state
    turn = answers.answered(state, Traced(replace(SHOWN, step=9), traces.trace(3), "Le tapis", 0), 0.0)
    assert turn.state.wanted == SHOWN and not turn.state.can_undo


def test_steps_back_that_are_owed_are_taken_when_the_end_is_known() -> None:
    state = granted(wanting.change(shown(), replace(SHOWN, step=9), "To the end").state, Owed(1)).state
    turn = answers.answered(state, Traced(replace(SHOWN, step=9), traces.trace(4), "Le tapis", 1), 0.0)
    later = turn.deeds[-1]
    assert isinstance(later, Afterwards)
    assert later.intent(turn.state).state.wanted == documents.go_to(NEXT, 3)


def test_teacher_forcing_is_undone_to_what_was_wanted() -> None:
    turn = wanting.submit_forced(shown(), SOURCE, "le tapis", ((21, How.GREEDY),))
    assert turn.state.forcing == Forcing(SOURCE, "le tapis", ((21, How.GREEDY),))
    assert asked(turn) == [Ask(SHOWN, turn.state.forcing)] and turn.state.wanted == SHOWN
    done = answers.answered(turn.state, Traced(replace(SHOWN, step=2), traces.trace(2), "Le", 2), 0.0).state
    assert done.forcing is None and done.undo_name == TEACHER
    assert wanting.undo(done).state.wanted == SHOWN


def test_a_failure_is_said_and_nothing_is_lost() -> None:
    turn = answers.failed(stepped(), "It did not work.")
    assert turn.state.wanted == SHOWN and told(turn, News.HINT)[-1] == ("It did not work.",)


def test_what_is_asked_says_of_which_model() -> None:
    early = sentences.submit(State(ViewState()), SOURCE)
    assert asked(early) == [Ask(Document(SOURCE))]
    opened = answers.model_opened(early.state, traces.info())
    assert asked(opened) == [Ask(Document(SOURCE, checkpoint=traces.CHECKPOINT))]
    forced = wanting.submit_forced(opened.state, "Another sentence", "Le tapis")
    assert asked(forced)[0].document.checkpoint == traces.CHECKPOINT
    waiting = wanting.submit_forced(opened.state, SOURCE, "Le tapis")
    other = answers.model_opened(waiting.state, replace(traces.info(), content_hash="1" * 64)).state
    assert other.wanted == Document(SOURCE, checkpoint="1" * 64), "although it is forced, which nobody has answered"
    undone = wanting.undo(sentences.submit(opened.state, "Another sentence").state)
    assert undone.state.wanted == Document(SOURCE, checkpoint=traces.CHECKPOINT)


def test_a_saved_document_that_names_no_model_is_the_open_ones() -> None:
    turn = sentences.open_document(stepped(), replace(NEXT, checkpoint=""), ViewState())
    assert turn.state.wanted == NEXT and not asked(turn), "it is awaited already"


def test_another_model_begins_anew_and_says_what_is_lost() -> None:
    hiding = replace(SHOWN, interventions=Interventions(hidden=frozenset({1})))
    other = replace(traces.info(), content_hash="1" * 64, name="other")
    turn = answers.model_opened(wanting.change(shown(), hiding, "Hide").state, other)
    assert "1 hidden source token" in turn.state.notice
    assert turn.state.wanted == replace(SHOWN, checkpoint=other.content_hash)
    assert not turn.state.can_undo and turn.state.shown.info is other and turn.state.shown.trace is None
    assert AskVocabulary() in turn.deeds and told(turn, News.MODEL) == [(other,)] and len(asked(turn)) == 1


def test_a_model_that_cannot_be_opened_leaves_the_one_before() -> None:
    assert told(answers.model_failed(shown(), "Damaged."), News.STATUS) == [("Ready",)]
    turn = answers.model_failed(State(ViewState()), "Damaged.")
    assert turn.state.shown.waiting.reason == "Damaged." and told(turn, News.STATUS) == [("No model",)]


def test_playing_from_the_end_begins_at_the_start() -> None:
    ended = Traced(NEXT, traces.trace(4), "Le tapis", 4)
    state = answers.answered(stepped(), ended, 0.0).state
    turn = playing.toggle(state, False, 2)
    assert turn.deeds[0] == Play(on=True) and turn.state.wanted == replace(NEXT, step=0)
    assert playing.toggle(turn.state, True, 3).deeds == (Play(on=False),)
    assert playing.play_on(state, 3).deeds == (Play(on=False),), "stops at the end"
    assert playing.play_on(turn.state, 3).deeds == (), "waits for what is still computed"


def test_a_wish_of_what_is_shown_gives_up_what_is_awaited() -> None:
    turn = granted(stepped(), OfShown(replace(SHOWN, step=2), "Go"))
    assert turn.deeds[0] == Play(on=False) and Drop() in turn.deeds and turn.state.wanted == replace(SHOWN, step=2)


@pytest.mark.parametrize("locked", [True, False])
def test_looking_changes_the_view_alone(locked: bool) -> None:
    state = looking.lock(shown(), locked).state
    turn = looking.select_head(state, "encoder", 1, 1)
    assert turn.state.view.heads["decoder"] == (Head(1, 1) if locked else state.view.heads["decoder"])
    assert turn.state.wanted == SHOWN and turn.deeds == (Show(), Tell(News.CHANGED))


def test_maps_are_shown_in_another_way_and_panels_locked_and_released() -> None:
    chosen = looking.choose(shown(), COLOR_RANGE, ColorRange.MAXIMUM).state.view
    assert chosen[COLOR_RANGE] is ColorRange.MAXIMUM and chosen.chosen == {COLOR_RANGE.name: ColorRange.MAXIMUM}
    locked = looking.toggle_lock(shown()).state
    assert locked.view.locked and not looking.toggle_lock(locked).state.view.locked


def test_before_a_sentence_there_is_nothing_to_give_up() -> None:
    turn = wanting.give_up(State(ViewState()))
    assert turn.state.wanted is None and turn.state.shown.waiting == NO_SENTENCE
