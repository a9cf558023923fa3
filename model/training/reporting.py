"""How a run tells how far it has come: a progress bar with the time left, and lines beside it."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from model.training.loop import Update

_SECONDS_BETWEEN_LINES = 60.0
"""Where nobody watches, standard error goes to a file, and a bar would fill it."""


class ProgressBar:
    """Percent of the budget, with the loss, tokens a second and the time left; silent unless `shown`."""

    def __init__(self, shown: bool) -> None:
        watched = sys.stderr.isatty()
        self._bar = tqdm(
            total=100.0,
            disable=not shown,
            dynamic_ncols=watched,
            mininterval=0.5 if watched else _SECONDS_BETWEEN_LINES,
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
        self._bar.set_postfix_str(f"loss {self._loss:.3f}, {speed:,.0f} tokens/s", refresh=False)
        self._bar.update(100.0 * update.progress - self._bar.n)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        if not self._bar.disable:
            self._bar.clear()
            print(line, file=sys.stderr, flush=True)
            self._bar.refresh()
