"""Reads input files line by line, and checks output paths before anything is computed. No Qt, no torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.whole_files import WriteError, is_special, real, write_whole

BYTE_ORDER_MARK = "\ufeff"


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without their ends.

    Raises InputError where the file cannot be read, or naming the first line that is not UTF-8.
    """
    return [_named(number, raw, str(path)) for number, raw in enumerate(read_raw_lines(path), start=1)]


def read_raw_lines(path: Path) -> list[bytes]:
    """The lines of a file as they stand there, with their ends. Raises InputError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return list(file)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def decoded_lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """The lines of a UTF-8 stream as they arrive, without their ends.

    Raises InputError naming the first line that is not UTF-8.
    """
    for number, raw in enumerate(stream, start=1):
        yield _named(number, raw, name)


def decoded_line(number: int, raw: bytes) -> str:
    """The text of a line, without its end; `number` counts from 1. Raises InputError where it is not UTF-8."""
    try:
        line = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"It is not valid UTF-8 (byte {error.start + 1} is 0x{raw[error.start]:02x}). Convert the file to UTF-8."
        ) from None
    if number == 1:
        line = line.removeprefix(BYTE_ORDER_MARK)
    return line.removesuffix("\n").removesuffix("\r")


def source_and_target(line: str) -> tuple[str, str | None]:
    """The columns of a line: a source, or a source, a tab and a target. Raises InputError for anything else."""
    columns = line.split("\t")
    if len(columns) > 2:
        raise InputError(f"It has {len(columns)} columns: give a source, or a source, a tab and a target.")
    if not all(column.strip() for column in columns):
        empty = "source" if not columns[0].strip() else "target"
        raise InputError(f"It has an empty {empty}: fill it in, or take it out.")
    return columns[0], columns[1] if len(columns) == 2 else None


def _named(number: int, raw: bytes, name: str) -> str:
    try:
        return decoded_line(number, raw)
    except InputError as error:
        raise InputError(f"Line {number} of {name}: {error}") from None


def check_output(path: Path, force: bool) -> None:
    """Raise InputError where a file could not be written to `path`, or exists and may not be replaced.

    A device or a pipe is written into, so that nothing there is replaced.
    """
    if path.is_dir():
        raise InputError(f"{path} is a directory: give the name of a file in it.")
    if is_special(path):
        if not os.access(path, os.W_OK):
            raise InputError(f"{path} cannot be written to: choose another name.")
        return
    if path.exists() and not force:
        raise InputError(f"{path} exists already: add --force to replace it, or choose another name.")
    _check_parent(real(path) if path.is_symlink() else path)


def check_folder(folder: Path, names: Iterable[str], force: bool) -> None:
    """Raise InputError where the files `names` could not be written into `folder`, which may be new."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: give the name of a directory.")
    if not folder.exists():
        _check_parent(folder)
        return
    for name in names:
        check_output(folder / name, force)


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Around writing into `folder`: makes it where it is missing, and removes it again if it stays empty."""
    existed = folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"The directory {folder} cannot be made: {error.strerror}.") from None
    try:
        yield
    finally:
        if not existed:
            with suppress(OSError):
                folder.rmdir()


def write_lines(path: Path, lines: Iterable[str], force: bool) -> None:
    """Write `lines` as a UTF-8 file that appears once it is complete.

    Nothing is left behind when `lines` raises. Raises UserError where the file cannot be written.
    """
    content = "".join(f"{line}\n" for line in lines).encode("utf-8")
    check_output(path, force)
    try:
        write_whole(path, content)
    except WriteError as error:
        raise UserError(f"{path} cannot be written: {error.reason}.") from None


def _check_parent(path: Path) -> None:
    parent = path.parent
    if not parent.is_dir():
        raise InputError(
            f"The directory {parent} does not exist: make it first, or choose another place for {path.name}."
        )
    if not os.access(parent, os.W_OK):
        raise InputError(f"The directory {parent} cannot be written to: choose another place for {path.name}.")


def say_progress(done: int, total: int, what: str) -> None:
    """Say on standard error how far a batch has come, when a person is watching."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{what} {done} of {total}", end=end, file=sys.stderr, flush=True)
