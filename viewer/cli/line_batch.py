"""Lines in, lines out: what is made of each line of a file or a stream, in their order. No Qt, no torch, no NumPy.

A blank line stays blank. A line that will not do becomes an empty one, so that the others keep their places.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import BadLine, Columns, Entry, Line, Words, entries, report, run_batch
from attention_viewer.viewer.cli.command import DONE, PARTLY_DONE
from attention_viewer.viewer.cli.progress import Bar
from attention_viewer.viewer.cli.streams import STREAM, check_not_read, named, raw_lines, standard_input
from attention_viewer.viewer.storage.files import check_output, made_folder, write_lines

UNABLE = "could not be: left empty, so that the others keep their places"
LINES_AHEAD = 256
"""Most lines of a file that are taken together."""


@dataclass(frozen=True)
class LineBatch:
    """From `source` (None: standard input) to `output` (None: standard output); `-` is either stream.

    `columns` parts a line, `done` is the word for what is done with it. Unless `places`, a line need not become one
    line, so that blank lines and those that will not do become none.
    """

    source: Path | None
    output: Path | None
    force: bool
    columns: Columns
    done: str
    places: bool = True


LinesOf = Callable[[Line], Iterable[str]]
"""What becomes of a line that is not blank. Raises InputError where it will not do."""
Begin = Callable[[Iterator[list[Entry]]], tuple[Iterator[Entry], LinesOf]]
"""Given the lines, in groups that come together, opens the model; gives the lines one by one, and what they become."""


def run_lines(batch: LineBatch, begin: Begin) -> int:
    """Take every line; returns the exit code.

    Raises UserError where nothing was begun, KeyboardInterrupt where it was stopped.
    """
    output = None if batch.output == STREAM else batch.output
    if output is not None:
        check_not_read(output, batch.source)
        check_output(output, batch.force)
    elif sys.stdout is None:
        raise InputError("Standard output is closed: name a file with -o.")
    total, groups = _groups(batch)
    found, lines_of = begin(groups)
    if output is None:
        return _taken(batch, found, lines_of, total, _print)
    made: list[str] = []
    code = _taken(batch, found, lines_of, total, made.append)
    with made_folder(output.parent):
        write_lines(output, made, batch.force)
    return code


def one_by_one(groups: Iterator[list[Entry]]) -> Iterator[Entry]:
    """The lines of all groups."""
    return (entry for group in groups for entry in group)


def _groups(batch: LineBatch) -> tuple[int | None, Iterator[list[Entry]]]:
    """How many lines there are, None where nobody knows, and the lines: all that came together in one group."""
    if batch.source in (None, STREAM):
        return None, _entries(standard_input(), batch.columns)
    raw = raw_lines(Path(str(batch.source)))
    groups = (raw[start : start + LINES_AHEAD] for start in range(0, len(raw), LINES_AHEAD))
    return len(raw), _entries(groups, batch.columns)


def _entries(groups: Iterable[list[bytes]], columns: Columns) -> Iterator[list[Entry]]:
    number = 1
    for raw in groups:
        yield list(entries(raw, columns, keep_blank=True, first=number))
        number += len(raw)


def _taken(
    batch: LineBatch, found: Iterator[Entry], lines_of: LinesOf, total: int | None, emit: Callable[[str], None]
) -> int:
    """Give `emit` what becomes of each line; returns the exit code. Raises KeyboardInterrupt where it was stopped."""

    def take(line: Line) -> None:
        if line.source:
            for made in lines_of(line):
                emit(made)
        elif batch.places:
            emit("")

    def refuse(bad: BadLine) -> None:
        if batch.places:
            emit("")

    to_stream = batch.output in (None, STREAM)
    # Whoever reads the output on a terminal as it comes, or types the input, sees how far it is.
    beside = not (to_stream and sys.stdout.isatty()) and not (total is None and sys.stdin.isatty())
    with Bar(total, 0, "lines", beside) as bar:
        outcome = run_batch(found, take, refuse, total, taken=bar.taken)
    stopped = "" if to_stream else f"{batch.output} was not written"
    words = Words(batch.done, UNABLE if batch.places else Words.unable, stopped)
    for said in report(outcome, named(batch.source), words):
        print(said, file=sys.stderr)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return PARTLY_DONE if outcome.bad else DONE


def _print(line: str) -> None:
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()
