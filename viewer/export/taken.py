"""What each exportable takes of a model. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping

from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.viewer.state import exportables
from attention_viewer.viewer.state.exportables import Exportable

_INSIDE = (
    exportables.ARCHITECTURE,
    exportables.CELL,
    exportables.RESIDUAL,
    exportables.FFN,
    exportables.EMBEDDING,
    exportables.WORD,
    exportables.LOGIT_LENS,
    exportables.DECODER_LENS,
)
_TAKEN: Mapping[str, Capability] = {
    exportables.POSITIONS: Capability.POSITION_FORMULAS,
    exportables.ROTATION: Capability.POSITION_FORMULAS,
    exportables.LAYOUTS: Capability.POSITION_FORMULAS,
    exportables.BEAM_TREE: Capability.BEAM_SEARCH,
    exportables.RANKED_HEADS: Capability.HEADS_OFF,
    **dict.fromkeys(_INSIDE, Capability.INSIDE),
}


def taken(what: Exportable) -> Capability | None:
    """The capability without which there is nothing to export; None where any model will do, or arrays of weights."""
    return _TAKEN.get(what.name, Capability.COMPUTING if what.takes_model else None)
