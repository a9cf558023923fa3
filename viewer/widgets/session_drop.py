"""What is dragged onto the window: a file that it opens, a model's directory, or neither. A drop is a copy."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.state.plain_text import shown_text
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

SUFFIX = ".avsession"
TEXTS = (".txt", ".text", ".tsv")
ARRAYS = (".npz", ".json")
TOUR = ".tour"
WELCOME = f"a session ({SUFFIX}), a tour, a text, arrays ({', '.join(ARRAYS)}) or a model's directory"


class SessionDrop(QObject):
    """Welcomes files wherever they are dragged over a widget.

    `dropped` names the one that was let go there; `hinted` says why what was let go is none, or "".
    """

    dropped = Signal(str)
    hinted = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dragged and dropped."""
        # Events of dragging are drop events too.
        if not isinstance(event, QDropEvent):
            return False
        if as_copy(event) and event.type() is QEvent.Type.Drop:
            name, refusal = session_in(event.mimeData())
            self.hinted.emit(refusal)
            if name:
                self.dropped.emit(name)
        return True


def as_copy(event: QDropEvent) -> bool:
    """Accept dragged files as a copy, whatever else is proposed; False, and not accepted, for anything else.

    A file manager that was told that a file was moved would remove it.
    """
    welcome = event.mimeData().hasUrls() and bool(event.possibleActions() & Qt.DropAction.CopyAction)
    if welcome:
        event.setDropAction(Qt.DropAction.CopyAction)
    event.setAccepted(welcome)
    return welcome


def session_in(dropped: QMimeData) -> tuple[str, str]:
    """The one file or directory that was dropped, or "" and a sentence that says what to drop."""
    urls = dropped.urls()
    if len(urls) != 1:
        return "", f"{len(urls)} files were dropped: drop one at a time, {WELCOME}."
    name = urls[0].toLocalFile()
    if not name:
        return "", f"{shown_text(urls[0].toString())} is not on this computer: save it here first, then drop that file."
    if not name.lower().endswith((SUFFIX, TOUR, *TEXTS, *ARRAYS)) and not Path(name).is_dir():
        return "", f"‘{shown_text(Path(name).name)}’ is nothing that opens here: drop {WELCOME}."
    return name, ""
