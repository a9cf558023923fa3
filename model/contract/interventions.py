"""What is switched off or changed inside the model while it computes. Torch-free.

A head that is off: its output is zeroed before the output projection; its weights are still computed. A hidden
source token: no query, in the encoder or in cross-attention, may look at it. Positions off: nothing is added to
the embeddings. Positions shuffled: a position gets the encoding of another one. Causal mask off: decoder rows
see later tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.model.contract.fields import LARGEST_SEED, Fields
from attention_viewer.model.contract.maps import HeadId as HeadId

DECODER_BLOCK = 16
"""Decoder positions are shuffled within blocks of this many, because how many there will be is not known."""


class Positions(StrEnum):
    """What becomes of the positional encoding of the encoder or the decoder."""

    ON = "on"
    OFF = "off"
    SHUFFLED = "shuffled"


@dataclass(frozen=True)
class Placement:
    """Which row of the positional table each position gets."""

    positions: Positions = Positions.ON
    seed: int = 1
    block: int = DECODER_BLOCK

    def rows(self, start: int, stop: int) -> list[int] | None:
        """The table rows of positions `start` to `stop` (excluded); None where there are no encodings at all.

        Shuffling permutes the positions of each block; the permutation depends on the seed and the block only.
        """
        if self.positions is Positions.OFF:
            return None
        if self.positions is Positions.ON:
            return list(range(start, stop))
        orders = {
            index: np.random.default_rng([self.seed, index]).permutation(self.block)
            for index in range(start // self.block, max(stop - 1, 0) // self.block + 1)
        }
        return [
            int(self.block * (position // self.block) + orders[position // self.block][position % self.block])
            for position in range(start, stop)
        ]


@dataclass(frozen=True)
class Interventions:
    """Everything that is changed; nothing, unless told otherwise. `hidden` are source positions from 0."""

    heads_off: frozenset[HeadId] = frozenset()
    hidden: frozenset[int] = frozenset()
    encoder_positions: Positions = Positions.ON
    decoder_positions: Positions = Positions.ON
    shuffle_seed: int = 1
    causal_mask: bool = True

    def __bool__(self) -> bool:
        """True where anything is changed."""
        return self != replace(Interventions(), shuffle_seed=self.shuffle_seed)

    def encoder_placement(self, length: int) -> Placement:
        """Where the encoder's `length` tokens stand; shuffled among themselves."""
        return Placement(self.encoder_positions, self.shuffle_seed, max(length, 1))

    def decoder_placement(self) -> Placement:
        """Where the decoder's tokens stand."""
        return Placement(self.decoder_positions, self.shuffle_seed)


NONE = Interventions()


def switch_heads(interventions: Interventions, heads: Sequence[HeadId], off: bool) -> Interventions:
    """Some heads off, or on again; the others as they were."""
    changed = interventions.heads_off | set(heads) if off else interventions.heads_off - set(heads)
    return replace(interventions, heads_off=frozenset(changed))


def hide(interventions: Interventions, position: int, hidden: bool) -> Interventions:
    """A source token hidden, or visible again."""
    changed = interventions.hidden | {position} if hidden else interventions.hidden - {position}
    return replace(interventions, hidden=frozenset(changed))


def while_decoding(interventions: Interventions) -> Interventions:
    """What of the interventions bears on choosing tokens, in one form for all that come to the same.

    Without the causal mask nothing is decoded: rows are computed anew once the tokens stand.
    """
    shuffled = Positions.SHUFFLED in (interventions.encoder_positions, interventions.decoder_positions)
    seed = interventions.shuffle_seed if shuffled else NONE.shuffle_seed
    return replace(interventions, causal_mask=True, shuffle_seed=seed)


def to_json(interventions: Interventions) -> dict[str, Any]:
    """Plain JSON values, in an order of their own."""
    return {
        "heads_off": [[head.kind, head.layer, head.head] for head in sorted(interventions.heads_off)],
        "hidden": sorted(interventions.hidden),
        "encoder_positions": interventions.encoder_positions.value,
        "decoder_positions": interventions.decoder_positions.value,
        "shuffle_seed": interventions.shuffle_seed,
        "causal_mask": interventions.causal_mask,
    }


def from_json(values: Any, where: str = "The interventions") -> Interventions:
    """What `to_json` wrote. Raises InputError where a field is missing or means nothing."""
    given = Fields.of(where, values)
    return Interventions(
        heads_off=frozenset(
            _head(f"{where}, heads_off {number}", head) for number, head in enumerate(given.items("heads_off"), 1)
        ),
        hidden=frozenset(given.wholes("hidden")),
        encoder_positions=given.word("encoder_positions", Positions),
        decoder_positions=given.word("decoder_positions", Positions),
        shuffle_seed=given.whole("shuffle_seed", most=LARGEST_SEED),
        causal_mask=given.flag("causal_mask"),
    )


def _head(where: str, values: Any) -> HeadId:
    if not isinstance(values, list) or len(values) != len(HeadId._fields):
        raise InputError(f"{where} is {quoted(values)}; it must be a list of {', '.join(HeadId._fields)}.")
    given = Fields(where, dict(zip(HeadId._fields, values, strict=True)))
    return HeadId(given.text("kind"), given.whole("layer"), given.whole("head"))
