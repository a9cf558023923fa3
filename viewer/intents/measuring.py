"""The one object that runs what is due beside the trace: it asks the worker, and passes on what comes of it."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.due import Due, due
from attention_viewer.viewer.state.results import Quantity, Result
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal


class Measuring(QObject):
    """Awaits what is due in the state of a controller; `answered` has the quantity that became known."""

    answered = Signal(Quantity)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._awaited: dict[str, Due[Any]] = {}
        controller.changed.connect(self._follow)

    def _follow(self) -> None:
        """Give up what is due no longer, and ask for what is not awaited.

        Each changes the state in turn, so that all of it may have been done when the next one is come to.
        """
        wanted = {each.channel: each for each in due(self._controller.state)}
        for each in list(self._awaited.values()):
            if wanted.get(each.channel) != each and self._end(each):
                self._controller.inquiries.drop(each.channel)
                self._controller.run(each.dropped)
        for each in wanted.values():
            if each.channel not in self._awaited:
                self._ask(each)

    def _ask(self, each: Due[Result]) -> None:
        def answered(answer: Answer[Result]) -> None:
            self._end(each)
            self._controller.run(each.answered, answer.result)
            if each.quantity is not None:
                self.answered.emit(each.quantity)

        def failed(failure: Failure) -> None:
            self._end(each)
            self._controller.run(each.failed, failure.message)

        def advanced(advance: Advance) -> None:
            self._controller.run(each.advanced, advance.progress)

        self._awaited[each.channel] = each
        self._controller.inquiries.ask(each.channel, each.work, answered, failed, advanced, each.priority)
        self._controller.run(each.begun)

    def _end(self, each: Due[Any]) -> bool:
        """It is awaited no longer; False where something else is by now."""
        awaited = self._awaited.get(each.channel) is each
        if awaited:
            del self._awaited[each.channel]
        return awaited
