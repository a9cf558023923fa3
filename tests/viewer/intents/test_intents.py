"""Intents as functions of the state: which document each acts on, and what it asks for. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from attention_viewer.model.contract.api import Ended
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Against, Document
from attention_viewer.model.contract.document_json import from_json, to_json
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.model.contract.interventions import Donor, HeadId, Interventions, Patch
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.intents import (
    choosing,
    comparing,
    hypotheses,
    looking,
    patching,
    sentences,
    stepping,
    switching,
)
from attention_viewer.viewer.intents.turns import News, Play, Show, Tell, Turn
from attention_viewer.viewer.intents.wanting import granted
from attention_viewer.viewer.intents.wishes import OfShown, OfWanted, Owed, Refused
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.highlight import SourceHover
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import QUANTITY
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.state import Forcing, State, Traced
from attention_viewer.viewer.state.view_state import Side, ViewState
from support import traces

TRACE = traces.trace(3)
SHOWN = Document("The mat is", step=3, checkpoint=traces.CHECKPOINT)
RUN = Run("Steps")


def state(wanted: Document | None = SHOWN, **others: Any) -> State:
    """Three rows on screen, and perhaps something else wanted."""
    furthest = Traced(SHOWN, TRACE, "Le tapis", 3)
    loaded = Loaded(traces.info(), TRACE, "The mat is", "Le tapis", document=SHOWN)
    return replace(State(ViewState(), loaded, wanted, furthest=furthest, awaited=wanted != SHOWN), **others)


def document(wish: object) -> Document:
    assert isinstance(wish, OfWanted)
    return wish.document


OF_SHOWN: list[Callable[[State], object]] = [
    lambda now: choosing.force(now, 7),
    lambda now: choosing.contrast(now, 7),
    lambda now: choosing.choose_by(now, Decoding(Method.SAMPLING)),
    choosing.sample_again,
    lambda now: choosing.teacher_force(now, "le"),
    lambda now: choosing.go_to_beam_node(now, 0),
    lambda now: hypotheses.go_to(now, 0),
    lambda now: hypotheses.beside(now, 1),
    hypotheses.delete_current,
    lambda now: hypotheses.rename(now, 0, "mine"),
    lambda now: hypotheses.delete(now, 0),
    lambda now: stepping.go_to_token(now, 0),
]


@pytest.mark.parametrize("intent", OF_SHOWN)
def test_what_acts_on_what_is_shown_is_refused_while_another_line_is_awaited(intent: Callable[[State], object]) -> None:
    with pytest.raises(Refused):
        intent(state(Document("Another one", step=2)))
    with pytest.raises(Refused):
        intent(state(SHOWN, awaited=True, forcing=Forcing("The mat is", "le", ())))


def test_a_candidate_to_contrast_with_is_kept_in_the_document_and_named() -> None:
    wish = choosing.contrast(state(), 21)
    assert isinstance(wish, OfShown) and wish.name == "Contrast ‘is’ with ‘token 21’"
    assert wish.document == replace(SHOWN, against=Against(2, 21))
    assert from_json(to_json(wish.document)) == wish.document and "against" not in to_json(SHOWN)
    assert questions.contrast(wish.document) != questions.contrast(SHOWN)
    assert questions.rows(wish.document) == questions.rows(SHOWN), "nothing else is measured anew"
    assert choosing.contrast(state(), TRACE.steps[-1].output.id) is None, "not with itself"
    best, *others = choosing.contrasts(state())
    assert best[1] is None and [token for _, token in others] == [21, 22, 0] and others[0][0] == "Le  0.007"
    assert choosing.contrasts(State(ViewState())) == ()


def test_maps_show_a_contrast_that_is_asked_for_even_the_one_there_is() -> None:
    best = granted(state(), choosing.contrast(state(), None))
    assert best.state.view[QUANTITY] == "contrast" and best.state.wanted == SHOWN
    assert best.deeds == (Play(on=False), Show(), Tell(News.CHANGED)), "nothing is asked of the model"
    other = granted(state(), choosing.contrast(state(), 21))
    assert other.state.view[QUANTITY] == "contrast" and other.state.undo_name == "Contrast ‘is’ with ‘token 21’"


def test_a_token_is_forced_on_what_is_shown_while_a_step_is_awaited() -> None:
    wish = choosing.force(state(replace(SHOWN, step=4)), 7)
    assert isinstance(wish, OfShown) and wish.document.step == 3
    assert wish.name.endswith("at step 3")


def test_pieces_are_sought_no_more_once_one_is_forced_and_still_are_where_none_is() -> None:
    sought = looking.filter_pieces(state(), "ta").state
    assert sought.view == ViewState(filter="ta")
    forced = granted(sought, choosing.force(sought, 7)).state
    assert forced.view.filter == "" and forced.undo_name == "Force ‘token 7’ at step 3"
    assert choosing.force(sought, TRACE.steps[-1].output.id) is None
    arrays = replace(sought, shown=replace(sought.shown, info=GivenModel(TRACE, "cat.npz").info))
    refused = granted(arrays, choosing.force(arrays, 7))
    assert refused.state.view.filter == "ta" and Tell(News.HINT, (arrays.shown.uncomputed,)) in refused.deeds


def test_sampling_is_drawn_of_what_is_shown() -> None:
    by, warm = Decoding(Method.SAMPLING), Decoding(Method.SAMPLING, temperature=0.5)
    first = choosing.draw_by(state(), by)
    assert isinstance(first, OfShown) and (first.name, first.run) == ("Sample tokens", None)
    drawn = replace(SHOWN, decoding=by)
    now = state(drawn, shown=replace(state().shown, document=drawn), awaited=False)
    again = choosing.draw_by(now, warm)
    assert isinstance(again, OfShown) and again.document.decoding.temperature == 0.5 and again.run is not None
    assert choosing.draw_by(state(), Decoding()) is None, "greedily they are chosen already"
    tried = choosing.try_settings(now, warm).state
    assert tried.view.trial == warm
    same = choosing.draw_by(tried, by)
    assert isinstance(same, Turn) and same.state.view.trial is None


def test_the_sentence_shown_is_searched_with_a_beam_of_another_width() -> None:
    sought = choosing.searched(state(Document("Another one")), 7)
    assert sought == replace(SHOWN, decoding=replace(SHOWN.decoding, beam_width=7))
    assert choosing.searched(State(ViewState()), 7) is None


def test_b_is_shown_where_there_is_one() -> None:
    assert comparing.show_side(state(), Side.B) is None
    other = Other("pinned", TRACE, "The mat is", "Le tapis")
    compared = replace(state(), shown=replace(state().shown, results=Results(other=other)))
    turn = comparing.show_side(compared, Side.DIFFERENCE)
    assert turn is not None and turn.state.view.side is Side.DIFFERENCE
    alone = comparing.show_side(replace(state(), view=turn.state.view), Side.A)
    assert alone is not None and alone.state.view.side is Side.A


def test_a_translation_at_its_end_is_run_to_its_end_under_other_conditions() -> None:
    head, whole = HeadId(CROSS, 0, 1), state()
    assert document(switching.heads(whole, [head], True)).step == 3, "it has not ended"
    ended = replace(TRACE, ended=Ended.EOS)
    whole = replace(whole, furthest=Traced(SHOWN, ended, "Le tapis", 3))
    off = document(switching.heads(whole, [head], True))
    assert off.step == off.limit and off.interventions.heads_off == {head}
    patched = document(patching.take(whole, Patch(CROSS, 0, Donor("The mat is", (), Interventions()), head=1)))
    assert patched.step == patched.limit
    back = state(replace(SHOWN, step=2), furthest=whole.furthest)
    assert document(switching.heads(back, [head], True)).step == 2, "it was stepped back in"


def test_switches_act_on_what_is_wanted_of_the_sentence_shown() -> None:
    head = HeadId(CROSS, 0, 1)
    wish = switching.heads(state(replace(SHOWN, step=9)), [head], True)
    assert wish is not None and wish.document.step == 9 and wish.document.interventions.heads_off == {head}
    assert isinstance(wish, OfWanted) and wish.name == "Switch off cross layer 1 head 2"
    assert switching.heads(state(), [head], False) is None, "it is on"
    with pytest.raises(Refused):
        switching.heads(state(Document("Another one")), [head], True)


def test_a_head_offers_what_can_be_switched_at_it() -> None:
    head, other = HeadId(CROSS, 0, 1), HeadId(CROSS, 0, 2)
    row = tuple(HeadId(CROSS, 0, each) for each in range(3))
    one, whole, others, back = switching.offers(state(), head)
    assert (one.words, one.heads, one.off) == ("Switch off cross layer 1 head 2", (head,), True)
    assert (whole.words, whole.heads, whole.off) == ("Switch off all of cross layer 1", row, True)
    assert (others.heads, others.off) == ((row[0], row[2]), True)
    assert (back.heads, back.off, back.possible) == (row, False, False), "all of them are on"
    off = replace(SHOWN, interventions=Interventions(heads_off=frozenset({head, other})))
    one, *_, back = switching.offers(state(off), head)
    assert (one.words, one.off) == ("Switch on cross layer 1 head 2", False) and back.possible
    assert document(switching.heads(state(off), one.heads, one.off)).interventions.heads_off == {other}
    assert switching.offers(state(None), head) == ()


def test_a_token_is_hidden_or_shown_again() -> None:
    hidden = document(switching.toggle_hidden(state(), 2))
    assert hidden.interventions.hidden == {2}
    again = switching.toggle_hidden(state(hidden, awaited=False), 2)
    assert document(again) == SHOWN and again is not None and again.name == "Show ‘t’"
    assert switching.toggle_hidden(state(None), 2) is None


def test_the_hypotheses_beside_the_one_shown_come_in_a_ring() -> None:
    forced = choosing.force(state(), 7)
    assert forced is not None
    two = state(forced.document, shown=replace(state().shown, document=forced.document), awaited=False)
    assert len(forced.document.hypotheses) == 2 and forced.document.current == 1
    for distance, name in ((1, "Go to hypothesis 1"), (-1, "Go to hypothesis 1"), (2, "Go to hypothesis 2")):
        wish = hypotheses.beside(two, distance)
        assert wish is not None and wish.name == name
    gone = hypotheses.delete_current(two)
    assert gone is not None and gone.name == "Delete hypothesis 2" and len(gone.document.hypotheses) == 1


def test_the_mask_off_is_the_whole_translation() -> None:
    assert document(switching.causal_mask(state(), False)).step == SHOWN.limit
    assert switching.causal_mask(state(), True) is None
    off = document(switching.toggle_mask(state()))
    assert off == document(switching.causal_mask(state(), False))
    assert document(switching.toggle_mask(state(off, awaited=False))).interventions.causal_mask
    assert switching.toggle_mask(state(None)) is None


def test_steps_act_on_what_is_wanted() -> None:
    now = state(replace(SHOWN, step=5))
    assert document(stepping.forward(now, "Step", RUN)).step == 6
    assert stepping.back(now) == Owed(1) and stepping.back(replace(now, owed=1)) == Owed(2)
    assert stepping.forward(replace(now, owed=2), "Step", RUN) == Owed(1)
    assert document(stepping.back(state())).step == 2
    assert document(stepping.last(state())).step == SHOWN.limit
    assert stepping.forward(state(None), "Step", RUN) is None


def test_an_end_that_is_known_is_gone_back_from() -> None:
    ended = Traced(SHOWN, traces.trace(4), "Le tapis", 4)
    assert ended.trace.ended
    now = state(replace(SHOWN, step=200), furthest=ended)
    assert document(stepping.back(now)).step == 3 and not now.can_step


def test_comparing_leaves_the_document() -> None:
    pinned = comparing.pin(state(Document("Another one")))
    assert pinned is not None and pinned.state.wanted == Document("Another one")
    b = pinned.state.asked.compared
    assert b is not None and b.document == SHOWN and b.place is None
    assert comparing.with_plain(state()) is None and comparing.with_hypothesis(state(), 0) is None


def test_b_is_wanted_then_known_and_then_not_compared_with() -> None:
    pinned = comparing.pin(state())
    assert pinned is not None and comparing.show_side(pinned.state, Side.B) is None
    b = pinned.state.asked.compared
    assert b is not None
    known = comparing.answered(pinned.state, b, Traced(b.document, TRACE, "Le tapis", 0)).state
    other = known.shown.results.other
    assert other is not None and (other.name, other.trace, other.document) == ("pinned", TRACE, SHOWN)
    sided = comparing.show_side(known, Side.B)
    assert sided is not None and sided.state.view.side is Side.B
    again = comparing.pin(sided.state)
    assert again is not None and again.state.shown.results.other is None and again.state.asked.compared is not b
    alone = comparing.stop(sided.state).state
    assert (alone.asked.compared, alone.shown.results.other, alone.view.side) == (None, None, Side.A)
    failed = comparing.failed(pinned.state, "It went wrong.")
    assert failed.state.asked.compared is None and Tell(News.HINT, ("It went wrong.",)) in failed.deeds


def test_what_the_mouse_is_on_is_in_the_state() -> None:
    turn = looking.point(state(), SourceHover(1))
    assert turn.state.hover == SourceHover(1) and turn.deeds == (Show(),), "nothing else is changed"


def test_blanks_in_the_line_give_way_to_the_sentence_of_a_session_even_one_that_was_told_before() -> None:
    typed = sentences.submit(state(None, line="The mat is"), "  ").state
    deeds = sentences.open_document(typed, SHOWN, ViewState()).deeds
    assert Tell(News.SENTENCE, ("The mat is",)) in deeds
