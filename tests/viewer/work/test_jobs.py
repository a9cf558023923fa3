"""The order in which the worker does things."""

from collections.abc import Generator
from typing import Any

from attention_viewer.model.contract.api import Progress
from attention_viewer.viewer.work.jobs import JobQueue, Priority


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
