"""Sentences, sessions and models: what begins something new, on what is wanted. Pure; no Qt."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.looking import fitted
from attention_viewer.viewer.intents.turns import News, Open, Play, Turn, look, refused
from attention_viewer.viewer.intents.wanting import change, fresh, of_model, only_steps
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import ViewState

EMPTY_HINT = "There is nothing to translate yet: type a few English words first."


def submit(state: State, sentence: str, steps: int = 0) -> Turn:
    """Encode a sentence and decode `steps` rows of its translation. The one there is stays as it is."""
    if not sentence.strip():
        return Turn(state).set(line=sentence).tell(News.HINT, EMPTY_HINT)
    if state.wanted is not None and not steps and sentence == one_line(state.wanted.source):
        return Turn(state) if state.awaited else Turn(state).tell(News.ENCODED, sentence)
    if state.shown.uncomputed:
        return refused(state, state.shown.uncomputed)
    turn = Turn(state).do(Play(on=False)).set(line=sentence, typed=True)
    return turn.then(change, documents.go_to(fresh(state, sentence), steps), "New sentence")


def open_document(state: State, document: Document, view: ViewState, name: str = "Open session") -> Turn:
    """Look at a document and a view that were saved."""
    if only_steps(state, of_model(state, document)):
        return refused(state, state.shown.uncomputed)
    turn = Turn(state).do(Play(on=False)).set(typed=False)
    turn = turn.then(look, fitted(state, view)).then(change, document, name)
    return turn.set(view_before=state.view if turn.state.awaited else None)


def open_model(state: State, directory: Path, otherwise: Path | None = None) -> Turn:
    """Open another checkpoint; what was done with the one before is replayed as far as it can be."""
    return Turn(state).do(Play(on=False), Open(directory, otherwise))


def one_line(sentence: str) -> str:
    """A sentence as the line for it shows it."""
    return " ".join(sentence.splitlines())
