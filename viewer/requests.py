"""The work the window asks of the model: generators that run in the worker. No Qt; torch only when they run."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from model.api import Progress, Trace
from model.document import Document
from viewer.jobs import Work


@dataclass(frozen=True, eq=False)
class Traced:
    """A document, everything the model computed for it, and the translation so far as text.

    `rows` counts the decoder rows that were computed now rather than remembered.
    """

    document: Document
    trace: Trace
    translation: str
    rows: int


def trace_work(document: Document) -> Work:
    """Work that traces `document`, reporting each new decoder row."""

    def work(session: Any) -> Generator[Progress, None, Traced]:
        rows = 0
        steps = session.trace_steps(document)
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return Traced(document, stop.value, session.text(stop.value.output_tokens), rows)
            rows += 1
            yield progress

    return work


def force_work(source: str, target: str) -> Work:
    """Work that traces `source` with `target` as its forced translation (teacher forcing)."""

    def work(session: Any) -> Generator[Progress, None, Traced]:
        from model.document import teacher_force

        document = teacher_force(Document(source), [token.id for token in session.encode_target(target)])
        traced: Traced = yield from trace_work(document)(session)
        return traced

    return work
