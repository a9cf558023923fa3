"""Measuring all heads over a file of sentences, beside whatever is shown."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.api import Progress
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state.survey import Lines, Survey
from attention_viewer.viewer.work.jobs import Priority
from attention_viewer.viewer.work.requests import survey_work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal

SURVEY = "survey"
"""The channel of the work."""


class Surveying(QObject):
    """Asks for a survey and keeps it until it is closed or another model is opened; `failed` says why there is none."""

    failed = Signal(str)

    def __init__(self, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        controller.model_changed.connect(lambda _: self._controller.inquiries.drop(SURVEY))

    def start(self, lines: Lines) -> None:
        """Measure the heads over some lines, in the place of what was measured over others."""
        self._keep(None, Progress(0, len(lines.pairs)))
        ask = self._controller.inquiries.ask
        ask(SURVEY, survey_work(lines), self._answered, self._failed, self._advanced, Priority.LONG)

    def stop(self) -> None:
        """Measure no further."""
        self._controller.inquiries.drop(SURVEY)
        self._keep(None, None)

    def close(self) -> None:
        """Show the heads of the sentence again."""
        self._keep(None, None)

    def _answered(self, answer: Answer[Survey]) -> None:
        self._keep(answer.result, None)

    def _advanced(self, advance: Advance) -> None:
        self._keep(None, advance.progress)

    def _failed(self, failure: Failure) -> None:
        self._keep(None, None)
        self.failed.emit(failure.message)

    def _keep(self, survey: Survey | None, progress: Progress | None) -> None:
        loaded = self._controller.loaded
        self._controller.load(replace(loaded, results=replace(loaded.results, survey=survey, surveying=progress)))
