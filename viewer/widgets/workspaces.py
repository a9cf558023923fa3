"""Workspaces: named arrangements of the panels, each left and found again as it was, and the user's own among them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields, parse
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.widgets import chosen
from attention_viewer.viewer.widgets.card import Card
from attention_viewer.viewer.widgets.chosen import Layout
from attention_viewer.viewer.widgets.panel import Panel, places_in
from attention_viewer.viewer.widgets.panel_form import Place, Workspace
from attention_viewer.viewer.widgets.panel_host import PanelHost
from PySide6.QtCore import QObject, Signal

OWN = "own: "
"""Begins the names of the user's own workspaces, so that they never stand in for others."""
MOST_OWN, LONGEST_TITLE = 8, 40


@dataclass(frozen=True)
class Own:
    """A workspace of the user's: the panels of another one, and the layout that was saved."""

    title: str
    base: str
    layout: Layout


class Workspaces(QObject):
    """The workspaces of a window. `changed` follows when another one is used, or there are others."""

    changed = Signal()

    def __init__(self, host: PanelHost, panels: Sequence[Panel], workspaces: Sequence[Workspace]) -> None:
        super().__init__(host)
        self._host = host
        self._workspaces, self._names = tuple(workspaces), tuple(each.name for each in panels)
        self._places = {each.name: places_in(each, tuple(panels)) for each in workspaces}
        self._left: dict[tuple[str, ...], tuple[dict[str, Layout], dict[str, Own]]] = {}
        self._titles = {each.name: each.title for each in workspaces}
        self._layouts: dict[str, Layout] = {}
        self._own: dict[str, Own] = {}
        self.current = self._before = workspaces[0].name

    @property
    def base(self) -> str:
        """The workspace in use, or for one of the user's own that which it was made from."""
        return self._own[self.current].base if self.current in self._own else self.current

    @property
    def before(self) -> str:
        """The workspace that was in use before this one; the first where that is gone."""
        known = self._before in self._titles or self._before in self._own
        return self._before if known else next(iter(self._titles))

    @property
    def own(self) -> dict[str, str]:
        """The titles of the user's own workspaces, by their names."""
        return {name: each.title for name, each in self._own.items()}

    @property
    def title(self) -> str:
        """What the workspace in use is called."""
        return self._own[self.current].title if self.current in self._own else self._titles[self.current]

    def use(self, name: str) -> None:
        """Arrange the panels as they were last in a workspace."""
        if name != self.current:
            self._layouts[self.current] = self._host.layout_now()
            self._before, self.current = self.current, name
            self._host.take(self._places_of(name), self._layouts.get(name) or self._saved(name))
        self.changed.emit()

    def set_panels(self, panels: Sequence[Panel], cards: Mapping[str, Card]) -> None:
        """Arrange other panels in the workspace in use; where their names were here before, as they were left then."""
        layouts = {**self._layouts, self.current: self._host.layout_now()}
        self._left[self._names] = layouts, dict(self._own)
        before, self._names = self._names, tuple(each.name for each in panels)
        self._places = {each.name: places_in(each, tuple(panels)) for each in self._workspaces}
        known, saved = self._left.get(self._names, ({}, {}))
        self._own = {
            name: saved.get(name) or replace(each, layout=self._carried(name, each.layout, before))
            for name, each in self._own.items()
        }
        carried = {name: self._carried(name, each, before) for name, each in layouts.items()}
        self._layouts = {**carried, **known}
        self._host.set_cards(cards)
        self._host.take(self._places_of(self.current), self._layouts[self.current])
        self.changed.emit()

    def _carried(self, name: str, layout: Layout, before: Sequence[str]) -> Layout:
        """A layout of panels `before` for those there are now: places found by hand are not theirs."""
        places = self._places_of(name)
        new = [each for each in self._names if each not in before and each not in places]
        closed = (*(each for each in layout.closed if each in self._names), *new)
        front = tuple(each for each in layout.front if each in self._names)
        return replace(layout, docks=b"", chosen=replace(layout.chosen, moved=False), closed=closed, front=front)

    def reset(self) -> None:
        """Every panel where the workspace in use had it at first; one's own as it was saved."""
        self._layouts.pop(self.current, None)
        self._host.take(self._places_of(self.current), self._saved(self.current))
        self.changed.emit()

    def save_as(self, title: str) -> None:
        """Keep the panels as they stand under a name of the user's, in the place of an earlier one of that name.

        Raises InputError with a sentence for the user where that cannot be.
        """
        title = shown_text(title, LONGEST_TITLE)
        name = OWN + title
        if not title or title in self._titles.values():
            raise InputError("Give the workspace a name of its own.")
        if name not in self._own and len(self._own) >= MOST_OWN:
            raise InputError(f"There are {MOST_OWN} workspaces of your own already: remove one first.")
        self._own[name] = Own(title, self.base, self._host.layout_now())
        self._layouts.pop(name, None)
        self.current = name
        self.changed.emit()

    def remove(self) -> None:
        """Forget the workspace in use, which is the user's own, and go back to the one it was made from."""
        own = self._own.get(self.current)
        if own is not None:
            self.use(own.base)
            name = OWN + own.title
            del self._own[name]
            self._layouts.pop(name, None)
            self.changed.emit()

    def to_bytes(self) -> bytes:
        """All workspaces as they are now."""
        layouts = {**self._layouts, self.current: self._host.layout_now()}
        own = [
            {"title": each.title, "base": each.base, "layout": chosen.to_json(each.layout)}
            for each in self._own.values()
        ]
        kept = {name: chosen.to_json(layout) for name, layout in layouts.items()}
        return json.dumps({"workspace": self.current, "layouts": kept, "own": own}).encode()

    def from_bytes(self, saved: bytes) -> bool:
        """Put everything where `to_bytes` found it; False (and nothing changed) for damaged bytes."""
        try:
            given = Fields.of("The saved workspaces", parse(saved))
            own = {OWN + each.title: each for each in map(self._read_own, given.parts("own", MOST_OWN))}
            layouts = given.part("layouts")
            known = {name: chosen.from_json(layouts.part(name)) for name in layouts.values}
            current = given.one_of("workspace", (*self._titles, *own))
        except (InputError, ValueError):
            return False
        places = self._places[own[current].base if current in own else current]
        if not self._host.take(places, known.get(current)):
            self._host.take(self._places_of(self.current), self._layouts.get(self.current))
            return False
        self._own, self.current = own, current
        self._layouts = {name: layout for name, layout in known.items() if name in own or name in self._titles}
        self.changed.emit()
        return True

    def _read_own(self, given: Fields) -> Own:
        title = shown_text(given.text("title"), LONGEST_TITLE)
        return Own(title, given.one_of("base", self._titles), chosen.from_json(given.part("layout")))

    def _saved(self, name: str) -> Layout | None:
        return self._own[name].layout if name in self._own else None

    def _places_of(self, name: str) -> dict[str, Place]:
        return self._places[self._own[name].base if name in self._own else name]
