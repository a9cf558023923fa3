"""What the menus do beyond the controller's intents: dialogs, theme, clipboard, remembering."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer import viewer
from attention_viewer.viewer.intents import due, looking
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.look import theme
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.menus.array_actions import ArrayActions
from attention_viewer.viewer.menus.closing import Closing
from attention_viewer.viewer.menus.head_sets import HeadSets
from attention_viewer.viewer.menus.laboratory_actions import LaboratoryActions
from attention_viewer.viewer.menus.model_actions import ModelActions
from attention_viewer.viewer.menus.reading_actions import ReadingActions
from attention_viewer.viewer.menus.recovery_actions import RecoveryActions
from attention_viewer.viewer.menus.session_actions import SessionActions
from attention_viewer.viewer.menus.touring import Touring
from attention_viewer.viewer.menus.workspace_actions import WorkspaceActions
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.state import handbook
from attention_viewer.viewer.state.options import Option, Value
from attention_viewer.viewer.storage.fault_log import log_path
from attention_viewer.viewer.storage.settings import TEXT_SIZES, Settings
from attention_viewer.viewer.widgets.about_dialog import AboutDialog
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.shortcuts_dialog import ShortcutsDialog
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from attention_viewer.viewer.menus.clipboard_actions import ClipboardActions
    from attention_viewer.viewer.menus.export_actions import ExportActions
    from attention_viewer.viewer.widgets.handbook import HandbookDialog

PACKAGES = ("PySide6-Essentials", "torch", "pyqtgraph", "sentencepiece", "numpy", "safetensors", "pillow", "tqdm")


class MenuActions(QObject):
    """What the menu entries of a window do; `changed` follows whatever they change outside the controller."""

    changed = Signal()

    def __init__(
        self, window: MainWindow, controller: Controller, measuring: Measuring, settings: Settings, bundled: Path
    ) -> None:
        super().__init__(window)
        self._window, self.controller, self._settings = window, controller, settings
        self.measuring = measuring
        self.presenting = False
        self.laboratory_actions = LaboratoryActions(window, controller, measuring)
        self.head_sets = HeadSets(window, controller, settings)
        self.reading = ReadingActions(window, controller, settings)
        self.sessions = SessionActions(window, controller, settings)
        self.arrays = ArrayActions(window, settings)
        self.recovery = RecoveryActions(window, controller, self.sessions, settings)
        self.closing = Closing(window, controller, self.sessions)
        self.models = ModelActions(window, controller, settings, self.closing, bundled)
        self.touring = Touring(window, controller, settings)
        self.recovery.set_hidden(lambda: self.touring.hidden)
        self.workspaces = WorkspaceActions(window)
        self.workspaces.changed.connect(self.changed)
        window.help_requested.connect(self.show_handbook)

    # What writes pictures is imported when it is first asked for: no first paint waits for it.
    @cached_property
    def exports(self) -> ExportActions:
        """What writes files."""
        from attention_viewer.viewer.menus.export_actions import ExportActions

        exports = ExportActions(self._window, self.controller, self._settings)
        exports.unknown.connect(self.controller.does(due.start))
        self.measuring.answered.connect(exports.take_measured)
        return exports

    @cached_property
    def clipboard(self) -> ClipboardActions:
        """What copies the active panel's map."""
        from attention_viewer.viewer.menus.clipboard_actions import ClipboardActions

        return ClipboardActions(self._window, self.controller, self._settings)

    @property
    def theme(self) -> str:
        """The name of the palette in use."""
        return str(self._settings.get("theme"))

    @property
    def text_size(self) -> float:
        """The text size in use, relative to the desktop's."""
        return float(self._settings.get("text size"))

    def set_theme(self, name: str) -> None:
        """Use and remember a palette."""
        self._settings.set("theme", name)
        self.apply_theme()

    def set_text_size(self, size: float) -> None:
        """Use and remember a text size."""
        self._settings.set("text size", size)
        self.apply_theme()

    def change_text_size(self, by: int) -> None:
        """So many sizes larger or smaller, as far as there are any."""
        sizes = sorted(TEXT_SIZES)
        self.set_text_size(sizes[max(0, min(sizes.index(self.text_size) + by, len(sizes) - 1))])

    def go_to_menus(self) -> None:
        """Bring the keyboard to the menu bar."""
        bar = self._window.menuBar()
        bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
        bar.setActiveAction(bar.actions()[0])

    def apply_theme(self) -> None:
        """Let everything follow the theme and text size of the settings."""
        style = self.dress()
        self._window.set_style(theme.thick(style) if self.presenting else style)
        self.changed.emit()

    def dress(self) -> Style:
        """Dress the application in the theme and text size of the settings; returns the style."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        size = self.text_size * (theme.PRESENTED if self.presenting else 1.0)
        return theme.apply(application, theme.PALETTES[self.theme], size)

    def toggle_presentation(self) -> None:
        """The maps alone in large text over the whole screen, or back; nothing of it is remembered."""
        self.presenting = not self.presenting
        self._window.set_presentation(self.presenting)
        self.apply_theme()

    def toggle_large(self) -> None:
        """Let the panel that is worked in fill the window, or let it go back to its place."""
        self._window.toggle_large(self._window.large() or self._window.active_card())

    def toggle_thumbnails(self) -> None:
        """Show the thumbnails of all heads, or fold them away."""
        self._window.set_thumbnails(not self._window.thumbnails_shown())
        self.changed.emit()

    def choose(self, option: Option[Value], value: Value) -> None:
        """Show maps in another way, and remember it."""
        self._settings.remember(option, value)
        self.controller.run(looking.choose, option, value)

    def toggle_lock(self) -> None:
        """Lock the panels together, or release them."""
        self.controller.run(looking.toggle_lock)
        self._settings.set("locked", self.controller.view.locked)

    def edit_sentence(self) -> None:
        """Put the cursor into the sentence."""
        self._window.source_bar.edit()

    def copy_translation(self) -> None:
        """The translation so far, to the clipboard."""
        QApplication.clipboard().setText(self.controller.loaded.translation)
        self._window.set_status("Translation copied")

    @cached_property
    def handbook(self) -> HandbookDialog:
        """The handbook's window, which stays where it was put, at the page it was left at."""
        from attention_viewer.viewer.widgets.handbook import HandbookDialog

        made = HandbookDialog(handbook.pages(), self._window)
        made.stop_wanted.connect(self.show_stop)
        return made

    def show_handbook(self, panel: str = "") -> None:
        """Open the handbook where it was, ready to search; or at what it says of a panel."""
        if panel:
            self.handbook.show_page(f"panel-{panel}")
        self.handbook.show()
        self.handbook.activateWindow()

    def show_stop(self, name: str) -> None:
        """Close the handbook, and lead to a stop of the tour."""
        self.handbook.close()
        self.touring.show_stop(name)

    def show_shortcuts(self) -> None:
        """List the keys."""
        ShortcutsDialog(self._window.actions_with_shortcuts(), self._window).open()

    def show_about(self) -> None:
        """Name the versions, the model, its data and the licences."""
        AboutDialog(versions(), self._model_text(), log_path(), self._window).open()

    def reset_layout(self) -> None:
        """Put every panel back where the workspace had it at first."""
        self._window.reset_layout()

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def wait_for_exports(self, patience: float | None = None) -> bool:
        """Let an export that is being written finish, for `patience` seconds at most; whether none is left."""
        return self.exports.wait(patience) if "exports" in vars(self) else True

    def _model_text(self) -> str:
        info = self.controller.loaded.info
        return "No model is open." if info is None else f"{resolve.model_line(info)}\n{info.directory}"


def versions() -> dict[str, str]:
    """The versions of this program and of what it stands on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"Attention Viewer": viewer.__version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
