"""Undo and redo: documents that were, and documents that were left by undoing. Pure; no Qt.

Only documents are remembered, never what is looked at: hover, selection, layout and colours have no history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.model.contract.document import Document

LONGEST = 500
"""Changes that can be undone."""


@dataclass(frozen=True)
class Run:
    """Changes that are undone at once while nothing else comes between them: what two of them are called together.

    `number` tells one run from the next of that name.
    """

    name: str
    number: int = 0


@dataclass(frozen=True)
class Change:
    """A named change, and the document on its other side; `run` is what another change may join."""

    name: str
    document: Document
    run: Run | None = None


@dataclass(frozen=True)
class History:
    """Changes that can be undone, and changes that can be made again; the nearest last in both."""

    past: tuple[Change, ...] = ()
    future: tuple[Change, ...] = ()

    @property
    def undo_name(self) -> str:
        """What undoing takes back; "" where there is nothing."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """What redoing makes again; "" where there is nothing."""
        return self.future[-1].name if self.future else ""

    @property
    def run(self) -> Run | None:
        """The run that the last change can be joined by, if any."""
        return self.past[-1].run if self.past else None


def record(history: History, name: str, before: Document, run: Run | None = None) -> History:
    """The history after a change of the document `before`, which joins the last change where that is of its `run`."""
    if run is not None and history.run == run:
        return History((*history.past[:-1], replace(history.past[-1], name=run.name)))
    return History((*history.past, Change(name, before, run))[-LONGEST:])


def trimmed(history: History, now: Document) -> History:
    """The history without a last change that led nowhere: undoing it would change nothing."""
    led_nowhere = bool(history.past) and history.past[-1].document == now
    return replace(history, past=history.past[:-1]) if led_nowhere else history


def undo(history: History, now: Document) -> tuple[Document, History]:
    """The document before the last change, and the history without it. There must be one."""
    last = history.past[-1]
    return last.document, History(_closed(history.past[:-1]), (*history.future, Change(last.name, now)))


def redo(history: History, now: Document) -> tuple[Document, History]:
    """The document after the change that was undone last, and the history with it. There must be one."""
    last = history.future[-1]
    return last.document, History((*history.past, Change(last.name, now)), history.future[:-1])


def _closed(past: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes, the last of which nothing can join any more."""
    return (*past[:-1], replace(past[-1], run=None)) if past else ()
