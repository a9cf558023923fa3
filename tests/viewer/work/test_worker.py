"""The worker and the window: what is not urgent waits until an answer has been put on screen."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from attention_viewer.model.contract.api import Progress
from attention_viewer.viewer.work.jobs import LONGEST_HOLD, Priority
from attention_viewer.viewer.work.worker import Worker
from pytestqt.qtbot import QtBot
from support.toy import ToyTranslator


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    worker = Worker()
    worker._translator = ToyTranslator("toy", 2, 2)
    worker.start()
    yield worker
    worker.close()


def test_long_work_stands_still_while_an_answer_is_put_on_screen(worker: Worker, qtbot: QtBot) -> None:
    slices: list[float] = []
    given: list[float] = []

    def long(_: Any) -> Generator[Progress, None, str]:
        for done in range(1000):
            slices.append(time.perf_counter())
            time.sleep(0.001)
            yield Progress(done, 1000)
        return "ranked"

    def urgent(_: Any) -> Generator[Progress, None, str]:
        given.append(time.perf_counter())
        yield Progress(0, 1)
        return "traced"

    answers: list[str] = []
    worker.answered.connect(lambda answer: answers.append(answer.result))
    worker.request(long, "rank", Priority.LONG)
    qtbot.waitUntil(lambda: len(slices) > 3)
    worker.request(urgent, "trace")
    time.sleep(0.6 * LONGEST_HOLD)  # the window is busy: no event is handled
    meanwhile = [each for each in slices if each > given[0]] if given else slices
    assert given and not meanwhile
    qtbot.waitUntil(lambda: answers == ["traced"])
    shown = len(slices)
    qtbot.waitUntil(lambda: len(slices) > shown + 3)


def test_a_window_that_stands_still_does_not_stop_the_work_for_good(worker: Worker, qtbot: QtBot) -> None:
    done: list[bool] = []

    def work(_: Any) -> Generator[Progress, None, None]:
        done.append(True)
        yield Progress(0, 1)

    worker.request(work, "trace")
    worker.request(work, "effect", Priority.SOON)
    time.sleep(3 * LONGEST_HOLD)
    assert len(done) == 2
