"""Which job runs next: one at a time, the most urgent first, the others in slices. No Qt, no torch.

A job is a generator: it yields `Progress` and returns its result. A more urgent job interrupts another at its
next yield; that one goes on afterwards. Jobs of one channel replace each other: only the newest matters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Condition
from typing import TypeAlias, TypeVar

from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.open_model import OpenModel

Result = TypeVar("Result")
Work: TypeAlias = Callable[[OpenModel], Generator[Progress, None, Result]]
"""Given the open model, the generator that computes the answer."""

LONGEST_HOLD = 0.1
"""Seconds for which work waits for the window at most."""


class Priority(IntEnum):
    """What goes first: a step, then what is shown beside it, then long work."""

    URGENT = 0
    SOON = 1
    LONG = 2


@dataclass(eq=False)
class Job:
    """One request: its id, its channel, how urgent it is, and the work itself."""

    id: int
    channel: str
    priority: Priority
    work: Work[object]
    cancelled: bool = False
    running: Generator[Progress, None, object] | None = field(default=None, repr=False)


class JobQueue:
    """Jobs waiting for the worker thread. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._jobs: list[Job] = []
        self._closed = False
        self._next_id = 1
        self._held_until = 0.0

    def put(self, work: Work[object], channel: str, priority: Priority = Priority.URGENT) -> int:
        """Queue `work` in the place of anything older on its channel; returns the id of the request."""
        with self._condition:
            self._cancel(channel)
            job = Job(self._next_id, channel, priority, work)
            self._next_id += 1
            self._jobs.append(job)
            self._condition.notify_all()
            return job.id

    def cancel(self, channel: str) -> None:
        """Drop whatever is waiting or running on a channel."""
        with self._condition:
            self._cancel(channel)

    def close(self) -> None:
        """Drop everything and let `take` return None from now on."""
        with self._condition:
            self._closed = True
            for job in self._jobs:
                job.cancelled = True
            self._jobs.clear()
            self._condition.notify_all()

    def hold(self) -> None:
        """Let what is not urgent wait until `go_on`, or for LONGEST_HOLD: an answer is being put on screen."""
        with self._condition:
            self._held_until = time.monotonic() + LONGEST_HOLD

    def go_on(self) -> None:
        """Nothing is held any more."""
        with self._condition:
            self._held_until = 0.0
            self._condition.notify_all()

    def take(self) -> Job | None:
        """The job to work on now, the most urgent first; waits for one. None once closed.

        A job stays in the queue, and may be taken again, until it is `finish`ed or cancelled.
        """
        with self._condition:
            while not self._closed:
                job = min(self._jobs, key=lambda job: (job.priority, job.id), default=None)
                held = self._held_until - time.monotonic()
                if job is not None and (job.priority is Priority.URGENT or held <= 0.0):
                    return job
                self._condition.wait(None if job is None else held)
            return None

    def finish(self, job: Job) -> None:
        """The job has given its answer (or failed); it is not taken again."""
        with self._condition:
            if job in self._jobs:
                self._jobs.remove(job)

    def should_yield(self, job: Job) -> bool:
        """True when `job` must make way: it was cancelled, or a more urgent one waits."""
        with self._condition:
            return job.cancelled or any(other.priority < job.priority for other in self._jobs)

    def _cancel(self, channel: str) -> None:
        for job in self._jobs:
            job.cancelled = job.cancelled or job.channel == channel
        self._jobs = [job for job in self._jobs if not job.cancelled]
