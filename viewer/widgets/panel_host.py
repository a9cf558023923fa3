"""Where the panels stand: docks that follow from the room there is, and from nothing before. Lengths are pixels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.dock_parts import separator_width, tab_bars
from attention_viewer.viewer.widgets.panel_form import (
    LOWER,
    MAPS,
    NEXT_EMS,
    POSITIONS,
    Chosen,
    Form,
    column_of,
    column_widths,
    form_for,
    height_below,
)
from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

SEPARATOR = b"\n--shares--\n"
"""Parts Qt's own bytes from ours in a saved layout."""


class PanelHost(QMainWindow):
    """Holds the cards by name. The user may move them; as long as they were not moved, they follow the form.

    What the user chose is kept apart from what is on screen, so that the same room always looks the same.
    """

    rearranged = Signal()

    def __init__(self, cards: Mapping[str, Card]) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self._cards = dict(cards)
        self._em = 12.0
        self._form = Form(3, True)
        self._arranged = 0
        self._chosen = Chosen()
        self._active = MAPS[-1]
        self._arranging = self._dragging = False
        self._only: frozenset[str] | None = None
        self._before: QByteArray | None = None
        self._form_before = self._form
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.share_room)
        self.tabifiedDockWidgetActivated.connect(lambda _: self._later.start())
        for card in self._cards.values():
            card.dockLocationChanged.connect(self._card_moved)
            card.visibilityChanged.connect(self._later.start)
        self.arrange()

    @property
    def form(self) -> Form:
        """How the panels stand now."""
        return self._form

    @property
    def lower_open(self) -> bool:
        """Whether the lower cards stand open below the maps."""
        return self._form.open if self._chosen.open is None else self._chosen.open

    @property
    def only(self) -> frozenset[str] | None:
        """The cards that alone are shown; None for all that are open."""
        return self._only

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._em = style.em
        for card in self._cards.values():
            card.set_style(style)
        self._later.start()

    def fit(self, window: QSize) -> None:
        """Take the form that a window of this size calls for, unless cards were moved by hand."""
        # Without the next token there is as much more room for the maps.
        beside = NEXT_EMS[0] + 1.0 if self._only is not None else 0.0
        form = form_for(window.width() / self._em + beside, window.height() / self._em)
        if form == self._form:
            return
        self._form = form
        self._follow_form()
        self.share_room()

    def reset(self) -> None:
        """Every card where it was at first, in its first size."""
        self.show_only(None)
        self._chosen = Chosen()
        for card in self._cards.values():
            card.setFloating(False)
            card.show()
        self.arrange()
        self.share_room()

    def show_only(self, names: frozenset[str] | None) -> None:
        """Let some cards alone fill the room, or (None) everything stand where it stood."""
        if names == self._only:
            return
        if self._only is None:
            self._before = self._state()
            self._form_before = self._form
        elif self._before is not None:
            self._form, self._arranged = self._form_before, self._form_before.columns
            self._restore(self._before)
        self._only = names
        for name, card in self._cards.items():
            card.set_large(names is not None and len(names) == 1 and name in names)
            if names is not None and not card.isFloating():
                card.setVisible(name in names)
        self.share_room()
        self.rearranged.emit()

    def show_card(self, name: str) -> None:
        """Bring a card to the front, and open it where it was folded."""
        if self._only is not None and name not in self._only:
            self.show_only(None)
        card = self._cards[name]
        card.show()
        if name in LOWER and not card.isFloating():
            self._choose_open(True)
        self._raise(name)
        self.share_room()

    def bring_to_front(self, name: str) -> None:
        """Let a card that is behind another one be seen; a closed one stays closed."""
        self._active = name
        if self._front(self._form.group_of(name)) != name:
            self._raise(name)

    def fold_lower(self, folded: bool) -> None:
        """Leave only the tabs of the lower cards, or give them room."""
        self._choose_open(not folded)
        self.share_room()

    def saveState(self, version: int | None = 0) -> QByteArray:
        """Where the cards are, what shares they have, and whether they were moved; as if none alone was shown."""
        state = self._before if self._only is not None and self._before is not None else self._state(version)
        return QByteArray(bytes(state.data()) + SEPARATOR + self._chosen.to_bytes(self._form.columns))

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview, version: int | None = 0) -> bool:
        """Put the cards where `saveState` found them; False (and nothing changed) for damaged bytes."""
        given = bytes(state.data()) if isinstance(state, QByteArray) else bytes(state)
        docks, _, saved = given.partition(SEPARATOR)
        if not self._restore(QByteArray(docks), version):
            return False
        self._only = self._before = None
        self._chosen, self._arranged = Chosen.from_bytes(saved)
        self._follow_form()
        self.share_room()
        return True

    def arrange(self) -> None:
        """Put every card that does not float where the form has it; closed ones keep their place there."""
        self._arranging = True
        self._arranged = self._form.columns
        # A card that has no parent yet counts as floating for Qt.
        docked = {n: card for n, card in self._cards.items() if not card.isFloating() or card.parent() is None}
        hidden = {name for name, card in docked.items() if card.isHidden()} if self.isVisible() else set()
        for card in docked.values():
            self.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, card)
            card.show()
        lower = [docked[name] for name in LOWER if name in docked]
        columns = [[docked[name] for name in group if name in docked] for group in self._form.groups]
        columns = [column for column in columns if column]
        for left, right in pairwise(columns):
            self.splitDockWidget(left[0], right[0], Qt.Orientation.Horizontal)
        if self._form.columns == 3 and lower:
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, lower[0])
            columns.append(lower)
        for column in columns:
            for card in column[1:]:
                self.tabifyDockWidget(column[0], card)
            column[0].raise_()
        for name in hidden:
            docked[name].hide()
        # Tab bars come into being with the layout, and say which card is in front.
        self._activate()
        for column in columns:
            self._raise(column[0].objectName())
        self._arranging = False

    def share_room(self) -> None:
        """Give every card its share of the room: a function of the room, the form and what the user chose."""
        self._later.stop()
        self._watch_tabs()
        folded = self._form.columns == 3 and not self.lower_open and not self._chosen.moved and self._only is None
        for name in LOWER:
            self._cards[name].set_folded(folded)
        if self._chosen.moved or self._dragging or not self.isVisible():
            return
        self._activate()
        tops = self._tops()
        self.resizeDocks([self._cards[name] for name in tops], self._widths_of(tops), Qt.Orientation.Horizontal)
        lower = self._front(LOWER)
        if self._form.columns == 3 and lower is not None and tops and not folded:
            below = self._height_below(lower)
            docks: list[QDockWidget] = [self._cards[tops[0]], self._cards[lower]]
            rest = (
                self.height() - below - separator_width(self) - max((bar.height() for bar in tab_bars(self)), default=0)
            )
            self.resizeDocks(docks, [max(1, rest), below], Qt.Orientation.Vertical)

    def event(self, event: QEvent) -> bool:
        """Remember the shares that a splitter was dragged to."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self._dragging = True
        handled = super().event(event)
        if event.type() is QEvent.Type.MouseButtonRelease and self._dragging:
            self._dragging = False
            self._remember()
        return handled

    def showEvent(self, event: QShowEvent) -> None:
        """Arrange what is to be seen first."""
        super().showEvent(event)
        self._follow_form()
        self.share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new room."""
        super().resizeEvent(event)
        self.share_room()

    def _raise(self, name: str) -> None:
        """Put a card in front of those it shares a place with; a closed one stays closed."""
        card = self._cards[name]
        if card.isHidden():
            return
        # Qt does not look at its tabs where the card is the uppermost widget already.
        card.raise_()
        for bar in tab_bars(self):
            for index in range(bar.count()):
                if bar.tabText(index) == card.windowTitle():
                    bar.setCurrentIndex(index)

    def _activate(self) -> None:
        """Let the layout follow now; a dock that was put elsewhere may remember how high its title used to be."""
        for layout in (*(card.layout() for card in self._cards.values()), self.layout()):
            if layout is not None:
                layout.invalidate()
                layout.activate()

    def _follow_form(self) -> None:
        """Arrange anew where the form calls for it, with the map in front that the keyboard acts on.

        Not before all of it is shown: Qt would keep the tab bars of every arrangement it has not yet laid out.
        """
        if self.isVisible() and not self._chosen.moved and self._arranged != self._form.columns:
            active = self._active
            self.arrange()
            self._raise(active)

    def _tops(self) -> list[str]:
        """The card in front of each column."""
        found = []
        for group in self._form.groups:
            front = self._front(group)
            if front is not None:
                found.append(front)
        return found

    def _front(self, names: tuple[str, ...]) -> str | None:
        """The one of some cards sharing a place that is in front; None where all are closed or float."""
        there = [name for name in names if self._is_docked(self._cards[name])]
        # Qt puts those behind out of sight, to the left of and above everything.
        seen = [name for name in there if self._cards[name].geometry().bottomRight().x() >= 0]
        return next(iter(seen or there), None)

    def _is_docked(self, card: Card) -> bool:
        elsewhere = card.isHidden() or card.isFloating()
        return not elsewhere and self.dockWidgetArea(card) != Qt.DockWidgetArea.NoDockWidgetArea

    def _widths_of(self, names: list[str]) -> list[int]:
        room = self.width() - separator_width(self) * (len(names) - 1)
        return column_widths(names, room, self._em, self._chosen.widths.get(self._form.columns, {}))

    def _height_below(self, name: str) -> int:
        return height_below(name, self.height(), self._em, self._chosen.below)

    def _remember(self) -> None:
        if self._chosen.moved or self._only is not None or not self.height():
            return
        tops, lower = self._tops(), self._front(LOWER)
        widths = [self._cards[name].width() for name in tops]
        if widths != self._widths_of(tops):
            shares = {column_of(name): width / sum(widths) for name, width in zip(tops, widths, strict=True)}
            self._chosen.widths[self._form.columns] = shares
        if lower is not None and self._form.columns == 3 and self.lower_open:
            height = self._cards[lower].height()
            if height != self._height_below(lower):
                self._chosen.below[lower != POSITIONS] = height / self.height()

    def _card_moved(self) -> None:
        """Tell a move by the user from ours."""
        if not self._arranging and self.isVisible():
            self._chosen.moved = self._chosen.moved or self._stands_elsewhere()
        self._later.start()

    def _stands_elsewhere(self) -> bool:
        """Whether any card is not in the area, or not among the tabs, that the form has for it."""
        for name, card in self._cards.items():
            below = self._form.columns == 3 and name in LOWER
            wanted = Qt.DockWidgetArea.BottomDockWidgetArea if below else Qt.DockWidgetArea.TopDockWidgetArea
            beside = {each.objectName() for each in self.tabifiedDockWidgets(card)}
            astray = beside - set(self._form.group_of(name)) or self.dockWidgetArea(card) != wanted
            if astray and not card.isFloating():
                return True
        return False

    def _watch_tabs(self) -> None:
        """Fold and open the lower cards by clicks on their tabs; Qt makes tab bars as it needs them."""
        for bar in tab_bars(self):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            if not bar.property("watched"):
                bar.setProperty("watched", True)
                bar.tabBarClicked.connect(self._tab_clicked)

    def _tab_clicked(self, index: int) -> None:
        bar = self.sender()
        titles = {self._cards[name].windowTitle() for name in LOWER}
        if not isinstance(bar, QTabBar) or bar.tabText(index) not in titles or self._form.columns != 3:
            return
        self._choose_open(not (self.lower_open and index == bar.currentIndex()))
        self._later.start()

    def _choose_open(self, wanted: bool) -> None:
        """Open or fold the lower cards; who wants what the room calls for goes on following the room."""
        self._chosen.open = None if wanted == self._form.open else wanted

    def _state(self, version: int | None = 0) -> QByteArray:
        return super().saveState(0 if version is None else version)

    def _restore(self, state: QByteArray, version: int | None = 0) -> bool:
        self._arranging = True
        restored = super().restoreState(state, 0 if version is None else version)
        self._arranging = False
        for card in self._cards.values():
            card.keep_framed()
        return restored
