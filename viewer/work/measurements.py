"""How each quantity is measured: one entry a measurement, read by `viewer.intents.due`. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from attention_viewer.model.contract import methods
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.state.results import (
    BEAM,
    CHECK,
    DECODER_LENS,
    EFFECT,
    HEADS,
    INSIDE,
    PERMUTATION,
    PROPERTIES,
    RANKING,
    TIMES,
    TRANSLATIONS,
    Quantity,
    Result,
    by_method,
)
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.requests import (
    attribution_work,
    beam_work,
    check_work,
    decoder_lens_work,
    effect_work,
    heads_work,
    inside_work,
    permutation_work,
    properties_work,
    rank_work,
    timing_work,
)


@dataclass(frozen=True)
class Measurement(Generic[Result]):
    """The work whose result is that of `quantities`, each for its own question of the document.

    One that shows its `progress` shows it in the place of an earlier result. `status` is what the window says
    meanwhile. What is measured by itself, and what on demand, `viewer.intents.due` says.
    """

    quantities: tuple[Quantity[Result], ...]
    work: Callable[[Document], Work[Result]]
    priority: Priority = Priority.SOON
    progress: bool = False
    status: Callable[[Document], str] | None = None

    @property
    def asks(self) -> Quantity[Result]:
        """The quantity whose question the work answers, and whose name its channel has."""
        return self.quantities[0]


def _searching(document: Document) -> str:
    return f"Beam search, {document.decoding.beam_width} wide …"


def _checking(_: Document) -> str:
    return "Checking: in parallel and step by step …"


def _ranking(_: Document) -> str:
    return "Ranking heads: each is switched off in turn …"


MEASUREMENTS: tuple[Measurement[Any], ...] = (
    Measurement((EFFECT, TRANSLATIONS), effect_work),
    Measurement((RANKING,), rank_work, Priority.LONG, progress=True, status=_ranking),
    Measurement((BEAM,), beam_work, Priority.LONG, status=_searching),
    Measurement((CHECK,), check_work, status=_checking),
    Measurement((INSIDE,), inside_work),
    Measurement((DECODER_LENS,), decoder_lens_work, Priority.LONG),
    Measurement((HEADS,), heads_work, Priority.LONG),
    Measurement((PERMUTATION,), permutation_work, Priority.LONG),
    Measurement((PROPERTIES,), properties_work, Priority.LONG),
    Measurement((TIMES,), timing_work, Priority.LONG, progress=True),
)


def measurements() -> tuple[Measurement[Any], ...]:
    """Those of the table, and one for each method of attribution."""
    names = (each.method for each in methods.METHODS)
    return (
        *MEASUREMENTS,
        *(Measurement((by_method(each),), attribution_work(each), Priority.LONG, progress=True) for each in names),
    )


def measurement_of(quantity: Quantity[Any]) -> Measurement[Any]:
    """The measurement of a quantity."""
    return next(each for each in measurements() if quantity in each.quantities)
