"""Putting the window into the state of a stop of a tour, on what is wanted. Pure; no Qt."""

from __future__ import annotations

from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.viewer.intents.turns import News, Play, Turn, look
from attention_viewer.viewer.intents.wanting import change
from attention_viewer.viewer.intents.wishes import OfWanted
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.tour import Scene, document_at, view_at

STOP = "Stop of the tour"
NO_SENTENCE_HINT = "This question is about a sentence of your own: type one above and press Enter."


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
