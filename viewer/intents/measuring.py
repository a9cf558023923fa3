"""What is measured beside the trace: the table of measurements, texts of hypotheses, and a second trace, B.

A result is kept with its question, and cannot be read beside a document with another one (`viewer.state.results`).
What is awaited for such a document is given up, because nobody would see it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.comparing import Compared
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Other, placed
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.questions import Question
from attention_viewer.viewer.state.results import SPELLINGS, HypothesisText, Quantity, Result, Results
from attention_viewer.viewer.state.state import Traced
from attention_viewer.viewer.work.jobs import Priority
from attention_viewer.viewer.work.measurements import MEASUREMENTS, Measurement, measurement_of
from attention_viewer.viewer.work.requests import spelling_work, trace_work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal

TEXTS, OTHER = SPELLINGS.name, "other"
"""Channels of what is not in the table."""


class Measuring(QObject):
    """Measurements on the document that a controller shows; `answered` has the quantity that became known."""

    answered = Signal(Quantity)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._compared: Compared | None = None
        self._open: dict[Measurement[Any], Question] = {}
        self._in_maps = ATTENTION
        self._watched: frozenset[Quantity[Any]] | None = None
        controller.traced.connect(self.measure)
        controller.model_changed.connect(self.forget)
        controller.changed.connect(self._follow_view)

    def start(self, quantity: Quantity[Any], document: Document | None = None) -> None:
        """Measure a quantity of the document shown, or of one with the same question."""
        document = document or self._shown
        if document is not None:
            self._ask(measurement_of(quantity), document)

    def stop(self, quantity: Quantity[Any]) -> None:
        """Wait no longer for a quantity."""
        self._drop(measurement_of(quantity))

    def watch(self, quantities: frozenset[Quantity[Any]]) -> None:
        """What panels on show show: it is measured of every document shown, and nothing else is unasked.

        Before anything was said, that is what is `automatic`.
        """
        for each in MEASUREMENTS:
            watched = self._watched or frozenset()
            if watched & set(each.quantities) and not quantities & set(each.quantities):
                self._drop(each)
        self._watched = quantities
        self.measure()

    def compare(self, compared: Compared) -> None:
        """Compare what is shown with another document, B."""
        self._compared = compared
        self._keep(replace(self._results, other=None))
        self._ask_for_other()

    def stop_comparing(self) -> None:
        """Look at A alone."""
        self._compared = None
        self._controller.inquiries.drop(OTHER)
        self._keep(replace(self._results, other=None))

    def measure(self) -> None:
        """Ask for all that is shown beside the trace which has just been loaded, and for nothing of the one before."""
        document = self._shown
        if document is None:
            return
        for each in MEASUREMENTS:
            question = each.asks.question(document)
            if each in self._open and self._open[each] != question:
                self._drop(each)
            if self._is_due(each) and each not in self._open and self._results.of(each.asks, document) is None:
                self._ask(each, document)
        self._spell_hypotheses(document)
        if self._results.other is None and not self._controller.inquiries.is_open(OTHER):
            self._ask_for_other()

    def forget(self) -> None:
        """Another model: nothing is awaited of the one before."""
        for each in MEASUREMENTS:
            self._drop(each)
        for channel in (TEXTS, OTHER):
            self._controller.inquiries.drop(channel)
        self._compared = None

    def _follow_view(self) -> None:
        """Measure what maps are to show from now on, and no longer what they showed."""
        wanted = self._controller.view[QUANTITY]
        if wanted != self._in_maps:
            for each in MEASUREMENTS:
                if each.asks.name == self._in_maps and each in self._open:
                    self._drop(each)
            self._in_maps = wanted
            self.measure()

    def _is_due(self, measurement: Measurement[Any]) -> bool:
        """Whether a measurement is made unasked: for a panel on show, or because maps show it."""
        if measurement.asks.name == self._controller.view[QUANTITY]:
            return True
        if self._watched is None:
            return measurement.automatic
        return not self._watched.isdisjoint(measurement.quantities)

    @property
    def _shown(self) -> Document | None:
        return self._controller.loaded.document

    @property
    def _results(self) -> Results:
        return self._controller.loaded.results

    def _ask(self, measurement: Measurement[Result], document: Document) -> None:
        """Measure a document, unless it has no question."""
        quantity, question = measurement.asks, measurement.asks.question(document)
        if question is None:
            return
        self._open[measurement] = question
        if measurement.status is not None:
            self._controller.status.emit(measurement.status(document))
        if measurement.progress:
            fresh = self._results.without(measurement.quantities)
            self._keep(fresh.advanced(quantity, document, Progress(0, 1)))

        def answered(answer: Answer[Result]) -> None:
            self._close(measurement)
            self._keep(self._results.answered(measurement.quantities, document, answer.result))
            self.answered.emit(quantity)

        def failed(failure: Failure) -> None:
            self._drop(measurement)
            self._failed(failure)

        def advanced(advance: Advance) -> None:
            if measurement.progress:
                self._keep(self._results.advanced(quantity, document, advance.progress))

        ask = self._controller.inquiries.ask
        ask(quantity.name, measurement.work(document), answered, failed, advanced, measurement.priority)

    def _close(self, measurement: Measurement[Any]) -> None:
        if self._open.pop(measurement, None) is not None and measurement.status is not None:
            self._controller.status.emit("Ready")

    def _drop(self, measurement: Measurement[Any]) -> None:
        """Wait no longer for an answer."""
        self._controller.inquiries.drop(measurement.asks.name)
        self._close(measurement)
        if measurement.asks in self._results.advances:
            self._keep(self._results.awaited_no_more(measurement.quantities))

    def _spell_hypotheses(self, document: Document) -> None:
        """Keep the texts that are known, and ask for the others."""
        loaded = self._controller.loaded
        if loaded.spelled != loaded.results.spelled:
            self._keep(replace(self._results, spelled=loaded.spelled))
        missing = [index for index, text in enumerate(loaded.texts) if text is None]
        if not missing or not (self._watched is None or SPELLINGS in self._watched):
            self._controller.inquiries.drop(TEXTS)
            return
        sought = [loaded.spellings[index] for index in missing]
        work = spelling_work([questions.spelled(document, index, loaded.known) for index in missing])

        def answered(answer: Answer[tuple[HypothesisText, ...]]) -> None:
            new = dict(zip(sought, answer.result, strict=True))
            self._keep(replace(self._results, spelled={**self._results.spelled, **new}))

        self._controller.inquiries.ask(TEXTS, work, answered, self._failed, priority=Priority.SOON)

    def _ask_for_other(self) -> None:
        compared = self._compared
        if compared is None:
            return

        def answered(answer: Answer[Traced]) -> None:
            traced, place = answer.result, compared.place
            other = Other(
                compared.name,
                traced.trace,
                traced.document.source,
                traced.translation,
                None if place is None else place.index,
                compared.document.interventions,
                compared.document,
                place,
            )
            other = other if self._shown is None else placed(other, self._shown)
            self._keep(replace(self._results, other=other))

        def failed(failure: Failure) -> None:
            self._compared = None
            self._failed(failure)

        self._controller.inquiries.ask(OTHER, trace_work(compared.document), answered, failed, priority=Priority.SOON)

    def _failed(self, failure: Failure) -> None:
        self._controller.status.emit("Ready")
        self._controller.hint.emit(failure.message)

    def _keep(self, results: Results) -> None:
        self._controller.load(replace(self._controller.loaded, results=results))
