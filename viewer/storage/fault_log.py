"""The log of faults: a small file that turns over, where the system keeps such files. No Qt, no torch."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from attention_viewer.viewer.state.fault import Fault
from attention_viewer.viewer.state.plain_text import PROGRAM

LARGEST_LOG, OLDER_LOGS = 200_000, 2
"""Bytes of the log, and how many full ones are kept beside it."""
NAME = "faults.log"


def log_path() -> Path | None:
    """Where faults are noted; None where there is no home to keep anything in."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given and os.path.isabs(given):
        return Path(given) / "attention-viewer" / NAME
    try:
        home = Path.home()
    except (RuntimeError, KeyError):
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home) / "attention-viewer" / NAME
    folder = home / "Library" / "Logs" if sys.platform == "darwin" else home / ".local" / "state"
    return folder / "attention-viewer" / NAME


def note(fault: Fault) -> Path | None:
    """Add a fault to the log; where it stands, or None where it cannot be kept."""
    path = log_path()
    try:
        if path is None or (path.exists() and not path.is_file()):
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path, maxBytes=LARGEST_LOG, backupCount=OLDER_LOGS, encoding="utf-8", errors="replace"
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    try:
        handler.emit(logging.LogRecord(PROGRAM, logging.ERROR, "", 0, fault.trace, None, None))
    finally:
        handler.close()
    return path if path.is_file() else None
