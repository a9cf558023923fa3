"""Exports and previews beside the window's work: painting a large figure must not stop the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.export.job import Advance, ExportCancelled
from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

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

    def start(self, write: Write, name: str) -> int:
        """Call `write` in the export thread; `name` is what is being written, for the message.

        Returns the number of the export.
        """
        self._newest += 1
        number = self._newest
        self._cancelled[number] = threading.Event()
        self._pool.start(lambda: self._run(write, name, number))
        return number

    def cancel(self, number: int) -> None:
        """End an export before it writes anything, unless it is writing already or has ended; others go on."""
        cancelled = self._cancelled.get(number)
        if cancelled is not None:
            cancelled.set()

    def wait(self) -> None:
        """Return once nothing is being written."""
        self._pool.waitForDone()

    def _run(self, write: Write, name: str, number: int) -> None:
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
            self.failed.emit(f"{name} could not be written: {error}.")
        else:
            self.done.emit(f"Wrote {name}" + (f" · {'; '.join(notes)}" if notes else ""))
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

    def wait(self) -> None:
        """Return once nothing is being painted, giving up what has not begun."""
        self._newest += 1
        self._pool.waitForDone()

    def _run(self, paint: Callable[[], tuple[QImage, str]], number: int) -> None:
        if number != self._newest:
            return
        try:
            image, about = paint()
        except Exception as error:
            # Nothing may escape into Qt's thread.
            self.failed.emit(number, str(error))
        else:
            self.painted.emit(number, image, about)
