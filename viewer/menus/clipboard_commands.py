"""The active panel's map to the clipboard, as numbers or as a picture."""

from __future__ import annotations

from attention_viewer.viewer.export.figure import Look, heatmap_figure
from attention_viewer.viewer.export.picture import painted_image
from attention_viewer.viewer.export.table import map_text
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.look import theme
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.state.specs import HeatmapSpec
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

SCALE = 2.0
"""Pixels of the picture to one of the figure's own."""


class ClipboardCommands(QObject):
    """Copies the active panel's map."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings

    def copy_values(self) -> None:
        """The map as tab-separated numbers with its labels."""
        spec = self._map()
        if spec is not None:
            QGuiApplication.clipboard().setText(map_text(spec.values, spec.rows.labels, spec.columns.labels))
            self._window.set_status(f"Values of {spec.title} copied")

    def copy_picture(self) -> None:
        """The map as a picture in the window's theme."""
        spec = self._map()
        if spec is not None:
            style = theme.style_for(theme.PALETTES[self._settings.get("theme")], theme.system_font())
            figure = heatmap_figure(spec, Look(style))
            QGuiApplication.clipboard().setImage(painted_image(figure.paint, figure.size, SCALE))
            self._window.set_status(f"Picture of {spec.title} copied")

    def _map(self) -> HeatmapSpec | None:
        view = self._controller.view
        spec = resolve.heatmap(self._controller.loaded, view, view.active)
        if isinstance(spec, HeatmapSpec):
            return spec
        self._window.set_status(spec.reason)
        return None
