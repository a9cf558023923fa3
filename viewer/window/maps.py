"""What the panels of a window ask for is done; a model with other maps gets panels of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.viewer.window.connecting import Hands
from attention_viewer.viewer.window.covers import fed
from attention_viewer.viewer.window.panels import FedPanel, panels_for
from attention_viewer.viewer.window.presenter import Presenter


def connect_panels(panels: Iterable[FedPanel], hands: Hands, known: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Let what panels ask for be done; those whose widgets are `known`, by name, have that already."""
    for panel in panels:
        widget = hands.window.widget(panel.name)
        if known.get(panel.name) is not widget:
            panel.connect(widget, hands)


def follow_maps(hands: Hands, presenter: Presenter) -> None:
    """From now on have panels for the maps of the model that is open, and feed those that it can fill."""
    window = hands.window

    def renew(info: ModelInfo) -> None:
        panels = panels_for(info.maps)
        if tuple(each.map for each in window.entries if each.map is not None) != info.maps:
            known = {each.name: window.widget(each.name) for each in window.entries}
            presenter.set_panels(panels)
            window.set_panels(panels)
            connect_panels(panels, hands, known)
        presenter.set_panels(fed(window, panels, info))
        hands.controller.refresh()

    hands.controller.model_changed.connect(renew)
