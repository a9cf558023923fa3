"""What was measured beside a trace. Each result is kept with its question, and read only while that is asked.

A quantity is one entry at the end of this file, and one in `viewer.work.measurements`. No Qt, no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from attention_viewer.model.analysis.encoding_properties import Judged
from attention_viewer.model.analysis.head_table import HeadTable
from attention_viewer.model.contract.api import How, Progress, Trace
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.beam import BeamTree
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.experiments import Check, Effect, HeadEffect
from attention_viewer.model.contract.inside import DecoderLens, Inside, Permutation, Timed
from attention_viewer.model.contract.methods import Method, method_info
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.questions import Question
from attention_viewer.viewer.state.survey import Survey
from attention_viewer.viewer.state.view_state import ViewState

Result = TypeVar("Result")


@dataclass(frozen=True)
class Quantity(Generic[Result]):
    """What can be measured beside a trace, and what of a document it depends on; None where there is nothing."""

    name: str
    question: Callable[[Document], Question | None]


@dataclass(frozen=True, eq=False)
class Answered(Generic[Result]):
    """A result, and the question that it answers."""

    question: Question | None
    result: Result


@dataclass(frozen=True, eq=False)
class Measured:
    """What the interventions of a document change, with both translations as text."""

    effect: Effect
    before: str
    after: str


@dataclass(frozen=True, eq=False)
class Ranking:
    """What switching off each head does that was on, the largest effect first.

    `document` is what they were ranked on, a whole translation, with its trace. In the document shown other heads may
    be off by now.
    """

    effects: tuple[HeadEffect, ...]
    document: Document
    trace: Trace
    translation: str


@dataclass(frozen=True)
class HypothesisText:
    """A hypothesis as text, its natural log-probability, how each token was chosen, and whether it has ended."""

    text: str
    log_probability: float
    how: tuple[How, ...]
    ended: bool


def hypothesis_text(trace: Trace, text: str) -> HypothesisText:
    """A hypothesis as its trace has it, which spells `text`."""
    how = tuple(step.how for step in trace.steps)
    return HypothesisText(text, float(trace.log_probabilities.sum()), how, trace.ended is not None)


@dataclass(frozen=True, eq=False)
class Results:
    """All results, and how far those have come that are awaited.

    `spelled` has the texts of hypotheses, of which a document has several; `other` is what was asked to stand beside
    whatever is shown, which no question of the document shown decides; no more does it `survey`, all heads over a file,
    and how far that is (`surveying`).
    """

    answers: Mapping[Quantity[Any], Answered[Any]] = field(default_factory=dict)
    advances: Mapping[Quantity[Any], Answered[Progress]] = field(default_factory=dict)
    spelled: Mapping[Question, HypothesisText] = field(default_factory=dict)
    other: Other | None = None
    survey: Survey | None = None
    surveying: Progress | None = None

    def of(self, quantity: Quantity[Result], document: Document | None) -> Result | None:
        """A quantity of a document; None where it is not known."""
        return _read(self.answers.get(quantity), quantity, document)

    def progress(self, quantity: Quantity[Any], document: Document | None) -> Progress | None:
        """How far the measurement of a quantity of a document has come; None where it is not under way."""
        return _read(self.advances.get(quantity), quantity, document)

    def answered(self, quantities: Iterable[Quantity[Result]], document: Document, result: Result) -> Results:
        """With a result, which is that of each of some quantities of a document."""
        known = {quantity: Answered(quantity.question(document), result) for quantity in quantities}
        return replace(self.awaited_no_more(known), answers={**self.answers, **known})

    def advanced(self, quantity: Quantity[Any], document: Document, progress: Progress) -> Results:
        """With a measurement on a document having come so far."""
        known = Answered(quantity.question(document), progress)
        return replace(self, advances={**self.advances, quantity: known})

    def awaited_no_more(self, quantities: Iterable[Quantity[Any]]) -> Results:
        """Without the progress of some measurements."""
        return replace(self, advances=_without(self.advances, quantities))

    def only(self, quantities: Iterable[Quantity[Any]]) -> Results:
        """Just what is known of some quantities, and how far they have come."""
        wanted = set(quantities)
        return Results(
            {quantity: each for quantity, each in self.answers.items() if quantity in wanted},
            {quantity: each for quantity, each in self.advances.items() if quantity in wanted},
        )

    def without(self, quantities: Iterable[Quantity[Any]]) -> Results:
        """Without what is known of some quantities."""
        return replace(self, answers=_without(self.answers, quantities))


NO_RESULTS = Results()


def _read(known: Answered[Result] | None, quantity: Quantity[Any], document: Document | None) -> Result | None:
    if known is None or document is None:
        return None
    question = quantity.question(document)
    return known.result if question is not None and known.question == question else None


def _without(kept: Mapping[Quantity[Any], Result], quantities: Iterable[Quantity[Any]]) -> dict[Quantity[Any], Result]:
    gone = set(quantities)
    return {quantity: each for quantity, each in kept.items() if quantity not in gone}


EFFECT = Quantity[Measured]("effect", questions.effect)
TRANSLATIONS = Quantity[Measured]("translations", questions.translations)
RANKING = Quantity[Ranking]("ranking", questions.ranking)
BEAM = Quantity[BeamTree]("beam", questions.beam)
CHECK = Quantity[Check]("check", questions.check)
INSIDE = Quantity[Inside]("inside", questions.rows)
DECODER_LENS = Quantity[DecoderLens]("decoder lens", questions.rows)
PERMUTATION = Quantity[Permutation]("permutation", questions.source_alone)
HEADS = Quantity[HeadTable]("heads", questions.rows)
PROPERTIES = Quantity[Judged]("properties of encodings", questions.model_alone)
TIMES = Quantity[Timed]("times of layers", questions.model_alone)
SPELLINGS = Quantity[HypothesisText]("texts", lambda document: None)
"""The texts of hypotheses: each has a question of its own, so that they stand in `Results.spelled`."""


def by_method(method: Method) -> Quantity[Attribution]:
    """What a method attributes. Raises KeyError where there is no such method."""
    contrasts = method_info(method).contrasts
    return Quantity[Attribution](method, questions.contrast if contrasts else questions.attribution)


def in_maps(view: ViewState) -> tuple[Quantity[Attribution], ...]:
    """What maps show in a view in the place of attention weights, if anything."""
    return () if view[QUANTITY] == ATTENTION else (by_method(view[QUANTITY]),)
