"""Opening and saving session files, and which of them the document on screen belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.viewer.intents.controller import CHANNEL, Controller
from attention_viewer.viewer.state import filing
from attention_viewer.viewer.state.figure_options import from_json as options_from
from attention_viewer.viewer.state.figure_options import to_json as options_json
from attention_viewer.viewer.state.filing import Filed, content
from attention_viewer.viewer.state.plain_text import shown_folder, shown_text
from attention_viewer.viewer.state.replay import replayed
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.mnemonics import mark_menu
from attention_viewer.viewer.widgets.questions import Role, ask
from attention_viewer.viewer.widgets.save_dialog import Asked, save_dialog
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

SUFFIX, KIND = "avsession", "Attention Viewer session"
FOLDER = "session folder"
FILTER = f"{KIND} (*.{SUFFIX})"
MOST_FILED = 100
"""Files whose documents are remembered, for when undoing comes back to them."""


def nothing() -> None:
    """What follows where nothing does."""


@dataclass(frozen=True)
class Opening:
    """A session that is to be on screen, where it comes from, and what follows once it is there.

    `path` is None where the document is another than the file's.
    """

    saved: SavedSession
    name: str
    step: str
    path: Path | None = None
    then: Callable[[], None] = nothing


class SessionActions(QObject):
    """Saves and opens the controller's document and view.

    `settled` follows when the document, or what of it is saved, is another; `saved` when a file holds all of it.
    """

    settled = Signal()
    saved = Signal()

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._filed: list[Filed] = []
        self._waiting: Opening | None = None
        self._awaited: Opening | None = None
        self._titled: Document | None = None
        controller.traced.connect(self._traced)
        controller.changed.connect(self._changed)
        controller.model_changed.connect(self._model_known)
        self._tell()

    @property
    def filed(self) -> Filed | None:
        """The file that the document belongs to, and what stands there."""
        return filing.file_of(self._filed, self._controller.history, self._controller.document, self._model)

    @property
    def is_saved(self) -> bool:
        """Whether the document is as it stands in its file."""
        return filing.is_as_filed(self._controller.document, self.filed)

    @property
    def is_unsaved(self) -> bool:
        """Whether closing would lose work."""
        return filing.is_unsaved(self._controller.document, self.filed)

    @property
    def text(self) -> str | None:
        """What a session file would hold; None while there is nothing to save."""
        saved = self._session()
        return None if saved is None else session_file.to_text(saved)

    def text_of(self, document: Document, view: ViewState) -> str | None:
        """What a session file would hold of another document than the one wanted; None where that is in a file."""
        filed = filing.file_of(self._filed, self._controller.history, document, self._model)
        if filing.is_as_filed(document, filed):
            return None
        return session_file.to_text(SavedSession(document, view, options_from(self._settings.get("export choices"))))

    def add_recent_menu(self, menu: QMenu, before: QAction) -> None:
        """Add to a menu, before an action, the session files that were used last."""
        recent = QMenu("Recent sessions", menu)
        menu.insertMenu(before, recent)
        recent.aboutToShow.connect(lambda: self._fill(recent))
        self._fill(recent)

    def _fill(self, recent: QMenu) -> None:
        recent.clear()
        for name in self._settings.get("recent session files"):
            recent.addAction(shown_text(Path(name).name).replace("&", "&&"), partial(self.open, Path(name)))
        if recent.isEmpty():
            recent.addAction("No session was saved or opened yet").setEnabled(False)
        mark_menu(recent)

    def choose_file(self) -> None:
        """Ask for a session file and open it."""
        dialog = QFileDialog(self._window, "Open session", str(self._folder()), FILTER)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, then: Callable[[], None] = nothing) -> None:
        """Save to the session's own file; ask for one where it has none. `then` follows once it is saved."""
        filed = self.filed
        if filed is None:
            self.save_as(then)
        else:
            self.save_to(filed.path, then)

    def save_as(self, then: Callable[[], None] = nothing) -> None:
        """Ask for a file and save to it. `then` follows once it is saved."""
        name = filing.proposed_name(self._controller.loaded.document)
        asked = Asked("Save session", self._folder(), name, SUFFIX, KIND, (SUFFIX,))
        save_dialog(self._window, asked, lambda path: self.save_to(path, then)).open()

    def save_to(self, path: Path, then: Callable[[], None] = nothing) -> None:
        """Save to a file; says why where that cannot be done. `then` follows once it is saved."""
        saved = self._session()
        if saved is None:
            return
        try:
            _refuse_pipe(path)
            session_file.write(path, saved)
        except UserError as error:
            self._say(error, path)
            return
        self._file(path, saved.document)
        self._window.set_status(f"Saved {shown_text(path.name)} to {shown_folder(path.parent)}")
        then()

    def open(self, path: Path) -> None:
        """Open a session file; says why where that cannot be done."""
        try:
            saved = session_file.read(path)
        except UserError as error:
            self._say(error, path)
            return
        name = shown_text(path.name)
        self._open(Opening(saved, name, f"{filing.OPEN} {name}", path))

    def take_up(self, saved: SavedSession, then: Callable[[], None] = nothing) -> None:
        """Go on with work that belongs to no file. `then` follows once it is on screen."""
        self._open(Opening(saved, "The unsaved work", filing.TAKE_UP, None, then))

    def _open(self, opening: Opening) -> None:
        info, saved = self._controller.loaded.info, opening.saved
        if info is None:
            self._waiting = opening
        elif saved.document.checkpoint in ("", info.content_hash):
            self._show(opening)
        else:
            elsewhere = replace(opening, saved=replace(saved, document=replayed(saved.document, info)), path=None)
            ask(
                self._window,
                f"{opening.name} was made with another model than {shown_text(info.name)}, which is open. Replay it?",
                "Its sentence, its settings and its interventions are kept; the tokens chosen in it belong to the "
                "other model.",
                {
                    "Replay": (Role.AcceptRole, lambda: self._show(elsewhere)),
                    "Cancel": (Role.RejectRole, nothing),
                },
            )

    def _show(self, opening: Opening) -> None:
        saved = opening.saved
        self._window.source_bar.set_text(saved.document.source)
        self._controller.open_document(saved.document, saved.view, opening.step)
        self._awaited = opening
        if saved.export is not None:
            self._settings.set("export choices", options_json(saved.export))
        if not self._controller.inquiries.is_open(CHANNEL):
            self._traced()

    def _model_known(self) -> None:
        if self._waiting is not None:
            opening, self._waiting = self._waiting, None
            self._open(opening)

    def _session(self) -> SavedSession | None:
        document, info = self._controller.document, self._controller.loaded.info
        if document is None or info is None:
            return None
        export = options_from(self._settings.get("export choices"))
        return SavedSession(document, self._controller.view, export)

    def _traced(self) -> None:
        """The document is on screen: only now does it belong to the file that it was opened from."""
        opening, self._awaited = self._awaited, None
        if opening is not None and self._is_wanted(opening):
            if opening.path is not None:
                self._file(opening.path, opening.saved.document)
                self._window.set_status(f"Opened {opening.name}")
            opening.then()
        filed, document = self.filed, self._controller.document
        if filed is not None and document is not None:
            self._filed[self._filed.index(filed)] = replace(filed, latest=document)
        self._tell()

    def _changed(self) -> None:
        """Something was asked for, or could not be had: what awaits another document waits in vain."""
        if self._awaited is not None and not self._is_wanted(self._awaited):
            self._awaited = None
        if self._controller.document is not self._titled:
            self._tell()

    def _is_wanted(self, opening: Opening) -> bool:
        document = self._controller.document
        return document is not None and content(document) == content(opening.saved.document)

    def _file(self, path: Path, document: Document) -> None:
        """From now on the document belongs to a file, in which it stands as it is now."""
        others = [each for each in self._filed if each.path != path]
        began = filing.root(self._controller.history, document)
        self._filed = [*others, Filed(path, document, self._model, document, began)][-MOST_FILED:]
        self._settings.remember_session(str(path))
        self._settings.remember_folder(FOLDER, path)
        self._tell()
        self.saved.emit()

    def _tell(self) -> None:
        self._titled = self._controller.document
        self._window.setWindowTitle(filing.title(self._titled, self.filed))
        self._window.setWindowModified(self.is_unsaved)
        self.settled.emit()

    @property
    def _model(self) -> str:
        info = self._controller.loaded.info
        return "" if info is None else info.content_hash

    def _folder(self) -> Path:
        filed = self.filed
        return filed.path.parent if filed is not None else self._settings.folder(FOLDER, Path.home())

    def _say(self, error: UserError, path: Path) -> None:
        self._window.show_error(str(error).replace(str(path), shown_text(str(path))))


def _refuse_pipe(path: Path) -> None:
    """Raise InputError for what would be waited for."""
    if path.is_fifo():
        raise InputError(f"{path} is a pipe: choose a file.")
