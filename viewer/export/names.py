"""Names of exported files: kind, layer and head, counted from 1."""

from __future__ import annotations

from collections.abc import Mapping

from attention_viewer.viewer.state.exportables import by_name
from attention_viewer.viewer.state.view_state import ViewState


def proposed_names(view: ViewState) -> Mapping[str, str]:
    """Name of an exportable -> its file's name without suffix, for what is looked at."""
    head = view.heads[view.active]
    return {name: each.file_name(view.active, head.layer, head.head) for name, each in by_name().items()}
