"""Which head does what: all heads as a table of measures, roles, and how unlike the selected one they are.

Pure functions; no Qt, no torch.
"""

from __future__ import annotations

import math

from attention_viewer.model.analysis.head_table import HeadTable, MapHeads
from attention_viewer.model.analysis.measures import MEASURES
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import HEADS
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.table_spec import Cell, Column, TableSpec
from attention_viewer.viewer.state.view_state import Head, ViewState, clamp

COLUMNS = (
    Column("Head", "Map, layer and head, from 1; † was taught to align words"),
    *(Column(each.title, f"{each.words} ({each.units}; {each.paper})", numeric=True) for each in MEASURES),
    Column("Looks at", "The place with the largest share of its weight, from 0.4 on; else how broad it is"),
    Column("Share", "Mean weight at that place", numeric=True),
    Column(
        "Unlike",
        "How unlike the selected head of the same map: Jensen-Shannon divergence of rows, in bits (Clark et al. 2019)",
        numeric=True,
    ),
)
NOTE = "of this sentence, as far as it is decoded. Click shows a head; click a heading to sort; Unlike 0 is the same."
UNKNOWN = "–"


def heads_spec(loaded: Loaded, view: ViewState) -> TableSpec | Missing:
    """All heads of all maps, as a table."""
    trace = loaded.trace
    if trace is None:
        return loaded.waiting
    table = loaded.found(HEADS)
    if table is None:
        progress = loaded.progress(HEADS)
        far = f": {progress.done} of {progress.total} heads" if progress is not None and progress.total > 1 else ""
        return Pending(f"Measuring all heads{far} …")
    rows = [row for sides in loaded.maps if sides.kind in table for row in _rows(loaded, view, table, sides)]
    if not rows:
        return Unavailable("Press Step (→) to compute the first decoder row.")
    keys, cells = zip(*rows, strict=True)
    now = view.heads[view.active]
    return TableSpec(COLUMNS, tuple(cells), tuple(keys), HeadId(view.active, now.layer, now.head), f"Heads {NOTE}")


def _rows(loaded: Loaded, view: ViewState, table: HeadTable, sides: MapInfo) -> list[tuple[HeadId, tuple[Cell, ...]]]:
    heads = table[sides.kind]
    chosen = clamp(view.heads[sides.kind], sides.shape)
    place = chosen.layer * sides.heads + chosen.head
    return [(head, _cells(loaded, heads, sides, head, place)) for head in sides.head_ids]


def _cells(loaded: Loaded, heads: MapHeads, sides: MapInfo, head: HeadId, chosen: int) -> tuple[Cell, ...]:
    index = head.layer * sides.heads + head.head
    taught = " †" if loaded.taught(sides.kind) == Head(head.layer, head.head) else ""
    order = [each.kind for each in loaded.maps].index(sides.kind) * 10**6 + head.layer * 10**3 + head.head
    numbers = (float(heads.measures[each.name][head.layer, head.head]) for each in MEASURES)
    role = heads.roles[index] if heads.roles else None
    return (
        Cell(f"{sides.short} {head.layer + 1}.{head.head + 1}{taught}", float(order)),
        *(_number(number) for number in numbers),
        Cell(role.role if role else UNKNOWN, role.role if role else ""),
        _number(role.share if role else math.nan),
        _number(float(heads.unlike[chosen, index])),
    )


def _number(value: float) -> Cell:
    return Cell(UNKNOWN, -math.inf) if math.isnan(value) else Cell(f"{value:.2f}", value)
