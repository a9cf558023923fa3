"""Puts what was resolved onto the widgets that are on show, and only what changed. Reads nothing back from them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import LOADING, Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.bindings import LIT, WINDOW, Binding, Pointed, Scene, Source, key
from attention_viewer.viewer.window.panels import FedPanel


class Presenter:
    """Shows (loaded, view, hover) in a window, as the tables of bindings and panels say.

    A panel that is not to be seen costs nothing: it is brought up to date when it comes to be seen (`reveal`).
    """

    def __init__(self, window: MainWindow, panels: Sequence[FedPanel]) -> None:
        self._window, self.panels = window, tuple(panels)
        self._keys: dict[tuple[str, Hashable], object] = {}
        self._specs: dict[tuple[str, Hashable], Any] = {}
        self._scene: Scene | None = None
        self._hover: Hover = None

    def set_panels(self, panels: Sequence[FedPanel]) -> None:
        """Feed other panels; of those that go, nothing is known any more."""
        gone = {panel.name for panel in self.panels} - {panel.name for panel in panels}
        for known in (self._keys, self._specs):
            for which in [each for each in known if each[0] in gone]:
                del known[which]
        self.panels = tuple(panels)

    def show(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Bring every widget on show up to date."""
        self._scene = Scene(loaded, view)
        self._bring(WINDOW, self._scene, self._window, "")
        for panel in self._on_show():
            self._bring(panel.feeds, self._scene, self._window.widget(panel.name), panel.name)
        self.show_hover(hover)

    def renew(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""
        for name, bindings in (("", WINDOW), *((panel.name, panel.feeds) for panel in self.panels)):
            for binding in bindings:
                if binding.control:
                    self._keys.pop((name, binding.name), None)
                    self._specs.pop((name, binding.name), None)
        self.show(loaded, view, hover)

    def reveal(self) -> None:
        """Bring the panels up to date that have come to be seen."""
        if self._scene is not None:
            self.show(self._scene.loaded, self._scene.view, self._hover)

    def show_hover(self, hover: Hover) -> None:
        """Light up what belongs to the token or cell under the mouse, over the maps on screen."""
        self._hover = hover
        maps = tuple(panel.map for panel in self.panels if panel.map is not None)
        specs = {each.kind: self._specs.get((each.kind, "map"), LOADING) for each in maps}
        pointed = Pointed(specs, maps, hover)
        self._bring(LIT, pointed, self._window, "")
        for panel in self._on_show():
            self._bring(panel.lit, pointed, self._window.widget(panel.name), panel.name)

    def _on_show(self) -> Iterable[FedPanel]:
        shown = self._window.shown()
        return [panel for panel in self.panels if panel.name in shown]

    def _bring(self, bindings: Iterable[Binding[Source]], source: Source, widget: Any, name: str) -> None:
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
