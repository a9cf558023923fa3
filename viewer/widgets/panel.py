"""What a panel is: one entry of the table of panels, `viewer.window.panels`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.results import Quantity
from attention_viewer.viewer.widgets.panel_form import Place, Workspace


@dataclass(frozen=True)
class Panel:
    """A panel: `name` is what its place is remembered under, `title` what menus and tabs call it.

    `make` makes its widget, which has a `header` for the card's title bar, and `set_style`. `places` says where it
    stands in which workspace, by the workspace's name; in others it is closed until asked for. `key` brings it to the
    front and the keyboard to it. `measures` are quantities that are measured only while it is shown. `map` is what
    attention map it shows, if it shows one.
    """

    name: str
    title: str
    make: Callable[[Style], Any] = field(repr=False)
    places: Mapping[str, Place] = field(default_factory=dict)
    key: str = ""
    tip: str = ""
    measures: tuple[Quantity[Any], ...] = ()
    map: MapInfo | None = None


def places_in(workspace: Workspace, panels: tuple[Panel, ...]) -> dict[str, Place]:
    """Where the panels of a workspace stand, in the order of the table."""
    places = {panel.name: panel.places.get(workspace.name) or workspace.also.get(panel.name) for panel in panels}
    return {name: place for name, place in places.items() if place is not None}
