"""Reads input files line by line, and checks output paths before anything is computed. No Qt, no torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.limits import LONGEST_SOURCE
from attention_viewer.model.contract.plain_files import open_lines, opened, whole_lines
from attention_viewer.model.contract.refusals import DIRECTORY, FORBIDDEN, of_directory, of_reading, of_writing
from attention_viewer.model.whole_files import WriteError, is_special, real, write_whole

LONGEST_LINE = 8 * LONGEST_SOURCE
"""Bytes of a sentence and its translation."""
BYTE_ORDER_MARK = "\ufeff"


def read_raw_lines(path: Path) -> list[bytes]:
    """The lines of a file as they stand there, with their ends. Raises InputError where it cannot be read."""
    try:
        with open_lines(path) as file:
            return list(whole_lines(file, str(path)))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {of_reading(error)}") from None


def first_lines(path: Path, most: int) -> tuple[tuple[str, ...], bool]:
    """The first lines of a UTF-8 file that are not blank, `most` of them at most, and whether there are more.

    Raises InputError, naming the line, where it cannot be read or a line is no UTF-8 or longer than a sentence.
    """
    found: list[str] = []
    with opened(path, error=InputError) as file:
        for number in count(1):
            raw = file.readline(LONGEST_LINE + 1)
            if not raw:
                return tuple(found), False
            if len(raw) > LONGEST_LINE:
                raise InputError(
                    f"Line {number} of {path} is longer than {LONGEST_LINE} bytes: give a sentence a line."
                )
            try:
                text = decoded_line(number, raw)
            except InputError as error:
                raise InputError(f"Line {number} of {path}: {error}") from None
            if text.strip() and len(found) == most:
                return tuple(found), True
            if text.strip():
                found.append(text)
    return tuple(found), False


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


def check_output(path: Path, force: bool) -> None:
    """Raise InputError where a file could not be written to `path`, or exists and may not be replaced.

    Folders that are missing on the way are no obstacle. A device or a pipe is written into, so that nothing there is
    replaced.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise InputError(f"{path} cannot be written: {of_writing(error, path)}") from None
    if path.is_dir():
        raise InputError(f"{path} cannot be written: {DIRECTORY}")
    if is_special(path):
        if not os.access(path, os.W_OK):
            raise InputError(f"{path} cannot be written: {FORBIDDEN}")
        return
    if path.exists() and not force:
        raise InputError(f"{path} exists already: add --force to replace it, or choose another name.")
    _check_place(real(path) if path.is_symlink() else path)


def check_folder(folder: Path, names: Iterable[str], force: bool) -> None:
    """Raise InputError where the files `names` could not be written into `folder`, which may be new."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: give the name of a directory.")
    if not folder.exists():
        _check_place(folder)
        return
    for name in names:
        check_output(folder / name, force)


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Around writing into `folder`: makes it, and those it is in, where missing; removes those that stay empty."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{folder} cannot be made: {of_writing(error, folder)}") from None
        yield
    finally:
        for each in missing:
            with suppress(OSError):
                each.rmdir()


def write_lines(path: Path, lines: Iterable[str], force: bool) -> None:
    """Write `lines` as a UTF-8 file that appears once it is complete.

    Nothing is left behind when `lines` raises. Raises UserError where the file cannot be written.
    """
    content = "".join(f"{line}\n" for line in lines).encode("utf-8")
    check_output(path, force)
    try:
        write_whole(path, content)
    except WriteError as error:
        raise UserError(str(error)) from None


def _check_place(path: Path) -> None:
    """Raise InputError where neither `path` nor the folders that it lacks can be made."""
    standing = next((each for each in path.parents if os.path.lexists(each)), path.parent)
    if not standing.is_dir():
        raise InputError(f"{standing} is no directory: choose another place for {path.name}.")
    if refusal := of_directory(standing):
        raise InputError(f"Nothing can be written into {standing}: {refusal}")
