"""Export of numbers from the window: files by suffix, and the current map to the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QFontDatabase, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog

from viewer import resolve, theme
from viewer.controller import Controller
from viewer.export.data import WRITERS, write_trace
from viewer.export.figure import heatmap_figure
from viewer.export.meta import meta
from viewer.export.runner import ExportRunner
from viewer.export.table import map_text
from viewer.settings import Settings
from viewer.specs import HeatmapSpec
from viewer.widgets.main_window import MainWindow

FORMATS = {"npz": "NumPy arrays", "csv": "CSV table, one weight a line", "json": "JSON"}
CLIPBOARD_SCALE = 2


class DataCommands(QObject):
    """Writes the trace on screen, and copies the active panel's map."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings, runner: ExportRunner) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings, self._runner = window, controller, settings, runner

    def choose_file(self) -> None:
        """Ask for a file, in one of the formats, for everything that was computed."""
        filters = [f"{FORMATS[suffix]} (*.{suffix})" for suffix in WRITERS]
        dialog = QFileDialog(self._window, "Export data", self._settings.get("export folder"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.setDefaultSuffix("npz")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")")))
        dialog.selectFile("trace.npz")
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write everything that was computed for what is on screen, beside the window's work."""
        loaded = self._controller.loaded
        if loaded.trace is None or loaded.document is None or loaded.info is None:
            return
        trace, about = loaded.trace, meta(loaded.info, loaded.document, loaded.trace, loaded.translation)
        self._settings.set("export folder", str(path.parent))
        self._window.set_status(f"Writing {path.name} …")
        self._runner.start(lambda: write_trace(path, trace, about, overwrite=True), path.name)

    def copy_values(self) -> None:
        """The active panel's map as tab-separated numbers with its labels, to the clipboard."""
        spec = self._map()
        if spec is not None:
            QGuiApplication.clipboard().setText(map_text(spec.values, spec.rows.labels, spec.columns.labels))
            self._window.set_status(f"Values of {spec.title} copied")

    def copy_picture(self) -> None:
        """The active panel's map as a picture, to the clipboard."""
        spec = self._map()
        if spec is None:
            return
        style = theme.style_for(
            theme.PALETTES[self._settings.get("theme")],
            QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont),
        )
        figure = heatmap_figure(spec, style)
        image = QImage((figure.size * CLIPBOARD_SCALE).toSize(), QImage.Format.Format_RGB32)
        image.fill(style.palette.surface)
        painter = QPainter(image)
        painter.scale(CLIPBOARD_SCALE, CLIPBOARD_SCALE)
        figure.paint(painter, QRectF(QPointF(), figure.size), False)
        painter.end()
        QGuiApplication.clipboard().setImage(image)
        self._window.set_status(f"Picture of {spec.title} copied")

    def _map(self) -> HeatmapSpec | None:
        view = self._controller.view
        spec = resolve.heatmap(self._controller.loaded, view, view.active)
        if isinstance(spec, HeatmapSpec):
            return spec
        self._window.set_status(spec.reason)
        return None
