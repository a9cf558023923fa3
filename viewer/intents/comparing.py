"""What is put beside the trace shown, as B. Pure; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.model.contract import hypotheses
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.viewer.intents.turns import Turn, look
from attention_viewer.viewer.state.comparing import Place, places
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Side


@dataclass(frozen=True, eq=False)
class Compared:
    """What is to be compared with the trace shown; with a `place` it is a hypothesis and has its name."""

    name: str
    document: Document
    place: Place | None = None


def with_hypothesis(state: State, index: int) -> Compared | None:
    """Another continuation than the current one."""
    document = state.shown.document
    if document is None or index == document.current:
        return None
    b = hypotheses.choose_hypothesis(document, index)
    return Compared("", b, places(document)[index])


def with_plain(state: State) -> Compared | None:
    """The same model without interventions."""
    document = state.shown.document
    if document is None or not document.interventions:
        return None
    return Compared("without interventions", hypotheses.intervene(document, Interventions()))


def show_side(state: State, side: Side) -> Turn | None:
    """Show A, B, or their difference; as long as nothing is compared there is A alone."""
    if side is not Side.A and state.shown.results.other is None:
        return None
    return look(state, replace(state.view, side=side))


def pinned(state: State) -> Compared | None:
    """What is on screen, whatever becomes of A: another step, another continuation, another sentence."""
    document = state.shown.document
    return None if document is None else Compared("pinned", document)
