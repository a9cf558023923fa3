"""Undo and redo: documents that were, and documents that were left by undoing. Pure; no Qt.

Only documents are remembered, never what is looked at: hover, selection, layout and colours have no history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from model.document import Document

LONGEST = 500
"""Changes that can be undone."""


@dataclass(frozen=True)
class Change:
    """A named change, and the document on its other side."""

    name: str
    document: Document


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


def record(history: History, name: str, before: Document, merged: bool = False) -> History:
    """The history after a change of the document `before`.

    With `merged`, a run of changes of the same name is undone at once.
    """
    if merged and history.undo_name == name:
        return replace(history, future=())
    return History((*history.past, Change(name, before))[-LONGEST:])


def undo(history: History, now: Document) -> tuple[Document, History]:
    """The document before the last change, and the history without it. There must be one."""
    last = history.past[-1]
    return last.document, History(history.past[:-1], (*history.future, Change(last.name, now)))


def redo(history: History, now: Document) -> tuple[Document, History]:
    """The document after the change that was undone last, and the history with it. There must be one."""
    last = history.future[-1]
    return last.document, History((*history.past, Change(last.name, now)), history.future[:-1])
