"""Looking at heads by what they do: the links of the best aligner, and all heads of one role as one map."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from attention_viewer.model.analysis.head_table import head_table
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.intents import reading
from attention_viewer.viewer.intents.turns import News, Show, Tell
from attention_viewer.viewer.resolve.resolve_heads import aligner_of
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import HEADS_SHOWN, LINKS, ROW_LABELS, WORDS, HeadsShown, Links, Words
from attention_viewer.viewer.state.results import HEADS, Results
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, ViewState
from support import traces

DOCUMENT = go_to(Document("The mat is"), 4)
WEIGHTS = np.array(traces.trace(4).attention[ENCODER])
WEIGHTS[0, 0] = WEIGHTS[1, 1] = np.eye(5)
TRACE = traces.with_weights(traces.trace(4), encoder=WEIGHTS)
"""Two heads of the encoder look at their own token, the others are broad."""


def state(measured: bool = True, view: ViewState | None = None) -> State:
    results = Results().answered([HEADS], DOCUMENT, finished(head_table(TRACE))) if measured else Results()
    shown = Loaded(traces.info(), TRACE, "The mat is", document=DOCUMENT, results=results)
    return State(view or ViewState(active=ENCODER), shown, DOCUMENT)


def test_links_are_drawn_by_the_best_aligner_in_whole_words_and_its_map_comes_to_the_front() -> None:
    now = state()
    aligner, turn = aligner_of(now.shown), reading.draw_links(now)
    assert aligner is not None and turn is not None
    view = turn.state.view
    assert view.active == CROSS and view.heads[CROSS] == Head(aligner.layer, aligner.head)
    assert (view[WORDS], view[LINKS], view[ROW_LABELS]) == (Words.ON, Links.ON, reading.LABELS[aligner.convention])
    assert turn.deeds == (Show(), Tell(News.CHANGED), Tell(News.CARD, (CROSS,)))
    copied = reading.links(now)
    assert copied and all(pair.count("-") == 1 for pair in copied.split())


def test_nothing_is_drawn_of_what_nobody_knows() -> None:
    for unknown in (state(False), State(ViewState())):
        assert reading.draw_links(unknown) is None and reading.links(unknown) is None
    assert reading.pool_role(State(ViewState())) is None and reading.held_roles(State(ViewState())) == ()


def test_heads_of_a_role_are_those_of_the_active_map_with_it_measured_or_not() -> None:
    for now in (state(), state(False)):
        held = reading.held_roles(now)
        names = {each.role: {(other.layer, other.head) for other in held if other.role == each.role} for each in held}
        assert {(0, 0), (1, 1)} in names.values() and sum(map(len, names.values())) == 6
        for role, heads in names.items():
            view = reading.pool(now, role).state.view
            assert view.sets == {ENCODER: frozenset(Head(*each) for each in heads)} and view.active == ENCODER
            assert view[HEADS_SHOWN] is HeadsShown.CHOSEN_MEAN
        assert list(reading.by_role(held)) == sorted(names, key=lambda role: -len(names[role]))


def test_the_selected_heads_role_is_pooled() -> None:
    for place in ((0, 0), (1, 2)):
        heads = MappingProxyType({**ViewState().heads, ENCODER: Head(*place)})
        now = state(view=replace(ViewState(active=ENCODER), heads=heads))
        own = next(each.role for each in reading.held_roles(now) if (each.layer, each.head) == place)
        turn = reading.pool_role(now)
        assert turn is not None and turn.state.view == reading.pool(now, own).state.view
        assert Head(*place) in turn.state.view.sets[ENCODER]
