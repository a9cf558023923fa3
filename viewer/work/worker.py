"""The one thread that computes. It imports torch, opens the model, and works through the job queue.

Answers come back as signals; connect them to bound methods of QObjects that live on the GUI thread, so that
Qt delivers them there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, cast

from attention_viewer.model.contract.api import ModelInfo, Progress
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.open_model import OpenModel
from attention_viewer.viewer.state.fault import words_of
from attention_viewer.viewer.work.jobs import Job, JobQueue, Priority, Result, Work
from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal

SWITCH_INTERVAL = 0.0005
"""Seconds after which this thread hands Python's lock over to the window's, a tenth of what is usual: the window's
thread lets go of it in every call of Qt, and would wait as often."""
PROGRESS_INTERVAL = 0.03
"""Seconds between two progress signals of one job."""


@dataclass(frozen=True, eq=False)
class Answer(Generic[Result]):
    """The result of request `id`, and the seconds the model took."""

    id: int
    result: Result
    seconds: float


@dataclass(frozen=True)
class Failure:
    """Request `id` failed; `message` is a sentence for the user."""

    id: int
    message: str


@dataclass(frozen=True)
class Advance:
    """How far request `id` has come."""

    id: int
    progress: Progress


class Worker(QThread):
    """Opens checkpoints, or what is `given` in the place of any, and answers requests, one at a time."""

    loading = Signal(str)
    opened = Signal(ModelInfo)
    open_failed = Signal(str)
    stood_in = Signal(str)
    answered = Signal(Answer)
    failed = Signal(Failure)
    advanced = Signal(Advance)

    def __init__(self, parent: QObject | None = None, threads: int = 1, given: OpenModel | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model worker")
        self._queue = JobQueue()
        self._threads, self._given = threads, given
        self._translator: OpenModel | None = None
        # It fires once the window has done, and painted, what an answer calls for.
        self._shown = QTimer(self)
        self._shown.setSingleShot(True)
        self._shown.setInterval(0)
        self._shown.timeout.connect(self._go_on)
        self.answered.connect(self._wait_for_window)

    def open_model(self, directory: Path, otherwise: Path | None = None) -> int:
        """Ask for the checkpoint in `directory`; `opened` or `open_failed` follows.

        Where it will not do, the one in `otherwise` is opened in its place, and `stood_in` says why.
        """

        def work(_: object) -> Generator[Progress, None, None]:
            yield Progress(0, 1)
            try:
                self._open(directory)
            except UserError as error:
                if otherwise is None:
                    raise
                self.stood_in.emit(str(error))
                self._open(otherwise)

        return self._queue.put(work, channel="open")

    def request(self, work: Work[object], channel: str, priority: Priority = Priority.URGENT) -> int:
        """Queue work on the open translator; a newer request on the same channel replaces it. Returns its id."""
        return self._queue.put(work, channel, priority)

    def cancel(self, channel: str) -> None:
        """Drop the request of a channel, waiting or running."""
        self._queue.cancel(channel)

    def close(self, patience: float | None = None) -> bool:
        """Stop after the current slice of work and wait for the thread to end, `patience` seconds at most.

        Returns whether it has ended.
        """
        self._queue.close()
        if patience is None:
            return self.wait()
        return self.wait(QDeadlineTimer(round(1000 * patience)))

    def run(self) -> None:
        """The loop of the thread; not to be called from elsewhere."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        while (job := self._queue.take()) is not None:
            try:
                self._work_on(job)
            except UserError as error:
                self._fail(job, str(error))
            except Exception as error:
                # Whatever goes wrong inside the model, the window stays alive and says so.
                self._fail(job, f"Something went wrong inside the model: {words_of(error)}.")
                sys.excepthook(type(error), error, error.__traceback__)

    def _wait_for_window(self) -> None:
        self._shown.start()

    def _go_on(self) -> None:
        self._queue.go_on()

    def _work_on(self, job: Job) -> None:
        if self._translator is None and job.channel != "open":
            raise UserError("No model is open. Choose one with Model > Open a checkpoint.")
        if job.running is None:
            # Only opening one needs no open model.
            job.running = job.work(cast(OpenModel, self._translator))
        started = reported = time.perf_counter()
        while not self._queue.should_yield(job):
            try:
                progress = next(job.running)
            except StopIteration as stop:
                self._queue.finish(job)
                if job.channel != "open":
                    if job.priority is Priority.URGENT:
                        self._queue.hold()
                    self.answered.emit(Answer(job.id, stop.value, time.perf_counter() - started))
                return
            now = time.perf_counter()
            if now - reported >= PROGRESS_INTERVAL:
                reported = now
                self.advanced.emit(Advance(job.id, progress))
        if job.cancelled:
            job.running.close()

    def _fail(self, job: Job, message: str) -> None:
        self._queue.finish(job)
        if job.channel == "open":
            self.open_failed.emit(message)
        else:
            self.failed.emit(Failure(job.id, message))

    def _open(self, directory: Path) -> None:
        if self._given is not None:
            self._translator = self._given
            self.opened.emit(self._given.info)
            return
        from attention_viewer.model.checkpoint import check_checkpoint

        check_checkpoint(directory)
        self.loading.emit("Loading the model: importing torch …")
        from attention_viewer.model.translator import Translator

        self.loading.emit("Loading the model: reading the weights …")
        self._translator = Translator(directory, threads=self._threads)
        self.opened.emit(self._translator.info)
