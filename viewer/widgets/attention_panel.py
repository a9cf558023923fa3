"""One kind of attention: the selected head as a large map, every head as a thumbnail."""

from __future__ import annotations

from math import ceil

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Overlay, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head, MapView
from attention_viewer.viewer.widgets.card import BUTTON_EMS, ElidedLabel, TitleBlock
from attention_viewer.viewer.widgets.colorbar_line import ColorbarLine
from attention_viewer.viewer.widgets.head_grid import HeadGrid
from attention_viewer.viewer.widgets.map_stack import MapStack
from attention_viewer.viewer.widgets.message import GIVEN_BACK
from attention_viewer.viewer.widgets.plain import plain_label
from attention_viewer.viewer.widgets.readout import Readout
from attention_viewer.viewer.widgets.title_icons import title_icon
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

HINT = "hover a cell for its weight"
CHOOSE = "Layer and head shown large (Ctrl and an arrow key)"
LOCKED = "Locked: all panels show the same layer and head (Ctrl+K releases them)"
LEAST_MAP_EMS = (34.0, 24.0)
"""Width of the panel and height left for the map from which the thumbnails of all heads stand there unasked."""
LEAST_EMS = (15.0, 8.0)
"""Width and height that a map can do with."""
ONE_LINE_EMS = (32.0, 20.0)
"""Width from which, and height below which, what rows and columns are stands beside the title."""
BESIDE = 1.7
"""The thumbnails stand beside the map in panels so many times wider than high."""
SLOT_EMS = 2.0
"""Height of a thumbnail with its gutter, at most; wide ones are this share of their width high."""
SLOT_SHAPE = 0.66
MOST_GRID = 0.36
"""Share of the panel's height that the thumbnails take at most."""
MOST_BESIDE = 0.3
"""The same of its width, where they stand beside the map."""


