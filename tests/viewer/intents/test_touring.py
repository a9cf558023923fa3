"""A stop of a tour puts the window into its state, and the model is given back what it changed."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import touring
from attention_viewer.viewer.intents.turns import Ask, News, Play, Tell
from attention_viewer.viewer.intents.wanting import granted
from attention_viewer.viewer.intents.wishes import OfWanted
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.tour import BACK, STOP, Scene
from attention_viewer.viewer.state.view_state import Head, ViewState, fitted
from support import traces

SHOWN = Document("The mat is", step=3, checkpoint=traces.info().content_hash)
OFF = Interventions(frozenset({HeadId(CROSS, 0, 1)}))
SCENE = Scene("The cat.", steps=2, panel="words", map=ENCODER, layer=1, head=2, interventions=OFF)


def state(wanted: Document | None = SHOWN) -> State:
    return State(ViewState(), Loaded(traces.info(), traces.trace(3), "The mat is", document=SHOWN), wanted)


def test_a_stop_is_looked_at_asked_for_and_undone_at_once() -> None:
    turn = touring.set_up(state(), SCENE)
    asked = [deed.document for deed in turn.deeds if isinstance(deed, Ask)]
    assert [(each.source, each.step, each.interventions) for each in asked] == [("The cat.", 2, OFF)]
    assert turn.state.view.active == ENCODER and turn.state.view.heads[ENCODER] == Head(1, 2)
    assert Play(on=False) in turn.deeds and turn.deeds[-1] == Tell(News.CARD, ("words",))
    assert turn.state.undo_name == STOP and turn.state.history.past[-1].document == SHOWN


def test_a_stop_without_a_sentence_is_about_the_one_there_is_or_asks_for_one() -> None:
    own = Scene(interventions=OFF)
    assert touring.set_up(state(), own).state.wanted == intervene(SHOWN, OFF)
    none = touring.set_up(state(None), own)
    assert Tell(News.HINT, (touring.NO_SENTENCE_HINT,)) in none.deeds and none.state.wanted is None


def test_a_stop_that_is_shown_already_asks_nothing() -> None:
    turn = touring.set_up(state(), Scene(steps=3, map=CROSS))
    assert turn.state.wanted == SHOWN and not any(isinstance(deed, Ask | Play) for deed in turn.deeds)


def test_what_a_stop_changed_is_given_back_as_long_as_it_is_still_so() -> None:
    begun = intervene(SHOWN, OFF)
    wish = touring.leave(state(replace(begun, step=5)), begun)
    assert isinstance(wish, OfWanted) and wish.document == replace(SHOWN, step=5) and wish.name == STOP
    assert granted(state(begun), touring.leave(state(begun), begun)).state.undo_name == STOP
    assert touring.leave(state(), begun) is None, "it was given back by hand"
    other = intervene(SHOWN, Interventions(frozenset({HeadId(CROSS, 0, 2)})))
    assert touring.leave(state(other), begun) is None, "something else is changed"
    assert touring.leave(state(), SHOWN) is None and touring.leave(state(None), begun) is None


def test_what_the_reader_had_is_kept_once_and_given_back_with_its_step_and_heads() -> None:
    before = touring.kept(state(), None, None)
    assert before is not None and before.document == SHOWN
    at_stop = touring.set_up(state(), replace(SCENE, layer=0, head=0)).state
    begun = at_stop.wanted
    assert begun is not None and touring.kept(at_stop, before, begun) is before
    at_stop = replace(at_stop, wanted=replace(begun, step=1, interventions=Interventions()))
    turn = touring.come_back(at_stop, before, begun)
    assert turn is not None and turn.state.wanted == SHOWN and turn.state.undo_name == BACK
    assert turn.state.view.active == CROSS != at_stop.view.active
    assert turn.state.view.heads == fitted(before.view, traces.MAPS).heads != at_stop.view.heads
    own = replace(at_stop, wanted=Document("A sentence of mine."))
    assert touring.come_back(own, before, begun) is None, "what was typed since is the reader's"
    latest = touring.kept(own, before, begun)
    assert latest is not None and latest.document == own.wanted
    assert touring.come_back(state(), before, SHOWN) is None, "nothing was replaced"
