"""What is dragged onto the window: a session file, or something that is none. A drop is a copy."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.state.plain_text import shown_text
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDropEvent

SUFFIX = ".avsession"


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
    """The one session file among what was dropped, or "" and a sentence that says what to drop."""
    urls = dropped.urls()
    if len(urls) != 1:
        return "", f"{len(urls)} files were dropped: drop one session at a time, a file that ends in {SUFFIX}."
    name = urls[0].toLocalFile()
    if not name:
        return "", f"{shown_text(urls[0].toString())} is not on this computer: save it here first, then drop that file."
    if not name.lower().endswith(SUFFIX):
        what = shown_text(Path(name).name)
        return "", f"‘{what}’ is no session of Attention Viewer: drop a file that ends in {SUFFIX}."
    return name, ""
