"""Where the panels stand: docks that follow from the room there is, and from nothing before. Lengths are pixels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.chosen import Chosen, Layout
from attention_viewer.viewer.widgets.dock_parts import (
    front,
    fronts,
    hide_stray_bars,
    is_behind,
    is_docked,
    put,
    raise_tab,
    separator_width,
    soon,
    stacks,
    stand_elsewhere,
    tab_bars,
    tab_height,
)
from attention_viewer.viewer.widgets.panel_form import (
    NARROW_EMS,
    POSITIONS,
    SIDE_TOP,
    Arrangement,
    Column,
    Form,
    Place,
    arranged,
    column_widths,
    form_for,
    height_below,
)
from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar


class PanelHost(QMainWindow):
    """Holds the cards by name. The user may move them; as long as they were not moved, they follow the form.

    What the user chose is kept apart from what is on screen, so that the same room always looks the same.
    `shown` are the cards to be seen: neither closed, nor behind another one, nor folded; `shown_changed` follows.
    """

    rearranged = Signal()
    shown_changed = Signal()

    def __init__(self, cards: Mapping[str, Card], places: Mapping[str, Place]) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self._cards: dict[str, Card] = {}
        self._arranged: Arrangement | None = None
        self._em = 12.0
        self._form = Form(3, True)
        self._chosen = Chosen()
        self._places: dict[str, Place] = {}
        self.shown: frozenset[str] = frozenset()
        self._active = ""
        self._arranging = self._dragging = False
        self._only: frozenset[str] | None = None
        self._before: QByteArray | None = None
        self._form_before = self._form
        self._later = soon(self, self.share_room)
        self._tidy = soon(self, lambda: hide_stray_bars(self, self._cards))
        self.tabifiedDockWidgetActivated.connect(lambda _: self._later.start())
        self.set_cards(cards)
        self.take(places)

    @property
    def arrangement(self) -> Arrangement:
        """Where the panels stand now, as far as they were not moved."""
        return arranged(self._places, self._form)

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
        beside = NARROW_EMS[0] + 1.0 if self._only is not None else 0.0
        form = form_for(window.width() / self._em + beside, window.height() / self._em)
        if form != self._form:
            self._form = form
            self._follow_form()
            self.share_room()

    def set_cards(self, cards: Mapping[str, Card]) -> None:
        """Hold other cards, until `take` as they happen to stand; those that are not among them go."""
        before, self._cards, self._arranged = set(self._cards.values()), dict(cards), None
        for card in before - set(cards.values()):
            self.removeDockWidget(card)
        for card in set(cards.values()) - before:
            card.dockLocationChanged.connect(self._card_moved)
            card.visibilityChanged.connect(self._later.start)

    def take(self, places: Mapping[str, Place], layout: Layout | None = None) -> bool:
        """Let the cards stand in other places, as `layout` has them (if any); those that have no place are closed.

        Returns False, with every card where its place is, where the layout is damaged.
        """
        self.show_only(None)
        self._places = {**places, **{name: Place.BELOW for name in self._cards if name not in places}}
        if layout is not None and layout.docks:
            return self._put_back(layout) or (self.take(places) and False)
        self._chosen = Chosen() if layout is None else deepcopy(layout.chosen)
        self._arranging = True
        for card in self._cards.values():
            card.setFloating(False)
        self.arrange(self._cards.keys() - places.keys() if layout is None else layout.closed)
        for name in () if layout is None else layout.front:
            if name in self._cards:
                self._raise(name)
        self.share_room()
        return True

    def _put_back(self, layout: Layout) -> bool:
        """Put every card where it was moved to; False where that cannot be read."""
        if not self._restore(QByteArray(layout.docks)):
            return False
        self._before = None
        self._chosen = deepcopy(layout.chosen)
        self._arranged = arranged(self._places, Form(layout.columns, True, layout.tall))
        self._follow_form()
        self.share_room()
        return True

    def layout_now(self) -> Layout:
        """Where the cards are and what was chosen, for `take`; as if none alone was shown."""
        only = self._only
        self.show_only(None)
        closed = tuple(name for name, card in self._cards.items() if card.isHidden())
        seen = tuple(name for name, card in self._cards.items() if name not in closed and not is_behind(card))
        elsewhere = self._chosen.moved or any(card.isFloating() for card in self._cards.values())
        docks = bytes(self.saveState().data()) if elsewhere else b""
        layout = Layout(docks, self._form.columns, self._form.tall, deepcopy(self._chosen), closed, seen)
        self.show_only(only)
        return layout

    def show_only(self, names: frozenset[str] | None) -> None:
        """Let some cards alone fill the room, or (None) everything stand where it stood."""
        if names == self._only:
            return
        if self._only is None:
            self._before = self.saveState()
            self._form_before = self._form
        elif self._before is not None:
            self._form = self._form_before
            self._arranged = self.arrangement
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
        if name in self.arrangement.below and not card.isFloating():
            self._choose_open(True)
        self._raise(name)
        self.share_room()

    def bring_to_front(self, name: str) -> None:
        """Let a card that is behind another one be seen; a closed one stays closed."""
        self._active = name
        if front(self, self._cards, self.arrangement.group_of(name)) != name:
            self._raise(name)

    def fold_lower(self, folded: bool) -> None:
        """Leave only the tabs of the lower cards, or give them room."""
        self._choose_open(not folded)
        self.share_room()

    def arrange(self, closed: Collection[str]) -> None:
        """Put every card that does not float where the form has it; closed ones keep their place there, unseen."""
        self._arranging = True
        self._arranged = arrangement = self.arrangement
        # A card that has no parent yet counts as floating for Qt.
        docked = {n: card for n, card in self._cards.items() if not card.isFloating() or card.parent() is None}
        groups = put(self, docked, arrangement, closed)
        # Tab bars come into being with the layout, and say which card is in front.
        self._activate()
        for group in groups:
            self._raise(group[0].objectName())
        self._arranging = False

    def share_room(self) -> None:
        """Give every card its share of the room: a function of the room, the form and what the user chose."""
        self._later.stop()
        self._watch_tabs()
        below = self.arrangement.below
        # What is folded needs a tab to be opened by.
        folded = not self.lower_open and not self._chosen.moved and self._only is None
        folded = folded and sum(is_docked(self, self._cards[name]) for name in below) > 1
        for name, card in self._cards.items():
            card.set_folded(folded and name in below)
        if self.isVisible() and not self._dragging and not self._chosen.moved:
            self._activate()
            self._share_by_rule(folded)
        self._tell_shown()
        self._tidy.start()

    def _share_by_rule(self, folded: bool) -> None:
        columns = fronts(self, self._cards, self.arrangement)
        tops = [name for name, _ in columns]
        self.resizeDocks([self._cards[name] for name in tops], self._widths_of(columns), Qt.Orientation.Horizontal)
        lower = front(self, self._cards, self.arrangement.below)
        for upper, under in stacks(self, self._cards, self.arrangement):
            room = self._cards[upper].height() + self._cards[under].height()
            top = round(room * (self._chosen.top or SIDE_TOP))
            self.resizeDocks([self._cards[upper], self._cards[under]], [top, room - top], Qt.Orientation.Vertical)
        if lower is not None and tops and not folded:
            below = height_below(lower, self.height(), self._em, self._chosen.below)
            rest = self.height() - below - separator_width(self) - tab_height(self)
            self.resizeDocks([self._cards[tops[0]], self._cards[lower]], [max(1, rest), below], Qt.Orientation.Vertical)

    def event(self, event: QEvent) -> bool:
        """Remember the shares that a splitter was dragged to."""
        handled = super().event(event)
        if event.type() is QEvent.Type.MouseButtonPress:
            # Only a press on a splitter is taken; the release of others may go elsewhere, such as to a menu.
            self._dragging = handled and event.isAccepted()
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
        if not self._cards[name].isHidden():
            raise_tab(self, self._cards[name])

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
        if self.isVisible() and not self._chosen.moved and self._arranged != self.arrangement:
            self.arrange({name for name, card in self._cards.items() if card.isHidden()})
            if self._active in self._cards:
                self._raise(self._active)

    def _tell_shown(self) -> None:
        shown = frozenset(name for name, card in self._cards.items() if self._is_seen(card))
        if shown != self.shown:
            self.shown = shown
            self.shown_changed.emit()

    def _is_seen(self, card: Card) -> bool:
        return card.isVisible() and not card.folded and (card.isFloating() or not is_behind(card))

    def _widths_of(self, columns: list[tuple[str, Column]]) -> list[int]:
        room = self.width() - separator_width(self) * (len(columns) - 1)
        chosen = self._chosen.widths.get(len(self.arrangement.columns), {})
        return column_widths([column for _, column in columns], room, self._em, chosen)

    def _remember(self) -> None:
        if self._chosen.moved or self._only is not None or not self.height():
            return
        columns, lower = fronts(self, self._cards, self.arrangement), front(self, self._cards, self.arrangement.below)
        widths = [self._cards[name].width() for name, _ in columns]
        if widths != self._widths_of(columns):
            named = zip((column.names[0] for _, column in columns), widths, strict=True)
            self._chosen.widths[len(self.arrangement.columns)] = {name: width / sum(widths) for name, width in named}
        for upper, under in stacks(self, self._cards, self.arrangement):
            heights = self._cards[upper].height(), self._cards[under].height()
            self._chosen.top = heights[0] / sum(heights)
        if lower is not None and self.lower_open:
            height = self._cards[lower].height()
            if height != height_below(lower, self.height(), self._em, self._chosen.below):
                self._chosen.below[lower != POSITIONS] = height / self.height()

    def _card_moved(self) -> None:
        """Tell a move by the user from ours."""
        if not self._arranging and self.isVisible():
            self._chosen.moved = self._chosen.moved or stand_elsewhere(self, self._cards, self.arrangement)
        self._later.start()

    def _watch_tabs(self) -> None:
        """Fold and open the lower cards by clicks on their tabs; Qt makes tab bars as it needs them."""
        for bar in tab_bars(self):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            if not bar.property("watched"):
                bar.setProperty("watched", True)
                bar.tabBarClicked.connect(self._tab_clicked)

    def _tab_clicked(self, index: int) -> None:
        bar = self.sender()
        titles = {self._cards[name].windowTitle() for name in self.arrangement.below}
        if not isinstance(bar, QTabBar) or bar.tabText(index) not in titles:
            return
        self._choose_open(not (self.lower_open and index == bar.currentIndex()))
        self._later.start()

    def _choose_open(self, wanted: bool) -> None:
        """Open or fold the lower cards; who wants what the room calls for goes on following the room."""
        self._chosen.open = None if wanted == self._form.open else wanted

    def _restore(self, state: QByteArray) -> bool:
        self._arranging = True
        restored = self.restoreState(state)
        self._arranging = False
        for card in self._cards.values():
            card.keep_framed()
        return restored
