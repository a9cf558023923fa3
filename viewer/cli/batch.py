"""A batch: the lines of a file taken one by one, where a bad one does not stop the rest. No Qt, no torch."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.viewer.storage.files import check_folder, decoded_line, read_raw_lines, source_and_target

PROGRAM = "attention-viewer"


@dataclass(frozen=True)
class Line:
    """A sentence of the file, and the translation to force (None: the model's own); `number` counts from 1."""

    number: int
    source: str
    target: str | None = None


@dataclass(frozen=True)
class BadLine:
    """A line that could not be taken, and why, in a sentence."""

    number: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """How far a batch came: `done` of `total` lines are there, `earlier` of them since before it began.

    `trouble` says what stopped it, None where it went through to the end; `interrupted` that it was the user.
    """

    total: int
    done: int
    earlier: int = 0
    bad: tuple[BadLine, ...] = ()
    trouble: str | None = None
    interrupted: bool = False


class WriteFailed(UserError):
    """A file that cannot be written: the next one could not be either."""


def read_batch(path: Path) -> tuple[tuple[Line, ...], tuple[BadLine, ...]]:
    """The lines of a UTF-8 file, and those that will not do; blank lines are passed over.

    Raises InputError where the file cannot be read.
    """
    found = [_parsed(number, raw) for number, raw in enumerate(read_raw_lines(path), start=1)]
    lines = tuple(each for each in found if isinstance(each, Line))
    return lines, tuple(each for each in found if isinstance(each, BadLine))


def _parsed(number: int, raw: bytes) -> Line | BadLine | None:
    try:
        text = decoded_line(number, raw)
        return Line(number, *source_and_target(text)) if text.strip() else None
    except InputError as error:
        return BadLine(number, str(error))


def numbered_name(line: Line, name: str) -> str:
    """The name of a line's file: `00001_trace.npz` for the first line."""
    return f"{line.number:05d}_{name}"


def check_batch(folder: Path, names: Iterable[str], force: bool, resume: bool) -> None:
    """Raise InputError where `names` cannot be written into `folder`, or exist and may neither be replaced nor kept."""
    wanted = list(names)
    check_folder(folder, wanted, force=True)
    existing = () if force or resume else (folder / name for name in wanted if (folder / name).exists())
    for first in existing:
        raise InputError(f"{first} exists already: add --resume to keep what is there, or --force to replace it.")


def run_batch(
    lines: Iterable[Line],
    bad: Iterable[BadLine],
    export: Callable[[Line], None] = lambda line: None,
    earlier: int = 0,
    check: Callable[[], None] = lambda: None,
    taken: Callable[[], None] = lambda: None,
) -> Outcome:
    """Take each line through `export`; it goes on after lines that raise, and stops where nothing can be written.

    `bad` are lines that were refused before, `earlier` counts those that need no more work. `check` is called before
    each line and may raise KeyboardInterrupt, `taken` after it.
    """
    waiting, failed = list(lines), list(bad)
    total, done = earlier + len(waiting) + len(failed), earlier
    trouble, interrupted = None, False
    try:
        for line in waiting:
            check()
            problem = tried(line, export)
            if problem is None:
                done += 1
            else:
                failed.append(problem)
            taken()
    except WriteFailed as error:
        trouble = str(error)
    except KeyboardInterrupt:
        trouble, interrupted = "Stopped", True
    failed.sort(key=lambda each: each.number)
    return Outcome(total, done, earlier, tuple(failed), trouble, interrupted)


def tried(line: Line, export: Callable[[Line], None]) -> BadLine | None:
    """Export a line; what was wrong with it, if anything was. Raises WriteFailed."""
    try:
        export(line)
    except WriteFailed:
        raise
    except UserError as error:
        return BadLine(line.number, str(error))
    except MemoryError:
        return BadLine(line.number, "There is not enough memory for it. Use a smaller picture.")
    return None


def report(outcome: Outcome, name: str, forced: bool) -> list[str]:
    """What to say at the end of a batch on the file `name`, line by line; nothing where all went well."""
    goes_on = "with --resume in place of --force writes what is missing" if forced else "with --resume goes on"
    so_far = f"{outcome.done} of {outcome.total} lines exported; the same command {goes_on}."
    if outcome.interrupted:
        return [f"{PROGRAM}: Stopped: {so_far}"]
    if outcome.trouble is not None:
        return [f"{PROGRAM}: {outcome.trouble} {so_far}"]
    if not outcome.total:
        return [f"{PROGRAM}: {name} holds no sentence: give one on each line."]
    if not outcome.bad:
        return []
    listed = [f"Line {bad.number}: {' '.join(bad.reason.split())}" for bad in outcome.bad]
    before = f" ({outcome.earlier} of them earlier)" if outcome.earlier else ""
    summary = f"{outcome.done} of {outcome.total} lines exported{before}, {len(outcome.bad)} could not be."
    return [*listed, f"{PROGRAM}: {name}: {summary}"]


class Interruption:
    """Around work that a Ctrl+C shall end between two steps only: at the next `check`.

    A second one ends the process at once: Qt would crash on an exception in the midst of its painting.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        # Where Ctrl+C is ignored, as behind nohup, it stays so.
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise KeyboardInterrupt once Ctrl+C was pressed."""
        if self._asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)


class Bar:
    """How many of `total` lines or files are done, and the time left, on standard error where a person is watching."""

    def __init__(self, total: int, done: int, unit: str) -> None:
        from tqdm import tqdm

        watched = sys.stderr is not None and sys.stderr.isatty()
        self._bar = tqdm(
            total=total,
            initial=done,
            disable=not watched,
            dynamic_ncols=True,
            bar_format=f"{{n_fmt}} of {{total_fmt}} {unit} |{{bar}}| {{elapsed}} < {{remaining}}{{postfix}}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def taken(self) -> None:
        """One more is done."""
        self._bar.set_postfix_str("", refresh=False)
        self._bar.update()

    def part(self, done: int, total: int) -> None:
        """How much of the next one is done."""
        if done < total:
            self._bar.set_postfix_str(f"{100 * done // total} % of the next" if done else "")

    def say(self, line: str) -> None:
        """A line on standard error, above the bar."""
        self._bar.clear()
        print(line, file=sys.stderr)
        self._bar.refresh()
