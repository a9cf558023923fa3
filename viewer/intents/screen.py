"""What the intents show on. No widgets: a test can be it."""

from __future__ import annotations

from typing import Protocol

from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState


class Screen(Protocol):
    """Shows what is loaded; `d_model` is the width of the positional encoding."""

    d_model: int

    def show(self, loaded: Loaded, view: ViewState) -> None:
        """Bring everything up to date."""

    def renew(self, loaded: Loaded, view: ViewState) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""

    def show_hover(self, hover: Hover) -> None:
        """Light up what belongs to the token or cell under the mouse."""
