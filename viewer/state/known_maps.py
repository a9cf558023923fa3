"""What maps to reckon with before a model is open. No Qt, no torch."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.contract.maps import EXPECTED, MapInfo


def known_maps(model: Path) -> tuple[MapInfo, ...]:
    """The maps of the model in a directory; the usual ones where it cannot be described, which is said later."""
    from attention_viewer.model.families.family import described

    try:
        return described(model).architecture.maps
    except CheckpointError:
        return EXPECTED
