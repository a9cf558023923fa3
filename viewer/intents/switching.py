"""Switching parts of the model, on what is wanted as long as that is the sentence shown. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract import hypotheses, interventions
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.viewer.intents.wishes import OfWanted, Refused, of_the_sentence
from attention_viewer.viewer.state.state import State


@dataclass(frozen=True)
class Offer:
    """What can be switched at a head: its words, which heads go off or on, and whether that would change anything."""

    words: str
    heads: tuple[HeadId, ...]
    off: bool
    possible: bool = True


def heads(state: State, which: Sequence[HeadId], off: bool) -> OfWanted | None:
    """Switch heads off, or on again."""
    words = head_words(which[0]) if len(which) == 1 else f"{len(which)} heads"
    return intervene(
        state, lambda now: interventions.switch_heads(now, which, off), f"Switch {'off' if off else 'on'} {words}"
    )


def head(state: State, kind: Kind, layer: int, index: int, off: bool) -> OfWanted | None:
    """Switch one head off, or on again; layer and head count from 0."""
    return heads(state, [HeadId(kind, layer, index)], off)


def only(state: State, which: Sequence[HeadId], name: str) -> OfWanted | None:
    """Switch the heads of a named set off, and all others on."""
    return intervene(state, lambda now: replace(now, heads_off=frozenset(which)), f"Only ‘{name}’ off")


def selected_head(state: State) -> OfWanted | None:
    """Switch the head of the active panel off, or on again."""
    view, document = state.view, state.wanted
    if document is None:
        return None
    head = view.heads[view.active].of(view.active)
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
    return intervene(
        state, lambda now: replace(now, encoder_positions=Positions(positions)), f"Encoder positions {positions}"
    )


def decoder_positions(state: State, positions: str) -> OfWanted | None:
    """Positional encoding of the decoder: on, off or shuffled."""
    return intervene(
        state, lambda now: replace(now, decoder_positions=Positions(positions)), f"Decoder positions {positions}"
    )


def shuffle_seed(state: State, seed: int) -> OfWanted | None:
    """Shuffle positions in another way."""
    return intervene(state, lambda now: replace(now, shuffle_seed=seed), f"Shuffle with seed {seed}")


def causal_mask(state: State, on: bool) -> OfWanted | None:
    """The causal mask of the decoder, on or off; without it the whole translation is computed at once."""
    name = f"Causal mask {'on' if on else 'off'}"
    wish = intervene(state, lambda now: replace(now, causal_mask=on), name)
    if wish is None or on:
        return wish
    return replace(wish, document=documents.go_to(wish.document, wish.document.limit))


def toggle_mask(state: State) -> OfWanted | None:
    """The causal mask of the decoder, off where it is on, and on where it is off."""
    return None if state.wanted is None else causal_mask(state, not state.wanted.interventions.causal_mask)


def hide(state: State, position: int, hidden: bool) -> OfWanted | None:
    """Let nothing look at a source token, or let it be looked at again; positions count from 0."""
    tokens = state.shown.trace.source_tokens if state.shown.trace else ()
    text = tokens[position].text if position < len(tokens) else str(position + 1)
    name = f"{'Hide' if hidden else 'Show'} ‘{text}’"
    return intervene(state, lambda now: interventions.hide(now, position, hidden), name)


def toggle_hidden(state: State, position: int) -> OfWanted | None:
    """Let nothing look at a source token, or let it be looked at again where nothing looks at it."""
    return None if state.wanted is None else hide(state, position, position not in state.wanted.interventions.hidden)


def intervene(state: State, change: Callable[[Interventions], Interventions], name: str) -> OfWanted | None:
    """Change what is switched. A translation that stands at its end is run to its end under the other conditions, too.

    That is at another step: what was cut short by one switch is whole again without it.
    """
    document = of_the_sentence(state)
    if document is None:
        return None
    after = change(document.interventions)
    if why := state.shown.capabilities.against(after):
        raise Refused(why)
    if after == document.interventions:
        return None
    changed = hypotheses.intervene(document, after)
    is_whole = state.end is not None and document.step >= state.end
    return OfWanted(documents.go_to(changed, changed.limit) if is_whole else changed, name)


def reset(state: State) -> OfWanted | None:
    """The model as it was trained."""
    return intervene(state, lambda now: Interventions(), "Reset interventions")


def offers(state: State, head: HeadId) -> tuple[Offer, ...]:
    """What can be switched at a head; nothing as long as there is no document."""
    if state.wanted is None:
        return ()
    row, off = of_layer(state, head.kind, head.layer), state.wanted.interventions.heads_off
    whole = f"all of {head.kind} layer {head.layer + 1}"
    return (
        Offer(f"Switch {'on' if head in off else 'off'} {head_words(head)}", (head,), head not in off),
        Offer(f"Switch off {whole}", row, True),
        Offer("Switch off all others of the layer", tuple(each for each in row if each != head), True),
        Offer(f"Switch on {whole}", row, False, possible=not off.isdisjoint(row)),
    )


def of_layer(state: State, kind: Kind, index: int) -> tuple[HeadId, ...]:
    """The heads of a layer; none where no model is open."""
    count = state.shown.info.heads(kind)[1] if state.shown.info is not None else 0
    return tuple(HeadId(kind, index, head) for head in range(count))


def head_words(head: HeadId) -> str:
    """A head in words; layers and heads count from 1."""
    return f"{head.kind} layer {head.layer + 1} head {head.head + 1}"
