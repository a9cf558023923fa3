"""Views with options of how maps are shown, by their names."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.view_state import ViewState, choose


def chosen(view: ViewState | None = None, **values: Any) -> ViewState:
    """The view with these choices made."""
    view = ViewState() if view is None else view
    for option in options.OPTIONS:
        if option.name in values:
            view = choose(view, option, values.pop(option.name))
    assert not values, values
    return view
