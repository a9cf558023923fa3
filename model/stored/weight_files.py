"""The weight files of a checkpoint: whole or in parts with an index, checked before torch and read with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attention_viewer.model.contract.errors import CheckpointError, quoted
from attention_viewer.model.contract.json_file import read_json
from attention_viewer.model.contract.plain_files import opened
from attention_viewer.model.stored import pickled, safetensors_header
from attention_viewer.model.stored.entry import MOST_TENSORS, Damaged, Entry, Refused

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
"""Names of the weight file, or of the index of its parts, the preferred one first."""
_MOST_PARTS = 200
_SAFE = ".safetensors"
_SIGNS = (
    (b"version https://git-lfs", "is a Git LFS pointer, not the weights themselves. Fetch them with 'git lfs pull'."),
    (b"<!doctype html", "is a web page, not the weights: the download did not work. Get the file again."),
    (b"<html", "is a web page, not the weights: the download did not work. Get the file again."),
    (b"\x89hdf", "holds the weights of TensorFlow. Get the model as model.safetensors."),
)


@dataclass(frozen=True)
class WeightFiles:
    """The first of the files, or their index, is what complaints name; `entries` says what they hold."""

    path: Path
    parts: tuple[Path, ...]
    entries: dict[str, Entry]

    @property
    def all(self) -> tuple[Path, ...]:
        """The index, where there is one, and every file."""
        return self.parts if self.path in self.parts else (self.path, *self.parts)


def weights_name(directory: Path) -> Path | None:
    """The file that holds the weights, or the index of its parts; None where there is none."""
    return next((directory / name for name in WEIGHTS if (directory / name).exists()), None)


def find(directory: Path) -> WeightFiles:
    """The weight files of a checkpoint and what is in them, by their own account. Torch-free.

    Raises CheckpointError where they are missing, damaged, or no weights.
    """
    path = weights_name(directory)
    if path is None:
        raise CheckpointError(f"The checkpoint {directory} has no {WEIGHTS[0]} or {WEIGHTS[2]}.")
    if path.suffix != ".json":
        return WeightFiles(path, (path,), _entries(path))
    where = _parts(path)
    parts = tuple(directory / name for name in sorted(set(where.values())))
    found = {part.name: _entries(part) for part in parts}
    for name, part in where.items():
        if name not in found[part]:
            raise CheckpointError(
                f"{directory / part} lacks the tensor {quoted(name)}, which {path.name} says is there."
            )
    return WeightFiles(path, parts, {name: found[part][name] for name, part in where.items()})


def read(files: WeightFiles) -> dict[str, Tensor]:
    """The tensors under the names they are stored with. Raises CheckpointError where a file is damaged."""
    tensors: dict[str, Tensor] = {}
    for part in files.parts:
        # The readers document no exception type, and a damaged file makes them raise nearly any.
        try:
            tensors.update(_read_safetensors(part) if part.suffix == _SAFE else _read_pickle(part))
        except Exception:
            raise _damaged(part, "its tensors cannot be read") from None
    return tensors


def _entries(path: Path) -> dict[str, Entry]:
    reader: Callable[[BinaryIO, int], dict[str, Entry]]
    reader = safetensors_header.entries if path.suffix == _SAFE else pickled.entries
    with opened(path) as file:
        size = file.seek(0, 2)
        file.seek(0)
        start = file.read(32).lower()
        file.seek(0)
        try:
            for sign, meaning in _SIGNS:
                if start.startswith(sign):
                    raise Refused(meaning)
            return reader(file, size)
        except Damaged as error:
            raise _damaged(path, str(error)) from None
        except Refused as error:
            raise CheckpointError(f"{path} {error}") from None


def _damaged(path: Path, why: str) -> CheckpointError:
    return CheckpointError(f"{path} is damaged or cut short: {why}. Get the file again.")


def _parts(path: Path) -> dict[str, str]:
    """Which file beside the index holds each tensor."""
    given = read_json(path).get("weight_map")
    where: dict[str, str] = given if isinstance(given, dict) and len(given) <= MOST_TENSORS else {}
    suffix = path.name.removesuffix(".index.json").rpartition(".")[2]
    if not where or not all(_is_name(part, suffix) for part in where.values()):
        raise CheckpointError(
            f"{path} is damaged: its weight_map must name a file of this directory for each tensor. Get the file again."
        )
    if len(set(where.values())) > _MOST_PARTS:
        raise CheckpointError(f"{path} names more than {_MOST_PARTS} files. Check what it is.")
    return where


def _is_name(part: object, suffix: str) -> bool:
    return isinstance(part, str) and Path(part).name == part and "\0" not in part and part.endswith(f".{suffix}")


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    return load_file(path)


def _read_pickle(path: Path) -> dict[str, Tensor]:
    import torch

    values: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return values
