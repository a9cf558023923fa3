"""Puts what was resolved onto the widgets, and only what changed. Reads nothing back from them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.bindings import Binding, Pointed, Scene, Source, key, lit, shown


class Presenter:
    """Shows (loaded, view, hover) in a window, as the table of bindings says."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._shown, self._lit = shown(window.maps), lit(window.maps)
        self._keys: dict[Hashable, object] = {}
        self._specs: dict[Hashable, Any] = {}

    def show(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Bring every widget up to date."""
        self._bring(self._shown, Scene(loaded, view))
        self.show_hover(hover)

    def renew(self, loaded: Loaded, view: ViewState, hover: Hover = None) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""
        for binding in self._shown:
            if binding.control:
                self._keys.pop(binding.name, None)
                self._specs.pop(binding.name, None)
        self.show(loaded, view, hover)

    def show_hover(self, hover: Hover) -> None:
        """Light up what belongs to the token or cell under the mouse, over the maps on screen."""
        specs = {each.kind: self._specs[each.kind, "map"] for each in self._window.maps}
        self._bring(self._lit, Pointed(specs, self._window.maps, hover))

    def _bring(self, bindings: Iterable[Binding[Source]], source: Source) -> None:
        for binding in bindings:
            inputs = binding.inputs(source)
            now = key(inputs)
            if binding.name in self._keys and self._keys[binding.name] == now:
                continue
            spec = binding.resolve(*inputs)
            same = binding.name in self._specs and self._specs[binding.name] == spec
            self._keys[binding.name], self._specs[binding.name] = now, spec
            if not same:
                binding.apply(self._window, spec)
