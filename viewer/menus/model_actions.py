"""Opening models: asked for, the bundled one, or one of those that were opened last."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.closing import Closing
from attention_viewer.viewer.state.plain_text import shown_folder, shown_text
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.mnemonics import mark_menu
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

LONGEST_PLACE = 60


class ModelActions(QObject):
    """Opens checkpoints, once no unsaved work is lost by it, and remembers which were opened."""

    def __init__(
        self, window: MainWindow, controller: Controller, settings: Settings, closing: Closing, bundled: Path
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._closing, self._bundled = closing, bundled
        controller.model_changed.connect(self._remember)

    def choose(self) -> None:
        """Ask for the directory of a checkpoint and open it."""
        last = next(iter(self._settings.get("recent models")), "")
        folder = Path(last).parent if last and Path(last).parent.is_dir() else Path.home()
        dialog = QFileDialog(self._window, "Open a checkpoint directory", str(folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    def open(self, directory: str) -> None:
        """Open the checkpoint in `directory`; asks first where that loses work."""
        if uncomputed := self._controller.loaded.uncomputed:
            self._controller.hint.emit(uncomputed)
            return
        self._closing.before_another_model(lambda: self._controller.open_model(Path(directory)))

    def open_bundled(self) -> None:
        """Open the English-French model that came with the program."""
        self.open(str(self._bundled))

    def open_recent(self, directory: str) -> None:
        """Open a model that was opened before; one that is gone leaves the menu."""
        if Path(directory).is_dir():
            self.open(directory)
        else:
            self._settings.forget_model(directory)
            self._window.show_error(f"{shown_text(directory)} is no longer there: it has left the recent models.")

    def add_recent_menu(self, menu: QMenu, before: QAction) -> None:
        """Add to a menu, before an action, the models that were opened last."""
        recent = QMenu("Recent models", menu)
        menu.insertMenu(before, recent)
        recent.aboutToShow.connect(lambda: self._fill(recent))
        self._fill(recent)

    def _fill(self, recent: QMenu) -> None:
        recent.clear()
        recent.setEnabled(not self._controller.loaded.uncomputed)
        for directory in self._settings.get("recent models"):
            recent.addAction(_entry(Path(directory)), partial(self.open_recent, directory))
        if recent.isEmpty():
            recent.addAction("No other model was opened yet").setEnabled(False)
        mark_menu(recent)

    def _remember(self, info: ModelInfo) -> None:
        """The next start opens this one."""
        if not self._controller.loaded.uncomputed:
            directory = Path(info.directory).resolve()
            self._settings.remember_model("" if directory == self._bundled.resolve() else str(directory))


def _entry(directory: Path) -> str:
    """A model's name and where it stands, for names are often the same."""
    return f"{shown_text(directory.name)}   in {shown_folder(directory.parent, LONGEST_PLACE)}".replace("&", "&&")
