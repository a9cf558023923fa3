"""The place of the large map: the map, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay, Pending, Unavailable
from attention_viewer.viewer.widgets.canvas import Canvas
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

if TYPE_CHECKING:
    from attention_viewer.viewer.widgets.map_view import MapView


class HeatmapView(QWidget):
    """Shows a `HeatmapSpec`: zoom with the wheel, drag to pan, double-click to see all of it again."""

    cell_hovered = Signal(object)
    cell_pinned = Signal(object)
    activated = Signal()

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._overlay = Overlay()
        self._map: MapView | None = None
        self._page: Canvas[HeatmapSpec] = Canvas(name, style)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._page)
        self.spec: HeatmapSpec | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def set_spec(self, spec: HeatmapSpec | Pending | Unavailable) -> None:
        """Show a map, or why there is none; one of the same shape keeps the zoom."""
        if isinstance(spec, HeatmapSpec):
            self.spec = spec
            self.map.set_spec(spec)
            focused = self.hasFocus()
            self._stack.setCurrentWidget(self.map)
            self.setFocusProxy(self.map)
            if focused:
                self.map.setFocus()
            self.setAccessibleDescription(self.map.accessibleDescription())
        else:
            self.spec = None
            self._page.set_spec(spec)
            # A widget whose proxy is hidden cannot be given the keyboard.
            focused = self.hasFocus()
            self.setFocusProxy(None)  # type: ignore[arg-type]
            if focused:
                self.setFocus()
            self._stack.setCurrentWidget(self._page)
            self.setAccessibleDescription(spec.reason)

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        self._overlay = overlay
        if self._map is not None:
            self._map.set_overlay(overlay)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self._page.set_style(style)
        if self._map is not None:
            self._map.set_style(style)

    def message(self) -> str:
        """Why there is no map; "" when there is one."""
        return "" if self.spec is not None else self._page.message()

    @property
    def map(self) -> MapView:
        """The map itself, made when it is first needed."""
        if self._map is None:
            # Importing pyqtgraph takes as long as painting the whole window for the first time.
            from attention_viewer.viewer.widgets.map_view import MapView

            self._map = MapView(self.accessibleName(), self._look)
            self._map.set_overlay(self._overlay)
            self._map.cell_hovered.connect(self.cell_hovered)
            self._map.cell_pinned.connect(self.cell_pinned)
            self._map.activated.connect(self.activated)
            self._stack.addWidget(self._map)
        return self._map
