"""What can be done with a model, and why not where something cannot. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from attention_viewer.model.contract.architecture import Architecture, PositionKind


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


def capabilities(architecture: Architecture) -> Capabilities:
    """What can be done with a model of this architecture."""
    match architecture.positions:
        case PositionKind.SINUSOIDAL:
            return Capabilities()
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
