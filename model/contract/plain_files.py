"""Files from outside: ordinary ones of limited size, never waited for; lines also come through pipes. Torch-free."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Timer
from typing import BinaryIO

from attention_viewer.model.contract.errors import CheckpointError, InputError, UserError
from attention_viewer.model.contract.refusals import of_reading

ENDLESS = 8_000_000
"""Bytes of a line from which on it counts as one that never ends: a sentence has a fiftieth of it at most."""

UNSAID = 1.0
"""Seconds of waiting for the other end of a pipe of which nothing is said."""

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextmanager
def opened(path: Path, most: int | None = None, error: type[UserError] = CheckpointError) -> Iterator[BinaryIO]:
    """An ordinary file of at most `most` bytes, open to be read.

    Raises `error` where there is none, and for pipes and devices, which would be waited for or never end.
    """
    try:
        # Without the flag, opening a pipe waits for somebody to write into it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as problem:
        raise error(f"{path} cannot be read: {of_reading(problem)}") from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        kind = next((name for is_one, name in _KINDS if is_one(status.st_mode)), "no file")
        raise error(f"{path} is {kind}: an ordinary file must stand there.")
    with os.fdopen(handle, "rb") as file:
        if most is not None and status.st_size > most:
            raise error(f"{path} has {status.st_size:,} bytes; such a file has {most:,} at most. Check what it is.")
        try:
            yield file
        except OSError as problem:
            raise error(f"{path} cannot be read: {of_reading(problem)}") from None


def content(path: Path, most: int, error: type[UserError] = CheckpointError) -> bytes:
    """All of an ordinary file of at most `most` bytes. Raises `error` as `opened` does."""
    with opened(path, most, error) as file:
        # One that grows while it is read, as some that the system makes up do, is cut there.
        return file.read(most)


def open_lines(path: Path) -> BinaryIO:
    """What may be a device or a pipe, open to be read; that a pipe is waited for is said on standard error.

    Raises OSError where it cannot be opened.
    """
    waiting = Timer(UNSAID, _say, [f"Waiting for another program to write into the pipe {path} …"])
    waiting.daemon = True
    if path.is_fifo():
        waiting.start()
    try:
        return path.open("rb")
    finally:
        waiting.cancel()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def whole_lines(file: BinaryIO, where: str) -> Iterator[bytes]:
    """The lines of what may be a device or a pipe, with their ends. Raises InputError for one that never ends."""
    for number in count(1):
        line = file.readline(ENDLESS + 1)
        if not line:
            return
        check_line(len(line), f"Line {number} of {where}")
        yield line


def check_line(length: int, what: str) -> None:
    """Raise InputError for a line of more bytes than any text has."""
    if length > ENDLESS:
        raise InputError(f"{what} is longer than {ENDLESS:,} bytes: check what the file is.")


def text_lines(path: Path, wanted: str = "") -> list[str]:
    """The lines of a UTF-8 file, or of a pipe. Raises InputError, which says what is `wanted`, where it is none."""
    try:
        with open_lines(path) as file:
            return b"".join(whole_lines(file, str(path))).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        refusal = of_reading(error)
        raise InputError(f"{path} cannot be read: {refusal.why}. {wanted or refusal.remedy}") from None
