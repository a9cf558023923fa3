"""The panels of a window by their names: what each entry made, and the card it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.panel import Panel
from PySide6.QtCore import QObject, Signal


class PanelSet(QObject):
    """What entries made, in their order: `widgets`, `maps` (those of them that show attention maps) and `cards`.

    `large_requested` and `help_requested` name the card that asked, `fronted` the map; `thumbnails_requested` says
    whether thumbnails are wanted.
    """

    large_requested = Signal(str)
    help_requested = Signal(str)
    thumbnails_requested = Signal(bool)
    fronted = Signal(str)

    def __init__(self, entries: Sequence[Panel], style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Panel, ...] = ()
        self.widgets: dict[str, Any] = {}
        self.maps: dict[Kind, AttentionPanel] = {}
        self.cards: dict[str, Card] = {}
        self.replace(entries, style)

    def replace(self, entries: Sequence[Panel], style: Style) -> None:
        """Take other entries: what the same one made stays as it is. The caller takes cards that are gone away."""
        before = {each.name: each for each in self.entries}
        widgets, cards = dict(self.widgets), dict(self.cards)
        for entry in entries:
            if entry.name not in before or not _makes_the_same(entry, before[entry.name]):
                widgets[entry.name] = entry.make(style)
                cards[entry.name] = self._card(entry, widgets[entry.name], style)
        self.entries = tuple(entries)
        self.widgets = {each.name: widgets[each.name] for each in entries}
        self.cards = {each.name: cards[each.name] for each in entries}
        self.maps = {each.map.kind: widgets[each.name] for each in entries if each.map is not None}

    def _card(self, entry: Panel, widget: Any, style: Style) -> Card:
        card, name = Card(entry.name, entry.title, widget.header, widget), entry.name
        card.large_requested.connect(lambda: self.large_requested.emit(name))
        card.help_requested.connect(lambda: self.help_requested.emit(name))
        if entry.map is not None:
            widget.thumbnails_requested.connect(self.thumbnails_requested)
            widget.fronted.connect(lambda: self.fronted.emit(name))
        if self.cards:
            # In a window that has a style already.
            widget.set_style(style)
            card.set_style(style)
        return card


def _makes_the_same(one: Panel, other: Panel) -> bool:
    """Whether two entries of one name make the same; of a map, how many heads it has comes with what it shows."""
    sides = [None if each.map is None else each.map.name for each in (one, other)]
    return one.title == other.title and sides[0] == sides[1]
