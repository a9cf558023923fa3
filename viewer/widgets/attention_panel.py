"""One kind of attention: every head as a thumbnail, the selected one as a large map."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Overlay, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.head_grid import HeadGrid
from attention_viewer.viewer.widgets.heatmap_view import HeatmapView
from attention_viewer.viewer.widgets.readout import Readout
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

SHARES = (1000, 2000)
"""Of the height: grid, map."""
LEAST_EMS_WITH_GRID = 15.0
"""Height below which the map needs the grid's place; the choices of layer and head remain."""
HINT = "hover a cell for its weight"


class AttentionPanel(QWidget):
    """Grid above, map below, and what the mouse is on at the foot. Title and choices stand in `header`.

    Layers and heads count from 0 in signals and setters; `head_menu_requested` adds a place on the screen. `name` is
    what assistive technology calls it.
    """

    head_selected = Signal(int, int)
    head_menu_requested = Signal(int, int, QPoint)
    cell_hovered = Signal(object)
    activated = Signal()

    def __init__(self, style: Style, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.active = False
        self._em = style.em
        self._has_map = True
        self._selected = Head()
        self.layer = _chooser(f"{name}: layer")
        self.head = _chooser(f"{name}: head")
        self.badge = _badge(f"{name}: state of the head")
        self.header = TitleBlock(name, [self.badge, self.layer, self.head])
        self.grid = HeadGrid(f"{name}: all heads", style)
        self.map = HeatmapView(f"{name}: selected head", style)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._readout = Readout(HINT)
        self.setAccessibleName(name)
        self._lay_out()
        self.grid.selected.connect(self.head_selected)
        self.grid.menu_requested.connect(self.head_menu_requested)
        self.map.cell_hovered.connect(self.cell_hovered)
        self.map.activated.connect(self._activate)
        self.layer.activated.connect(self._choose)
        self.head.activated.connect(self._choose)
        for part in (self, self.header, self.grid, self.map, self.layer, self.head):
            part.installEventFilter(self)
        self.set_style(style)

    def set_axes(self, text: str) -> None:
        """What the rows and columns are, below the panel's title."""
        self.header.subtitle.set_full_text(text)

    def set_head_counts(self, layers: int, heads: int) -> None:
        """Offer so many layers and heads."""
        _offer(self.layer, "layer", layers)
        _offer(self.head, "head", heads)

    def set_selected(self, layer: int, head: int) -> None:
        """Show which head is selected; emits nothing."""
        self._selected = Head(layer, head)
        self.layer.setCurrentIndex(layer)
        self.head.setCurrentIndex(head)

    def set_grid(self, spec: GridSpec | Pending | Unavailable) -> None:
        """Show all heads, or why there are none."""
        self.grid.set_spec(spec)

    def set_heatmap(self, spec: HeatmapSpec | Pending | Unavailable) -> None:
        """Show the selected head, or why there is none; the reason is said once, in the larger place."""
        self.map.set_spec(spec)
        is_there = isinstance(spec, HeatmapSpec)
        badge = spec.badge if isinstance(spec, HeatmapSpec) else ""
        self.badge.setText(badge)
        self.badge.setVisible(bool(badge))
        self._has_map = is_there
        self._share_room()
        self.layer.setEnabled(is_there)
        self.head.setEnabled(is_there)

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns of the large map."""
        self.map.set_overlay(overlay)

    def set_readout(self, text: str) -> None:
        """What stands at the foot, as rich text."""
        self._readout.set_text(text)

    def readout(self) -> str:
        """What stands at the foot."""
        return self._readout.text()

    def set_active(self, active: bool) -> None:
        """Mark the panel, quietly, as the one that the keyboard and Export act on."""
        self.active = active
        self.header.title.set_role("active" if active else "title")

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._em = style.em
        self.grid.set_style(style)
        self.map.set_style(style)
        self._splitter.setHandleWidth(round(0.6 * style.em))
        self.header.set_style(style)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Become the active panel when any part is clicked or gets the focus."""
        pressed = event.type() is QEvent.Type.MouseButtonPress
        focused = event.type() is QEvent.Type.FocusIn and watched is not self
        if pressed or focused:
            self._activate()
        return False

    def _activate(self) -> None:
        if not self.active:
            self.activated.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave a low panel to the map."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        self.grid.setVisible(self._has_map and self.height() >= LEAST_EMS_WITH_GRID * self._em)

    def _choose(self) -> None:
        chosen = Head(self.layer.currentIndex(), self.head.currentIndex())
        if chosen != self._selected:
            self._selected = chosen
            self.head_selected.emit(chosen.layer, chosen.head)

    def _lay_out(self) -> None:
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.grid)
        self._splitter.addWidget(self.map)
        self._splitter.setSizes(SHARES)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self._readout)


def _badge(name: str) -> QLabel:
    label = QLabel()
    label.setProperty("tone", "badge")
    label.setAccessibleName(name)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    label.hide()
    return label


def _chooser(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip("Layer and head shown large (Ctrl and an arrow key)")
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


def _offer(combo: QComboBox, name: str, count: int) -> None:
    """Fill a chooser with "layer 1" to "layer count"; it keeps its choice where that still exists."""
    if combo.count() != count:
        chosen = max(0, min(combo.currentIndex(), count - 1))
        combo.clear()
        combo.addItems([f"{name} {number + 1}" for number in range(count)])
        combo.setCurrentIndex(chosen)
