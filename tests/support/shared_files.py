"""Files of public checkpoints that are too large to be kept with the tests, used where they are at hand."""

from __future__ import annotations

from pathlib import Path

from support.checkpoints import ROOT


def shared(name: str) -> Path:
    """A folder in `shared`, beside the repository or further up; one that does not exist where there is none."""
    places = [parent / "shared" / name for parent in ROOT.parents]
    return next((place for place in places if place.is_dir()), ROOT.parent / "shared" / name)
