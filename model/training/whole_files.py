"""Files and directories that are written whole or not at all. Torch-free.

A link is followed and stays a link, and what is replaced keeps its mode. What is no regular file, such as a device or a
pipe, is written into.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safetensors import SafetensorError

from model.errors import UserError


class WriteError(UserError):
    """Something could not be written; what stood there before is kept."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Around writing a file at the path that it gives, which then takes the place of `path`.

    Raises WriteError where that fails, and leaves nothing behind.
    """
    target = real(path)
    if target.exists() and not target.is_file():
        with _said(path):
            yield target
        return
    part = _part(target)
    try:
        with _said(path):
            part.unlink(missing_ok=True)
            part.touch(0o600 if target.exists() else 0o666)
            _take_mode(part, target)
            yield part
            os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def whole_directory(directory: Path) -> Iterator[Path]:
    """Around filling the directory that it gives, which then takes the place of `directory` with all that is in it.

    Raises WriteError where that fails, and leaves nothing behind.
    """
    target = real(directory)
    part = _part(target)
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


def remove(path: Path) -> None:
    """Remove a regular file, or a directory with all that is in it; links to them and devices stay."""
    target = real(path)
    if target.is_dir():
        shutil.rmtree(target, ignore_errors=True)
    elif target.is_file():
        target.unlink()


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


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
        raise WriteError(
            f"{path} cannot be written: {_reason(error)}. What stood there before is kept: make room for it, "
            "or allow writing there."
        ) from None


def _reason(error: BaseException) -> str:
    """The system's own words where there are any: torch answers with a riddle, and hides what it answers to."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__context__
    return str(error).removesuffix(".")
