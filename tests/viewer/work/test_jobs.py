"""The order in which the worker does things."""

from __future__ import annotations

import time
from collections.abc import Generator
from threading import Timer
from typing import Any

import pytest
from attention_viewer.model.contract.api import Progress
from attention_viewer.viewer.work.jobs import LONGEST_HOLD, JobQueue, Priority


def work(_: Any) -> Generator[Progress, None, None]:
    yield Progress(0, 1)


def test_urgent_jobs_come_before_long_ones() -> None:
    queue = JobQueue()
    long = queue.put(work, "rank", priority=Priority.LONG)
    urgent = queue.put(work, "trace")
    first = queue.take()
    assert first is not None and first.id == urgent
    queue.finish(first)
    second = queue.take()
    assert second is not None and second.id == long


def test_a_long_job_makes_way_and_is_taken_again() -> None:
    queue = JobQueue()
    queue.put(work, "rank", priority=Priority.LONG)
    long = queue.take()
    assert long is not None and not queue.should_yield(long)
    queue.put(work, "trace")
    assert queue.should_yield(long)
    urgent = queue.take()
    assert urgent is not None and not queue.should_yield(urgent)
    queue.finish(urgent)
    assert queue.take() is long and not queue.should_yield(long)


def test_what_is_not_urgent_waits_while_an_answer_is_put_on_screen() -> None:
    queue = JobQueue()
    long = queue.put(work, "rank", priority=Priority.LONG)
    queue.hold()
    urgent = queue.put(work, "trace")
    first = queue.take()
    assert first is not None and first.id == urgent
    queue.finish(first)
    Timer(0.01, queue.go_on).start()
    began = time.monotonic()
    taken = queue.take()
    assert taken is not None and taken.id == long
    assert 0.005 <= time.monotonic() - began < LONGEST_HOLD


def test_nothing_waits_for_a_window_that_never_says_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_viewer.viewer.work.jobs.LONGEST_HOLD", 0.02)
    queue = JobQueue()
    queue.put(work, "effect", priority=Priority.SOON)
    queue.hold()
    began = time.monotonic()
    assert queue.take() is not None and time.monotonic() - began >= 0.015


def test_the_newest_job_of_a_channel_replaces_the_older_ones() -> None:
    queue = JobQueue()
    queue.put(work, "trace")
    running = queue.take()
    newest = queue.put(work, "trace")
    assert running is not None and running.cancelled and queue.should_yield(running)
    taken = queue.take()
    assert taken is not None and taken.id == newest and not taken.cancelled


def test_other_channels_are_left_alone() -> None:
    queue = JobQueue()
    queue.put(work, "open")
    queue.put(work, "trace")
    opening = queue.take()
    assert opening is not None and opening.channel == "open" and not opening.cancelled


def test_closing_cancels_everything_and_ends_waiting() -> None:
    queue = JobQueue()
    queue.put(work, "trace")
    job = queue.take()
    queue.close()
    assert job is not None and job.cancelled
    assert queue.take() is None
