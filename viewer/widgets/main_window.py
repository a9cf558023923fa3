"""The window's layout: header above, panels as docks below, status bar at the foot. Layout only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attention_viewer.model.contract.maps import EXPECTED, MapInfo
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.plain_text import PROGRAM
from attention_viewer.viewer.state.specs import CONVENTION
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.beam_view import BeamView
from attention_viewer.viewer.widgets.candidates import CandidatesPanel
from attention_viewer.viewer.widgets.card import QWIDGETSIZE_MAX, Card, ElidedLabel
from attention_viewer.viewer.widgets.header import Header
from attention_viewer.viewer.widgets.hypotheses_panel import HypothesesPanel
from attention_viewer.viewer.widgets.laboratory_panel import LaboratoryPanel
from attention_viewer.viewer.widgets.panel_host import PanelHost
from attention_viewer.viewer.widgets.position_panel import PositionPanel
from attention_viewer.viewer.widgets.session_drop import as_copy, session_in
from attention_viewer.viewer.widgets.token_strip import MOST_LINES
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow, QMenu, QMessageBox, QScrollArea, QVBoxLayout, QWidget

FRAME = QSize(8, 40)
"""Room for the frame around a window that has none yet: it gets it when it is shown."""
DEFAULT_SIZE = QSize(1600, 1000)
LOW_EMS = 46.0
"""Height of the window below which the token strips have one line each."""
COMPACT_EMS = 38.0
"""Height of the window below which lists and plots do without the line below their titles."""
MENU_EMS = 2.0
"""Space around a menu's name in the menu bar."""
LEAST_EMS = (30.0, 20.0)
"""Width and height of the smallest window; what has no room there scrolls."""


