"""Attention weights of other programs: each file opens in a window, and a process, of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.storage.settings import LAST_OPENED, Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

FILTER = "Attention weights (*.npz *.json)"
LOOK_AFTER = 200
"""Milliseconds from one look at the windows that were opened to the next."""
LONGEST_WORDS = 10_000


@dataclass(frozen=True, eq=False)
class Opened:
    """A window that was opened on a file, and what its process says."""

    name: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]


class ArrayActions(QObject):
    """Opens files of arrays beside a window, and says in it why one cannot be opened."""

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._opened: list[Opened] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AFTER)
        self._timer.timeout.connect(self._look)

    def choose(self) -> None:
        """Ask for a file of arrays and open it."""
        dialog = QFileDialog(self._window, "Open attention weights", str(self._folder()), FILTER)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a file in a window of its own; this one, and what is done in it, stay as they are."""
        name = shown_text(path.name)
        self._settings.remember_folder(LAST_OPENED, path)
        said = TemporaryFile()  # noqa: SIM115 - read once the process has ended
        try:
            # It outlives this window.
            process = subprocess.Popen(
                command(path.absolute()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            said.close()
            self._window.show_error(f"No window can be opened on ‘{name}’: {error.strerror}.")
            return
        self._opened.append(Opened(name, process, said))
        self._timer.start()
        self._window.set_status(f"{name} opens in a window of its own")

    def _folder(self) -> Path:
        return self._settings.folder(LAST_OPENED, Path.home())

    def _look(self) -> None:
        """Say of windows that were closed why, where they did not end as they should."""
        for each in list(self._opened):
            if (code := each.process.poll()) is None:
                continue
            self._opened.remove(each)
            each.said.seek(0)
            words = each.said.read(LONGEST_WORDS).decode("utf-8", "replace").strip().splitlines()
            each.said.close()
            if code:
                reason = words[-1].partition(": ")[2] if words else ""
                self._window.show_error(reason or f"The window on ‘{each.name}’ ended by itself: open it again.")
        if not self._opened:
            self._timer.stop()


def command(path: Path) -> list[str]:
    """What starts a window on a file; nothing in the folder that one is in is taken for a part of the program."""
    return [sys.executable, "-P", "-m", "attention_viewer", f"--trace={path}"]
