"""Putting the window into the state of a stop of a tour, on what is wanted. Pure; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.viewer.intents.turns import News, Play, Turn, look
from attention_viewer.viewer.intents.wanting import change
from attention_viewer.viewer.intents.wishes import OfWanted
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.tour import BACK, STOP, Scene, document_at, view_at
from attention_viewer.viewer.state.view_state import ViewState, fitted

NO_SENTENCE_HINT = "This question is about a sentence of your own: type one above and press Enter."

BROUGHT_BACK = "What stood here before the tour is back. Undo goes to the tour’s sentence."


@dataclass(frozen=True)
class Before:
    """What the reader had, and how it was looked at, before a stop took its place."""

    document: Document
    view: ViewState


def set_up(state: State, scene: Scene) -> Turn:
    """Look at what a stop is about, and bring its panel to the front; undoing takes its document back."""
    turn, document = look(state, view_at(scene, state.view, state.shown.maps)), document_at(scene, state.wanted)
    if document is None:
        turn = turn.tell(News.HINT, NO_SENTENCE_HINT)
    elif document != state.wanted:
        turn = turn.do(Play(on=False)).then(change, document, STOP)
    return turn.tell(News.CARD, scene.panel) if scene.panel else turn


def leave(state: State, begun: Document) -> OfWanted | None:
    """Give back to the model what a stop had changed in it, where that is still so."""
    document = state.wanted
    if document is None or not document.interventions == begun.interventions != NONE:
        return None
    return OfWanted(intervene(document, NONE), STOP)


def kept(state: State, before: Before | None, begun: Document | None) -> Before | None:
    """What there is to be given back after the tour; a sentence other than that of the stop `begun` is the reader's."""
    document = state.wanted
    if document is None or (before is not None and begun is not None and document.source == begun.source):
        return before
    return Before(document, state.view)


def hidden(state: State, before: Before | None, begun: Document | None) -> Before | None:
    """What the reader had, as long as the sentence in its place is that of the stop `begun`."""
    document = state.wanted
    if document is None or before is None or begun is None or document.source != begun.source:
        return None
    return None if document == before.document else before


def come_back(state: State, before: Before | None, begun: Document | None) -> Turn | None:
    """Give back what the reader had, where a stop stands in its place."""
    before = hidden(state, before, begun)
    if before is None:
        return None
    view = before.view
    view = replace(state.view, heads=view.heads, active=view.active, sets=view.sets, views=view.views)
    return look(state, fitted(view, state.shown.maps)).do(Play(on=False)).then(change, before.document, BACK)
