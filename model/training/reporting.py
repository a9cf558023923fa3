"""How a run tells how far it has come: a progress bar with the time left, and lines beside it."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from attention_viewer.model.training.loop import Update
from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 60.0
"""Where nobody watches, standard error goes to a file: plain lines, since a bar is drawn with carriage returns."""


class ProgressBar:
    """Percent of the budget, with the loss and tokens a second; silent unless `shown`.

    A bar with the time left on a terminal, a line now and then in a file.
    """

    def __init__(self, shown: bool) -> None:
        watched = sys.stderr.isatty()
        self._shown, self._watched = shown, watched
        self._next_line = 0.0
        self._bar = tqdm(
            total=100.0,
            disable=not (shown and watched),
            dynamic_ncols=True,
            mininterval=0.5,
            bar_format="{percentage:3.0f} % |{bar}| {elapsed} < {remaining}{postfix}",
        )
        self._started_at: float | None = None
        self._loss = 0.0
        self._tokens = 0
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, update: Update) -> None:
        """Move the bar to where an update stands."""
        if self._started_at is None:
            self._started_at = self._bar.initial = 100.0 * update.progress
            self._bar.n = self._bar.initial
            self._since = update.seconds
        self._loss = update.loss if not self._loss else 0.95 * self._loss + 0.05 * update.loss
        self._tokens += update.tokens
        speed = self._tokens / max(update.seconds - self._since, 1e-9)
        figures = f"loss {self._loss:.3f}, {speed:,.0f} tokens/s"
        if self._watched:
            self._bar.set_postfix_str(figures, refresh=False)
            self._bar.update(100.0 * update.progress - self._bar.n)
        elif update.seconds >= self._next_line:
            due, self._next_line = bool(self._next_line), update.seconds + _SECONDS_BETWEEN_LINES
            if due:
                self.say(f"{update.seconds / 60:6.1f} min  {100.0 * update.progress:3.0f} %  {figures}")

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        if not self._shown:
            return
        if self._watched:
            self._bar.clear()
        print(line, file=sys.stderr, flush=True)
        if self._watched:
            self._bar.refresh()
