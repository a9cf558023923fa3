"""The window's layout: header above, panels as docks below, status bar at the foot. Layout only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from attention_viewer.model.contract.api import Kind
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.plain_text import PROGRAM
from attention_viewer.viewer.state.specs import CONVENTION
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.beam_view import BeamView
from attention_viewer.viewer.widgets.candidates import CandidatesPanel
from attention_viewer.viewer.widgets.card import Card, ElidedLabel
from attention_viewer.viewer.widgets.header import Header
from attention_viewer.viewer.widgets.hypotheses_panel import HypothesesPanel
from attention_viewer.viewer.widgets.laboratory_panel import LaboratoryPanel
from attention_viewer.viewer.widgets.position_panel import PositionPanel
from attention_viewer.viewer.widgets.session_drop import as_copy, session_in
from attention_viewer.viewer.widgets.token_strip import MOST_LINES
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QMenu, QMessageBox, QVBoxLayout, QWidget

PANEL_NAMES = {
    Kind.ENCODER: "Encoder self-attention",
    Kind.DECODER: "Decoder self-attention",
    Kind.CROSS: "Cross-attention",
}
BEHIND = ("laboratory", "hypotheses", "beam")
"""Cards that share a place with the positional encoding."""
WORKING_EMS, MOST_SHARE = 20.0, 0.48
"""Height that such a card gets when it comes to the front, and the share of the panels' height it takes at most."""
DEFAULT_SIZE = (1600, 1000)
NARROW_SHARE, WIDE_SHARE = 12, 22
"""Shares of the width: next token, and each attention panel."""
POSITIONS_SHARE = 0.25
"""Share of the panels' height that the positional encoding gets, and the least it can do with."""
LEAST_POSITIONS_EMS = 11.0
LOW_EMS = 40.0
"""Height of the window below which the token strips have one line each."""
LEAST_EMS = (24.0, 10.0)
"""Width and height that the panels together can do with."""
ROOMY_EMS = (81.0, 50.0)
"""Width and height of the window below which not all panels have room at once, and some share a place by tabs."""


