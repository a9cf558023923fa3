"""Workers on made-up models, which answer when and how a test wants it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, QTimer, Signal
from support.toy import ToyTranslator, finished


@dataclass(frozen=True, eq=False)
class Request:
    """What a worker was asked, and the translator that was open then."""

    id: int
    channel: str
    work: Work[object]
    translator: ToyTranslator | None


class LateWorker(QObject):
    """Remembers all that it is asked, also what was cancelled; the test says which is answered, and how."""

    loading = Signal(str)
    opened = Signal(ModelInfo)
    open_failed = Signal(str)
    stood_in = Signal(str)
    answered = Signal(Answer)
    failed = Signal(Failure)
    advanced = Signal(Advance)

    def __init__(self, models: dict[str, ToyTranslator]) -> None:
        super().__init__()
        self.models = models
        self.translator: ToyTranslator | None = None
        self.requests: list[Request] = []
        self.asked: list[str] = []
        self.count = 0

    def open_model(self, directory: Path, otherwise: Path | None = None) -> None:
        """Remember a model that was asked for."""
        self.asked.append(directory.name)

    def request(self, work: Work[object], channel: str, priority: Priority = Priority.URGENT) -> int:
        """Remember a question."""
        self.count += 1
        self.requests.append(Request(self.count, channel, work, self.translator))
        return self.count

    def cancel(self, channel: str) -> None:
        """Go on all the same: the answer may be on its way."""

    def open_next(self) -> None:
        """Open the model that was asked for first."""
        name = self.asked.pop(0)
        if name not in self.models:
            self.open_failed.emit(f"There is no model in {name}.")
            return
        self.translator = self.models[name]
        self.opened.emit(self.translator.info)

    def answer(self, request: Request) -> None:
        """Answer a question truthfully, with the model that was open when it was asked or else the one that is now."""
        if request in self.requests:
            self.requests.remove(request)
        translator = request.translator or self.translator
        if translator is None:
            self.failed.emit(Failure(request.id, "No model is open."))
            return
        try:
            result = finished(request.work(translator))
        except UserError as error:
            self.failed.emit(Failure(request.id, str(error)))
            return
        self.answered.emit(Answer(request.id, result, 0.001))

    def fail(self, request: Request) -> None:
        """Let a question fail."""
        self.requests.remove(request)
        self.failed.emit(Failure(request.id, "It went wrong."))

    def newest(self, channel: str) -> Request:
        """The newest question of a channel."""
        return next(each for each in reversed(self.requests) if each.channel == channel)

    def settle(self) -> None:
        """Open and answer all there is, and all that follows from it."""
        while self.asked or self.requests:
            if self.asked:
                self.open_next()
            else:
                self.answer(self.requests[0])


class PromptWorker(LateWorker):
    """Answers everything at once, but never before the event loop goes on: for windows that need no real model."""

    def __init__(self, threads: int = 1, given: object = None) -> None:
        names = (BUNDLED_MODEL.name, "other")
        super().__init__({name: ToyTranslator(name) for name in names})
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.settle)

    def start(self) -> None:
        """There is no thread to start."""

    def close(self, patience: float | None = None) -> bool:
        """Answer no more."""
        self._timer.stop()
        return True

    def open_model(self, directory: Path, otherwise: Path | None = None) -> None:
        """Open a model soon."""
        super().open_model(directory, otherwise)
        self.loading.emit(directory.name)
        self._timer.start(0)

    def request(self, work: Work[object], channel: str, priority: Priority = Priority.URGENT) -> int:
        """Answer soon."""
        number = super().request(work, channel, priority)
        self._timer.start(0)
        return number

    def cancel(self, channel: str) -> None:
        """Answer no question of a channel any more."""
        self.requests = [each for each in self.requests if each.channel != channel]
