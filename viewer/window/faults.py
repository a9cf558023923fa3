"""What is raised where nobody waits for it (slots, painters, threads) ends in one dialog, and the program goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType

from attention_viewer.viewer.state.fault import Fault, fault_of, report
from attention_viewer.viewer.storage.fault_log import note
from attention_viewer.viewer.widgets.fault_dialog import FaultDialog
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget


class FaultReporter(QObject):
    """Takes exceptions from any thread; the same fault is logged and shown once."""

    _raised = Signal(object)

    def __init__(self, window: QWidget, versions: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(window)
        self._window, self._versions = window, versions
        self._known: set[str] = set()
        self._dialog: FaultDialog | None = None
        # Queued, so that no dialog opens within the painting that failed.
        self._raised.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """From now on, take what nothing else catches."""
        sys.excepthook = self.take
        threading.excepthook = self._take_of_thread

    def take(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        """An exception that nothing caught."""
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            return
        if sys.stderr is not None:
            traceback.print_exception(kind, error, where)
        self._raised.emit(fault_of(error.with_traceback(where)))

    def _take_of_thread(self, failure: threading.ExceptHookArgs) -> None:
        self.take(failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback)

    def _show(self, fault: Fault) -> None:
        if fault.place in self._known:
            return
        self._known.add(fault.place)
        log = note(fault)
        if self._dialog is None:
            self._dialog = FaultDialog(self._window)
            self._dialog.finished.connect(self._closed)
        self._dialog.add(fault.sentence, report(fault, self._versions()), log)
        self._dialog.open()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
