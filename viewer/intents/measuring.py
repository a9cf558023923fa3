"""What is measured beside the trace: effects, texts of hypotheses, a second trace, rankings, beams, the check.

Each result is kept with the question it answers (`viewer.state.questions`). A question that is no longer that of the
document shown is not waited for, and its answer, should it come, is not shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from attention_viewer.model.contract.api import Check
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.asking import Asking
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.comparing import Place
from attention_viewer.viewer.state.loaded import HypothesisText, Other, placed
from attention_viewer.viewer.state.questions import BEAM, CHECK, EFFECT, OTHER, RANK, TEXTS, TRANSLATIONS, Question
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.requests import (
    Measured,
    Traced,
    beam_work,
    check_work,
    effect_work,
    hypothesis_text,
    rank_work,
    spelling_work,
    trace_work,
)
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal

QUESTIONS: dict[str, Callable[[Document], Question | None]] = {
    EFFECT: questions.effect,
    RANK: questions.ranking,
    BEAM: questions.beam,
    CHECK: questions.check,
}


@dataclass(frozen=True, eq=False)
class Compared:
    """What is to be compared with the trace shown."""

    name: str
    document: Document
    place: Place | None = None


class Measuring(QObject):
    """Measurements on the document that a controller shows.

    `checked` brings the figures of the check, `searched` says that a beam search has ended.
    """

    checked = Signal(Check)
    searched = Signal()

    def __init__(self, controller: Asking, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._compared: Compared | None = None
        self._open: dict[str, Question] = {}
        controller.traced.connect(self.measure)
        controller.model_changed.connect(self.forget)

    def rank(self) -> None:
        """Switch off every head in turn, in the background, and sort them by what that does."""
        document = self._shown
        if document is not None:
            self._keep(ranking=(), rank_progress=(0, 1))
            self._ask(RANK, document, rank_work(document), self._ranked, Priority.LONG)

    def cancel_rank(self) -> None:
        """Stop ranking heads."""
        self._drop(RANK)

    def search(self, width: int) -> None:
        """Search the translation with a beam of `width` hypotheses."""
        document = self._shown
        if document is not None:
            wider = replace(document, decoding=replace(document.decoding, beam_width=width))
            self._controller.status.emit(f"Beam search, {width} wide …")
            self._ask(BEAM, document, beam_work(wider), self._searched, Priority.LONG)

    def check(self) -> None:
        """Measure the autoregressive property on the current translation."""
        document = self._shown
        if document is not None:
            self._controller.status.emit("Checking: in parallel and step by step …")
            self._ask(CHECK, document, check_work(document), self._checked, Priority.SOON)

    def compare(self, name: str, document: Document, place: Place | None = None) -> None:
        """Compare what is shown with another document, B; with a `place`, B is a hypothesis and has its name."""
        self._compared = Compared(name, document, place)
        self._keep(other=None)
        self._ask_for_other()

    def stop_comparing(self) -> None:
        """Look at A alone."""
        self._compared = None
        self._controller.inquiries.drop(OTHER)
        self._keep(other=None)

    def measure(self) -> None:
        """Ask for all that is shown beside the trace which has just been loaded, and for nothing of the one before."""
        document = self._shown
        if document is None:
            return
        for channel in list(self._open):
            if self._open[channel] != QUESTIONS[channel](document):
                self._drop(channel)
        self._measure_effect(document)
        self._spell_hypotheses(document)
        if self._controller.loaded.experiments.other is None and not self._controller.inquiries.is_open(OTHER):
            self._ask_for_other()

    def forget(self) -> None:
        """Another model: nothing that was measured holds any more."""
        for channel in (EFFECT, TEXTS, OTHER, RANK, BEAM, CHECK):
            self._drop(channel)
        self._compared = None

    @property
    def _shown(self) -> Document | None:
        loaded = self._controller.loaded
        return None if loaded.trace is None else loaded.document

    def _measure_effect(self, document: Document) -> None:
        wanted, asked = questions.effect(document), self._controller.loaded.experiments.asked.get(EFFECT)
        known = asked == wanted and self._controller.loaded.experiments.effect is not None
        if wanted is not None and not known and EFFECT not in self._open:
            self._ask(EFFECT, document, effect_work(document), self._measured, Priority.SOON)

    def _spell_hypotheses(self, document: Document) -> None:
        """Show the texts that are known, and ask for the others."""
        loaded, indices = self._controller.loaded, range(len(document.hypotheses))
        trace, known = loaded.trace, len(loaded.trace.steps) + len(loaded.ahead) if loaded.trace else 0
        sought = [questions.spelling(document, index, known) for index in indices]
        spelled = [each for each in loaded.experiments.spelled if each[0] in sought]
        if trace is not None and sought[document.current].step == len(trace.steps):
            # What is on screen need not be computed again.
            shown = sought[document.current], hypothesis_text(trace, loaded.translation)
            spelled = [each for each in spelled if each[0] != shown[0]] + [shown]
        self._show_texts(sought, tuple(spelled))
        missing = [index for index in indices if not any(sought[index] == each[0] for each in spelled)]
        if not missing:
            self._controller.inquiries.drop(TEXTS)
            return
        work = spelling_work([questions.spelled(document, index, known) for index in missing])

        def answered(answer: Answer) -> None:
            new = tuple(zip((sought[index] for index in missing), answer.result, strict=True))
            self._show_texts(sought, (*spelled, *new))

        self._controller.inquiries.ask(TEXTS, work, answered, self._failed, priority=Priority.SOON)

    def _show_texts(self, sought: list[Question], spelled: tuple[tuple[Question, HypothesisText], ...]) -> None:
        """Show of the texts that are known those of the hypotheses `sought`, in their order."""
        texts = tuple(next((text for question, text in spelled if question == each), None) for each in sought)
        self._keep(texts=texts, spelled=spelled)

    def _ask_for_other(self) -> None:
        compared = self._compared
        if compared is None:
            return

        def answered(answer: Answer) -> None:
            traced: Traced = answer.result
            other = Other(
                compared.name,
                traced.trace,
                traced.document.source,
                traced.translation,
                None if compared.place is None else compared.place.index,
                compared.document.interventions,
                compared.document,
                compared.place,
            )
            self._keep(other=other if self._shown is None else placed(other, self._shown))

        def failed(failure: Failure) -> None:
            self._compared = None
            self._failed(failure)

        self._controller.inquiries.ask(OTHER, trace_work(compared.document), answered, failed, priority=Priority.SOON)

    def _measured(self, question: Question, answer: Answer) -> None:
        measured: Measured = answer.result
        whole = replace(question, step=0)
        self._store(
            {EFFECT: question, TRANSLATIONS: whole},
            effect=measured.effect,
            before=measured.before,
            after=measured.after,
        )

    def _ranked(self, question: Question, answer: Answer) -> None:
        self._store({RANK: question}, ranking=answer.result, rank_progress=None)

    def _searched(self, question: Question, answer: Answer) -> None:
        self._store({BEAM: question}, beam=answer.result)
        self._controller.status.emit("Ready")
        self.searched.emit()

    def _checked(self, question: Question, answer: Answer) -> None:
        self._controller.status.emit("Ready")
        self.checked.emit(answer.result)

    def _advanced(self, advance: Advance) -> None:
        self._keep(rank_progress=(advance.progress.done, advance.progress.total))

    def _failed(self, failure: Failure) -> None:
        self._controller.status.emit("Ready")
        self._controller.hint.emit(failure.message)

    def _ask(
        self,
        channel: str,
        document: Document,
        work: Work,
        answered: Callable[[Question, Answer], None],
        priority: Priority,
    ) -> None:
        """Ask what is to be shown beside a document, and only beside one with the same question."""
        question = QUESTIONS[channel](document)
        assert question is not None
        self._open[channel] = question

        def known(answer: Answer) -> None:
            del self._open[channel]
            answered(question, answer)

        def failed(failure: Failure) -> None:
            self._drop(channel)
            self._failed(failure)

        advanced = self._advanced if channel == RANK else None
        self._controller.inquiries.ask(channel, work, known, failed, advanced, priority)

    def _drop(self, channel: str) -> None:
        """Wait no longer for a channel's answer."""
        self._controller.inquiries.drop(channel)
        if self._open.pop(channel, None) is not None and channel in (BEAM, CHECK):
            self._controller.status.emit("Ready")
        if channel == RANK and self._controller.loaded.experiments.rank_progress is not None:
            self._keep(rank_progress=None)

    def _store(self, asked: dict[str, Question], **results: Any) -> None:
        self._keep(asked={**self._controller.loaded.experiments.asked, **asked}, **results)

    def _keep(self, **results: Any) -> None:
        loaded = self._controller.loaded
        self._controller.load(replace(loaded, experiments=replace(loaded.experiments, **results)))
