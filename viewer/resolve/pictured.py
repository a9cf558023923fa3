"""What is seen in an exportable that is no map, and what must have been measured for it: an entry each.

What is a sheet, or the architecture, needs nothing else: its figure and its table follow from it. No Qt, no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from attention_viewer.viewer.resolve import (
    resolve,
    resolve_cost,
    resolve_encodings,
    resolve_ffn,
    resolve_inside,
    resolve_word,
)
from attention_viewer.viewer.resolve import resolve_laboratory as laboratory
from attention_viewer.viewer.resolve.other_views import word_links
from attention_viewer.viewer.resolve.resolve_architecture import TO_OPEN, architecture
from attention_viewer.viewer.resolve.resolve_heads import heads_table
from attention_viewer.viewer.resolve.shown import FIRST_STEP, Missing
from attention_viewer.viewer.state import exportables
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec
from attention_viewer.viewer.state.exportables import Exportable, Needs, Shows, exportable
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import (
    BEAM,
    DECODER_LENS,
    HEADS,
    INSIDE,
    PERMUTATION,
    PROPERTIES,
    RANKING,
    Quantity,
    Ranking,
)
from attention_viewer.viewer.state.sheets import SheetSpec
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState

Sheet = SheetSpec | ArchitectureSpec


@dataclass(frozen=True)
class Pictured:
    """What is seen, or why there is nothing to be seen; and what must have been measured."""

    resolve: Callable[[Loaded, ViewState], object]
    measured: tuple[Quantity[Any], ...] = ()


def sheet(name: str, loaded: Loaded, view: ViewState) -> Sheet | Missing:
    """What is seen in an exportable that is drawn as a sheet."""
    (found,) = seen_in(exportable(name), loaded, view)
    assert isinstance(found, SheetSpec | ArchitectureSpec | Pending | Unavailable), f"{name} is no sheet"
    return found


def measured_for(what: Exportable) -> tuple[Quantity[Any], ...]:
    """What must have been measured for an exportable that is no map."""
    return PICTURED[what.name].measured if what.name in PICTURED else ()


def missing(what: Exportable, loaded: Loaded, view: ViewState) -> str:
    """Why there is nothing to export, "" where there is."""
    reasons = (each.reason for each in seen_in(what, loaded, view) if isinstance(each, Pending | Unavailable))
    return next(reasons, "")


def seen_in(what: Exportable, loaded: Loaded, view: ViewState) -> Iterator[object]:
    """What is seen in an exportable, or why there is nothing to be seen. Each map says itself what it needs."""
    if what.has_sides and what.name not in PICTURED:
        yield from _maps(what, loaded, view)
    elif what.needs is not Needs.NOTHING and loaded.trace is None:
        yield loaded.waiting
    elif what.needs is Needs.ROW and loaded.trace is not None and not loaded.trace.steps:
        yield FIRST_STEP
    elif what.name in PICTURED:
        spec = PICTURED[what.name].resolve(loaded, view)
        waits = isinstance(spec, Pending) and loaded.trace is not None
        yield _only_in(what.panel) if waits else spec


def _maps(what: Exportable, loaded: Loaded, view: ViewState) -> Iterator[object]:
    if what.shows is Shows.EVERY_KIND:
        yield from (resolve.heatmap(loaded, view, kind) for kind in view.heads)
    else:
        yield (resolve.grid if what.shows is Shows.KIND else resolve.heatmap)(loaded, view, view.active)


def _only_in(panel: str) -> Unavailable:
    return Unavailable(f"Open the panel {panel} first: this is computed only while it is on show.")


def _ranking(loaded: Loaded, view: ViewState) -> Ranking | Missing:
    """The ranking, where any heads were ranked."""
    ranking = loaded.found(RANKING)
    return ranking if ranking is not None and ranking.effects else laboratory.no_ranking(loaded)


def _without_instructions(
    resolve: Callable[[Loaded, ViewState], SheetSpec | Missing],
) -> Callable[[Loaded, ViewState], Sheet | Missing]:
    """What a panel asks its reader to do is left out of a figure."""

    def figure(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
        spec = resolve(loaded, view)
        if not isinstance(spec, SheetSpec):
            return spec
        sections = tuple(each for each in spec.sections if each.note != resolve_cost.TO_MEASURE)
        return replace(spec, subtitle=spec.subtitle.removesuffix(resolve_encodings.TO_CHOOSE), sections=sections)

    return figure


def _without_waiting(
    resolve: Callable[[Loaded, ViewState], SheetSpec | Missing],
) -> Callable[[Loaded, ViewState], Sheet | Missing]:
    """What was not measured for a figure is left out of it, not said to be on its way."""

    def figure(loaded: Loaded, view: ViewState) -> SheetSpec | Missing:
        spec = resolve(loaded, view)
        if not isinstance(spec, SheetSpec):
            return spec
        return replace(spec, sections=tuple(s for s in spec.sections if s.note != resolve_ffn.NO_PERMUTATION))

    return figure


def _still_architecture(loaded: Loaded, view: ViewState) -> Sheet | Missing:
    """The architecture as a figure, in which nothing can be clicked."""
    spec = architecture(loaded, view)
    if not isinstance(spec, ArchitectureSpec):
        return spec
    return replace(spec, subtitle=spec.subtitle.removesuffix(TO_OPEN))


PICTURED: Mapping[str, Pictured] = {
    exportables.LINKED: Pictured(lambda loaded, view: word_links(loaded, view, view.active)),
    exportables.BEAM_TREE: Pictured(lambda loaded, view: loaded.found(BEAM) or laboratory.no_beam(loaded), (BEAM,)),
    exportables.RANKED_HEADS: Pictured(_ranking, (RANKING,)),
    exportables.MEASURED_HEADS: Pictured(heads_table, (HEADS,)),
    exportables.ARCHITECTURE: Pictured(_still_architecture, (INSIDE,)),
    exportables.CELL: Pictured(resolve_inside.cell, (INSIDE,)),
    exportables.RESIDUAL: Pictured(resolve_inside.residual, (INSIDE,)),
    exportables.FFN: Pictured(_without_waiting(resolve_ffn.ffn), (INSIDE, PERMUTATION)),
    exportables.EMBEDDING: Pictured(_without_waiting(resolve_ffn.embedding), (INSIDE, PERMUTATION)),
    exportables.WORD: Pictured(resolve_word.word, (INSIDE,)),
    exportables.LOGIT_LENS: Pictured(resolve_word.logit_lens, (INSIDE,)),
    exportables.DECODER_LENS: Pictured(resolve_word.decoder_lens, (DECODER_LENS,)),
    exportables.ENCODINGS: Pictured(resolve_encodings.properties, (PROPERTIES,)),
    exportables.ROTATION: Pictured(_without_instructions(resolve_encodings.rotation)),
    exportables.LAYOUTS: Pictured(resolve_encodings.layouts),
    exportables.COST: Pictured(_without_instructions(resolve_cost.cost)),
}
