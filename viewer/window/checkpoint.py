"""What a window reckons with before its checkpoint is open."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.families.family import described
from attention_viewer.viewer.state.loaded import DEFAULT_D_MODEL


def d_model_of(model: Path) -> int:
    """The width of a checkpoint, or the usual one."""
    try:
        return described(model).architecture.d_model
    except CheckpointError:
        # The worker will say what is wrong with the checkpoint; the positional plots need some width meanwhile.
        return DEFAULT_D_MODEL
