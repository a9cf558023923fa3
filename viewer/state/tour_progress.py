"""How far a reader is in a tour: which stops were answered and how, what to show of one, and the score. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attention_viewer.viewer.state.tour import Stop, Tour

Answers = Mapping[str, tuple[int, ...]]
"""By the name of a stop: the choices made there (from 0), first to last; none where its answer was looked at."""
MOST_TRIES = 9
END = "The end"
LAST = "That was the last stop."
EXPERIMENT, AGAIN, ANEW = "Show the experiment", "Show it again", "Start again"


@dataclass(frozen=True)
class StopSpec:
    """A stop as it is shown: its `place` in words, which choice was made (None: none), whether the answer is told.

    `titles` are those of all stops and of the end. `setting` is what the button that sets the window up says, and
    `notice` that the window shows another state than the stop's; `kept` says where the reader's own sentence is.
    """

    tour: str
    titles: tuple[str, ...]
    index: int
    stop: Stop
    place: str = ""
    revealed: bool = False
    chosen: int | None = None
    setting: str = AGAIN
    notice: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Score:
    """What was done of a tour: stops `seen` of `stops`, questions `answered` of `questions`, `right` at the first try.

    `missed` are the questions that were not, from 0.
    """

    stops: int
    seen: int
    questions: int
    answered: int
    right: int
    missed: tuple[int, ...]


def spec_of(tour: Tour, index: int, answers: Answers, begun: bool) -> StopSpec:
    """A stop, or (at the number of stops) the end, as it is shown; `begun` where the window was put into its state."""
    stop = tour.stops[index] if index < len(tour.stops) else end(tour, answers)
    tried = answers.get(stop.name, ())
    titles = tuple(
        f"{'✓ ' if each.name in answers else ''}{'Q' if each.choices else ''}{_place(tour, number)[0]}. {each.title}"
        for number, each in enumerate(tour.stops)
    )
    setting = ANEW if index == len(tour.stops) else EXPERIMENT if stop.choices and not begun else AGAIN
    revealed, chosen = stop.name in answers, tried[-1] if tried else None
    return StopSpec(tour.title, (*titles, END), index, stop, place(tour, index), revealed, chosen, setting)


def place(tour: Tour, index: int) -> str:
    """Where a stop stands: stops and questions are counted apart."""
    if index == len(tour.stops):
        return "the end"
    number, count = _place(tour, index)
    return f"{'question' if tour.stops[index].choices else 'stop'} {number} of {count}"


def _place(tour: Tour, index: int) -> tuple[int, int]:
    """The number of a stop among the stops, or of a question among the questions, and how many there are."""
    asks = bool(tour.stops[index].choices)
    same = [number for number, each in enumerate(tour.stops) if bool(each.choices) == asks]
    return same.index(index) + 1, len(same)


def score(tour: Tour, answers: Answers) -> Score:
    """What was done of a tour."""
    stops = [each for each in tour.stops if not each.choices]
    questions = [each for each in tour.stops if each.choices]
    first = {each.name: answers[each.name][0] for each in questions if answers.get(each.name)}
    missed = tuple(number for number, each in enumerate(questions) if first.get(each.name, each.right) != each.right)
    seen = sum(each.name in answers for each in stops)
    return Score(len(stops), seen, len(questions), len(first), len(first) - len(missed), missed)


def end(tour: Tour, answers: Answers) -> Stop:
    """What is said when all stops are done: the tour's own words, and the score."""
    done = score(tour, answers)
    told = list(tour.closing or (LAST,))
    if done.stops:
        told.append(f"Stops whose answer you have read: {done.seen} of {done.stops}.")
    if done.questions:
        told.append(
            f"Quiz: {done.right} of {done.questions} right at the first try"
            + ("." if done.answered == done.questions else f"; {done.questions - done.answered} not answered yet.")
        )
    if done.missed:
        told.append("Worth another look: question " + ", ".join(str(each + 1) for each in done.missed) + ".")
    return Stop("", END, tuple(told))


def to_text(tour: Tour, answers: Answers) -> str:
    """Answers as a text to be remembered: the tour's title, then a line for each stop."""
    return "\n".join((tour.title, *(f"{name}={''.join(map(str, tried))}" for name, tried in answers.items())))


def from_text(text: str, tour: Tour) -> dict[str, tuple[int, ...]]:
    """The answers in a text, as far as the tour has such stops and choices; none of another tour."""
    title, *lines = text.split("\n")
    known = {each.name: len(each.choices) for each in tour.stops}
    answers = {}
    for name, tried in (line.rpartition("=")[::2] for line in lines):
        digits = [int(each) for each in tried if each in "012345678"]
        fits = len(digits) == len(tried) <= MOST_TRIES and all(each < known.get(name, 0) for each in digits)
        if title == tour.title and name in known and fits:
            answers[name] = tuple(digits)
    return answers
