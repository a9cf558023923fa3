"""Tokens of one list that look alike are told apart, wherever candidates are listed."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import Candidate, Token
from attention_viewer.viewer.intents.choosing import contrasts
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.naming import told_apart
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.specs import BarsSpec
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import ViewState
from support import traces

ALIKE = (Token(7, "▁!", "!"), Token(8, "!", "!"), Token(9, "▁la", "la"), Token(4, "…", "…"), Token(3, "...", "…"))
NAMES = ("▁!", "!", "la", "… (id 4)", "… (id 3)")


def shown() -> Loaded:
    trace = traces.trace(3)
    candidates = tuple(Candidate(each, 0.2) for each in ALIKE)
    last = replace(trace.steps[-1], candidates=candidates, output=ALIKE[0])
    return Loaded(traces.info(), replace(trace, steps=(*trace.steps[:-1], last)), vocabulary=ALIKE)


def test_those_alone_of_their_kind_keep_their_text() -> None:
    assert told_apart(ALIKE) == NAMES and told_apart(ALIKE[1:3]) == ("!", "la")


def test_bars_and_contrasts_tell_candidates_apart() -> None:
    spec = resolve.bars(shown(), ViewState())
    assert isinstance(spec, BarsSpec) and tuple(bar.label for bar in spec.bars) == NAMES
    assert [bar.tooltip.split(" · ")[:2] for bar in spec.bars[:2]] == [["▁!", "id 7"], ["!", "id 8"]]
    words = [words for words, _ in contrasts(State(ViewState(), shown()))[1:]]
    assert words == [f"{name}  0.200" for name in NAMES[1:]]


def test_a_filtered_list_says_that_a_piece_goes_on_with_a_word() -> None:
    spec = resolve.bars(shown(), ViewState(filter="!"))
    assert isinstance(spec, BarsSpec) and {bar.label for bar in spec.bars} == {"!", "…!"}
