"""How far something has come, shown where a person is watching, and the place where Ctrl+C ends it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self


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
    """How many of `total` lines or files are done, and the time left, on standard error where a person is watching.

    `total` is None where nobody knows it; `beside` says that nothing else is written to the same terminal.
    """

    def __init__(self, total: int | None, done: int, unit: str, beside: bool = True) -> None:
        from tqdm import tqdm

        watched = beside and sys.stderr is not None and sys.stderr.isatty()
        left = "{elapsed}" if total is None else "of {total_fmt} " + unit + " |{bar}| {elapsed} < {remaining}"
        self._bar = tqdm(
            total=total,
            initial=done,
            disable=not watched,
            dynamic_ncols=True,
            bar_format=f"{{n_fmt}} {left if total is not None else f'{unit} | {left}'}{{postfix}}",
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

    def reach(self, done: int) -> None:
        """So many are done by now."""
        self._bar.update(done - self._bar.n)

    def part(self, done: int, total: int) -> None:
        """How much of the next one is done."""
        if done < total:
            self._bar.set_postfix_str(f"{100 * done // total} % of the next" if done else "")

    def say(self, line: str) -> None:
        """A line on standard error, above the bar."""
        self._bar.clear()
        print(line, file=sys.stderr)
        self._bar.refresh()


@dataclass(frozen=True, eq=False)
class Watch:
    """Who watches the work: `check` may end it, the bar shows it."""

    check: Callable[[], None]
    bar: Bar

    def advance(self, done: int, total: int) -> None:
        """How much of the next thing is done. Raises KeyboardInterrupt once Ctrl+C was pressed."""
        self.check()
        self.bar.part(done, total)


def unwatched() -> Watch:
    """For work that nobody watches, and nothing ends."""
    return Watch(lambda: None, Bar(1, 0, "files", beside=False))
