"""Questions to the worker and what to do with their answers. Only the newest of each channel counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from attention_viewer.viewer.work.jobs import Priority, Result, Work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure, Worker
from PySide6.QtCore import QObject


@dataclass(frozen=True)
class Inquiry(Generic[Result]):
    """A question that is open: its id, and who hears of its answer, failure and progress."""

    id: int
    answered: Callable[[Answer[Result]], None]
    failed: Callable[[Failure], None] | None = None
    advanced: Callable[[Advance], None] | None = None


class Inquiries(QObject):
    """Asks the worker; answers to anything but the newest question of a channel are dropped.

    The worker has one signal for answers of every type: which one is expected, only the open question tells.
    """

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._open: dict[str, Inquiry[Any]] = {}
        worker.answered.connect(self._answered)
        worker.failed.connect(self._failed)
        worker.advanced.connect(self._advanced)

    def ask(
        self,
        channel: str,
        work: Work[Result],
        answered: Callable[[Answer[Result]], None],
        failed: Callable[[Failure], None] | None = None,
        advanced: Callable[[Advance], None] | None = None,
        priority: Priority = Priority.URGENT,
    ) -> None:
        """Put a question in the place of the one that is open on its channel."""
        self._open[channel] = Inquiry(self._worker.request(work, channel, priority), answered, failed, advanced)

    def drop(self, channel: str) -> None:
        """Forget the question that is open on a channel, if any."""
        if self._open.pop(channel, None) is not None:
            self._worker.cancel(channel)

    @property
    def waits(self) -> bool:
        """Whether any answer is awaited."""
        return bool(self._open)

    def is_open(self, channel: str) -> bool:
        """Whether an answer is awaited."""
        return channel in self._open

    def _answered(self, answer: Answer[Any]) -> None:
        if inquiry := self._closed(answer.id):
            inquiry.answered(answer)

    def _failed(self, failure: Failure) -> None:
        inquiry = self._closed(failure.id)
        if inquiry and inquiry.failed:
            inquiry.failed(failure)

    def _advanced(self, advance: Advance) -> None:
        for inquiry in list(self._open.values()):
            if inquiry.id == advance.id and inquiry.advanced:
                inquiry.advanced(advance)

    def _closed(self, request: int) -> Inquiry[Any] | None:
        """The open inquiry of a request, which is open no longer; None where the answer comes too late."""
        for channel, inquiry in self._open.items():
            if inquiry.id == request:
                return self._open.pop(channel)
        return None
