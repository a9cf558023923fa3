"""Writes pictures beside the window's work: painting a large figure must not stop the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from model.errors import UserError


class _Task(QRunnable):
    def __init__(self, write: Callable[[], None], finish: Callable[[str], None]) -> None:
        super().__init__()
        self._write, self._finish = write, finish

    def run(self) -> None:
        try:
            self._write()
        except UserError as error:
            self._finish(str(error))
        except Exception as error:
            self._finish(f"The picture could not be written: {error}.")
        else:
            self._finish("")


class ExportRunner(QObject):
    """Runs one export after the other; `done` carries what to say, `failed` why nothing was written."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def start(self, write: Callable[[], None], name: str) -> None:
        """Call `write` in the export thread; `name` is what is being written, for the message."""

        def finish(trouble: str) -> None:
            if trouble:
                self.failed.emit(trouble)
            else:
                self.done.emit(f"Wrote {name}")

        self._pool.start(_Task(write, finish))

    def wait(self) -> None:
        """Return once nothing is being written."""
        self._pool.waitForDone()
