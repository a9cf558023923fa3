"""Export from the window: the dialog with its preview, and writing beside the window's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.export.needed import needed
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.export.preview import preview
from attention_viewer.viewer.export.runner import ExportRunner, PreviewRunner
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.exportables import LINES, MAP, MOVING, TEXT, VALUES, Shows, exportable
from attention_viewer.viewer.state.figure_options import FigureOptions, from_json, to_json
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.plain_text import shown_folder
from attention_viewer.viewer.state.results import Quantity
from attention_viewer.viewer.state.view_state import MapView, ViewState, choose
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
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
SEEN: Mapping[MapView, str] = MappingProxyType(
    {MapView.MAP: MAP, MapView.LINES: LINES, MapView.TEXT: TEXT, MapView.TABLE: VALUES}
)
"""How a panel shows its large map -> the exportable that shows it so."""


class ExportActions(QObject):
    """Asks what to export, shows what it will look like, and writes it; `failed` says why nothing was written.

    `unknown` asks for a quantity that must be measured first; `take_measured` is told once it was.
    """

    failed = Signal(str)
    unknown = Signal(Quantity)

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
        controller.hint.connect(self._hear)
        self._dialog: ExportDialog | None = None
        self._scene: Scene | None = None
        self._asked: set[Quantity[Any]] = set()
        self._wanted = 0
        self._progress: dict[int, QProgressDialog] = {}

    def choose(self, subject: str | None = None) -> None:
        """Ask what to export, beginning with `subject`, or with what was exported last: of a map, with what is seen."""
        options = from_json(self._settings.get("export choices"))
        if subject is None and options.subject in SEEN.values():
            options = replace(options, subject=seen_of(self._controller.view))
        elif subject is not None and subject != options.subject:
            options = replace(options, subject=subject, format=exportable(subject).formats[0])
        self._scene, self._asked = scene_of(self._controller), set()
        if self._dialog is not None:
            self._dialog.deleteLater()
        loaded, view = self._controller.loaded, self._controller.view
        # Other quantities can be chosen, and are computed, in the dialog.
        against = reasons_against(loaded, choose(view, QUANTITY, ATTENTION))
        uncomputed = loaded.reason(Capability.COMPUTING)
        dialog = ExportDialog(
            options, against, proposed_names, self._folder(), self._window, view, loaded.maps, uncomputed
        )
        dialog.options_changed.connect(self._preview)
        dialog.accepted_request.connect(self.write)
        self._dialog = dialog
        # The preview takes what room there is.
        dialog.resize(dialog.sizeHint().expandedTo(self._window.size() * DIALOG_SHARE))
        dialog.open()

    def write(self, request: ExportRequest) -> None:
        """Write what was asked for, beside the window's work."""
        options, path = request.options, request.path
        self._settings.set("export folder", str(path.parent))
        self._settings.set("export choices", to_json(options))
        scene = self._pictured(self._scene or scene_of(self._controller), options)
        if request.view is not None:
            scene = replace(scene, view=request.view)
        self._window.set_status(f"Writing {path.name} …")
        number = self._runner.start(
            lambda advance: export_file(scene, options, path, overwrite=True, advance=advance),
            path.name,
            shown_folder(path.parent),
        )
        self._begin_progress(number, path.name)

    def wait(self, patience: float | None = None) -> bool:
        """Let an export that is being written finish, for `patience` seconds at most; whether none is left."""
        written = self._runner.wait(patience)
        # Nobody waits for a picture that nobody will see.
        return self._previews.wait(None if patience is None else 0.0) and written

    def take_measured(self, quantity: Quantity[Any]) -> None:
        """A quantity of what is shown has become known."""
        dialog, scene = self._dialog, self._scene
        if dialog is None or scene is None or quantity not in self._asked:
            return
        self._asked.discard(quantity)
        self._scene = replace(scene, loaded=replace(scene.loaded, results=self._controller.loaded.results))
        if dialog.isVisible():
            self._preview(dialog.options(), dialog.view())

    def _hear(self, message: str) -> None:
        """What was to be measured cannot be: the dialog says why, and asks again once something else is chosen."""
        if message and self._asked and self._dialog is not None and self._dialog.isVisible():
            self._asked.clear()
            self._dialog.set_problem(message)

    def _preview(self, options: FigureOptions, view: ViewState) -> None:
        dialog, scene = self._dialog, self._scene
        if dialog is None or scene is None:
            return
        scene = self._scene = replace(self._pictured(scene, options), view=view)
        if self._is_awaited(options, scene) or options.format not in MOVING:
            self._wanted = 0
            return
        ratio = dialog.devicePixelRatioF()
        dialog.set_waiting()
        room = dialog.preview_room()
        self._wanted = self._previews.start(lambda: preview(scene, options, ratio, room))

    def _is_awaited(self, options: FigureOptions, scene: Scene) -> bool:
        """Whether something must be measured first, which is then asked for, and said."""
        assert self._dialog is not None
        lacking = [each for each in needed(options.what, scene.view) if scene.loaded.found(each) is None]
        awaited = lacking if options.what.has_sides and scene.loaded.document is not None else []
        self._dialog.set_computing("The attribution is computed" if awaited else "")
        for quantity in awaited:
            if quantity not in self._asked:
                self._asked.add(quantity)
                self.unknown.emit(quantity)
        return bool(awaited)

    def _pictured(self, scene: Scene, options: FigureOptions) -> Scene:
        """The scene with an image of the window where one is wanted."""
        if options.what.shows is not Shows.WINDOW or scene.window is not None:
            return scene
        return replace(scene, window=pictured(self._window))

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


def seen_of(view: ViewState) -> str:
    """The exportable that shows the active map as its panel does."""
    return SEEN[view.views.get(view.active, MapView.MAP)]


def pictured(window: QWidget) -> QImage:
    """A window as an image, sharp enough for print."""
    image = QImage(window.size() * WINDOW_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(WINDOW_SCALE)
    window.render(image)
    return image


def scene_of(controller: Controller) -> Scene:
    """What the window shows now, as the exporters take it."""
    return Scene(controller.loaded, controller.view, controller.loaded.d_model)
