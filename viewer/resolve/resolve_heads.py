"""Which head does what: all heads as a table of measures, roles, and how unlike the selected one they are.

Pure functions; no Qt, no torch.
"""

from __future__ import annotations

import math

from attention_viewer.model.analysis import measures
from attention_viewer.model.analysis.alignment import Convention
from attention_viewer.model.analysis.consensus import Aligner
from attention_viewer.model.analysis.head_table import HeadTable, MapHeads
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.resolve.shown import Missing
from attention_viewer.viewer.state.heads_spec import HeadsSpec
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.results import HEADS
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.table_spec import Cell, Column, TableSpec
from attention_viewer.viewer.state.view_state import Head, ViewState, clamp

NOTE = "Click shows a head; click a heading to sort; Unlike 0 is the same."
ROWS = "Aligns: a row is the token predicted (p) or read (r)."
TAUGHT = "† was trained to align words."
UNKNOWN = "–"


def columns() -> tuple[Column, ...]:
    """What is said of a head: where it looks, its measures, how well it aligns words, and how unlike another it is."""
    return (
        Column("Head", "Map, layer and head, from 1; † was taught to align words", name="head"),
        Column("Looks at", "The place with the largest share of its weight, from 0.4 on; else how broad it is",
               name="role"),
        Column("Share", "Mean weight at that place", numeric=True, name="share"),
        *(Column(each.title, f"{each.words} ({each.units}; {each.paper})", numeric=True, name=each.name)
          for each in measures.MEASURES),
        Column(
            "Aligns",
            "How well its word links agree with the consensus of all heads (F1), by what its rows stand for: the token "
            "predicted (p) or read (r); cross-attention only",
            numeric=True, name="aligns",
        ),
        Column(
            "Unlike",
            "How unlike the selected head of the same map: Jensen-Shannon divergence of rows, in bits (Clark et al. "
            "2019)",
            numeric=True, name="unlike",
        ),
    )  # fmt: skip


def heads_spec(loaded: Loaded, view: ViewState) -> HeadsSpec:
    """All heads of all maps, as a table, and what can be done with them."""
    table, progress = shown_table(loaded), loaded.results.surveying
    own = _own_role(table, view)
    held = [] if table is None or own is None else [each for each in table[view.active].roles if each.role == own]
    return HeadsSpec(
        _table(loaded, view, table),
        _aligner_words(loaded),
        own or "",
        len(held),
        "" if progress is None else f"{progress.done} of {progress.total} sentences measured …",
        loaded.results.survey is not None,
        loaded.uncomputed or ("" if loaded.info is not None else "Wait for the model: it is being opened."),
    )


def heads_table(loaded: Loaded, view: ViewState) -> TableSpec | Missing:
    """All heads of all maps as a table, by what is known of them."""
    return _table(loaded, view, shown_table(loaded))


def shown_table(loaded: Loaded) -> HeadTable | None:
    """What is known of heads: over a file where one was measured, else on the sentence shown."""
    survey = loaded.results.survey
    return loaded.found(HEADS) if survey is None else survey.table


def aligner_of(loaded: Loaded) -> Aligner | None:
    """The head that aligns words best, by what is shown of heads; None where nobody knows."""
    table = shown_table(loaded) or {}
    return next((each.alignment.aligner for each in table.values() if each.alignment is not None), None)


def _table(loaded: Loaded, view: ViewState, table: HeadTable | None) -> TableSpec | Missing:
    if table is None:
        if loaded.trace is None:
            return loaded.waiting
        progress = loaded.progress(HEADS)
        far = f": {progress.done} of {progress.total} heads" if progress is not None and progress.total > 1 else ""
        return Pending(f"Measuring all heads{far} …")
    rows = [row for sides in loaded.maps if sides.kind in table for row in _rows(loaded, view, table, sides)]
    if not rows:
        return Unavailable("Press Step (→) to compute the first decoder row.")
    keys, cells = zip(*rows, strict=True)
    selected = view.heads[view.active].of(view.active)
    return TableSpec(columns(), tuple(cells), tuple(keys), selected, _note(loaded, table), view.sorting)


