"""What must have been measured beside a trace for an exportable. No Qt, no torch."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.resolve.pictured import measured_for
from attention_viewer.viewer.state.exportables import Exportable
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import RANKING, Quantity, in_maps
from attention_viewer.viewer.state.view_state import ViewState


def seen(what: Exportable, loaded: Loaded) -> Loaded:
    """What an export is of: what is shown, but for a ranking what heads were ranked on."""
    return loaded.ranked if RANKING in measured_for(what) else loaded


def needed(what: Exportable, view: ViewState) -> tuple[Quantity[Any], ...]:
    """The quantities of the document shown without which there is nothing to export, or less."""
    if what.has_sides:
        return in_maps(view)
    return measured_for(what)
