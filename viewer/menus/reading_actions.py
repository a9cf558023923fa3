"""What is asked for about which head does what: links of the best aligner, heads of a role as one map, files."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.intents import due, reading
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state.survey import MOST_LINES, Lines
from attention_viewer.viewer.storage.files import first_lines, source_and_target
from attention_viewer.viewer.storage.settings import LAST_OPENED, Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.plain import small_dialog
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog


class ReadingActions(QObject):
    """What the panel of heads asks for, and the menu's entry about roles."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings

    def draw_links(self) -> None:
        """Show the head that aligns words best, by whole words, with its links ringed."""
        self._controller.run(reading.draw_links)

    def copy_links(self) -> None:
        """The links of the sentence, by the head that aligns words best, to the clipboard."""
        text = reading.links(self._controller.state)
        if text is not None:
            QGuiApplication.clipboard().setText(text)
            self._window.set_status(f"Word links copied: {text}")

    def pool_role(self) -> None:
        """Show all heads of the active map with the selected head's role as one map."""
        self._controller.run(reading.pool_role)

    def choose_role(self) -> None:
        """Ask which role the heads are to have that are shown as one map."""
        held = reading.by_role(reading.held_roles(self._controller.state))
        if not held:
            self._window.set_status("No row could look at more than one token yet: step on (→)")
            return
        names = [f"{role}  ({len(heads)}: {', '.join(heads)})" for role, heads in held.items()]
        label = f"What the heads of {self._controller.view.active} attention look at in this sentence:"
        dialog = small_dialog(self._window, "Heads by role", label)
        dialog.setComboBoxItems(names)
        dialog.textValueSelected.connect(lambda name: self._controller.run(reading.pool, list(held)[names.index(name)]))
        dialog.open()

    def choose_file(self) -> None:
        """Ask for a file of sentences, and measure all heads over them."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Measure heads over a file",
            str(self._settings.folder(LAST_OPENED, Path.home())),
            "Text (*.txt *.tsv);;All files (*)",
        )
        if name:
            self._settings.remember_folder(LAST_OPENED, Path(name))
            self.measure(Path(name))

    def measure(self, path: Path) -> None:
        """Measure all heads over the first lines of a file."""
        try:
            texts, cut = first_lines(path, MOST_LINES)
            lines = Lines(path.name, tuple(source_and_target(text) for text in texts), cut)
        except UserError as error:
            self._window.show_error(str(error))
            return
        self._controller.run(due.survey, lines)
