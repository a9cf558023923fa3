"""What the model and its answers change. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import ModelInfo, Token
from attention_viewer.viewer.intents.looking import fitted
from attention_viewer.viewer.intents.turns import Afterwards, AskVocabulary, News, Play, Turn, load, look
from attention_viewer.viewer.intents.wanting import READY, ask_for, change, force, fresh, give_up, of_model
from attention_viewer.viewer.state import history
from attention_viewer.viewer.state.asked import Asked
from attention_viewer.viewer.state.history import History
from attention_viewer.viewer.state.loaded import LOADING, NO_SENTENCE, Loaded
from attention_viewer.viewer.state.replay import lost, replayed
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.state import STEP_BACK, STEPS, TEACHER, State, Traced


def model_loading(state: State, message: str) -> Turn:
    """The worker says what it is doing."""
    turn = Turn(state).tell(News.STATUS, message)
    if state.shown.trace is None and state.wanted is None:
        turn = turn.then(load, replace(state.shown, waiting=Pending(message)))
    return turn


def model_opened(state: State, info: ModelInfo) -> Turn:
    """The model is ready. Another one than before begins a history of its own."""
    before, forcing = state.shown.info, state.forcing
    turn = Turn(state)
    if before is not None and before.content_hash != info.content_hash:
        turn = turn.then(_replay_on, info)
    wanted = turn.state.wanted
    waiting: Pending | Unavailable = NO_SENTENCE if wanted is None and not state.awaited else LOADING
    sentence = state.shown.sentence if wanted is None else wanted.source
    opened = Loaded(info, sentence=sentence, waiting=waiting, d_model=info.architecture.d_model or state.shown.d_model)
    turn = turn.set(furthest=None, asked=Asked(state.asked.watched)).then(load, opened)
    turn = turn.then(look, fitted(turn.state, state.view))
    if wanted is not None:
        wanted = of_model(turn.state, wanted)
        turn = turn.set(wanted=wanted)
    turn = turn.tell(News.MODEL, info).tell(News.STATUS, READY).do(AskVocabulary())
    if forcing is not None:
        same = wanted is not None and wanted.source == forcing.sentence
        document = wanted if same and wanted is not None else fresh(turn.state, forcing.sentence)
        return turn.then(force, replace(forcing, outputs=()), document)
    return turn if wanted is None else turn.then(ask_for, wanted)


def model_failed(state: State, message: str) -> Turn:
    """The checkpoint could not be opened; a model opened before stays open."""
    turn = Turn(state)
    if state.shown.info is None:
        turn = turn.then(load, replace(state.shown, waiting=Unavailable(message)))
    return turn.tell(News.HINT, message).tell(News.STATUS, READY if state.shown.info else "No model")


def answered(state: State, traced: Traced, seconds: float) -> Turn:
    """Show a trace, which was computed within so many seconds."""
    steps = len(traced.trace.steps)
    document = documents.go_to(traced.document, steps)
    made = state.history
    if state.forcing is not None and state.wanted is not None:
        made = history.record(made, TEACHER, state.wanted)
    kept = history.trimmed(made, document)
    turn = Turn(state).set(
        wanted=document, history=kept, settled=kept, awaited=False, forcing=None, view_before=None, notice=""
    )
    turn = turn.set(view=replace(state.view, trial=None))
    turn = turn.tell(News.HINT, state.notice).tell(News.STATUS, READY)
    if traced.rows:
        turn = turn.tell(News.TIMED, f"{1000 * seconds / traced.rows:.1f} ms per step")
    turn = turn.then(_show_trace, traced, document).tell(News.TRACED)
    if state.shown.trace is None or state.shown.sentence != traced.document.source:
        turn = turn.tell(News.ENCODED, traced.document.source)
    if state.owed:
        back = documents.go_to(document, steps - state.owed)
        turn = turn.do(Afterwards(lambda now: change(now, back, STEP_BACK, STEPS)))
    return turn


def failed(state: State, message: str) -> Turn:
    """Say why there is no answer; what was there before stays."""
    return give_up(state).tell(News.HINT, message)


def vocabulary_known(state: State, vocabulary: tuple[Token, ...]) -> Turn:
    """The pieces of the target vocabulary can be looked through."""
    return load(state, replace(state.shown, vocabulary=vocabulary))


def _replay_on(state: State, info: ModelInfo) -> Turn:
    """Begin anew with what the document wanted has a counterpart for in another model."""
    turn = Turn(state).do(Play(on=False)).set(history=History(), settled=History())
    if state.wanted is None:
        return turn
    dropped = lost(state.wanted, info)
    said = f"{info.name} is another model. Left out, because it does not know them: {dropped}."
    return turn.set(notice=said if dropped else "", wanted=replayed(state.wanted, info))


def _show_trace(state: State, traced: Traced, document: documents.Document) -> Turn:
    """Show a trace, and the tokens after its last row that were computed before."""
    steps, furthest = len(traced.trace.steps), state.furthest
    continued = furthest is not None and documents.continues(furthest.document, traced.document)
    ahead: tuple[Token, ...] = ()
    if furthest is None or not continued or len(furthest.trace.steps) <= steps:
        furthest = traced
    else:
        ahead = furthest.trace.output_tokens[steps:]
    loaded = replace(
        state.shown,
        trace=traced.trace,
        sentence=traced.document.source,
        translation=traced.translation,
        ahead=ahead,
        document=document,
    )
    return Turn(state).set(furthest=furthest).then(load, loaded)
