"""When Python looks for garbage, and in which thread: never while the program starts, later in the window's own.

Left to itself Python does so in whatever thread happens to make an object. In the thread that computes, that would
take widgets apart which only the window's thread may touch; and once torch is there, looking through all objects takes
0.1 s, in which the window stands still. What the program starts with lives as long as it does, and is looked through
no more.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Collecting(QObject):
    """Looks for garbage in its own thread from the first call of `go_on` on; until then nobody does."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(collect)

    def go_on(self) -> None:
        """The program has started: a model is open, or none can be."""
        if not self._timer.isActive():
            gc.freeze()
            self._timer.start()


def collect() -> None:
    """Look through the generations that Python itself would look through by now."""
    due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
