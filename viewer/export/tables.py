"""What pictures show, as tables: an entry for each exportable that is listed. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from attention_viewer.viewer.export import head_ranking
from attention_viewer.viewer.export.listed import ENCODERS, Table
from attention_viewer.viewer.export.map_tables import links_table, measures_table, values_table
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.export.needed import seen
from attention_viewer.viewer.export.search_tables import beam_table, hypotheses_table, ranking_table
from attention_viewer.viewer.export.sheet_table import table_of
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.resolve.pictured import sheet
from attention_viewer.viewer.state.exportables import (
    BEAM_TREE,
    HYPOTHESES,
    LINKED,
    MEASURED_HEADS,
    RANKED_HEADS,
    VALUES,
    exportable,
)
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import RANKING
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState

Make = Callable[[Loaded, ViewState], Table]


TABLES: Mapping[str, Make] = MappingProxyType(
    {
        BEAM_TREE: beam_table,
        HYPOTHESES: hypotheses_table,
        RANKED_HEADS: ranking_table,
        VALUES: values_table,
        LINKED: links_table,
        MEASURED_HEADS: measures_table,
    }
)
"""Name of an exportable -> the function that makes its table; that of a sheet follows from the sheet."""


def table_bytes(name: str, suffix: str, loaded: Loaded, view: ViewState) -> bytes:
    """The content of a table's file. Raises ExportError with the reason where there is nothing to list."""
    loaded = seen(exportable(name), loaded)
    table = TABLES[name](loaded, view) if name in TABLES else _of_sheet(name, loaded, view)
    if loaded.trace is None or loaded.document is None or loaded.info is None:
        raise ExportError(loaded.waiting.reason)
    about = meta(loaded.info, loaded.document, loaded.trace, loaded.translation)
    ranking = loaded.found(RANKING)
    if name == RANKED_HEADS and ranking is not None:
        # As the command rank writes it.
        return head_ranking.WRITERS[suffix](ranking.effects, about)
    return ENCODERS[suffix](table, {**about, "picture": name})


def _of_sheet(name: str, loaded: Loaded, view: ViewState) -> Table:
    spec = sheet(name, loaded, view)
    if isinstance(spec, Pending | Unavailable):
        raise ExportError(spec.reason)
    return table_of(spec)
