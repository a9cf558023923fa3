"""Unsaved work outlives a crash: each process keeps its session in a file, and finds those of the dead.

A process holds an advisory lock on the file it keeps, and the system lets go of it however the process ends.
Numbers of processes are used again, above all after a restart and in containers; locks are not fooled by that.
Where there are no such locks, or the directory cannot be written to, there is silently no recovery. No Qt, no torch.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PATTERN = "unsaved-*.avsession"


class Recovery:
    """Keeps this process's unsaved session in `directory`, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._handle = -1

    def keep(self, text: str) -> None:
        """Write the unsaved session, in place of what was kept before."""
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            path = self._path or self._free_name()
            handle = _written(path, text.encode("utf-8", "replace"))
            self._let_go()
            self._path, self._handle = path, handle

    def clear(self) -> None:
        """Remove what this process kept: it is saved, or not wanted."""
        if self._path is not None:
            self.discard(self._path)
        self._let_go()
        self._path = None

    def left_behind(self) -> list[Path]:
        """The files of processes that no longer run, newest first."""
        found = []
        with suppress(OSError):
            for path in self._directory.glob(PATTERN):
                with suppress(OSError):
                    if not _is_held(path):
                        found.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(found, reverse=True)]

    def discard(self, path: Path) -> None:
        """Remove a file that was left behind."""
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def _free_name(self) -> Path:
        """This process's file; another one where a dead process of the same number has left that behind."""
        path, count = self._directory / f"unsaved-{os.getpid()}.avsession", 1
        while path.exists():
            count += 1
            path = self._directory / f"unsaved-{os.getpid()}-{count}.avsession"
        return path

    def _let_go(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1


def _written(path: Path, content: bytes) -> int:
    """Put a complete file at `path`; returns the open file, which is locked from before it got that name."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        if not _lock(handle, exclusive=True):
            raise OSError("no lock to be had")
        while content:
            content = content[os.write(handle, content) :]
        os.replace(temporary, path)
    except BaseException:
        os.close(handle)
        os.unlink(temporary)
        raise
    return handle


def _is_held(path: Path) -> bool:
    """Whether the process that wrote `path` still runs."""
    handle = os.open(path, os.O_RDONLY)
    try:
        return not _lock(handle, exclusive=False)
    finally:
        os.close(handle)


def _lock(handle: int, exclusive: bool) -> bool:
    """Lock an open file, without waiting; False where that cannot be done."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_NB | (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH))
    except OSError:
        return False
    return True
