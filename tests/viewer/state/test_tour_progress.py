"""How far a reader is in a tour, and what is kept of it."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.state.tour import Stop, Tour
from attention_viewer.viewer.state.tour_progress import (
    AGAIN,
    ANEW,
    END,
    EXPERIMENT,
    LAST,
    from_text,
    score,
    spec_of,
    to_text,
)

TOUR = Tour(
    "T", (Stop("a", "A", answer="x"), Stop("q", "Q", choices=("1", "2"), right=1), Stop("r", "R", choices=("1", "2")))
)


def test_stops_and_questions_are_counted_apart_and_marked_when_done() -> None:
    spec = spec_of(TOUR, 2, {"q": (0, 1)}, begun=False)
    assert (spec.place, spec.setting, spec.chosen) == ("question 2 of 2", EXPERIMENT, None)
    assert spec.titles == ("1. A", "✓ Q1. Q", "Q2. R", END), "a number is the one that the place says"
    assert spec_of(TOUR, 2, {}, begun=True).setting == spec_of(TOUR, 0, {}, begun=False).setting == AGAIN
    tried = spec_of(TOUR, 1, {"q": (0, 1)}, begun=True)
    assert tried.revealed and tried.chosen == 1, "the last choice is shown"


def test_the_score_counts_first_tries() -> None:
    done = score(TOUR, {"a": (), "q": (0, 1)})
    assert (done.seen, done.stops, done.right, done.answered, done.questions, done.missed) == (1, 1, 0, 1, 2, (0,))
    end = spec_of(TOUR, 3, {"q": (1,)}, begun=False)
    assert end.setting == ANEW and end.stop.text[0] == LAST
    assert "1 of 2 right at the first try; 1 not answered yet." in end.stop.text[2]
    assert len(spec_of(Tour("T", TOUR.stops[:1], ("Well done.",)), 1, {}, False).stop.text) == 2


def test_answers_are_kept_for_their_tour_alone() -> None:
    answers = {"a": (), "q": (0, 1)}
    kept = to_text(TOUR, answers)
    assert from_text(kept, TOUR) == answers and from_text(kept, Tour("Other", TOUR.stops)) == {}
    assert from_text("T\nq=9\nzz=1\nr=x", TOUR) == {}


@pytest.mark.parametrize("text", ["", "=", "q", "q=", "q=²", "r=0000000000", "q=1=1", "a=0"])
def test_whatever_was_kept_is_read_or_left(text: str) -> None:
    assert from_text(f"T\n{text}", TOUR) == ({"q": ()} if text == "q=" else {})