def _note(loaded: Loaded, table: HeadTable) -> str:
    """What the table is of, what a click does, and what the signs in it mean that are there."""
    aligns = any(each.alignment is not None for each in table.values())
    taught = any(loaded.taught(sides.kind) is not None for sides in loaded.maps if sides.kind in table)
    return " ".join((_of_what(loaded), NOTE, *([ROWS] if aligns else []), *([TAUGHT] if taught else [])))


def _of_what(loaded: Loaded) -> str:
    """What the table is of."""
    survey = loaded.results.survey
    if survey is None:
        return "Heads on this sentence, as far as it is decoded."
    lines = survey.lines
    which = f"the first {survey.sentences} sentences" if lines.cut else f"{survey.sentences} sentences"
    left_out = f", {survey.left_out} left out" if survey.left_out else ""
    return f"Means over {which} of {isolated(lines.name)}{left_out}, by the model as it was trained."


def _aligner_words(loaded: Loaded) -> str:
    """Which head aligns words best, and how far the heads agree with it."""
    aligner = aligner_of(loaded)
    if aligner is None:
        return ""
    short = next((each.short for each in loaded.maps if each.crosses), "Cross")
    place = f"{short} {aligner.layer + 1}.{aligner.head + 1}"
    row = "predicted" if aligner.convention is Convention.PREDICTS else "read"
    agreement = f"agreement with the consensus of all heads {aligner.agreement:.2f}"
    where = "on this sentence" if loaded.results.survey is None else "over the file"
    return f"Aligns words best {where}: {place} (row = token {row}), {agreement}"


def _own_role(table: HeadTable | None, view: ViewState) -> str | None:
    """The role of the active map's selected head."""
    if table is None or view.active not in table:
        return None
    now = view.heads[view.active]
    found = (each.role for each in table[view.active].roles if (each.layer, each.head) == (now.layer, now.head))
    return next(found, None)


def _rows(loaded: Loaded, view: ViewState, table: HeadTable, sides: MapInfo) -> list[tuple[HeadId, tuple[Cell, ...]]]:
    heads = table[sides.kind]
    chosen = clamp(view.heads[sides.kind], sides.shape)
    place = chosen.layer * sides.heads + chosen.head
    return [(head, _cells(loaded, heads, sides, head, place)) for head in sides.head_ids]


def _cells(loaded: Loaded, heads: MapHeads, sides: MapInfo, head: HeadId, chosen: int) -> tuple[Cell, ...]:
    index = head.layer * sides.heads + head.head
    taught = " †" if loaded.taught(sides.kind) == Head(head.layer, head.head) else ""
    order = [each.kind for each in loaded.maps].index(sides.kind) * 10**6 + head.layer * 10**3 + head.head
    numbers = (float(heads.measures[each.name][head.layer, head.head]) for each in measures.MEASURES)
    role = heads.roles[index] if heads.roles else None
    return (
        Cell(f"{sides.short} {head.layer + 1}.{head.head + 1}{taught}", float(order)),
        Cell(role.role if role else UNKNOWN, role.role if role else ""),
        _number(role.share if role else math.nan),
        *(_number(number) for number in numbers),
        _agreement(heads, head),
        _number(float(heads.unlike[chosen, index])),
    )


def _agreement(heads: MapHeads, head: HeadId) -> Cell:
    """How well a head's links agree with the consensus, under the convention that suits it better."""
    if heads.alignment is None:
        return _number(math.nan)
    agreed = heads.alignment.agreements
    which = max(agreed, key=lambda each: float(agreed[each][head.layer, head.head]))
    value = float(agreed[which][head.layer, head.head])
    return Cell(f"{value:.2f} {'p' if which is Convention.PREDICTS else 'r'}", value)


def _number(value: float) -> Cell:
    return Cell(UNKNOWN, -math.inf) if math.isnan(value) else Cell(f"{value:.2f}", value)
