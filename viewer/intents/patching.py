"""Taking from the other side of a comparison: a head's output, a layer's, or one position's residual. Pure; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.interventions import Donor, HeadId, Patch, with_patch, without_patch
from attention_viewer.model.contract.maps import Stream, named
from attention_viewer.viewer.intents.switching import intervene
from attention_viewer.viewer.intents.wishes import OfWanted
from attention_viewer.viewer.state.conditions import patch_words
from attention_viewer.viewer.state.state import State


@dataclass(frozen=True)
class Offer:
    """What can be taken from B: its words, and the patch."""

    words: str
    patch: Patch


def offers(state: State, head: HeadId) -> tuple[Offer, ...]:
    """What can be taken from B at a head: its output and its layer's; nothing while nothing is compared."""
    found = donor(state)
    if found is None:
        return ()
    side = named(state.shown.maps, head.kind).stack
    return (
        Offer(f"Take the output of {head.kind} layer {head.layer + 1} head {head.head + 1} from B", _head(head, found)),
        Offer(f"Take the output of {side} layer {head.layer + 1} from B", Patch(head.kind, head.layer, found)),
    )


def position_offers(state: State, head: HeadId) -> tuple[Offer, ...]:
    """What leaves the layer of a head at each position that A and B both have."""
    found, other, trace = donor(state), state.shown.results.other, state.shown.trace
    if found is None or other is None or trace is None:
        return ()
    sides = named(trace.maps, head.kind)
    stream, side = sides.rows, sides.stack
    mine, theirs = (_texts(each, stream) for each in (trace, other.trace))
    return tuple(
        Offer(
            f"{side} layer {head.layer + 1}, position {position + 1}: ‘{own}’ gets that of ‘{given}’",
            Patch(head.kind, head.layer, found, position=position),
        )
        for position, (own, given) in enumerate(zip(mine, theirs, strict=False))
    )


def donor(state: State) -> Donor | None:
    """What B is, as patches take from it; None where nothing is compared."""
    other = state.shown.results.other
    if other is None or other.document is None:
        return None
    outputs = tuple(token.id for token in other.trace.output_tokens)
    return Donor(other.sentence, outputs, other.document.interventions)


def take(state: State, patch: Patch) -> OfWanted | None:
    """Put in what a patch takes, in the place of what was taken there before."""
    return intervene(state, lambda now: with_patch(now, patch), f"Take {patch_words(patch, state.shown.maps)}")


def give_back(state: State, patch: Patch) -> OfWanted | None:
    """Take nothing at the place of a patch any more."""
    return intervene(state, lambda now: without_patch(now, patch), f"Give back {patch_words(patch, state.shown.maps)}")


def _head(head: HeadId, found: Donor) -> Patch:
    return Patch(head.kind, head.layer, found, head=head.head)


def _texts(trace: Trace, stream: Stream) -> tuple[str, ...]:
    return tuple(token.text for token in trace.tokens(stream))
