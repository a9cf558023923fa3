"""A map's values, its word links, and all heads with their measures, as tables. No Qt, no torch."""

from __future__ import annotations

import math

from attention_viewer.model.analysis import measures
from attention_viewer.viewer.export.listed import Table
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.resolve.other_views import word_links
from attention_viewer.viewer.resolve.resolve_heads import heads_table, shown_table
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.specs import HeatmapSpec, Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState


def values_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each cell of the active map, as it is shown: a head's or several heads', of pieces or of words."""
    spec = resolve.heatmap(loaded, view, view.active)
    if not isinstance(spec, HeatmapSpec):
        raise ExportError(spec.reason)
    rows = tuple(
        (row, query, column, key, float(spec.values[row, column]),
         int(spec.mask is not None and spec.mask[row, column]))
        for row, query in enumerate(spec.rows.labels)
        for column, key in enumerate(spec.columns.labels)
    )  # fmt: skip
    return Table(("row_index", "row", "column_index", "column", "value", "masked"), rows)


def links_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each link of the active map, source and target words from 0."""
    spec = word_links(loaded, view, view.active)
    if not isinstance(spec, HeatmapSpec):
        raise ExportError(spec.reason)
    rows = tuple(
        (column, row, key, query)
        for row, query in enumerate(spec.rows.labels)
        for column, key in enumerate(spec.columns.labels)
        if spec.values[row, column] > 0
    )
    return Table(("source", "target", "source_word", "target_word"), rows)


def measures_table(loaded: Loaded, view: ViewState) -> Table:
    """A line for each head: layer and head from 0, its measures, and its role with its share."""
    missing = heads_table(loaded, view)
    table = shown_table(loaded)
    if isinstance(missing, Pending | Unavailable) or table is None:
        raise ExportError(missing.reason if isinstance(missing, Pending | Unavailable) else "Nothing is measured.")
    rows = []
    for sides in loaded.maps:
        if sides.kind not in table:
            continue
        heads = table[sides.kind]
        roles = {(each.layer, each.head): each for each in heads.roles}
        for head in sides.head_ids:
            role = roles.get((head.layer, head.head))
            numbers = (float(heads.measures[each.name][head.layer, head.head]) for each in measures.MEASURES)
            known = (None if math.isnan(number) else number for number in numbers)
            said = (None, None) if role is None else (str(role.role), float(role.share))
            rows.append((str(sides.kind), head.layer, head.head, *known, *said))
    names = (each.name for each in measures.MEASURES)
    return Table(("kind", "layer", "head", *names, "role", "role_share"), tuple(rows))
