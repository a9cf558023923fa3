"""Puts what was resolved onto the widgets that are on show, and only what changed. Reads nothing back from them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import LOADING, Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.bindings import LIT, WINDOW, Binding, Pointed, Scene, Source, key
from attention_viewer.viewer.window.panels import FedPanel

NOT_FED = {"map": LOADING}
"""What is on a map that is not to be seen."""


class Presenter:
    """Shows (loaded, view, hover) in a window, as the tables of bindings and panels say.

    A panel that is not to be seen costs nothing: it is brought up to date when it is shown again. What is remembered
    is what was resolved of which inputs, so that nothing is resolved or told twice.
    """

    def __init__(self, window: MainWindow, panels: Sequence[FedPanel]) -> None:
        self._window, self.panels = window, tuple(panels)
        self._keys: dict[tuple[str, Hashable], object] = {}
        self._specs: dict[tuple[str, Hashable], Any] = {}

    def set_panels(self, panels: Sequence[FedPanel]) -> None:
        """Feed other panels; of those that go, nothing is known any more."""
        gone = {panel.name for panel in self.panels} - {panel.name for panel in panels}
        for known in (self._keys, self._specs):
            for which in [each for each in known if each[0] in gone]:
                del known[which]
        self.panels = tuple(panels)

    def show(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Bring every widget on show up to date; what the mouse is on lights up over the maps on show."""
        scene, shown = Scene(loaded, view), self._window.shown()
        on_show = [(panel, self._window.widget(panel.name)) for panel in self.panels if panel.name in shown]
        self._bring(WINDOW, scene, self._window, "")
        fed = {panel.name: self._bring(panel.feeds, scene, widget, panel.name) for panel, widget in on_show}
        maps = tuple(panel.map for panel in self.panels if panel.map is not None)
        pointed = Pointed({each.kind: fed.get(each.kind, NOT_FED)["map"] for each in maps}, maps, hover)
        self._bring(LIT, pointed, self._window, "")
        for panel, widget in on_show:
            self._bring(panel.lit, pointed, widget, panel.name)

    def renew(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""
        for name, bindings in (("", WINDOW), *((panel.name, panel.feeds) for panel in self.panels)):
            for binding in bindings:
                if binding.control:
                    self._keys.pop((name, binding.name), None)
                    self._specs.pop((name, binding.name), None)
        self.show(loaded, view, hover)

    def _bring(
        self, bindings: Sequence[Binding[Source]], source: Source, widget: Any, name: str
    ) -> dict[Hashable, Any]:
        """Tell a widget what has changed; returns all that it shows, by the names of the bindings."""
        for binding in bindings:
            which, inputs = (name, binding.name), binding.inputs(source)
            now = key(inputs)
            if which in self._keys and self._keys[which] == now:
                continue
            spec = binding.resolve(*inputs)
            same = which in self._specs and self._specs[which] == spec
            self._keys[which], self._specs[which] = now, spec
            if not same:
                binding.apply(widget, spec)
        return {binding.name: self._specs[name, binding.name] for binding in bindings}
