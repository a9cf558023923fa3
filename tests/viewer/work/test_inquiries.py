from __future__ import annotations

from typing import Any

import pytest
from attention_viewer.model.contract.api import Progress
from attention_viewer.viewer.work.inquiries import Inquiries
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal


class FakeWorker(QObject):
    """Counts requests; the test answers."""

    answered = Signal(Answer)
    failed = Signal(Failure)
    advanced = Signal(Advance)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Priority]] = []
        self.cancelled: list[str] = []

    def request(self, work: Work[object], channel: str, priority: Priority) -> int:
        self.asked.append((channel, priority))
        return len(self.asked)

    def cancel(self, channel: str) -> None:
        self.cancelled.append(channel)


@pytest.fixture
def worker(qapp: object) -> FakeWorker:
    return FakeWorker()


def work(translator: Any) -> Any:
    yield Progress(0, 1)


def test_only_the_newest_question_of_a_channel_is_answered(worker: FakeWorker) -> None:
    inquiries, heard = Inquiries(worker), []  # type: ignore[arg-type]
    inquiries.ask("trace", work, lambda answer: heard.append(("old", answer.result)))
    inquiries.ask("trace", work, lambda answer: heard.append(("new", answer.result)))
    inquiries.ask("rank", work, lambda answer: heard.append(("rank", answer.result)), priority=Priority.LONG)
    worker.answered.emit(Answer(1, "a", 0.0))
    assert heard == [] and inquiries.is_open("trace")
    worker.answered.emit(Answer(3, "c", 0.0))
    worker.answered.emit(Answer(2, "b", 0.0))
    worker.answered.emit(Answer(2, "again", 0.0))
    assert heard == [("rank", "c"), ("new", "b")] and not inquiries.waits
    assert worker.asked[2] == ("rank", Priority.LONG)


def test_failures_and_progress_reach_who_asked(worker: FakeWorker) -> None:
    inquiries, heard = Inquiries(worker), []  # type: ignore[arg-type, var-annotated]
    inquiries.ask("trace", work, heard.append, heard.append, heard.append)
    worker.advanced.emit(Advance(1, Progress(1, 2)))
    worker.advanced.emit(Advance(9, Progress(1, 2)))
    worker.failed.emit(Failure(1, "no"))
    worker.failed.emit(Failure(1, "no"))
    assert heard == [Advance(1, Progress(1, 2)), Failure(1, "no")]
    inquiries.ask("trace", work, heard.append)
    worker.failed.emit(Failure(2, "nobody listens"))
    assert len(heard) == 2 and not inquiries.waits


def test_a_dropped_question_is_cancelled_and_not_answered(worker: FakeWorker) -> None:
    inquiries, heard = Inquiries(worker), []  # type: ignore[arg-type, var-annotated]
    inquiries.ask("rank", work, heard.append)
    inquiries.drop("rank")
    inquiries.drop("rank")
    worker.answered.emit(Answer(1, "late", 0.0))
    assert heard == [] and worker.cancelled == ["rank"] and not inquiries.waits
