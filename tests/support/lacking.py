"""Models that lack something."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.architecture import PositionKind
from attention_viewer.model.contract.capabilities import Capabilities, Capability, capabilities
from support import traces


def with_positions(info: ModelInfo, positions: PositionKind) -> ModelInfo:
    """The same model, had it other positions."""
    made_of = replace(info.architecture, positions=positions)
    return replace(info, description=replace(info.description, architecture=made_of))


def reason(info: ModelInfo, capability: Capability) -> str:
    """Why a model lacks a capability, which it does."""
    why = capabilities(info.architecture).reason(capability)
    assert why.endswith(".")
    return why


@dataclass(frozen=True)
class Lacking(ModelInfo):
    """A model that lacks one thing, for the reason that it does."""

    lacked: Capability = Capability.COMPUTING

    @property
    def capabilities(self) -> Capabilities:
        """All but that."""
        return Capabilities(((self.lacked, f"no {self.lacked}"),))


def lacking(capability: Capability, info: ModelInfo | None = None) -> ModelInfo:
    """A model, the made-up one unless another is given, did it lack one thing."""
    known = info or traces.info()
    return Lacking(known.name, known.directory, known.content_hash, 0, known.description, lacked=capability)
