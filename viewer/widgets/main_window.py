"""The window's layout: header above, panels as docks below, status bar at the foot. Layout only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.plain_text import PROGRAM
from attention_viewer.viewer.widgets import on_screen, tab_order
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.header import Header
from attention_viewer.viewer.widgets.mnemonics import mark_menu
from attention_viewer.viewer.widgets.model_line import ModelLine
from attention_viewer.viewer.widgets.panel import Panel, places_in
from attention_viewer.viewer.widgets.panel_form import Workspace
from attention_viewer.viewer.widgets.panel_host import PanelHost
from attention_viewer.viewer.widgets.panel_set import PanelSet
from attention_viewer.viewer.widgets.plain import message_box
from attention_viewer.viewer.widgets.session_drop import SessionDrop
from attention_viewer.viewer.widgets.status_line import StatusLine
from attention_viewer.viewer.widgets.token_strip import MOST_LINES
from attention_viewer.viewer.widgets.workspaces import Workspaces
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QMainWindow, QMenu, QMessageBox, QScrollArea, QVBoxLayout, QWidget

DEFAULT_SIZE = QSize(1600, 1000)
LOW_EMS = 46.0
"""Height of the window below which the token strips have one line each."""
COMPACT_EMS = 38.0
"""Height of the window below which lists and plots do without the line below their titles."""
LEAST_EMS = (30.0, 20.0)
"""Width and height of the smallest window; what has no room there scrolls."""


class MainWindow(QMainWindow):
    """Every widget of the window in its place: those of the panels by the names of their entries.

    `notices` has lines that come and go below the header. `closing` comes before the window closes; `file_dropped`
    names a session file that was dragged onto it, `help_requested` the panel whose page of the handbook is wanted.
    """

    closing = Signal()
    file_dropped = Signal(str)
    help_requested = Signal(str)
    panels_changed = Signal()

    def __init__(self, panels: Sequence[Panel], workspaces: Sequence[Workspace], style: Style | None = None) -> None:
        super().__init__()
        self.setWindowTitle(PROGRAM)
        self._drop = SessionDrop(self)
        self._may_close: Callable[[], bool] = lambda: True
        style = style or style_for(PALETTES["light"], self.font())
        self.header = Header(style)
        self.source_bar = self.header.source_bar
        self.source_strip = self.header.source_strip
        self.target_strip = self.header.target_strip
        self.step_controls = self.header.step_controls
        self.banner = self.header.banner
        self.workspace_entries = tuple(workspaces)
        self._set = PanelSet(panels, style, self)
        self._presenting = False
        self.host = PanelHost(self._set.cards, places_in(workspaces[0], self.entries))
        self.workspaces = Workspaces(self.host, panels, workspaces)
        self._look = style
        self._lay_out()
        self._foot = StatusLine(self.statusBar())
        self._model_line = ModelLine(self.menuBar())
        self._text_resized = QTimer(self, singleShot=True, interval=0)
        self._text_resized.timeout.connect(self._model_line.fit)
        self._connect()
        self.set_style(style)
        self.resize(on_screen.fitting(self, DEFAULT_SIZE))

    def set_style(self, style: Style) -> None:
        """Use another theme or text size in every part; text that has grown out of its room is given more."""
        self._look = style
        self.header.set_style(style)
        for widget in self._set.widgets.values():
            widget.set_style(style)
        self.host.set_style(style)
        self.setMinimumSize(
            on_screen.fitting(self, QSize(round(LEAST_EMS[0] * style.em), round(LEAST_EMS[1] * style.em)))
        )
        margin = round(0.5 * style.em)
        self._around.setContentsMargins(margin, margin, margin, margin)
        self._foot.set_margin(margin)
        self._model_line.set_style(style)
        self._fit_room()
        # The menu bar follows the new font only with the next events.
        self._text_resized.start()

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        """The actions of the step buttons: first, back, step, last, play."""
        self.step_controls.set_actions(actions)

    @property
    def entries(self) -> tuple[Panel, ...]:
        """The panels there are."""
        return self._set.entries

    @property
    def panels(self) -> Mapping[Kind, AttentionPanel]:
        """The panels that show attention maps, by kind."""
        return self._set.maps

    def set_panels(self, panels: Sequence[Panel]) -> None:
        """Have other panels, each workspace as it was left when there were these; then tells that they changed."""
        cards = dict(self._set.cards)
        self._set.replace(panels, self._look)
        if cards != self._set.cards:
            self.workspaces.set_panels(panels, self._set.cards)
            for name, card in cards.items():
                if self._set.cards.get(name) is not card:
                    card.deleteLater()
        self.panels_changed.emit()

    def widget(self, name: str) -> Any:
        """The widget of a panel, as its entry made it."""
        return self._set.widgets[name]

    def shown(self) -> frozenset[str]:
        """The panels to be seen."""
        return self.host.shown

    def add_dock_menu(self, menu: QMenu) -> None:
        """Add to `menu` what shows and hides each panel."""
        panels = menu.addMenu("Panels")
        panels.aboutToShow.connect(lambda: mark_menu(panels))
        self.panels_changed.connect(lambda: self._list_panels(panels))
        self._list_panels(panels)

    def actions_with_shortcuts(self) -> list[QAction]:
        """The window's own actions that a key triggers, in the order of the menus."""
        children = self.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [action for action in children if action.shortcuts() and action.isVisible()]

    def show_card(self, name: str) -> None:
        """Bring a panel to the front: "laboratory", "hypotheses", "beam", "positions" and so on."""
        self.host.show_card(name)

    def set_model_line(self, text: str) -> None:
        """What model is open, at the right end of the menu bar."""
        self._model_line.set_full_text(text)
        self._model_line.fit()

    def set_status(self, text: str) -> None:
        """What the program is doing."""
        self._foot.doing.set_full_text(text)

    def set_timing(self, text: str) -> None:
        """How long a step took."""
        self._foot.timing.setText(text)

    def set_translation(self, text: str) -> None:
        """The translation so far, as text that can be copied."""
        self.header.set_translation(text)

    def set_mark(self, mark: str, tip: str) -> None:
        """Mark all above the panels as of one of two that are compared, and say what that means."""
        self.header.set_mark(mark, tip)

    def show_error(self, message: str) -> None:
        """Say what went wrong, without stopping anything."""
        box = message_box(self, QMessageBox.Icon.Warning, PROGRAM, message)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def focus_panels(self, *_: object) -> None:
        """Take the keyboard from a line of text to the active map, or to the steps, so that arrows step."""
        active = next((panel for panel in self.panels.values() if panel.active and panel.isVisible()), None)
        target = self.step_controls if active is None else active.map
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_map(self, name: str) -> bool:
        """Whether a panel shows maps."""
        return name in self.panels

    def keep_focus(self) -> None:
        """Put the keyboard somewhere on show, where the part that had it is not to be seen any more."""
        focused = self.focusWidget()
        if focused is None or not focused.isVisible():
            self.focus_panels()

    def go_to(self, name: str) -> None:
        """Bring a panel to the front, and the keyboard to it."""
        self.show_card(name)
        widget = self.widget(name)
        if name in self.panels:
            widget.activate()
            # Without a cursor, so that the arrow keys go on stepping.
            widget.stack.shown().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        inside = (each for each in tab_order.reachable(self) if widget.isAncestorOf(each) or each is widget)
        target = next(inside, None)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def set_active(self, name: str) -> None:
        """Mark the map that the keyboard and Export act on."""
        for each, panel in self.panels.items():
            panel.set_active(each == name)

    def reset_layout(self) -> None:
        """Every panel where the workspace had it at first."""
        self.workspaces.reset()

    def toggle_large(self, name: str) -> None:
        """Let a panel ("encoder", "next" ...) fill the window, or let it go back to its place."""
        alone = frozenset({name})
        self.host.show_only(self._shown_at_rest() if self.host.only == alone else alone)

    def large(self) -> str | None:
        """The panel that fills the window; None where there is none."""
        only = self.host.only
        return next(iter(only)) if only is not None and len(only) == 1 else None

    def active_card(self) -> str:
        """The panel that has the keyboard's focus, or else the active map."""
        focused = self.focusWidget()
        for name, card in self._set.cards.items():
            if focused is not None and card.isAncestorOf(focused):
                return name
        return next((name for name, panel in self.panels.items() if panel.active), next(iter(self._set.cards)))

    def set_presentation(self, on: bool) -> None:
        """Fill the screen with the maps alone, or go back to what was shown before."""
        self._presenting = on
        self.host.show_only(self._shown_at_rest())
        self.setWindowState(_with(self.windowState(), Qt.WindowState.WindowFullScreen, on))

    def set_thumbnails(self, shown: bool) -> None:
        """Show the thumbnails of all heads in every panel, or in none."""
        for panel in self.panels.values():
            panel.set_thumbnails(shown)

    def thumbnails_shown(self) -> bool:
        """Whether any panel shows the thumbnails of all heads."""
        return any(panel.thumbnails.isChecked() for panel in self.panels.values())

    def saveState(self, version: int | None = 0) -> QByteArray:
        """Where the panels are, in every workspace."""
        return QByteArray(self.workspaces.to_bytes())

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview, version: int | None = 0) -> bool:
        """Put the panels where `saveState` found them; False (and nothing changed) for damaged bytes."""
        return self.workspaces.from_bytes(bytes(state.data()) if isinstance(state, QByteArray) else bytes(state))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go to what comes next to the eye; from what has been hidden the keyboard goes to the steps."""
        target = tab_order.neighbour(self, self.focusWidget(), forward)
        if target is None:
            self.focus_panels()
        else:
            target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            self._scroll.ensureWidgetVisible(target)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where the focused control has no use for it, leads back to the steps."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.step_controls.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the panels their room in a low or narrow window."""
        super().resizeEvent(event)
        self._fit_room()

    def set_close_guard(self, may_close: Callable[[], bool]) -> None:
        """Ask `may_close` whether the window may close, each time it is about to."""
        self._may_close = may_close

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window is about to close, and close, where it may."""
        if not self._may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        self.notices = QVBoxLayout()
        layout.addLayout(self.notices)
        self._around = QVBoxLayout()
        self._around.addWidget(self.host)
        layout.addLayout(self._around, 1)
        # In a window smaller than what all of it needs, everything scrolls; nothing is squeezed or overlaps.
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        self.setCentralWidget(self._scroll)

    def _connect(self) -> None:
        self._drop.dropped.connect(self.file_dropped)
        self._drop.hinted.connect(self.source_bar.set_hint)
        self.host.rearranged.connect(self._show_header)
        self._set.large_requested.connect(self.toggle_large)
        self._set.help_requested.connect(self.help_requested)
        self._set.thumbnails_requested.connect(self.set_thumbnails)
        self._set.fronted.connect(self.host.bring_to_front)

    def _list_panels(self, menu: QMenu) -> None:
        menu.clear()
        menu.addActions([card.toggleViewAction() for card in self._set.cards.values()])

    def _shown_at_rest(self) -> frozenset[str] | None:
        """What is shown where no single panel is large."""
        return frozenset(self.panels) if self._presenting else None

    def _show_header(self) -> None:
        self.header.setVisible(self.large() is None)
        self._fit_room()

    def _fit_room(self) -> None:
        """Follow the window's size: fewer lines in a low window, panels side by side or behind each other."""
        height = self.height() / self._look.em
        self.header.set_low(height < COMPACT_EMS)
        self.header.set_lines(1 if height < LOW_EMS else MOST_LINES)
        for name, widget in self._set.widgets.items():
            if name not in self.panels and isinstance(widget.header, TitleBlock):
                widget.header.set_compact(height < COMPACT_EMS)
        self.host.fit(self.size())
        self._model_line.fit()


def _with(state: Qt.WindowState, flag: Qt.WindowState, on: bool) -> Qt.WindowState:
    return state | flag if on else state & ~flag
