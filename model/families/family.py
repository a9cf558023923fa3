"""Which family a checkpoint belongs to, and what every family knows. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.config import LARGEST_CONFIG
from attention_viewer.model.contract.json_file import read_json
from attention_viewer.model.families import marian
from attention_viewer.model.stored.entry import Entry


@dataclass(frozen=True)
class Family:
    """What a family knows.

    `read` makes the architecture of a directory and what its weight files say of their tensors, and raises
    CheckpointError where they do not go together. `stored_names` says where our tensor of a name is stored:
    alternatives, each one name or several to be stacked.
    """

    name: str
    read: Callable[[Path, Mapping[str, Entry]], Architecture]
    stored_names: Callable[[str, Architecture], list[tuple[str, ...]]]


MARIAN = Family("marian", marian.read, marian.stored_names)
FAMILIES = {family.name: family for family in (MARIAN,)}


def family_of(directory: Path) -> Family:
    """The family of a checkpoint directory. One that is not known is Marian's, which says what it cannot read."""
    return FAMILIES.get(str(read_json(directory / "config.json", LARGEST_CONFIG).get("model_type")), MARIAN)
