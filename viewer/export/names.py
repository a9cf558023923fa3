"""Names of exported files: kind, layer and head, counted from 1; several heads as one, and what is shown besides."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attention_viewer.viewer.state.exportables import Exportable, Shows, by_name
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY, HeadsShown
from attention_viewer.viewer.state.view_state import Head, ViewState, heads_shown


def proposed_names(view: ViewState) -> Mapping[str, str]:
    """Name of an exportable -> its file's name without suffix, for what is looked at."""
    head = view.heads[view.active]
    return {name: file_name(each, view.active, head, view) for name, each in by_name().items()}


def file_name(what: Exportable, kind: str, head: Head, view: ViewState) -> str:
    """The name of a file without suffix; it names heads that are shown as one, and what is shown but weights."""
    if not what.has_sides:
        return what.file_name(kind, head.layer, head.head)
    summary = _SUMMARIES.get(heads_shown(view, kind)) if what.shows is Shows.HEAD else None
    place = (
        f"{kind}_{summary.format(layer=head.layer + 1)}{what.ending}"
        if summary
        else what.file_name(kind, head.layer, head.head)
    )
    return place if view[QUANTITY] == ATTENTION else f"{place}_{view[QUANTITY].replace(' ', '_')}"


_SUMMARIES: Mapping[HeadsShown, str] = MappingProxyType(
    {
        HeadsShown.LAYER_MEAN: "layer{layer}_mean",
        HeadsShown.LAYER_MAXIMUM: "layer{layer}_maximum",
        HeadsShown.ALL_MEAN: "mean",
        HeadsShown.ALL_MAXIMUM: "maximum",
        HeadsShown.CHOSEN_MEAN: "chosen_mean",
        HeadsShown.CHOSEN_MAXIMUM: "chosen_maximum",
    }
)