class MainWindow(QMainWindow):
    """Every widget of the window in its place.

    `closing` comes before the window closes; `file_dropped` names a session file that was dragged onto it.
    """

    closing = Signal()
    file_dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(PROGRAM)
        self.setAcceptDrops(True)
        self._may_close: Callable[[], bool] = lambda: True
        style = style_for(PALETTES["light"], self.font())
        self.header = Header(style)
        self.source_bar = self.header.source_bar
        self.source_strip = self.header.source_strip
        self.target_strip = self.header.target_strip
        self.step_controls = self.header.step_controls
        self.banner = self.header.banner
        self.candidates = CandidatesPanel(style)
        self.panels = {kind: AttentionPanel(style, PANEL_NAMES[kind]) for kind in Kind}
        self.positions = PositionPanel(style)
        self.hypotheses = HypothesesPanel(style)
        self.beam = BeamView(style)
        self.laboratory = LaboratoryPanel(style)
        self._host = QMainWindow()
        self._host.setWindowFlags(Qt.WindowType.Widget)
        self._cards = self._make_cards()
        self._arranged = False
        self._was_roomy = True
        self._roomy_layout: QByteArray | None = None
        self._text_resized = QTimer(self)
        self._text_resized.setSingleShot(True)
        self._text_resized.timeout.connect(self._fit_text)
        self._em = style.em
        self._lay_out()
        self._make_status_bar()
        self._model_line = QLabel()
        self._model_line.setObjectName("modelLine")
        self._model_line.setProperty("tone", "muted")
        self.menuBar().setCornerWidget(self._model_line, Qt.Corner.TopRightCorner)
        self.set_style(style)
        self.resize(*DEFAULT_SIZE)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size in every part; text that has grown out of its room is given more."""
        if self.isVisible() and not self._text_resized.isActive():
            self._was_roomy = self._is_roomy()
            if self._was_roomy:
                self._roomy_layout = self.saveState()
            # The panels' room is known only once the layout has followed.
            self._text_resized.start(0)
        self._em = style.em
        self._fit_height()
        self.header.set_style(style)
        self.candidates.set_style(style)
        for below in (self.positions, self.hypotheses, self.beam, self.laboratory):
            below.set_style(style)
        for panel in self.panels.values():
            panel.set_style(style)
        for card in self._cards.values():
            card.set_padding(round(0.8 * style.em))
        # Smaller than all panels side by side need, so that large text does not force a large window.
        self._host.setMinimumSize(round(LEAST_EMS[0] * style.em), round(LEAST_EMS[1] * style.em))
        margin = round(0.6 * style.em)
        self._around.setContentsMargins(margin, margin, margin, margin)
        self._status.setContentsMargins(margin, 0, 0, 0)
        self._convention.setContentsMargins(margin, 0, margin, 0)
        self._model_line.setContentsMargins(0, round(0.3 * style.em), margin, 0)

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
        self._cards[name].show()
        self._cards[name].raise_()
        self._give_room(self._cards[name])

    def set_model_line(self, text: str) -> None:
        """What model is open, at the right end of the menu bar."""
        self._model_line.setText(text)
        self.menuBar().setCornerWidget(self._model_line, Qt.Corner.TopRightCorner)
        self._model_line.show()

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
        active = next((panel for panel in self.panels.values() if panel.active), self.panels[Kind.CROSS])
        active.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def reset_layout(self) -> None:
        """Every panel where it was at first."""
        self._arrange()
        self._share_room()

    def saveState(self, version: int | None = 0) -> QByteArray:
        """Where the panels are."""
        return self._host.saveState(version)

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview, version: int | None = 0) -> bool:
        """Put the panels where `saveState` found them; False (and nothing changed) for damaged bytes."""
        restored = self._host.restoreState(state, version)
        self._arranged = self._arranged or restored
        return restored

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the room when it is first known."""
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the panels their room in a low window."""
        super().resizeEvent(event)
        self._fit_height()

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
        for kind, panel in self.panels.items():
            cards[kind.value] = Card(kind.value, PANEL_NAMES[kind], panel.header, panel)
        cards["positions"] = Card("positions", "Positional encoding", self.positions.header, self.positions)
        cards["laboratory"] = Card("laboratory", "Laboratory", self.laboratory.header, self.laboratory)
        cards["hypotheses"] = Card("hypotheses", "Hypotheses", self.hypotheses.header, self.hypotheses)
        cards["beam"] = Card("beam", "Beam search", self.beam.header, self.beam)
        return cards

    def _lay_out(self) -> None:
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        self._around = QVBoxLayout()
        self._around.addWidget(self._host)
        layout.addLayout(self._around, 1)
        self.setCentralWidget(central)
        self._host.setDockNestingEnabled(True)
        self._host.tabifiedDockWidgetActivated.connect(self._give_room)
        self._arrange()

    def _arrange(self) -> None:
        for card in self._cards.values():
            card.setFloating(False)
            self._host.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, card)
            card.show()
        top = self._top_cards()
        for left, right in pairwise(top):
            self._host.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        self._host.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self._cards["positions"])
        self._put_behind("positions")

    def _put_behind(self, front: str) -> None:
        """Put the laboratory's cards behind another one, to be reached by tabs."""
        for name in BEHIND:
            self._host.tabifyDockWidget(self._cards[front], self._cards[name])
        self._cards[front].raise_()

    def _give_room(self, card: QDockWidget) -> None:
        """Let a card of the laboratory that comes to the front be high enough to work with."""
        wanted = min(round(WORKING_EMS * self._em), round(MOST_SHARE * self._host.height()))
        if card in [self._cards[name] for name in BEHIND] and card.height() < wanted and not card.isFloating():
            self._host.resizeDocks([card], [wanted], Qt.Orientation.Vertical)

    def _fit_height(self) -> None:
        """Leave the panels their room in a window that is low for its text."""
        low = self.height() < LOW_EMS * self._em
        self.header.set_lines(1 if low else MOST_LINES)
        experiments = (self.laboratory.header, self.hypotheses.header, self.beam.header)
        for header in (self.candidates.header, *(panel.header for panel in self.panels.values()), *experiments):
            header.set_compact(low)

    def _fit_text(self) -> None:
        """Let some panels share a place once the text is too large for all, and undo it once it no longer is."""
        self.set_model_line(self._model_line.text())
        roomy = self._is_roomy()
        if roomy == self._was_roomy:
            return
        if roomy and self._roomy_layout is not None:
            self.restoreState(self._roomy_layout)
        elif roomy:
            self._arrange()
        # One change of a strip's height leads to another; what is shared out must be the room in the end.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self._share_room()

    def _is_roomy(self) -> bool:
        """Whether all panels have room at once."""
        return self.width() >= ROOMY_EMS[0] * self._em and self.height() >= ROOMY_EMS[1] * self._em

    def _share_room(self) -> None:
        width, height = self._host.width(), self._host.height()
        top = self._top_cards()
        if not self._is_roomy():
            top = self._stack()
        else:
            below = round(max(height * POSITIONS_SHARE, LEAST_POSITIONS_EMS * self._em))
            docks: list[QDockWidget] = [self._cards["next"], self._cards["positions"]]
            self._host.resizeDocks(docks, [height - below, below], Qt.Orientation.Vertical)
        shares = [NARROW_SHARE, *[WIDE_SHARE] * (len(top) - 1)]
        self._host.resizeDocks(top, [width * share // sum(shares) for share in shares], Qt.Orientation.Horizontal)

    def _stack(self) -> list[QDockWidget]:
        """Put encoder and decoder behind each other, and the positions behind the cross-attention."""
        encoder, decoder, cross = (self._cards[kind.value] for kind in Kind)
        self._host.tabifyDockWidget(encoder, decoder)
        self._host.tabifyDockWidget(cross, self._cards["positions"])
        self._put_behind(Kind.CROSS.value)
        encoder.raise_()
        return [self._cards["next"], encoder, cross]

    def _top_cards(self) -> list[QDockWidget]:
        return [card for name, card in self._cards.items() if name not in ("positions", *BEHIND)]

    def _make_status_bar(self) -> None:
        self._status = ElidedLabel("muted")
        self._timing = QLabel()
        self._convention = QLabel(CONVENTION)
        for label in (self._timing, self._convention):
            label.setProperty("tone", "muted")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self._status, 1)
        bar.addWidget(self._timing)
        bar.addPermanentWidget(self._convention)
