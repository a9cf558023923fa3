"""Files and directories that are written whole or not at all. Torch-free, Qt-free.

A link is followed and stays a link, and what is replaced keeps its mode. What is no regular file, such as a device or a
pipe, is written into.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.refusals import Refusal, of_writing
from safetensors import SafetensorError

LONGEST_NAME = 100
"""Characters of a file's name that the name of its unfinished copy repeats."""


class WriteError(UserError):
    """Something could not be written; what stood there before is kept. `refusal` says why, and what to do."""

    def __init__(self, message: str, refusal: Refusal) -> None:
        super().__init__(message)
        self.refusal = refusal


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there with all its content or not at all. Raises WriteError where that fails."""
    with whole_file(path) as part:
        part.write_bytes(content)


@contextmanager
def whole_file(path: Path, mode: int = 0o666, durable: bool = True) -> Iterator[Path]:
    """Around writing a file at the path that it gives, which then takes the place of `path`.

    A new file gets `mode`, less the umask. With `durable` it outlives a loss of power, which takes the disk's time.
    Raises WriteError where that fails, and leaves nothing behind.
    """
    if is_special(path):
        with _said(path):
            yield path
        return
    target = real(path)
    part: Path | None = None
    try:
        with _said(path):
            part = _new_part(target, 0o600 if target.exists() else mode)
            _take_mode(part, target)
            yield part
            if durable:
                _flush(part)
            os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            if part is not None:
                part.unlink(missing_ok=True)
        raise
    if durable:
        # The file is complete by now; not every file system lets its directories be flushed.
        with suppress(OSError):
            _flush(target.parent)


@contextmanager
def whole_directory(directory: Path) -> Iterator[Path]:
    """Around filling the directory that it gives, which then takes the place of `directory` with all that is in it.

    Raises WriteError where that fails, and leaves nothing behind.
    """
    target = real(directory)
    part = target.with_name(f"{target.name}.part")
    try:
        with _said(directory):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(0o700 if target.exists() else 0o777, parents=True)
            _take_mode(part, target)
            yield part
            for file in part.iterdir():
                _take_mode(file, target / file.name)
            _exchange(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def real(path: Path) -> Path:
    """Where a path leads through its links, whether or not anything is there."""
    return Path(os.path.realpath(path))


def is_special(path: Path) -> bool:
    """Whether there is something that is no regular file: a device, a pipe, a directory, or a link to one."""
    try:
        return path.exists() and not path.is_file()
    except OSError:
        # Such as a name that is too long: nothing can be there.
        return False


def remove(path: Path) -> None:
    """Remove a regular file, or a directory with all that is in it; links to them and devices stay."""
    target = real(path)
    if target.is_dir():
        shutil.rmtree(target, ignore_errors=True)
    elif target.is_file():
        target.unlink()


def _new_part(target: Path, mode: int) -> Path:
    """An empty file beside `target`, under a name that nothing had."""
    part = target.with_name(f".{target.name[:LONGEST_NAME]}.{secrets.token_hex(6)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    return part


def _flush(path: Path) -> None:
    """Wait until a file or a directory is on the disk."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_WRONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_mode(new: Path, old: Path) -> None:
    """Give `new` the mode of what it will replace, if there is anything."""
    if not old.exists():
        return
    mode = stat.S_IMODE(old.stat().st_mode)
    # Some file systems have one mode for all files and refuse every change.
    if stat.S_IMODE(new.stat().st_mode) != mode:
        new.chmod(mode)


def _exchange(part: Path, directory: Path) -> None:
    """Put `part` in the place of `directory`, which is never seen incomplete."""
    old = directory.with_name(f"{directory.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if directory.exists():
        directory.rename(old)
    part.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        refusal = of_writing(_cause(error), path)
        kept = " What stood there before is kept." if os.path.isfile(path) else ""
        raise WriteError(f"{path} cannot be written: {refusal}{kept}", refusal) from None


def _cause(error: BaseException) -> BaseException:
    """What the system answered, if anything: torch answers with a riddle, and hides what it answers to."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause
        cause = cause.__context__
    return error
