"""Opening and saving session files, and keeping unsaved work through a crash."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from model.document import Document
from model.errors import UserError
from viewer import session_file
from viewer.controller import Controller
from viewer.export.choices import from_json as choices_from
from viewer.export.choices import to_json as choices_json
from viewer.recovery import Recovery
from viewer.replay import replayed
from viewer.session_file import SavedSession
from viewer.settings import Settings
from viewer.widgets.main_window import MainWindow

SUFFIX = ".avsession"
FILTER = f"Attention Viewer session (*{SUFFIX})"
KEEP_AFTER = 1500
"""Milliseconds after a change until unsaved work is written down."""


class SessionCommands(QObject):
    """Saves and opens the controller's document and view; `opened` names the file."""

    opened = Signal(str)

    def __init__(
        self, window: MainWindow, controller: Controller, settings: Settings, recovery: Recovery | None = None
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings, self._recovery = window, controller, settings, recovery
        self._path: Path | None = None
        self._saved: Document | None = None
        self._waiting: tuple[SavedSession, str] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER)
        self._timer.timeout.connect(self.keep)
        controller.traced.connect(self._changed)
        controller.model_changed.connect(self._model_known)

    @property
    def is_saved(self) -> bool:
        """Whether the document is as it stands in its file."""
        return self._path is not None and self._controller.document == self._saved

    def set_recovery(self, recovery: Recovery) -> None:
        """Write unsaved work down from now on."""
        self._recovery = recovery

    def add_recent_menu(self, menu: QMenu, before: QAction) -> None:
        """Add to a menu, before an action, the session files that were used last."""
        recent = QMenu("Recent sessions", menu)
        menu.insertMenu(before, recent)
        recent.aboutToShow.connect(lambda: self._fill(recent))
        self._fill(recent)

    def _fill(self, recent: QMenu) -> None:
        recent.clear()
        for name in self._settings.get("recent session files"):
            recent.addAction(Path(name).name, partial(self.open, Path(name))).setToolTip(name)
        if recent.isEmpty():
            recent.addAction("No session was saved or opened yet").setEnabled(False)

    def choose_file(self) -> None:
        """Ask for a session file and open it."""
        dialog = QFileDialog(self._window, "Open session", str(self._folder()), FILTER)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self) -> None:
        """Save to the session's own file; ask for one where it has none."""
        if self._path is None:
            self.save_as()
        else:
            self.save_to(self._path)

    def save_as(self) -> None:
        """Ask for a file and save to it."""
        dialog = QFileDialog(self._window, "Save session", str(self._folder()), FILTER)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX[1:])
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Save to a file; says why where that cannot be done."""
        saved = self._session()
        if saved is None:
            return
        try:
            session_file.write(path, saved)
        except UserError as error:
            self._window.show_error(str(error))
            return
        self._settled_at(path, self._controller.document)
        self._window.set_status(f"Saved {path.name}")

    def open(self, path: Path) -> None:
        """Open a session file; says why where that cannot be done."""
        try:
            saved = session_file.read(path)
        except UserError as error:
            self._window.show_error(str(error))
            return
        self._settled_at(path, None)
        self._open(saved, path.name)

    def restore(self, path: Path) -> None:
        """Take up the work that a crash left behind, and remove its file."""
        try:
            saved = session_file.read(path)
        except UserError as error:
            self._window.show_error(str(error))
            return
        self._open(saved, "the unsaved session")
        if self._recovery is not None:
            self._recovery.discard(path)

    def offer_unsaved(self) -> None:
        """Offer the work that the last run left behind when it did not end as it should."""
        left = self._recovery.left_behind() if self._recovery is not None else []
        if not left:
            return
        question = self._question(
            "Attention Viewer did not end as it should have. Take up the unsaved session again?", "Take up", "Discard"
        )
        question.accepted.connect(lambda: self.restore(left[0]))
        question.rejected.connect(lambda: self._discard(left))
        question.open()

    def keep(self) -> None:
        """Write unsaved work down."""
        saved = self._session()
        if self._recovery is not None and saved is not None:
            if self.is_saved:
                self._recovery.clear()
            else:
                self._recovery.keep(session_file.to_text(saved))

    def finish(self) -> None:
        """The window closes as it should: nothing is left behind."""
        self._timer.stop()
        if self._recovery is not None:
            self._recovery.clear()

    def _open(self, saved: SavedSession, name: str) -> None:
        info = self._controller.loaded.info
        if info is None:
            self._waiting = saved, name
        elif saved.document.checkpoint in ("", info.content_hash):
            self._show(saved, saved.document, name)
        else:
            question = self._question(
                f"{name} was made with another model than {info.name}, which is open. Replay it? Its sentence, its "
                "settings and its interventions are kept; the tokens chosen in it belong to the other model.",
                "Replay",
                "Cancel",
            )
            question.accepted.connect(lambda: self._show(saved, replayed(saved.document, info), name))
            question.open()

    def _show(self, saved: SavedSession, document: Document, name: str) -> None:
        self._window.source_bar.set_text(document.source)
        self._controller.open_document(replace(document, checkpoint=""), saved.view, f"Open session {name}")
        if saved.export is not None:
            self._settings.set("export choices", choices_json(saved.export))
        if self._path is not None:
            self._saved = self._controller.document

    def _model_known(self) -> None:
        if self._waiting is not None:
            saved, name = self._waiting
            self._waiting = None
            self._open(saved, name)

    def _session(self) -> SavedSession | None:
        document, info = self._controller.document, self._controller.loaded.info
        if document is None or info is None:
            return None
        export = choices_from(self._settings.get("export choices"))
        return SavedSession(replace(document, checkpoint=info.content_hash), self._controller.view, export)

    def _settled_at(self, path: Path, document: Document | None) -> None:
        self._path, self._saved = path, document
        self._settings.remember_session(str(path))
        self.opened.emit(str(path))
        self.keep()

    def _changed(self) -> None:
        self._timer.start()

    def _discard(self, left: list[Path]) -> None:
        for path in left:
            if self._recovery is not None:
                self._recovery.discard(path)

    def _folder(self) -> Path:
        return self._path.parent if self._path is not None else Path.home()

    def _question(self, text: str, yes: str, no: str) -> QMessageBox:
        question = QMessageBox(QMessageBox.Icon.Question, "Attention Viewer", text, parent=self._window)
        question.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        question.addButton(no, QMessageBox.ButtonRole.RejectRole)
        question.finished.connect(question.deleteLater)
        return question
