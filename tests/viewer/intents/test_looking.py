"""Which head is shown once one is chosen, where several were shown as one map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import looking
from attention_viewer.viewer.intents.turns import Turn
from attention_viewer.viewer.resolve.arranging import summary
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import HEADS_SHOWN, HeadsShown
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, ViewState, choose, choose_heads, heads_shown
from support import traces

MADE = State(ViewState(), Loaded(traces.info(), traces.trace(3)))
ONE, MEAN = HeadsShown.ONE, HeadsShown.CHOSEN_MEAN
TWO = frozenset({Head(0, 1), Head(1, 0)})


@pytest.mark.parametrize(
    "chosen", [lambda now: looking.select_head(now, ENCODER, 1, 1), lambda now: looking.move_head(now, 0, 1)]
)
@pytest.mark.parametrize("shown_as", [each.value for each in HEADS_SHOWN.values])
def test_a_head_that_is_chosen_is_shown_although_several_were(
    chosen: Callable[[State], Turn], shown_as: HeadsShown
) -> None:
    heads = MappingProxyType({**ViewState().heads, ENCODER: Head(1, 0)})
    view = choose(choose_heads(ViewState(heads=heads), ENCODER, TWO), HEADS_SHOWN, shown_as)
    after = chosen(replace(MADE, view=view)).state.view
    assert after.heads[ENCODER] == Head(1, 1) and heads_shown(after, ENCODER) is ONE
    assert summary(after, ENCODER, 2, 3) is None


def test_a_head_that_is_chosen_leaves_the_heads_of_other_kinds_as_one_unless_all_are_locked() -> None:
    view = choose_heads(choose_heads(ViewState(), CROSS, TWO), ENCODER, TWO)
    after = looking.select_head(replace(MADE, view=view), ENCODER, 1, 1).state.view
    assert after[HEADS_SHOWN] is MEAN and after.sets == {CROSS: TWO}
    locked = looking.select_head(replace(MADE, view=replace(view, locked=True)), ENCODER, 1, 1).state.view
    assert locked[HEADS_SHOWN] is ONE and not locked.sets


def test_another_layer_is_shown_as_the_mean_of_its_heads_where_a_layer_is() -> None:
    for shown_as, kept in ((HeadsShown.LAYER_MEAN, HeadsShown.LAYER_MEAN), (HeadsShown.ALL_MEAN, ONE)):
        now = replace(MADE, view=choose(ViewState(active=ENCODER), HEADS_SHOWN, shown_as))
        for turn in (looking.select_layer(now, ENCODER, 0), looking.move_head(now, -9, 0)):
            view = turn.state.view
            assert view.heads[ENCODER].layer == 0 and view[HEADS_SHOWN] is kept
