"""Switching parts of the model, on what is wanted as long as that is the sentence shown. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract import hypotheses, interventions
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.viewer.intents.wishes import OfWanted, of_the_sentence
from attention_viewer.viewer.state.state import State


def heads(state: State, which: Sequence[HeadId], off: bool) -> OfWanted | None:
    """Switch heads off, or on again."""
    words = head_words(which[0]) if len(which) == 1 else f"{len(which)} heads"
    return _intervene(
        state, lambda now: interventions.switch_heads(now, which, off), f"Switch {'off' if off else 'on'} {words}"
    )


def only(state: State, which: Sequence[HeadId], name: str) -> OfWanted | None:
    """Switch the heads of a named set off, and all others on."""
    return _intervene(state, lambda now: replace(now, heads_off=frozenset(which)), f"Only ‘{name}’ off")


def selected_head(state: State) -> OfWanted | None:
    """Switch the head of the active panel off, or on again."""
    view, document = state.view, state.wanted
    if document is None:
        return None
    head = HeadId(view.active, view.heads[view.active].layer, view.heads[view.active].head)
    return heads(state, [head], head not in document.interventions.heads_off)


def selected_layer(state: State) -> OfWanted | None:
    """Switch all heads of the active panel's layer off; on again where all of them are off."""
    kind, document = state.view.active, state.wanted
    if document is None or state.shown.info is None:
        return None
    row = of_layer(state, kind, state.view.heads[kind].layer)
    return heads(state, row, not set(row) <= document.interventions.heads_off)


def encoder_positions(state: State, positions: str) -> OfWanted | None:
    """Positional encoding of the encoder: on, off or shuffled."""
    return _intervene(
        state, lambda now: replace(now, encoder_positions=Positions(positions)), f"Encoder positions {positions}"
    )


def decoder_positions(state: State, positions: str) -> OfWanted | None:
    """Positional encoding of the decoder: on, off or shuffled."""
    return _intervene(
        state, lambda now: replace(now, decoder_positions=Positions(positions)), f"Decoder positions {positions}"
    )


def shuffle_seed(state: State, seed: int) -> OfWanted | None:
    """Shuffle positions in another way."""
    return _intervene(state, lambda now: replace(now, shuffle_seed=seed), f"Shuffle with seed {seed}")


def causal_mask(state: State, on: bool) -> OfWanted | None:
    """The causal mask of the decoder, on or off; without it the whole translation is computed at once."""
    name = f"Causal mask {'on' if on else 'off'}"
    wish = _intervene(state, lambda now: replace(now, causal_mask=on), name)
    if wish is None or on:
        return wish
    return replace(wish, document=documents.go_to(wish.document, wish.document.limit))


def hide(state: State, position: int, hidden: bool) -> OfWanted | None:
    """Let nothing look at a source token, or let it be looked at again; positions count from 0."""
    tokens = state.shown.trace.source_tokens if state.shown.trace else ()
    text = tokens[position].text if position < len(tokens) else str(position + 1)
    name = f"{'Hide' if hidden else 'Show'} ‘{text}’"
    return _intervene(state, lambda now: interventions.hide(now, position, hidden), name)


def reset(state: State) -> OfWanted | None:
    """The model as it was trained."""
    return _intervene(state, lambda now: Interventions(), "Reset interventions")


def of_layer(state: State, kind: Kind, index: int) -> list[HeadId]:
    """The heads of a layer; none where no model is open."""
    count = state.shown.info.heads(kind)[1] if state.shown.info is not None else 0
    return [HeadId(kind, index, head) for head in range(count)]


def head_words(head: HeadId) -> str:
    """A head in words; layers and heads count from 1."""
    return f"{head.kind} layer {head.layer + 1} head {head.head + 1}"


def _intervene(state: State, change: Callable[[Interventions], Interventions], name: str) -> OfWanted | None:
    document = of_the_sentence(state)
    if document is None:
        return None
    after = change(document.interventions)
    return None if after == document.interventions else OfWanted(hypotheses.intervene(document, after), name)
