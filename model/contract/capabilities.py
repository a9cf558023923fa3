"""What can be done with a model, and why not where something cannot. Torch-free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from attention_viewer.model.contract.architecture import Architecture, PositionKind
from attention_viewer.model.contract.interventions import Interventions, Positions


class Capability(StrEnum):
    """Something the program offers for models that have what it takes."""

    ENCODER_POSITIONS_OFF = "encoder positions off"
    ENCODER_POSITIONS_SHUFFLED = "encoder positions shuffled"
    DECODER_POSITIONS_OFF = "decoder positions off"
    DECODER_POSITIONS_SHUFFLED = "decoder positions shuffled"
    HEADS_OFF = "heads off"
    HIDDEN_TOKENS = "hidden source tokens"
    CAUSAL_MASK_OFF = "causal mask off"
    BEAM_SEARCH = "beam search"
    INSIDE = "inside view"
    POSITION_FORMULAS = "formulas of the positional encoding"
    COMPUTING = "computing anything anew"


_TAKEN: tuple[tuple[Capability, Callable[[Interventions], bool]], ...] = (
    (Capability.ENCODER_POSITIONS_OFF, lambda now: now.encoder_positions == Positions.OFF),
    (Capability.ENCODER_POSITIONS_SHUFFLED, lambda now: now.encoder_positions == Positions.SHUFFLED),
    (Capability.DECODER_POSITIONS_OFF, lambda now: now.decoder_positions == Positions.OFF),
    (Capability.DECODER_POSITIONS_SHUFFLED, lambda now: now.decoder_positions == Positions.SHUFFLED),
    (Capability.HEADS_OFF, lambda now: bool(now.heads_off)),
    (Capability.HIDDEN_TOKENS, lambda now: bool(now.hidden)),
    (Capability.CAUSAL_MASK_OFF, lambda now: not now.causal_mask),
)
"""When interventions take a capability."""


@dataclass(frozen=True)
class Capabilities:
    """Everything is offered but what is `missing`, each with the reason as a sentence."""

    missing: tuple[tuple[Capability, str], ...] = ()

    def reason(self, capability: Capability) -> str:
        """Why the capability is missing; "" where it is offered."""
        return dict(self.missing).get(capability, "")

    def offers(self, capability: Capability) -> bool:
        """Whether the model has what the capability takes."""
        return not self.reason(capability)

    def against(self, changes: Interventions) -> str:
        """Why something cannot be changed in the model that is to be; "" where all of it can."""
        return next((why for each, takes in _TAKEN if takes(changes) and (why := self.reason(each))), "")


EVERYTHING = Capabilities()


def capabilities(architecture: Architecture) -> Capabilities:
    """What can be done with a model of this architecture."""
    match architecture.positions:
        case PositionKind.SINUSOIDAL:
            return EVERYTHING
        case PositionKind.LEARNED:
            reason = "The positions of this model are learned: no formula gives them."
            return Capabilities(((Capability.POSITION_FORMULAS, reason),))
        case PositionKind.RELATIVE:
            reason = "This model knows distances between tokens, not positions."
            missing = (
                Capability.ENCODER_POSITIONS_SHUFFLED,
                Capability.DECODER_POSITIONS_SHUFFLED,
                Capability.POSITION_FORMULAS,
            )
            return Capabilities(tuple((each, reason) for each in missing))
