"""Unsaved work outlives a crash: each process keeps its session in a file, and finds those of the dead.

A process holds an advisory lock on the file it keeps, and the system lets go of it however the process ends.
Numbers of processes are used again, above all after a restart and in containers; locks are not fooled by that.
Where there are no such locks, or the directory cannot be written to, nothing can be kept. No Qt, no torch.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.refusals import of_writing
from attention_viewer.model.whole_files import WriteError, whole_file
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import LARGEST, NewerError, SavedSession

PATTERN = "unsaved-*.avsession"
DAMAGED = "damaged"
"""Folder, beside what was left behind, for what cannot be taken up."""
MOST_DAMAGED = 1000
"""Files of one name that it holds at most."""
MOST_READ = 50
"""Files that are read at once; a start is not to wait for more."""


@dataclass(frozen=True)
class LeftBehind:
    """Work of a process that no longer runs; `when` it was kept, in seconds since 1970."""

    path: Path
    when: float
    saved: SavedSession


@dataclass(frozen=True)
class Found:
    """Work that was left behind, newest first; how many damaged files were set aside, and older ones not read."""

    works: tuple[LeftBehind, ...] = ()
    set_aside: int = 0
    unread: int = 0


class Recovery:
    """Keeps this process's unsaved session in `directory`, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._handle = -1

    @property
    def directory(self) -> Path:
        """Where unsaved work is kept."""
        return self._directory

    def keep(self, text: str) -> None:
        """Write the unsaved session, in place of what was kept before. Raises WriteError where that fails."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refusal = of_writing(error, self._directory)
            raise WriteError(f"{self._directory} cannot be made: {refusal}", refusal) from None
        path = self._path or self._free_name()
        handle = _written(path, text.encode("utf-8", "replace"))
        self._let_go()
        self._path, self._handle = path, handle

    def clear(self) -> None:
        """Remove what this process kept: it is saved, or not wanted."""
        if self._path is not None:
            with suppress(WriteError):
                self.discard(self._path)
        self._let_go()
        self._path = None

    def left_behind(self) -> Found:
        """What processes that no longer run have kept. What is damaged is set aside, so that it is met only once."""
        works, set_aside, read = [], 0, 0
        files = self._files()
        while files and read < MOST_READ:
            path = files.pop()
            try:
                work = _work(path)
            except NewerError:
                read += 1
                continue
            except (InputError, OSError):
                read += 1
                set_aside += self._set_aside(path)
                continue
            if work is not None:
                read += 1
                works.append(work)
        return Found(tuple(sorted(works, key=lambda work: work.when, reverse=True)), set_aside, len(files))

    def discard(self, path: Path) -> None:
        """Remove a file that was left behind. Raises WriteError where it stays."""
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            refusal = replace(of_writing(error, path), remedy="Remove it by hand.")
            raise WriteError(f"{path} cannot be removed: {refusal}", refusal) from None

    def _files(self) -> list[Path]:
        """What may have been left behind, the newest last."""
        with suppress(OSError):
            return sorted(self._directory.glob(PATTERN), key=_changed)
        return []

    def _set_aside(self, path: Path) -> bool:
        """Move what cannot be taken up out of the way; False where that cannot be done."""
        folder = self._directory / DAMAGED
        try:
            folder.mkdir(exist_ok=True)
            free = next(place for place in _places(folder, path) if not os.path.lexists(place))
            path.rename(free)
        except (OSError, StopIteration):
            return False
        return True

    def _free_name(self) -> Path:
        """This process's file; another one where a dead process of the same number has left that behind."""
        path, count = self._directory / f"unsaved-{os.getpid()}.avsession", 1
        while os.path.lexists(path):
            count += 1
            path = self._directory / f"unsaved-{os.getpid()}-{count}.avsession"
        return path

    def _let_go(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1


def _changed(path: Path) -> float:
    """When a file was written last, in seconds since 1970; 0 where that is not known."""
    with suppress(OSError):
        return os.lstat(path).st_mtime
    return 0.0


def _work(path: Path) -> LeftBehind | None:
    """The work in a file; None where its process still runs.

    Raises InputError or OSError where there is no regular file, or it holds no session.
    """
    status = os.lstat(path)
    # A pipe would be waited for, and a link leads to what is no file of this program.
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is no regular file.")
    with path.open("rb") as file:
        if not _lock(file.fileno(), exclusive=False):
            return None
        data = file.read(LARGEST + 1)
    return LeftBehind(path, status.st_mtime, session_file.from_bytes(data, str(path)))


def _places(folder: Path, path: Path) -> list[Path]:
    return [folder / path.name, *(folder / f"{path.stem}-{number}{path.suffix}" for number in range(2, MOST_DAMAGED))]


def _written(path: Path, data: bytes) -> int:
    """Put a complete file at `path`; returns the open file, which is locked from before it got that name."""
    handle = -1
    try:
        # Losing power is not what this is for, and waiting for the disk would be felt.
        with whole_file(path, 0o600, durable=False) as part:
            handle = os.open(part, os.O_WRONLY)
            if not _lock(handle, exclusive=True):
                raise OSError("no lock to be had")
            while data:
                data = data[os.write(handle, data) :]
    except BaseException:
        if handle >= 0:
            os.close(handle)
        raise
    return handle


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
