"""`-` on the command line: standard input where lines are read, standard output where one file is written.

No Qt, torch or NumPy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.plain_files import check_line
from attention_viewer.viewer.export.writing import write_bytes
from attention_viewer.viewer.storage.files import check_output, read_raw_lines

STREAM = Path("-")
CHUNK = 1 << 16
"""Bytes that are read at a time."""
TEXTS = ("csv", "json", "svg", "html", "txt")
"""Formats that a terminal can show."""


def named(source: Path | None) -> str:
    """What a report calls an input file; None is standard input too."""
    return "standard input" if source in (None, STREAM) else str(source)


def raw_lines(source: Path) -> list[bytes]:
    """All lines of a file, or of standard input, as they stand there. Raises InputError where it cannot be read."""
    return [line for group in standard_input() for line in group] if source == STREAM else read_raw_lines(source)


def standard_input() -> Iterator[list[bytes]]:
    """The lines of standard input, those that came together in one group; whoever types them is told how to end.

    Raises InputError where it is closed: a program that is started without streams has None in their place.
    """
    if sys.stdin is None:
        raise InputError("Standard input is closed: name a file to read.")
    if sys.stdin.isatty():
        print("Type sentences, one a line; end with Ctrl+D.", file=sys.stderr)
    return _as_they_come(sys.stdin.buffer)


def whole_input(what: str, most: int) -> bytes:
    """All of standard input, `most` bytes of it: `what` another program wrote.

    Raises InputError where it is closed, or a person would have to type it.
    """
    if sys.stdin is None:
        raise InputError("Standard input is closed: name a file to read.")
    if sys.stdin.isatty():
        raise InputError(f"- reads {what} from standard input: send one in with < FILE or |, or name the file.")
    return sys.stdin.buffer.read(most)


def _as_they_come(file: BinaryIO) -> Iterator[list[bytes]]:
    begun = b""
    while chunk := file.read1(CHUNK):  # type: ignore[attr-defined]
        *lines, begun = (begun + chunk).split(b"\n")
        check_line(len(begun), "A line of standard input")
        if lines:
            yield [line + b"\n" for line in lines]
    if begun:
        yield [begun]


def check_target(path: Path, force: bool, suffix: str) -> None:
    """Raise InputError where a file in the format `suffix` could not be written to `path`, or to the stream `-`."""
    if path != STREAM:
        check_output(path, force)
    elif sys.stdout is None:
        raise InputError("Standard output is closed: name a file with -o.")
    elif sys.stdout.isatty() and suffix not in TEXTS:
        raise InputError(
            f"-o - would write {suffix} to the terminal: send it on with | or > FILE, or name a file with -o."
        )


def check_not_read(output: Path, source: Path | None) -> None:
    """Raise InputError where what is written would replace the very file that is read, whatever it is called there."""
    if source is not None and source != STREAM and output.is_file() and source.is_file() and output.samefile(source):
        raise InputError(f"{output} is what is read: name another file with -o, or that one would be lost.")


def put(path: Path, content: bytes, force: bool) -> None:
    """Write one file whole, or the stream `-`. Raises ExportError where it cannot be written."""
    if path != STREAM:
        write_bytes(path, content, force)
        return
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
