"""Writes pictures beside the window's work: painting a large figure must not stop the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThreadPool, Signal

from model.errors import UserError


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

        def run() -> None:
            trouble = _trouble_of(write)
            if trouble:
                self.failed.emit(trouble)
            else:
                self.done.emit(f"Wrote {name}")

        self._pool.start(run)

    def wait(self) -> None:
        """Return once nothing is being written."""
        self._pool.waitForDone()


def _trouble_of(write: Callable[[], None]) -> str:
    """What went wrong, in a sentence; "" when nothing did."""
    try:
        write()
    except UserError as error:
        return str(error)
    except Exception as error:
        # Nothing may escape into Qt's thread, and the user is to hear of it.
        return f"The picture could not be written: {error}."
    return ""
