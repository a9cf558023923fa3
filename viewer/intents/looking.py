"""What is looked at, and how: the intents that change the view, which ask the model nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attention_viewer.model.contract.maps import Kind, MapInfo
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.state import view_state
from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import Loaded, beside
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, PositionView, ViewState
from PySide6.QtCore import QObject, Signal


class Looking(QObject):
    """What is loaded, and the view of it, in a window."""

    changed = Signal()

    def __init__(self, presenter: Screen, view: ViewState, loaded: Loaded, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.state = State(view, loaded)
        self._hover: Hover = None

    @property
    def view(self) -> ViewState:
        """How it is looked at."""
        return self.state.view

    @property
    def loaded(self) -> Loaded:
        """What is shown."""
        return self.state.shown

    def look(self, view: ViewState) -> None:
        """Look at the same thing in another way."""
        self._set(view=view)
        self._show()

    def select_head(self, kind: Kind, layer: int, head: int) -> None:
        """Show a head; layer and head count from 0."""
        self.look(view_state.select_head(self.view, kind, Head(layer, head), self._maps()))

    def move_head(self, layers: int, heads: int) -> None:
        """Move the active panel's selection."""
        self.look(view_state.move_head(self.view, layers, heads, self._maps()))

    def set_locked(self, locked: bool) -> None:
        """Keep all panels on one layer and head, or not."""
        self.look(view_state.lock(self.view, locked, self._maps()))

    def activate(self, kind: Kind) -> None:
        """Make a panel the one that the keyboard and Export act on."""
        self.look(replace(self.view, active=kind))

    def set_length(self, length: int) -> None:
        """Plot so many positions."""
        self.look(replace(self.view, positions=replace(self.view.positions, length=length)))

    def set_pairs(self, pairs: tuple[int, ...]) -> None:
        """Plot these sine-cosine pairs."""
        self.look(replace(self.view, positions=PositionView(self.view.positions.length, tuple(pairs))))

    def hover(self, hover: Hover) -> None:
        """The mouse is on a token, on a cell, or on nothing."""
        self._hover = hover
        self._presenter.show_hover(hover)

    def load(self, loaded: Loaded) -> None:
        """Show what has become known."""
        if loaded.document is not self.loaded.document:
            loaded = replace(loaded, results=beside(loaded.results, loaded.document))
        self._set(shown=loaded)
        self._show()

    def _set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    def _show(self) -> None:
        self._presenter.show(self.loaded, self.view, self._hover)
        self.changed.emit()

    def _clamped(self, view: ViewState) -> ViewState:
        return view_state.fitted(view, self._maps()) if self.loaded.info else view

    def _maps(self) -> Sequence[MapInfo]:
        return self.loaded.maps