class AttentionPanel(QWidget):
    """A large map, with the thumbnails of all heads where there is room for them or they were asked for.

    Title and choices stand in `header`; the line below them says what rows and columns are, or what the mouse is on.
    Layers and heads count from 0 in signals and setters; `head_menu_requested` adds a place on the screen;
    `thumbnails_requested` tells that they shall be shown or not. `name` is what assistive technology calls the panel.
    """

    head_selected = Signal(int, int)
    layer_selected = Signal(int)
    head_toggled = Signal(int, int)
    head_menu_requested = Signal(int, int, QPoint)
    thumbnails_requested = Signal(bool)
    cell_hovered = Signal(object)
    cell_pinned = Signal(object)
    activated = Signal()
    fronted = Signal()

    def __init__(self, style: Style, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.active = self._locked = False
        self._look = style
        self._has_map = True
        self._wanted: bool | None = None
        self._roomy = False
        self._selected, self._several = Head(), ("", "")
        self.layer = _chooser(f"{name}: layer")
        self.head = _chooser(f"{name}: head")
        self.badge = _badge(f"{name}: state of the head")
        self.thumbnails = _switch(f"{name}: thumbnails of all heads")
        self.colorbar = ColorbarLine(f"{name}: colours", style)
        self._readout = Readout(HINT)
        self._axes = ElidedLabel("muted")
        self.header = self._make_header(name)
        self.grid = HeadGrid(f"{name}: all heads", style)
        self.stack = MapStack(f"{name}: selected head", style)
        self.map = self.stack.map
        self.setAccessibleName(name)
        self._lay_out()
        self.grid.selected.connect(self.head_selected)
        self.grid.toggled.connect(self.head_toggled)
        self.grid.menu_requested.connect(self.head_menu_requested)
        self.map.cell_hovered.connect(self.cell_hovered)
        self.map.cell_pinned.connect(self.cell_pinned)
        self.map.activated.connect(self.activate)
        self.stack.made.connect(self._follow)
        self.layer.activated.connect(self.layer_selected)
        self.head.activated.connect(self._choose)
        self.thumbnails.clicked.connect(self.thumbnails_requested)
        for part in (self, self.header, self.grid, self.map, self.layer, self.head):
            part.installEventFilter(self)
        self.set_style(style)

    def set_axes(self, text: str, *shorter: str) -> None:
        """What the rows and columns are, below the panel's title; `shorter` where there is too little room."""
        self.header.subtitle.set_full_text(text, *shorter)

    def set_head_counts(self, layers: int, heads: int) -> None:
        """Offer so many layers and heads."""
        _offer(self.layer, "layer", layers)
        _offer(self.head, "head", heads)
        self._show_selected()
        self.set_locked(self._locked)

    def set_selected(self, layer: int, head: int) -> None:
        """Show which head is selected; emits nothing."""
        self._selected = Head(layer, head)
        self._show_selected()

    def set_grid(self, spec: GridSpec | Pending | Unavailable) -> None:
        """Show all heads, or why there are none."""
        self.grid.set_spec(spec)
        self._share_room()

    def set_heatmap(self, spec: HeatmapSpec | Pending | Unavailable) -> None:
        """Show the selected head, or why there is none; the reason is said once, in the larger place."""
        self.stack.set_spec(spec)
        is_there = isinstance(spec, HeatmapSpec)
        badge = spec.badge if isinstance(spec, HeatmapSpec) else ""
        self.badge.setText(badge)
        self.badge.setVisible(bool(badge))
        if isinstance(spec, HeatmapSpec):
            self.colorbar.set_scale(spec.scale, spec.colormap)
        else:
            self.colorbar.set_scale(None)
        self._several = spec.several if isinstance(spec, HeatmapSpec) else ("", "")
        self._show_selected()
        self._has_map = is_there
        self._share_room()
        self.layer.setEnabled(is_there)
        self.head.setEnabled(is_there)
        self.thumbnails.setEnabled(is_there)

    def set_thumbnails(self, shown: bool | None) -> None:
        """Show the thumbnails of all heads, or not; None, or what the room calls for: where there is room for them."""
        self._wanted = None if shown == self._roomy else shown
        self._share_room()

    def set_view(self, view: MapView) -> None:
        """Show the large map as heat map, lines, text or table."""
        self.stack.set_view(view)

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns of the large map."""
        self.stack.set_overlay(overlay)

    def set_readout(self, text: str) -> None:
        """What stands below the title, as rich text, in the place of the axes; they come back for a mere hint."""
        self._readout.set_text(text)
        self._line.setCurrentWidget(self._axes if text in ("", HINT) else self._readout)

    def readout(self) -> str:
        """What is said about the cell being read, or how to read one."""
        return self._readout.text()

    def set_active(self, active: bool) -> None:
        """Mark the panel, quietly, as the one that the keyboard and Export act on; `fronted` tells that it is now."""
        self.active = active
        self.header.title.set_role("active" if active else "title")
        if active:
            self.fronted.emit()

    def set_locked(self, locked: bool) -> None:
        """Show in the choice of the layer whether the panels are locked to the same layer and head."""
        self._locked = locked
        icon = title_icon("lock", self._look) if locked else QIcon()
        for index in range(self.layer.count()):
            self.layer.setItemIcon(index, icon)
        for combo in (self.layer, self.head):
            combo.setToolTip(LOCKED if locked else CHOOSE)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.grid.set_style(style)
        self.stack.set_style(style)
        self.colorbar.set_style(style)
        self.thumbnails.setIcon(title_icon("heads", style))
        side = round(BUTTON_EMS * style.em)
        self.thumbnails.setFixedSize(side, side)
        self.thumbnails.setIconSize(QSize(round(0.85 * style.em), round(0.85 * style.em)))
        self.set_locked(self._locked)
        self._below.setSpacing(round(style.gap))
        self._box.setSpacing(round(style.gap))
        self.header.set_style(style)
        self.setMinimumSize(round(LEAST_EMS[0] * style.em), round(LEAST_EMS[1] * style.em))
        self._share_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Become the active panel when any part is clicked or gets the focus."""
        pressed = event.type() is QEvent.Type.MouseButtonPress
        focused = isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() not in GIVEN_BACK
        focused = focused and watched is not self
        if pressed or focused:
            self.activate()
        return False

    def activate(self) -> None:
        """Ask to be the panel that the keyboard and Export act on."""
        if not self.active:
            self.activated.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room anew."""
        super().resizeEvent(event)
        self._share_room()

    def _follow(self, part: QWidget) -> None:
        """Become the active panel also when a view that was just made is clicked or gets the focus."""
        for each in (part, *part.findChildren(QWidget)):
            each.installEventFilter(self)

    def _share_room(self) -> None:
        """Put the thumbnails above or beside the map, or fold them away: a function of the panel's size alone."""
        em, width, height = self._look.em, self.width(), self.height()
        layers, heads = self.grid.shape()
        beside = width > BESIDE * height
        if beside:
            self.grid.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            across = min(MOST_BESIDE * width, 2 * SLOT_EMS * em * heads)
            self.grid.setFixedSize(round(across), round(min(height, self._grid_height(across, layers, heads))))
        else:
            self.grid.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            high = min(MOST_GRID * height, self._grid_height(width, layers, heads))
            self.grid.setMinimumWidth(0)
            self.grid.setMaximumWidth(width)
            self.grid.setFixedHeight(round(high))
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction)
        # What one line saves goes to the panel, and must not call for two lines again.
        low = height - self.header.saved < ONE_LINE_EMS[1] * em
        self.header.set_one_line(width >= ONE_LINE_EMS[0] * em and low)
        left = height if beside else height - self.grid.height()
        self._roomy = width >= LEAST_MAP_EMS[0] * em and left >= LEAST_MAP_EMS[1] * em
        shown = self._roomy if self._wanted is None else self._wanted
        self.grid.setVisible(self._has_map and shown)
        self.thumbnails.setChecked(shown)

    def _grid_height(self, width: float, layers: int, heads: int) -> float:
        slot = min(SLOT_EMS * self._look.em, SLOT_SHAPE * width / heads)
        return self._look.small_line + layers * slot

    def _show_selected(self) -> None:
        """Say which head is shown, or of how many heads the map is."""
        chosen = ((self.layer, self._selected.layer), (self.head, self._selected.head))
        for (combo, index), several in zip(chosen, self._several, strict=True):
            combo.setPlaceholderText(several)
            # A list is as wide as its entries and so many letters, which are counted as wide ones.
            metrics = combo.fontMetrics()
            combo.setMinimumContentsLength(ceil(metrics.horizontalAdvance(several) / metrics.horizontalAdvance("X")))
            combo.setCurrentIndex(-1 if several else min(index, combo.count() - 1))

    def _choose(self, head: int) -> None:
        self.head_selected.emit(self._selected.layer, head)

    def _make_header(self, name: str) -> TitleBlock:
        self._line = QStackedWidget()
        self._line.addWidget(self._axes)
        self._line.addWidget(self._readout)
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        below = QWidget()
        self._below = QHBoxLayout(below)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addWidget(self._line, 1)
        self._below.addWidget(self.colorbar)
        block = TitleBlock(name, [self.badge, self.layer, self.head, self.thumbnails], below, self._axes)
        block.title.set_full_text(name, name.removesuffix(" self-attention").removesuffix("-attention"))
        return block

    def _lay_out(self) -> None:
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.grid, 0, Qt.AlignmentFlag.AlignTop)
        self._box.addWidget(self.stack, 1)


def _switch(name: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setProperty("flat", True)
    button.setProperty("bare", True)
    button.setAccessibleName(name)
    button.setToolTip("Thumbnails of all heads (Ctrl+G)")
    return button


def _badge(name: str) -> QLabel:
    label = plain_label()
    label.setProperty("tone", "badge")
    label.setAccessibleName(name)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    label.hide()
    return label


def _chooser(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(CHOOSE)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


def _offer(combo: QComboBox, name: str, count: int) -> None:
    """Fill a chooser with "layer 1" to "layer count"."""
    if combo.count() != count:
        combo.clear()
        combo.addItems([f"{name} {number + 1}" for number in range(count)])
