"""The options that change something inside the model: heads off, positions off or shuffled.

Importing this module imports neither Qt, torch nor NumPy.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import STACKS, named
from attention_viewer.viewer.cli.heads import Numbers, head_ids
from attention_viewer.viewer.cli.option_types import listed, numbers, whole

if TYPE_CHECKING:
    from attention_viewer.model.contract.interventions import Interventions

ON, OFF, SHUFFLED = "on", "off", "shuffled"
CHANGES = (OFF, SHUFFLED)
FIRST_SEED = 1
NAMES = ("heads_off", "positions", "shuffle_seed")
"""Names of the values."""


@dataclass(frozen=True)
class HeadsOff:
    """Some heads of a kind; layers and heads count from 1, None is all of them."""

    kind: str
    layers: Numbers
    heads: Numbers


@dataclass(frozen=True)
class Conditions:
    """What is changed inside the model, whichever model it will be."""

    heads_off: tuple[HeadsOff, ...] = ()
    encoder_positions: str = ON
    decoder_positions: str = ON
    shuffle_seed: int = FIRST_SEED

    def __bool__(self) -> bool:
        """True where anything is changed."""
        return bool(self.heads_off) or {self.encoder_positions, self.decoder_positions} != {ON}

    def interventions(self, model: Architecture) -> Interventions:
        """What is changed in a model. Raises InputError where it has no such layer or head, or lacks what it takes."""
        from attention_viewer.model.contract.capabilities import capabilities
        from attention_viewer.model.contract.interventions import Interventions, Positions

        off = frozenset(
            head for each in self.heads_off for head in head_ids(named(model.maps, each.kind), each.layers, each.heads)
        )
        changes = Interventions(
            off,
            encoder_positions=Positions(self.encoder_positions),
            decoder_positions=Positions(self.decoder_positions),
            shuffle_seed=self.shuffle_seed,
        )
        if missing := capabilities(model).against(changes):
            raise InputError(missing)
        return changes


UNCHANGED = Conditions()


def add_conditions(parser: argparse.ArgumentParser) -> None:
    """The options."""
    group = parser.add_argument_group("what is changed inside the model")
    group.add_argument(
        "--heads-off",
        metavar="KIND:LAYER[:HEAD]",
        type=heads_off,
        action="append",
        help="switch heads off, such as cross:4:8, encoder:1:1-3 or decoder:2 for a whole layer; may be repeated",
    )
    group.add_argument(
        "--positions",
        metavar="|".join(CHANGES),
        type=positions,
        action="append",
        help="positional encoding, in both stacks; encoder:off or decoder:shuffled changes one of them",
    )
    group.add_argument(
        "--shuffle-seed",
        metavar="N",
        type=whole("--shuffle-seed", 0),
        help="order of shuffled positions, 1 if left out",
    )


def conditions(values: argparse.Namespace) -> Conditions:
    """The options that were given. Raises InputError where they do not go together."""
    sides: dict[str, str] = {}
    for side, change in (pair for each in values.positions or () for pair in each):
        if sides.setdefault(side, change) != change:
            raise InputError(f"--positions says two things of the {side}: leave one of them out.")
    if values.shuffle_seed is not None and SHUFFLED not in sides.values():
        raise InputError("--shuffle-seed goes with shuffled positions: add --positions shuffled, or leave it out.")
    return Conditions(
        tuple(values.heads_off or ()),
        sides.get("encoder", ON),
        sides.get("decoder", ON),
        FIRST_SEED if values.shuffle_seed is None else values.shuffle_seed,
    )


def heads_off(value: str) -> HeadsOff:
    """The heads that `cross:4:8` means."""
    kind, *places = value.split(":")
    if not kind or not 1 <= len(places) <= 2:
        raise InputError(f"--heads-off takes kind, layer and head, such as cross:4:8; {value!r} is none.")
    layers, *heads = (numbers("--heads-off")(place) for place in places)
    return HeadsOff(kind, layers, heads[0] if heads else None)


def positions(value: str) -> list[tuple[str, str]]:
    """What `off`, or `encoder:off`, says of each side."""
    side, _, change = value.rpartition(":")
    if change not in CHANGES or side not in ("", *STACKS):
        raise InputError(
            f"--positions cannot be {value!r}: choose {listed(CHANGES)}, for one side after encoder: or decoder:."
        )
    return [(each, change) for each in STACKS if side in ("", each)]
