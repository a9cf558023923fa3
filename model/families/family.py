"""Which family a checkpoint belongs to, and what every family knows. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.config import LARGEST_CONFIG
from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.json_file import read_json
from attention_viewer.model.families import marian
from attention_viewer.model.stored.entry import Entry

if TYPE_CHECKING:
    from attention_viewer.model.tokenizer import Tokenizer


@dataclass(frozen=True)
class Family:
    """What a family knows.

    `read` describes the model of a directory, from its files and what its weight files say of their tensors, and raises
    CheckpointError where they do not go together; `tokenizer` opens its vocabularies. `stored_names` says where our
    tensor of a name is stored: alternatives, each one name or several to be stacked.
    """

    name: str
    read: Callable[[Path, Mapping[str, Entry]], Description]
    tokenizer: Callable[[Path], Tokenizer]
    stored_names: Callable[[str, Architecture], list[tuple[str, ...]]]


MARIAN = Family("marian", marian.read, marian.tokenizer, marian.stored_names)
FAMILIES = {family.name: family for family in (MARIAN,)}


def family_of(directory: Path) -> Family:
    """The family of a checkpoint directory. One that is not known is Marian's, which says what it cannot read."""
    return FAMILIES.get(str(read_json(directory / "config.json", LARGEST_CONFIG).get("model_type")), MARIAN)


def described(directory: Path) -> Description:
    """The model of a checkpoint directory, by its configuration alone. Raises CheckpointError where it will not do."""
    return family_of(directory).read(directory, {})
