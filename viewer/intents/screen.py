"""What the intents show on. No widgets: a test can be it."""

from __future__ import annotations

from typing import Protocol

from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState


class Screen(Protocol):
    """Shows what is loaded, in a view, with what is under the mouse."""

    def show(self, loaded: Loaded, view: ViewState, hover: Hover) -> None:
        """Bring what is to be seen up to date."""

    def renew(self, loaded: Loaded, view: ViewState, hover: Hover) -> None:
        """Put controls back to what is shown, where one was turned and nothing came of it."""
