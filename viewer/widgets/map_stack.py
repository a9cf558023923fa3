"""The place of the large map in one of its views; the others are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay, Pending, Unavailable
from attention_viewer.viewer.state.view_state import MapView
from attention_viewer.viewer.widgets.heatmap_view import HeatmapView
from attention_viewer.viewer.widgets.map_views import LinesView, TextView, ValuesTable
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

OTHERS: Mapping[MapView, Callable[[str, Style], Any]] = MappingProxyType(
    {MapView.LINES: LinesView, MapView.TEXT: TextView, MapView.TABLE: ValuesTable}
)
WORDS = {MapView.LINES: "lines", MapView.TEXT: "shaded text", MapView.TABLE: "table of values"}


class MapStack(QWidget):
    """Shows a `HeatmapSpec` as heat map, lines, text or table; `map` is the heat map, which says why there is none.

    `made` tells a view that was just made.
    """

    made = Signal(QWidget)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._look = name, style
        self.map = HeatmapView(name, style)
        self._others: dict[MapView, Any] = {}
        self._spec: HeatmapSpec | Pending | Unavailable | None = None
        self._overlay = Overlay()
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.map)
        self._wanted = MapView.MAP
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def shown(self) -> QWidget:
        """The widget that is seen."""
        return self._stack.currentWidget() or self.map

    def set_view(self, view: MapView) -> None:
        """Show the map in another way."""
        self._wanted = view
        self._show()

    def set_spec(self, spec: HeatmapSpec | Pending | Unavailable) -> None:
        """Show a map, or why there is none."""
        self._spec = spec
        self.map.set_spec(spec)
        self._show()

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        self._overlay = overlay
        self.map.set_overlay(overlay)
        if self._wanted in self._others:
            self._others[self._wanted].set_overlay(overlay)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        for each in (self.map, *self._others.values()):
            each.set_style(style)

    def _show(self) -> None:
        """Bring the wanted view up to date and to the front; only the heat map can say why there is nothing."""
        if self._wanted is MapView.MAP or not isinstance(self._spec, HeatmapSpec):
            self._stack.setCurrentWidget(self.map)
            return
        if self._wanted not in self._others:
            made = OTHERS[self._wanted](f"{self._name} as {WORDS[self._wanted]}", self._look)
            self._others[self._wanted] = made
            self.made.emit(made)
            self._stack.addWidget(made)
        other = self._others[self._wanted]
        other.set_spec(self._spec)
        other.set_overlay(self._overlay)
        self._stack.setCurrentWidget(other)
