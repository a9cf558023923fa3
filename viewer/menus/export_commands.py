"""Export from the window: the dialog with its preview, and writing beside the window's work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.export.pictures import PICTURES, Subject
from attention_viewer.viewer.export.preview import preview
from attention_viewer.viewer.export.runner import ExportRunner, PreviewRunner
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.state.choices import (
    CANDIDATES,
    DATA,
    GRID,
    KINDS,
    MAP,
    PAGE,
    WINDOW,
    Choices,
    formats_of,
    from_json,
    to_json,
)
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog, ExportRequest
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProgressDialog, QWidget

WINDOW_SCALE = 2
"""Pixels of the window's picture to one of its own."""
DIALOG_SHARE = 0.75
"""The dialog's part of the window's width and height."""
PATIENCE = 400
"""Milliseconds after which an export shows how far it has come."""


class ExportCommands(QObject):
    """Asks what to export, shows what it will look like, and writes it; `failed` says why nothing was written."""

    failed = Signal(str)

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._runner, self._previews = ExportRunner(self), PreviewRunner(self)
        self._runner.done.connect(window.set_status)
        self._runner.failed.connect(self.failed)
        self._runner.advanced.connect(self._show_progress)
        self._runner.ended.connect(self._hide_progress)
        self._previews.painted.connect(self._show_preview)
        self._previews.failed.connect(self._show_problem)
        self.failed.connect(window.show_error)
        self._dialog: ExportDialog | None = None
        self._subject: Subject | None = None
        self._wanted = 0
        self._progress: dict[int, QProgressDialog] = {}

    def choose(self, subject: str | None = None) -> None:
        """Ask what to export, beginning with `subject`, or with what was exported last."""
        choices = from_json(self._settings.get("export choices"))
        if subject is not None and subject != choices.subject:
            choices = replace(choices, subject=subject, format=formats_of(subject)[0])
        self._subject = subject_of(self._controller)
        names = proposed_names(self._controller.view)
        if self._dialog is not None:
            self._dialog.deleteLater()
        dialog = ExportDialog(choices, self._unavailable(), names, self._folder(), self._window, self._controller.view)
        dialog.choices_changed.connect(self._preview)
        dialog.accepted_request.connect(self.write)
        self._dialog = dialog
        # The preview takes what room there is.
        dialog.resize(dialog.sizeHint().expandedTo(self._window.size() * DIALOG_SHARE))
        dialog.open()

    def write(self, request: ExportRequest) -> None:
        """Write what was asked for, beside the window's work."""
        choices, path = request.choices, request.path
        self._settings.set("export folder", str(path.parent))
        self._settings.set("export choices", to_json(choices))
        subject = self._pictured(self._subject or subject_of(self._controller), choices)
        if request.view is not None:
            subject = replace(subject, view=request.view)
        self._window.set_status(f"Writing {path.name} …")
        number = self._runner.start(
            lambda advance: export_file(subject, choices, path, overwrite=True, advance=advance), path.name
        )
        self._begin_progress(number, path.name)

    def wait(self) -> None:
        """Let an export that is being written finish."""
        self._previews.wait()
        self._runner.wait()

    def _unavailable(self) -> dict[str, str]:
        """Why some subjects cannot be exported now."""
        loaded, view = self._controller.loaded, self._controller.view
        if loaded.trace is None:
            return dict.fromkeys((MAP, GRID, KINDS, CANDIDATES, DATA, PAGE), loaded.waiting.reason)
        found = {
            MAP: resolve.heatmap(loaded, view, view.active),
            GRID: resolve.grid(loaded, view, view.active),
            CANDIDATES: resolve.bars(loaded, view),
        }
        kinds = [resolve.heatmap(loaded, view, kind) for kind in view.heads]
        missing = [spec for spec in kinds if isinstance(spec, Pending | Unavailable)]
        reasons = {name: spec.reason for name, spec in found.items() if isinstance(spec, Pending | Unavailable)}
        return {**reasons, KINDS: missing[0].reason} if missing else reasons

    def _preview(self, choices: Choices, view: ViewState) -> None:
        dialog, subject = self._dialog, self._subject
        if dialog is None or subject is None or choices.subject not in PICTURES:
            return
        ratio = dialog.devicePixelRatioF()
        dialog.set_waiting()
        subject = self._subject = replace(self._pictured(subject, choices), view=view)
        self._wanted = self._previews.start(lambda: preview(subject, choices, ratio))

    def _pictured(self, subject: Subject, choices: Choices) -> Subject:
        """The subject with an image of the window where one is wanted."""
        if choices.subject != WINDOW or subject.window is not None:
            return subject
        return replace(subject, window=pictured(self._window))

    def _show_preview(self, number: int, image: QImage, about: str) -> None:
        if self._dialog is not None and number == self._wanted:
            self._dialog.set_preview(image, about)

    def _show_problem(self, number: int, reason: str) -> None:
        if self._dialog is not None and number == self._wanted:
            self._dialog.set_problem(reason)

    def _begin_progress(self, number: int, name: str) -> None:
        progress = QProgressDialog(f"Writing {name} …", "Cancel", 0, 0, self._window)
        progress.setMinimumDuration(PATIENCE)
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.canceled.connect(lambda: self._runner.cancel(number))
        self._progress[number] = progress

    def _show_progress(self, number: int, done: int, total: int) -> None:
        if number in self._progress:
            self._progress[number].setMaximum(total)
            self._progress[number].setValue(done)

    def _hide_progress(self, number: int) -> None:
        if number in self._progress:
            self._progress.pop(number).deleteLater()

    def _folder(self) -> Path:
        remembered = Path(self._settings.get("export folder"))
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return remembered if str(remembered) != "." and remembered.is_dir() else Path(pictures or ".")


def pictured(window: QWidget) -> QImage:
    """A window as an image, sharp enough for print."""
    image = QImage(window.size() * WINDOW_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(WINDOW_SCALE)
    window.render(image)
    return image


def subject_of(controller: Controller) -> Subject:
    """What the window shows now, as the exporters take it."""
    return Subject(controller.loaded, controller.view, controller.d_model)
