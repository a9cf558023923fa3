"""What is wanted in the place of what is shown: changing the document, undoing, giving up. Pure; no Qt.

A question is open (`state.awaited`) while the two differ. Where it fails or is given up, what is shown is wanted again,
with the history it had.
"""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.turns import Ask, Drop, News, Play, Tell, Turn, load, look, refused
from attention_viewer.viewer.intents.wishes import OfShown, OfWanted, Owed
from attention_viewer.viewer.state import history
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.loaded import NO_SENTENCE
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.state import STEPS, Forcing, State

READY = "Ready"
Outputs = tuple[tuple[int, How], ...]
"""Ids of tokens, and how each came to stand where it does."""
Granted = Turn | OfWanted | OfShown | Owed | Forcing | None


def granted(state: State, wish: Granted) -> Turn:
    """What an intent asked for is carried out."""
    match wish:
        case Turn():
            return wish
        case Forcing(sentence, target, outputs):
            return submit_forced(state, sentence, target, outputs)
        case Owed(steps):
            return Turn(state).set(owed=steps).tell(News.CHANGED)
        case OfWanted(document, name, run, plays):
            turn = Turn(state) if plays else Turn(state).do(Play(on=False))
            return turn.then(change, document, name, run)
        case OfShown():
            return _of_shown(state, wish)
        case None:
            return Turn(state)


def _of_shown(state: State, wish: OfShown) -> Turn:
    turn = Turn(state).do(Play(on=False))
    if wish.document != state.shown.document:
        turn = turn.then(stay).then(change, wish.document, wish.name, wish.run)
        if turn.state.wanted != of_model(state, wish.document):
            return turn
    return turn if wish.view is None or wish.view == turn.state.view else turn.then(look, wish.view)


def change(state: State, document: Document, name: str, run: Run | None = None) -> Turn:
    """Take another document in the place of the one wanted; `name` says what was done, for undoing it."""
    document = of_model(state, document)
    if only_steps(state, document):
        return refused(state, state.shown.uncomputed)
    turn = Turn(state).set(owed=0)
    if document == state.wanted and state.forcing is None:
        return turn.tell(News.CHANGED) if state.owed else turn
    if state.wanted is not None and document != state.wanted:
        recorded = history.record(state.history, name, state.wanted, run)
        turn = turn.set(history=history.trimmed(recorded, document))
    return turn.then(ask_for, document)


def of_model(state: State, document: Document) -> Document:
    """A document as one of the model that is open: it says which that is, and so does all that is asked of it."""
    info = state.shown.info
    if info is None or document.checkpoint == info.content_hash:
        return document
    return replace(document, checkpoint=info.content_hash)


def only_steps(state: State, document: Document) -> bool:
    """Whether a document cannot be had, because there are arrays that can be stepped through and no model."""
    shown = state.shown.document
    return bool(state.shown.uncomputed) and shown is not None and document != replace(shown, step=document.step)


def undo(state: State) -> Turn:
    """Take back the last change of the document, or what was asked for and is still awaited."""
    if not state.can_undo or state.wanted is None:
        return Turn(state)
    turn = Turn(state).do(Play(on=False))
    if state.forcing is not None:
        return turn.then(give_up)
    if state.owed and state.history.run != STEPS:
        return turn.set(owed=0).tell(News.CHANGED)
    document, left = history.undo(state.history, state.wanted)
    return turn.set(history=left, typed=False).then(ask_for, document)


def redo(state: State) -> Turn:
    """Make the change again that was taken back last."""
    if not state.can_redo or state.wanted is None:
        return Turn(state)
    document, left = history.redo(state.history, state.wanted)
    return Turn(state).do(Play(on=False)).set(history=left, typed=False).then(ask_for, document)


def give_up(state: State) -> Turn:
    """Wait no longer for what was asked for: what is on screen stands, with its history, its view and its sentence."""
    turn = Turn(state).do(Play(on=False)).then(stay).set(notice="", view_before=None)
    if state.view_before is not None:
        turn = turn.then(look, state.view_before)
    if state.shown.trace is None:
        turn = turn.then(load, replace(state.shown, document=None, waiting=NO_SENTENCE))
    source = turn.state.wanted.source if turn.state.wanted is not None else ""
    if state.typed:
        # What was typed may be wanted again, in other words: it is left in the line.
        turn = turn.set(line=source)
    elif source:
        turn = turn.then(tell_sentence, source)
    return turn.tell(News.STATUS, READY).then(refused, "")


def stay(state: State) -> Turn:
    """Want what is shown."""
    turn = Turn(state).do(Drop(), Tell(News.STATUS, (READY,))) if state.awaited else Turn(state)
    return turn.set(wanted=state.shown.document, history=state.settled, owed=0, forcing=None, awaited=False)


def ask_for(state: State, document: Document) -> Turn:
    """Want a document. One whose rows are those on screen needs no computing."""
    shown, document = state.shown.document, of_model(state, document)
    turn = tell_sentence(state, document.source)
    rows = (document.step, document.limit)
    if shown is None or rows != (shown.step, shown.limit) or not documents.continues(document, shown):
        return turn.set(wanted=document, forcing=None).then(_ask, Ask(document), document.source)
    # A step may have led past an end that was not known then: made again, it leads nowhere.
    settled = history.trimmed(state.history, document)
    turn = turn.then(stay).set(wanted=document, history=settled, settled=settled)
    return turn.then(load, replace(state.shown, document=document)).tell(News.TRACED)


def submit_forced(state: State, sentence: str, target: str, outputs: Outputs = ()) -> Turn:
    """Encode a sentence and let the decoder read `target` as its translation.

    `outputs` are the tokens known for the hypothesis that is left.
    """
    if state.shown.uncomputed:
        return refused(state, state.shown.uncomputed)
    turn = Turn(state).do(Play(on=False))
    same = state.wanted is not None and state.wanted.source == sentence
    if same and not state.awaits_another:
        turn = turn.then(stay)
    wanted = turn.state.wanted
    document = wanted if same and wanted is not None else fresh(state, sentence)
    forcing = Forcing(sentence, target, outputs if same else ())
    return turn.set(line=sentence, typed=True).then(force, forcing, document)


def force(state: State, forcing: Forcing, document: Document) -> Turn:
    """Want what teacher forcing makes of a document; only the answer tells."""
    question = Ask(of_model(state, document), forcing)
    return Turn(state).set(forcing=forcing).then(_ask, question, forcing.sentence)


def fresh(state: State, sentence: str) -> Document:
    """A document for a sentence: nothing chosen, no intervention; tokens are chosen in the way they were."""
    document = Document(sentence)
    return document if state.wanted is None else replace(document, decoding=state.wanted.decoding)


def tell_sentence(state: State, sentence: str) -> Turn:
    """Say which sentence is translated, where that is another than was typed or told last."""
    if sentence == state.line:
        return Turn(state)
    return Turn(state).set(line=sentence).tell(News.SENTENCE, sentence)


def _ask(state: State, question: Ask, sentence: str) -> Turn:
    turn = Turn(state).set(owed=0, view_before=None, awaited=True).do(question)
    if state.shown.trace is None:
        waiting = "Encoding the sentence …" if state.shown.info else "Your sentence is next: the model is loading …"
        turn = turn.then(load, replace(state.shown, sentence=sentence, waiting=Pending(waiting)))
    return turn.tell(News.CHANGED)