class MainWindow(QMainWindow):
    """Every widget of the window in its place, with a panel for each of `maps`.

    `closing` comes before the window closes; `file_dropped` names a session file that was dragged onto it.
    """

    closing = Signal()
    file_dropped = Signal(str)

    def __init__(self, style: Style | None = None, maps: tuple[MapInfo, ...] = EXPECTED) -> None:
        super().__init__()
        self.maps = maps
        self.setWindowTitle(PROGRAM)
        self.setAcceptDrops(True)
        self._may_close: Callable[[], bool] = lambda: True
        style = style or style_for(PALETTES["light"], self.font())
        self.header = Header(style)
        self.source_bar = self.header.source_bar
        self.source_strip = self.header.source_strip
        self.target_strip = self.header.target_strip
        self.step_controls = self.header.step_controls
        self.banner = self.header.banner
        self.candidates = CandidatesPanel(style)
        self.panels = {each.kind: AttentionPanel(style, each.name) for each in maps}
        self.positions = PositionPanel(style)
        self.hypotheses = HypothesesPanel(style)
        self.beam = BeamView(style)
        self.laboratory = LaboratoryPanel(style)
        self._presenting = False
        self._cards = self._make_cards()
        self.host = PanelHost(self._cards)
        self._em = style.em
        self._lay_out()
        self._make_status_bar()
        self._model_line = ElidedLabel("muted")
        self._model_line.setObjectName("modelLine")
        self.menuBar().setCornerWidget(self._model_line, Qt.Corner.TopRightCorner)
        self._text_resized = QTimer(self)
        self._text_resized.setSingleShot(True)
        self._text_resized.setInterval(0)
        self._text_resized.timeout.connect(self._fit_model_line)
        self._connect()
        self.set_style(style)
        self.resize(self.fitting(DEFAULT_SIZE))

    def set_style(self, style: Style) -> None:
        """Use another theme or text size in every part; text that has grown out of its room is given more."""
        self._em = style.em
        self.header.set_style(style)
        self.candidates.set_style(style)
        for below in (self.positions, self.hypotheses, self.beam, self.laboratory):
            below.set_style(style)
        for panel in self.panels.values():
            panel.set_style(style)
        self.host.set_style(style)
        self.setMinimumSize(self.fitting(QSize(round(LEAST_EMS[0] * style.em), round(LEAST_EMS[1] * style.em))))
        margin = round(0.5 * style.em)
        self._around.setContentsMargins(margin, margin, margin, margin)
        self._status.setContentsMargins(margin, 0, 0, 0)
        self._convention.setContentsMargins(margin, 0, margin, 0)
        self._model_line.setContentsMargins(margin, 0, margin, 0)
        self._fit_room()
        # The menu bar follows the new font only with the next events.
        self._text_resized.start()

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        """The actions of the step buttons: first, back, step, last, play."""
        self.step_controls.set_actions(actions)

    def add_dock_menu(self, menu: QMenu) -> None:
        """Add to `menu` what shows and hides each panel."""
        panels = menu.addMenu("Panels")
        panels.addActions([card.toggleViewAction() for card in self._cards.values()])

    def actions_with_shortcuts(self) -> list[QAction]:
        """The window's own actions that a key triggers, in the order of the menus."""
        children = self.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [action for action in children if action.shortcuts()]

    def show_card(self, name: str) -> None:
        """Bring a panel to the front: "laboratory", "hypotheses", "beam", "positions" and so on."""
        self.host.show_card(name)

    def set_model_line(self, text: str) -> None:
        """What model is open, at the right end of the menu bar."""
        self._model_line.set_full_text(text)
        self._fit_model_line()

    def set_status(self, text: str) -> None:
        """What the program is doing."""
        self._status.set_full_text(text)

    def set_timing(self, text: str) -> None:
        """How long a step took."""
        self._timing.setText(text)

    def set_translation(self, text: str) -> None:
        """The translation so far, as text that can be copied."""
        self.header.set_translation(text)

    def show_error(self, message: str) -> None:
        """Say what went wrong, without stopping anything."""
        box = QMessageBox(QMessageBox.Icon.Warning, PROGRAM, "", parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(message)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def focus_panels(self, *_: object) -> None:
        """Take the keyboard from a line of text to the active attention panel, so that arrows step."""
        active = next((panel for panel in self.panels.values() if panel.active), self.panels[self.maps[-1].kind])
        active.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def reset_layout(self) -> None:
        """Every panel where it was at first."""
        self.host.reset()

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
        for name, card in self._cards.items():
            if focused is not None and card.isAncestorOf(focused):
                return name
        return next((kind for kind, panel in self.panels.items() if panel.active), self.maps[-1].kind)

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

    def fitting(self, size: QSize) -> QSize:
        """`size`, or as much of it as the screen has room for with the frame around the window."""
        screen = self.screen() or QGuiApplication.primaryScreen()
        frame = self.frameGeometry().size() - self.geometry().size() if self.isVisible() else FRAME
        return size.boundedTo(screen.availableGeometry().size() - frame)

    def keep_on_screen(self) -> None:
        """Make the window no larger than its screen, and put it where all of it is seen."""
        if self.isMaximized() or self.isFullScreen():
            return
        self.resize(self.fitting(self.size()))
        room = self.screen().availableGeometry()
        frame = self.frameGeometry()
        left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
        top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
        if (left, top) != (frame.left(), frame.top()):
            self.move(left, top)

    def saveState(self, version: int | None = 0) -> QByteArray:
        """Where the panels are."""
        return self.host.saveState(version)

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview, version: int | None = 0) -> bool:
        """Put the panels where `saveState` found them; False (and nothing changed) for damaged bytes."""
        return self.host.restoreState(state, version)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the panels their room in a low or narrow window."""
        super().resizeEvent(event)
        self._fit_room()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files, as copies."""
        as_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Welcome files wherever they are over the window."""
        as_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which session file was let go over the window, or say why what was let go is none."""
        if as_copy(event):
            name, refusal = session_in(event.mimeData())
            self.source_bar.set_hint(refusal)
            if name:
                self.file_dropped.emit(name)

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

    def _make_cards(self) -> dict[str, Card]:
        cards = {"next": Card("next", "Next token", self.candidates.header, self.candidates)}
        for each in self.maps:
            panel = self.panels[each.kind]
            cards[each.kind] = Card(each.kind, each.short, panel.header, panel)
        cards["positions"] = Card("positions", "Positions", self.positions.header, self.positions)
        cards["laboratory"] = Card("laboratory", "Laboratory", self.laboratory.header, self.laboratory)
        cards["hypotheses"] = Card("hypotheses", "Hypotheses", self.hypotheses.header, self.hypotheses)
        cards["beam"] = Card("beam", "Beam search", self.beam.header, self.beam)
        return cards

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
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
        self.host.rearranged.connect(self._show_header)
        for name, card in self._cards.items():
            card.large_requested.connect(lambda name=name: self.toggle_large(name))
        for kind, panel in self.panels.items():
            panel.thumbnails_requested.connect(self.set_thumbnails)
            panel.fronted.connect(lambda name=kind: self.host.bring_to_front(name))

    def _shown_at_rest(self) -> frozenset[str] | None:
        """What is shown where no single panel is large."""
        return frozenset(self.panels) if self._presenting else None

    def _show_header(self) -> None:
        self.header.setVisible(self.large() is None)
        self._fit_room()

    def _fit_room(self) -> None:
        """Follow the window's size: fewer lines in a low window, panels side by side or behind each other."""
        height = self.height() / self._em
        self.header.set_low(height < COMPACT_EMS)
        self.header.set_lines(1 if height < LOW_EMS else MOST_LINES)
        experiments = (self.laboratory.header, self.hypotheses.header, self.beam.header)
        for header in (self.candidates.header, *experiments):
            header.set_compact(height < COMPACT_EMS)
        self.host.fit(self.size())
        self._fit_model_line()

    def _fit_model_line(self) -> None:
        """Leave the menus their room, so that none is cut off beside the model's line."""
        bar = self.menuBar()
        metrics = bar.fontMetrics()
        menus = sum(metrics.horizontalAdvance(action.text()) + MENU_EMS * self._em for action in bar.actions())
        room = self.width() - round(menus + MENU_EMS * self._em)
        height = max(0, bar.sizeHint().height() - round(0.6 * self._em))
        self._model_line.setMaximumWidth(QWIDGETSIZE_MAX)
        self._model_line.setFixedSize(max(0, min(self._model_line.sizeHint().width(), room)), height)
        bar.setCornerWidget(self._model_line, Qt.Corner.TopRightCorner)
        self._model_line.show()

    def _make_status_bar(self) -> None:
        self._status = ElidedLabel("muted")
        self._timing = QLabel()
        self._timing.setProperty("tone", "muted")
        self._convention = ElidedLabel("muted")
        self._convention.set_full_text(CONVENTION)
        self._convention.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self._status, 1)
        bar.addWidget(self._timing)
        bar.addPermanentWidget(self._convention, 1)


def _with(state: Qt.WindowState, flag: Qt.WindowState, on: bool) -> Qt.WindowState:
    return state | flag if on else state & ~flag
