"""What can be exported now, and why the rest cannot. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Iterable

from attention_viewer.viewer.export.search_tables import NO_RANKING
from attention_viewer.viewer.resolve import pages, resolve
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.other_views import word_links
from attention_viewer.viewer.resolve.resolve_heads import heads_table
from attention_viewer.viewer.resolve.shown import FIRST_STEP
from attention_viewer.viewer.state.exportables import LINKED, MEASURED_HEADS, Exportable, Needs, Shows, by_name
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import BEAM
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState


def reasons_against(loaded: Loaded, view: ViewState) -> dict[str, str]:
    """Why some exportables cannot be exported of what is shown, by name."""
    found = ((each.name, _reason(each, loaded, view)) for each in by_name().values())
    return {name: reason for name, reason in found if reason}


def _reason(what: Exportable, loaded: Loaded, view: ViewState) -> str:
    if what.takes_model and loaded.uncomputed:
        return loaded.uncomputed
    if what.name == LINKED:
        return _first([word_links(loaded, view, view.active)])
    if what.name == MEASURED_HEADS:
        found = heads_table(loaded, view)
        waits = isinstance(found, Pending) and loaded.trace is not None
        return (
            f"Open the panel {what.panel} first: heads are measured only while it is on show."
            if waits
            else _first([found])
        )
    if what.shows is Shows.HEAD:
        return _first([resolve.heatmap(loaded, view, view.active)])
    if what.shows is Shows.KIND:
        return _first([resolve.grid(loaded, view, view.active)])
    if what.shows is Shows.EVERY_KIND:
        return _first(resolve.heatmap(loaded, view, kind) for kind in view.heads)
    if what.name in pages.BETWEEN:
        return _first([pages.picture(what.name, loaded, view)])
    if what.needs is not Needs.NOTHING and loaded.trace is None:
        return loaded.waiting.reason
    if what.needs is Needs.ROW and loaded.trace is not None and not loaded.trace.steps:
        return FIRST_STEP.reason
    if what.needs is Needs.BEAM and loaded.found(BEAM) is None:
        return laboratory.no_beam(loaded).reason
    if what.needs is Needs.RANKING and not laboratory.ranking_spec(loaded).rows:
        return NO_RANKING
    return ""


def _first(specs: Iterable[object]) -> str:
    return next((spec.reason for spec in specs if isinstance(spec, Pending | Unavailable)), "")
