"""The lines of a file taken one by one, where a bad one does not stop the rest. No Qt, no torch, no NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.viewer.cli.command import PROGRAM
from attention_viewer.viewer.storage.files import decoded_line


@dataclass(frozen=True)
class Line:
    """A sentence, and the translation to force (None: the model's own); `number` counts from 1."""

    number: int
    source: str
    target: str | None = None


@dataclass(frozen=True)
class BadLine:
    """A line that could not be taken, and why, in a sentence."""

    number: int
    reason: str


Entry = Line | BadLine
Columns = Callable[[str], tuple[str, str | None]]
"""Parts a line into source and target. Raises InputError where it does not fall into them."""


@dataclass(frozen=True)
class Outcome:
    """How far a batch came: `done` lines are there, `earlier` of them since before it began.

    `total` is how many there are, None where nobody knows. `trouble` says what stopped it, None where it went through
    to the end; `interrupted` that it was the user.
    """

    total: int | None
    done: int
    earlier: int = 0
    bad: tuple[BadLine, ...] = ()
    trouble: str | None = None
    interrupted: bool = False


@dataclass(frozen=True)
class Words:
    """How a report calls what is done with a line, and what it says of bad lines and after a stop."""

    done: str
    unable: str = "could not be"
    stopped: str = ""


class WriteFailed(UserError):
    """A file that cannot be written: the next one could not be either."""


def entries(raw: Iterable[bytes], columns: Columns, keep_blank: bool = False, first: int = 1) -> Iterator[Entry]:
    """The lines of a UTF-8 text as they arrive, and those that will not do, by their number in it from `first` on.

    Blank lines are passed over, or kept as lines whose source is "".
    """
    for number, line in enumerate(raw, start=first):
        entry = _entry(number, line, columns)
        if keep_blank or entry != Line(number, ""):
            yield entry


def _entry(number: int, raw: bytes, columns: Columns) -> Entry:
    try:
        text = decoded_line(number, raw)
        return Line(number, *columns(text)) if text.strip() else Line(number, "")
    except InputError as error:
        return BadLine(number, str(error))


def run_batch(
    found: Iterable[Entry],
    take: Callable[[Line], None],
    refused: Callable[[BadLine], None] = lambda bad: None,
    total: int | None = None,
    earlier: int = 0,
    check: Callable[[], None] = lambda: None,
    taken: Callable[[], None] = lambda: None,
) -> Outcome:
    """Take each line in turn; it goes on after lines that raise, and stops where nothing can be written.

    `refused` is called for every line that will not do, in its place, `check` before each line (it may raise
    KeyboardInterrupt) and `taken` after it. `earlier` lines need no more work; `total` counts them too.
    """
    done, failed = earlier, list[BadLine]()
    trouble, interrupted = None, False
    try:
        for entry in found:
            check()
            problem = entry if isinstance(entry, BadLine) else tried(entry, take)
            if problem is None:
                done += 1
            else:
                failed.append(problem)
                refused(problem)
            taken()
        total = done + len(failed)
    except WriteFailed as error:
        trouble = str(error)
    except KeyboardInterrupt:
        trouble, interrupted = "Stopped:", True
    return Outcome(total, done, earlier, tuple(failed), trouble, interrupted)


def tried(line: Line, take: Callable[[Line], None]) -> BadLine | None:
    """Take a line; what was wrong with it, if anything was. Raises WriteFailed."""
    try:
        take(line)
    except WriteFailed:
        raise
    except UserError as error:
        return BadLine(line.number, str(error))
    except MemoryError:
        return BadLine(line.number, "There is not enough memory for it. Use a smaller picture.")
    return None


def report(outcome: Outcome, name: str, words: Words) -> list[str]:
    """What to say at the end of a batch on the file `name`, line by line; nothing where all went well."""
    listed = [f"Line {bad.number}: {' '.join(bad.reason.split())}" for bad in outcome.bad]
    so_far = f"{outcome.done}{'' if outcome.total is None else f' of {outcome.total}'} lines {words.done}"
    if outcome.trouble is not None:
        return [*listed, f"{PROGRAM}: {outcome.trouble} {so_far}{words.stopped and f'; {words.stopped}'}."]
    if not outcome.bad:
        return []
    before = f" ({outcome.earlier} of them earlier)" if outcome.earlier else ""
    return [*listed, f"{PROGRAM}: {name}: {so_far}{before}, {len(outcome.bad)} {words.unable}."]
