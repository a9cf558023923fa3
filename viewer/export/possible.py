"""What can be exported now, and why the rest cannot. No Qt, no torch."""

from __future__ import annotations

from attention_viewer.viewer.export.taken import taken
from attention_viewer.viewer.resolve.pictured import missing
from attention_viewer.viewer.state.exportables import Exportable, by_name
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState


def reasons_against(loaded: Loaded, view: ViewState) -> dict[str, str]:
    """Why some exportables cannot be exported of what is shown, by name."""
    found = ((each.name, _reason(each, loaded, view)) for each in by_name().values())
    return {name: reason for name, reason in found if reason}


def _reason(what: Exportable, loaded: Loaded, view: ViewState) -> str:
    capability = taken(what)
    lacking = "" if capability is None else loaded.reason(capability)
    return lacking or missing(what, loaded, view)
