"""Choosing tokens, on what is shown. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract import hypotheses
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method, words
from attention_viewer.model.contract.document import Against, Document, way
from attention_viewer.model.contract.methods import CONTRAST
from attention_viewer.viewer.intents.turns import Turn, look, tried_no_more
from attention_viewer.viewer.intents.wishes import OfShown, on_screen
from attention_viewer.viewer.resolve.naming import told_apart
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.options import QUANTITY
from attention_viewer.viewer.state.results import BEAM
from attention_viewer.viewer.state.state import Forcing, State
from attention_viewer.viewer.state.view_state import choose

DRAWS = Run("Settings of sampling")


def force(state: State, token_id: int) -> OfShown | None:
    """Let a token stand at this step in place of the one that was chosen, and go on from there.

    The pieces that it was found among are those of the next step no more.
    """
    trace = state.shown.trace
    if trace is None or not trace.steps or not trace.causal or trace.steps[-1].output.id == token_id:
        return None
    document, known, place = on_screen(state), state.outputs, len(trace.steps) - 1
    if document is None:
        return None
    forced = hypotheses.force(document, known[:place], token_id, known[place:])
    name = f"Force ‘{_text(state, token_id)}’ at step {place + 1}"
    return OfShown(forced, name, view=replace(state.view, filter=""))


def contrast(state: State, token_id: int | None) -> OfShown | None:
    """Let maps show why the newest row's token, rather than another candidate (None: the best other one)."""
    document, trace = on_screen(state), state.shown.trace
    if document is None or trace is None or not trace.steps:
        return None
    row = len(trace.steps) - 1
    against = None if token_id is None else Against(row, token_id)
    if token_id == trace.steps[row].output.id:
        return None
    other = "the best other token" if token_id is None else f"‘{_text(state, token_id)}’"
    name = f"Contrast ‘{trace.steps[row].output.text}’ with {other}"
    view = choose(state.view, QUANTITY, CONTRAST)
    return OfShown(replace(document, against=against), name, view=view)


def contrasts(state: State) -> tuple[tuple[str, int | None], ...]:
    """What the newest row's token can be contrasted with: its words, and the token; nothing where there is no row."""
    trace = state.shown.trace
    if trace is None or not trace.steps:
        return ()
    step = trace.steps[-1]
    names = told_apart([each.token for each in step.candidates])
    named = (
        (f"{name}  {each.probability:.3f}", each.token.id)
        for each, name in zip(step.candidates, names, strict=True)
        if each.token.id != step.output.id
    )
    return (("the best other token of each row", None), *named)


def teacher_force(state: State, target: str) -> Forcing | None:
    """Let the decoder read a given translation of the sentence."""
    document = on_screen(state)
    return None if document is None else Forcing(document.source, target, tuple(state.outputs))


def choose_by(state: State, decoding: Decoding) -> OfShown | None:
    """Let free tokens be chosen in another way, greedily or by sampling."""
    document = on_screen(state)
    name = "Sample tokens" if decoding.method is Method.SAMPLING else "Choose tokens greedily"
    if document is None:
        return None
    return OfShown(hypotheses.decode_by(document, decoding, state.outputs), name)


def try_settings(state: State, decoding: Decoding) -> Turn:
    """Show how tokens would be drawn by settings, as long as a slider is dragged."""
    return look(state, replace(state.view, trial=decoding))


def draw_by(state: State, decoding: Decoding) -> Turn | OfShown | None:
    """Draw the tokens by these settings: where they are drawn already, in the place of the sample there is.

    What was tried is shown until the answer comes.
    """
    document = on_screen(state)
    if document is None or Method.SAMPLING not in (decoding.method, document.decoding.method):
        return None
    if way(decoding) == way(document.decoding):
        return tried_no_more(state)
    if decoding.method is not document.decoding.method:
        return choose_by(state, decoding)
    again = hypotheses.redrawn(document, decoding, state.outputs)
    return OfShown(again, f"Sample with {words(decoding)}", run=DRAWS)


def sample_again(state: State) -> OfShown | None:
    """Another sample, beside those there are: the next seed."""
    document = on_screen(state)
    if document is None:
        return None
    again = hypotheses.sample_again(document, state.outputs)
    return OfShown(again, f"Sample with seed {again.decoding.seed}")


def go_to_beam_node(state: State, node: int) -> OfShown | None:
    """Look at the attention of a hypothesis that beam search considered."""
    tree, document = state.shown.found(BEAM), on_screen(state)
    if tree is None or document is None:
        return None
    tokens = tree.path(node)
    by = replace(document.decoding, beam_width=tree.width)
    branch = hypotheses.branch(document, [(token.id, How.BEAM) for token in tokens], state.outputs, by)
    return OfShown(branch, f"Beam hypothesis ‘… {tokens[-1].text}’")


def searched(state: State, width: int) -> Document | None:
    """The document shown, to be searched with a beam of `width` hypotheses."""
    document = state.shown.document
    return None if document is None else replace(document, decoding=replace(document.decoding, beam_width=width))


def _text(state: State, token_id: int) -> str:
    vocabulary = state.shown.vocabulary
    return vocabulary[token_id].text if token_id < len(vocabulary) else f"token {token_id}"
