"""Exports and previews beside the window's work: painting a large figure must not stop the event loop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.export.job import Advance, ExportCancelled
from attention_viewer.viewer.state.fault import words_of
from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

GIVING_UP = 0.5
"""Seconds that an export has to end once it is given up."""

Write = Callable[[Advance], tuple[str, ...]]
"""Writes a file, telling how far it has come; returns notes on what had to be reduced."""


class ExportRunner(QObject):
    """Runs one export after the other; `done` carries what to say, `failed` why nothing was written.

    `advanced` carries (number of the export, done, total); `ended` the number, whatever became of the export.
    """

    done = Signal(str)
    failed = Signal(str)
    advanced = Signal(int, int, int)
    ended = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._newest = 0
        self._cancelled: dict[int, threading.Event] = {}

    def start(self, write: Write, name: str, folder: str = "") -> int:
        """Call `write` in the export thread; `name` is what is being written, and where, for the message.

        Returns the number of the export.
        """
        self._newest += 1
        number = self._newest
        self._cancelled[number] = threading.Event()
        self._pool.start(lambda: self._run(write, name, folder, number))
        return number

    def cancel(self, number: int) -> None:
        """End an export before it writes anything, unless it is writing already or has ended; others go on."""
        cancelled = self._cancelled.get(number)
        if cancelled is not None:
            cancelled.set()

    def wait(self, patience: float | None = None) -> bool:
        """Return once nothing is being written, or after `patience` seconds, when what is not yet written is given up.

        Returns whether nothing is being written any more.
        """
        if patience is None:
            return self._pool.waitForDone()
        if not self._pool.waitForDone(round(1000 * patience)):
            for number in list(self._cancelled):
                self.cancel(number)
        return self._pool.waitForDone(round(1000 * GIVING_UP))

    def _run(self, write: Write, name: str, folder: str, number: int) -> None:
        cancelled = self._cancelled[number]

        def check() -> None:
            if cancelled.is_set():
                raise ExportCancelled("The export was cancelled.")

        def advance(done: int, total: int) -> None:
            check()
            self.advanced.emit(number, done, total)

        try:
            check()
            notes = write(advance)
        except ExportCancelled:
            self.done.emit(f"Cancelled: {name} was not written")
        except UserError as error:
            self.failed.emit(str(error))
        except Exception as error:
            # Nothing may escape into Qt's thread, and the user is to hear of it.
            self.failed.emit(f"{name} could not be written: {words_of(error)}.")
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            where = f"Wrote {name} to {folder}" if folder else f"Wrote {name}"
            self.done.emit(" · ".join((where, *(["; ".join(notes)] if notes else []))))
        del self._cancelled[number]
        self.ended.emit(number)


class PreviewRunner(QObject):
    """Paints previews one after the other, leaving out those that a newer wish has overtaken.

    `painted` carries an image and what to say of it, `failed` why there is none; both the number of the wish.
    """

    painted = Signal(int, QImage, str)
    failed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._newest = 0

    def start(self, paint: Callable[[], tuple[QImage, str]]) -> int:
        """Call `paint` in the preview thread; returns the number of the wish."""
        self._newest += 1
        number = self._newest
        self._pool.start(lambda: self._run(paint, number))
        return number

    def wait(self, patience: float | None = None) -> bool:
        """Return once nothing is being painted, or after `patience` seconds, giving up what has not begun.

        Returns whether nothing is being painted any more.
        """
        self._newest += 1
        return self._pool.waitForDone(-1 if patience is None else round(1000 * patience))

    def _run(self, paint: Callable[[], tuple[QImage, str]], number: int) -> None:
        if number != self._newest:
            return
        try:
            image, about = paint()
        except Exception as error:
            # Nothing may escape into Qt's thread.
            self.failed.emit(number, str(error) if isinstance(error, UserError) else words_of(error))
        else:
            self.painted.emit(number, image, about)
