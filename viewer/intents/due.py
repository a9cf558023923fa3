"""What is to be awaited beside the trace, and what comes of it. Pure; no Qt.

`due` tells all of it for a state: measurements that are made by themselves or were asked for, texts of hypotheses, B,
and heads over a file. Whoever runs it (`viewer.intents.measuring`) asks for what is not awaited yet, and gives up what
is awaited and due no longer, because nobody would see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents import choosing, comparing
from attention_viewer.viewer.intents.turns import News, Turn, keep
from attention_viewer.viewer.intents.wanting import READY
from attention_viewer.viewer.resolve.pages import unseen
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.asked import Asked
from attention_viewer.viewer.state.questions import Question
from attention_viewer.viewer.state.results import BEAM, SPELLINGS, HypothesisText, Quantity, Result, in_maps
from attention_viewer.viewer.state.state import State, Traced
from attention_viewer.viewer.state.survey import Lines, Survey
from attention_viewer.viewer.work import measurements
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.measurements import Measurement, measurement_of
from attention_viewer.viewer.work.requests import spelling_work, survey_work, trace_work

TEXTS, OTHER, SURVEY = SPELLINGS.name, "other", "survey"
"""Channels of what is not in the table of measurements."""


@dataclass(frozen=True)
class Due(Generic[Result]):
    """Something to be awaited on a channel, where `key` tells it from what was there before; and what comes of it.

    `begun`, `advanced`, `answered`, `failed` and `dropped` (it is awaited no longer) are intents. What answers a
    measurement has a `quantity`.
    """

    channel: str
    key: object
    work: Work[Result] = field(compare=False)
    answered: Callable[[State, Result], Turn] = field(compare=False)
    failed: Callable[[State, str], Turn] = field(compare=False)
    begun: Callable[[State], Turn] = field(default=Turn, compare=False)
    advanced: Callable[[State, Progress], Turn] = field(default=lambda state, _: Turn(state), compare=False)
    dropped: Callable[[State], Turn] = field(default=Turn, compare=False)
    priority: Priority = field(default=Priority.SOON, compare=False)
    quantity: Quantity[Result] | None = field(default=None, compare=False)


def due(state: State) -> Iterator[Due[Any]]:
    """All that is to be awaited beside the trace."""
    for source in (_measured, _spelled, _compared, _over_file):
        yield from source(state)


def by_itself(state: State) -> frozenset[Quantity[Any]]:
    """What is measured of every document: what panels on show show, where its page is open, and what maps show."""
    return (state.asked.watched - unseen(state.view)).union(in_maps(state.view))


# What is asked for


def watch(state: State, quantities: frozenset[Quantity[Any]]) -> Turn:
    """These are shown by panels on show, and no others."""
    return _ask(state, replace(state.asked, watched=quantities))


def start(state: State, quantity: Quantity[Any], document: Document | None = None) -> Turn | None:
    """Measure a quantity of the document shown, or of one with the same question."""
    asks, document = measurement_of(quantity).asks, document or state.shown.document
    if document is None or asks.question(document) is None:
        return None
    return _ask(state, replace(state.asked, demanded={**state.asked.demanded, asks: document}))


def stop(state: State, quantity: Quantity[Any]) -> Turn:
    """Wait no longer for a quantity that was asked for."""
    return _ask(state, state.asked.without(measurement_of(quantity).asks))


def search(state: State, width: int) -> Turn | None:
    """Search the translation with a beam of `width` hypotheses."""
    return start(state, BEAM, choosing.searched(state, width))


def survey(state: State, lines: Lines | None = None) -> Turn:
    """Measure the heads over some lines, in the place of what was measured over others; of none: of the sentence."""
    return _ask(state, replace(state.asked, lines=lines)).then(_over_lines, None, None)


def _ask(state: State, asked: Asked) -> Turn:
    return Turn(state).set(asked=asked).tell(News.CHANGED)


# Measurements of the document shown


def _measured(state: State) -> Iterator[Due[Any]]:
    """Those that were asked for, and those made by themselves that are not known and have not failed."""
    document, unasked = state.shown.document, by_itself(state)
    if document is None:
        return
    for each in measurements.measurements():
        demanded = state.asked.demanded.get(each.asks)
        if demanded is None and unasked.isdisjoint(each.quantities):
            continue
        question = each.asks.question(document)
        if question is None:
            continue
        if demanded is not None and each.asks.question(demanded) == question:
            yield _measurement(each, demanded, demanded)
        elif unasked.isdisjoint(each.quantities) or state.asked.failed.get(each.asks.name) == question:
            continue
        elif state.shown.results.of(each.asks, document) is None:
            yield _measurement(each, document, question)


def _measurement(measurement: Measurement[Result], document: Document, key: Question | Document) -> Due[Result]:
    """A measurement of a document; `key` is the document where it was asked for, and else its question."""
    asks, quantities = measurement.asks, measurement.quantities

    def begun(state: State) -> Turn:
        turn = Turn(state)
        if measurement.status is not None:
            turn = turn.tell(News.STATUS, measurement.status(document))
        if not measurement.progress:
            return turn
        return turn.then(keep, state.shown.results.without(quantities).advanced(asks, document, Progress(0, 1)))

    def advanced(state: State, progress: Progress) -> Turn:
        if not measurement.progress:
            return Turn(state)
        return keep(state, state.shown.results.advanced(asks, document, progress))

    def ended(state: State) -> Turn:
        # What was asked for in its place stays so.
        mine = state.asked.demanded.get(asks) is document
        turn = Turn(state).set(asked=state.asked.without(asks) if mine else state.asked)
        return turn if measurement.status is None else turn.tell(News.STATUS, READY)

    def answered(state: State, result: Result) -> Turn:
        return ended(state).then(keep, state.shown.results.answered(quantities, document, result))

    def dropped(state: State) -> Turn:
        turn, results = ended(state), state.shown.results
        return turn.then(keep, results.awaited_no_more(quantities)) if asks in results.advances else turn

    def failed(state: State, message: str) -> Turn:
        return dropped(state).then(_failed, asks.name, asks.question(document), message)

    return Due(
        asks.name, key, measurement.work(document), answered, failed, begun, advanced, dropped,
        measurement.priority, asks,
    )  # fmt: skip


def _failed(state: State, channel: str, question: object, message: str) -> Turn:
    """What has no answer is not tried again by itself."""
    asked = replace(state.asked, failed={**state.asked.failed, channel: question})
    return _ask(state, asked).tell(News.STATUS, READY).tell(News.HINT, message)


# Texts of hypotheses


def _spelled(state: State) -> Iterator[Due[tuple[HypothesisText, ...]]]:
    """The texts that are not known, where they are shown."""
    loaded = state.shown
    if loaded.document is None or SPELLINGS not in state.asked.watched:
        return
    missing = [index for index, text in enumerate(loaded.texts) if text is None]
    sought = tuple(loaded.spellings[index] for index in missing)
    if not sought or state.asked.failed.get(TEXTS) == sought:
        return
    documents = [questions.spelled(loaded.document, index, loaded.known) for index in missing]

    def answered(state: State, found: tuple[HypothesisText, ...]) -> Turn:
        results, new = state.shown.results, dict(zip(sought, found, strict=True))
        return keep(state, replace(results, spelled={**results.spelled, **new}))

    def failed(state: State, message: str) -> Turn:
        return _failed(state, TEXTS, sought, message)

    yield Due(TEXTS, sought, spelling_work(documents), answered, failed)


# B


def _compared(state: State) -> Iterator[Due[Traced]]:
    """B, where it is wanted and not there."""
    compared, loaded = state.asked.compared, state.shown
    if compared is None or loaded.document is None or loaded.results.other is not None:
        return

    def answered(state: State, traced: Traced) -> Turn:
        return comparing.answered(state, compared, traced)

    yield Due(OTHER, compared, trace_work(compared.document), answered, comparing.failed)


# Heads over a file


def _over_file(state: State) -> Iterator[Due[Survey]]:
    """The heads over lines, where they are asked for and not known."""
    lines = state.asked.lines
    if lines is None or state.shown.results.survey is not None:
        return

    def failed(state: State, message: str) -> Turn:
        return survey(state, None).tell(News.ERROR, message)

    yield Due(
        SURVEY,
        lines,
        survey_work(lines),
        lambda state, found: _over_lines(state, found, None),
        failed,
        lambda state: _over_lines(state, None, Progress(0, len(lines.pairs))),
        lambda state, progress: _over_lines(state, None, progress),
        priority=Priority.LONG,
    )


def _over_lines(state: State, found: Survey | None, progress: Progress | None) -> Turn:
    return keep(state, replace(state.shown.results, survey=found, surveying=progress))
