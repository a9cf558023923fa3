"""What is switched off or changed inside the model while it computes. Torch-free.

A head that is off: its output is zeroed before the output projection; its weights are still computed. A hidden
source token: no query, in the encoder or in cross-attention, may look at it. Positions off: nothing is added to
the embeddings. Positions shuffled: a position gets the encoding of another one. Causal mask off: decoder rows
see later tokens. Patched: a head's output, a layer's, or one position of a layer's is that of another trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.model.contract.fields import LARGEST_SEED, Fields
from attention_viewer.model.contract.maps import HeadId as HeadId
from attention_viewer.model.contract.maps import Kind, MapInfo

DECODER_BLOCK = 16
"""Decoder positions are shuffled within blocks of this many, because how many there will be is not known."""


MOST_PATCHES, MOST_DONOR_ROWS = 64, 2000
"""Patches that a file may hold, and rows that what it takes from may have."""


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
class Donor:
    """The trace that a patch takes from: a source, the ids that its rows predict, and what was changed in it."""

    source: str
    outputs: tuple[int, ...]
    interventions: Interventions


@dataclass(frozen=True)
class Patch:
    """What is taken from a donor, at the same place: all from 0.

    With a `head`, that head's output; without, what leaves the layer of the kind's rows (the encoder's, or the
    decoder's): at one `position` (row) of it, or at all that both have (None).
    """

    kind: Kind
    layer: int
    donor: Donor
    head: int | None = None
    position: int | None = None

    @property
    def place(self) -> tuple[Kind, int, int | None, int | None]:
        """Where it is put."""
        return self.kind, self.layer, self.head, self.position


@dataclass(frozen=True)
class Interventions:
    """Everything that is changed; nothing, unless told otherwise. `hidden` are source positions from 0.

    `patches` are applied in their order.
    """

    heads_off: frozenset[HeadId] = frozenset()
    hidden: frozenset[int] = frozenset()
    encoder_positions: Positions = Positions.ON
    decoder_positions: Positions = Positions.ON
    shuffle_seed: int = 1
    causal_mask: bool = True
    patches: tuple[Patch, ...] = ()

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


def with_patch(interventions: Interventions, patch: Patch) -> Interventions:
    """One more patch, in the place of one that stands there; what its donor took itself is not taken along."""
    donor = replace(patch.donor, interventions=replace(patch.donor.interventions, patches=()))
    return replace(interventions, patches=(*_others(interventions, patch), replace(patch, donor=donor)))


def without_patch(interventions: Interventions, patch: Patch) -> Interventions:
    """Without what is patched at a place."""
    return replace(interventions, patches=_others(interventions, patch))


def _others(interventions: Interventions, patch: Patch) -> tuple[Patch, ...]:
    return tuple(each for each in interventions.patches if each.place != patch.place)


def while_decoding(interventions: Interventions) -> Interventions:
    """What of the interventions bears on choosing tokens, in one form for all that come to the same.

    Without the causal mask nothing is decoded: rows are computed anew once the tokens stand.
    """
    shuffled = Positions.SHUFFLED in (interventions.encoder_positions, interventions.decoder_positions)
    seed = interventions.shuffle_seed if shuffled else NONE.shuffle_seed
    if interventions.causal_mask and seed == interventions.shuffle_seed:
        return interventions
    return replace(interventions, causal_mask=True, shuffle_seed=seed)


def while_encoding(interventions: Interventions, maps: Iterable[MapInfo]) -> Interventions:
    """What of the interventions bears on the encoder of a model with such maps, in one form for all that do alike."""
    kinds = {each.kind for each in maps if not each.decodes}
    return Interventions(
        heads_off=frozenset(head for head in interventions.heads_off if head.kind in kinds),
        hidden=interventions.hidden,
        encoder_positions=interventions.encoder_positions,
        shuffle_seed=interventions.shuffle_seed
        if interventions.encoder_positions is Positions.SHUFFLED
        else NONE.shuffle_seed,
        patches=interventions.patches,
    )


def to_json(interventions: Interventions) -> dict[str, Any]:
    """Plain JSON values, in an order of their own; `patches` only where there are any."""
    patches = {"patches": [_patch_to_json(each) for each in interventions.patches]} if interventions.patches else {}
    return {
        "heads_off": [[head.kind, head.layer, head.head] for head in sorted(interventions.heads_off)],
        "hidden": sorted(interventions.hidden),
        "encoder_positions": interventions.encoder_positions.value,
        "decoder_positions": interventions.decoder_positions.value,
        "shuffle_seed": interventions.shuffle_seed,
        "causal_mask": interventions.causal_mask,
        **patches,
    }


MOST_OFF = 20_000
"""Heads that can be off, and tokens that can be hidden, in a file."""


def from_json(values: Any, where: str = "The interventions") -> Interventions:
    """What `to_json` wrote. Raises InputError where a field is missing or means nothing."""
    given = Fields.of(where, values)
    return Interventions(
        heads_off=frozenset(
            _head(f"{where}, heads_off {number}", head)
            for number, head in enumerate(given.items("heads_off", MOST_OFF), 1)
        ),
        hidden=frozenset(given.wholes("hidden", most_items=MOST_OFF)),
        encoder_positions=given.word("encoder_positions", Positions),
        decoder_positions=given.word("decoder_positions", Positions),
        shuffle_seed=given.whole("shuffle_seed", most=LARGEST_SEED),
        causal_mask=given.flag("causal_mask"),
        patches=tuple(
            _patch(Fields.of(f"{where}, patches {number}", values), f"{where}, patches {number}")
            for number, values in enumerate(given.items("patches", MOST_PATCHES, []), 1)
        ),
    )


def _patch_to_json(patch: Patch) -> dict[str, Any]:
    donor = patch.donor
    return {
        "kind": patch.kind,
        "layer": patch.layer,
        "head": patch.head,
        "position": patch.position,
        "donor": {
            "source": donor.source,
            "outputs": list(donor.outputs),
            "interventions": to_json(replace(donor.interventions, patches=())),
        },
    }


def _patch(given: Fields, where: str) -> Patch:
    donor = given.part("donor")
    changed = from_json(donor.values.get("interventions"), f"{where}, interventions of the donor")
    if changed.patches:
        raise InputError(f"{where}: what a patch takes from may not be patched itself.")
    return Patch(
        given.text("kind"),
        given.whole("layer"),
        Donor(donor.text("source"), donor.wholes("outputs", most_items=MOST_DONOR_ROWS), changed),
        given.whole_or_none("head"),
        given.whole_or_none("position"),
    )


def _head(where: str, values: Any) -> HeadId:
    if not isinstance(values, list) or len(values) != len(HeadId._fields):
        raise InputError(f"{where} is {quoted(values)}; it must be a list of {', '.join(HeadId._fields)}.")
    given = Fields(where, dict(zip(HeadId._fields, values, strict=True)))
    return HeadId(given.text("kind"), given.whole("layer"), given.whole("head"))
