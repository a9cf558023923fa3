"""What is put beside the trace shown, as B. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract import hypotheses
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.viewer.intents.turns import News, Turn, keep, look
from attention_viewer.viewer.intents.wanting import READY
from attention_viewer.viewer.state.comparing import Compared, Other, placed, places
from attention_viewer.viewer.state.state import State, Traced
from attention_viewer.viewer.state.view_state import Side


def with_hypothesis(state: State, index: int) -> Turn | None:
    """Compare with another continuation than the current one. Raises InputError where there is none."""
    document = state.shown.document
    if document is None or index == document.current:
        return None
    b = hypotheses.choose_hypothesis(document, index)
    return _compare(state, Compared("", b, places(document)[index]))


def with_plain(state: State) -> Turn | None:
    """Compare with the same model without interventions."""
    document = state.shown.document
    if document is None or not document.interventions:
        return None
    return _compare(state, Compared("without interventions", hypotheses.intervene(document, Interventions())))


def pin(state: State) -> Turn | None:
    """Keep what is on screen as B, whatever becomes A: another step, another continuation, another sentence."""
    document = state.shown.document
    return None if document is None else _compare(state, Compared("pinned", document))


def stop(state: State) -> Turn:
    """Look at A alone."""
    return _compare(state, None).then(look, replace(state.view, side=Side.A))


def show_side(state: State, side: Side) -> Turn | None:
    """Show A, B, or their difference; as long as nothing is compared there is A alone."""
    if side is not Side.A and state.shown.results.other is None:
        return None
    return look(state, replace(state.view, side=side))


def answered(state: State, compared: Compared, traced: Traced) -> Turn:
    """B is known: it stands beside what is shown, and is called by its place there."""
    place = compared.place
    other = Other(
        compared.name,
        traced.trace,
        traced.document.source,
        traced.translation,
        None if place is None else place.index,
        compared.document.interventions,
        compared.document,
        place,
    )
    shown = state.shown.document
    return keep(state, replace(state.shown.results, other=other if shown is None else placed(other, shown)))


def failed(state: State, message: str) -> Turn:
    """There is no B."""
    return _compare(state, None).tell(News.STATUS, READY).tell(News.HINT, message)


def _compare(state: State, compared: Compared | None) -> Turn:
    """Want another B in the place of the one there was."""
    turn = Turn(state).set(asked=replace(state.asked, compared=compared))
    return turn.then(keep, replace(state.shown.results, other=None))
