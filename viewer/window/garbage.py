"""When Python looks for garbage: not while the program starts, and later never among what it started with.

Once torch is there, looking through all objects takes 0.1 s, in whatever thread happens to make one, and the window
stands still meanwhile. What the program starts with lives as long as it does.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject


class Collecting(QObject):
    """Lets garbage be collected from the first call of `go_on` on; until then none is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waits = True
        gc.disable()

    def go_on(self) -> None:
        """The program has started: a model is open, or none can be."""
        if self._waits:
            self._waits = False
            gc.freeze()
            gc.enable()
