"""The checkpoint directory: find, check, read and write the Hugging Face Marian layout.

Importing this module does not import torch, so that a directory can be checked before torch is needed.
Shape letters: D model width, V vocabulary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.description import Description
from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.contract.generation import GENERATION
from attention_viewer.model.contract.plain_files import opened
from attention_viewer.model.families.family import FAMILIES, Family, family_of
from attention_viewer.model.nn.computable import what_is_missing
from attention_viewer.model.nn.shapes import parameter_shapes
from attention_viewer.model.stored import weight_files
from attention_viewer.model.stored.entry import REAL, Entry
from attention_viewer.model.stored.weight_files import WEIGHTS, WeightFiles, weights_name
from attention_viewer.model.tokenizer import Tokenizer

if TYPE_CHECKING:
    from attention_viewer.model.nn.transformer import Transformer
    from torch import Tensor, dtype

REQUIRED = ("config.json", "vocab.json", "source.spm", "target.spm")

_COMPUTING = (*REQUIRED, "target_vocab.json", GENERATION)
_CHUNK = 1 << 20
_BIAS = "final_logits_bias"


@dataclass(frozen=True, eq=False)
class Examined:
    """A checkpoint whose files go together, before its weights are read.

    `sources` says which stored tensors, stacked, are each of the model's own.
    """

    family: Family
    description: Description
    tokenizer: Tokenizer
    files: WeightFiles
    sources: Mapping[str, tuple[str, ...]]


def check_checkpoint(directory: Path) -> None:
    """Raise CheckpointError for a directory without a model that can be opened, as `examine` does."""
    examine(directory)


def examine(directory: Path) -> Examined:
    """What a checkpoint directory holds, by all that can be known without torch.

    Raises one CheckpointError naming every required file that is missing, or what is damaged, does not go together,
    exceeds a limit or is not computed here.
    """
    _check_files(directory)
    family = family_of(directory)
    tokenizer = family.tokenizer(directory)
    files = weight_files.find(directory)
    description = family.read(directory, files.entries)
    architecture = description.architecture
    if missing := what_is_missing(architecture):
        raise CheckpointError(f"The checkpoint {directory} cannot be computed here: it has {missing}.")
    sources = {
        name: _sources(files, family.stored_names(name, architecture), shape)
        for name, shape in parameter_shapes(architecture).items()
    }
    return Examined(family, description, tokenizer, files, sources)


def content_hash(directory: Path) -> str:
    """SHA-256, in hexadecimal, of the files of `directory` that determine what the model computes."""
    digest = hashlib.sha256()
    paths = [directory / name for name in _COMPUTING if (directory / name).is_file()]
    weights = weight_files.find(directory).all if weights_name(directory) else ()
    for path in [*paths, *weights]:
        with opened(path) as file:
            digest.update(f"{path.name}\0{file.seek(0, 2)}\0".encode())
            file.seek(0)
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def load(directory: Path, examined: Examined | None = None) -> Transformer:
    """The model in a checkpoint directory, in float32 and ready to evaluate; `examined` where that is done already.

    Raises CheckpointError as `examine` does, and where weights are not finite numbers.
    """
    import torch
    from attention_viewer.model.nn.prepared import freeze
    from attention_viewer.model.nn.transformer import Transformer

    found = examined or examine(directory)
    tensors = weight_files.read(found.files)
    architecture = found.description.architecture
    with torch.device("meta"):
        model = Transformer(architecture)
    shapes = parameter_shapes(architecture)
    parameters = {
        name: _stacked(found.files.path, tensors, names) if names else torch.zeros(shapes[name])
        for name, names in found.sources.items()
    }
    model.load_state_dict(parameters, assign=True)
    model.tie_embeddings()
    freeze(model)
    return model


def write_weights(model: Transformer, directory: Path, stored_as: dtype | None = None) -> None:
    """Write `model.safetensors` as `transformers` would, in `stored_as` (float32 unless told otherwise)."""
    import torch
    from safetensors.torch import save_file

    family = FAMILIES[model.architecture.family]
    tensors: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        names = family.stored_names(name, model.architecture)[0]
        for stored_name, part in zip(names, tensor.chunk(len(names)), strict=True):
            kept = part[None] if stored_name == _BIAS else part
            tensors[stored_name] = kept.to(stored_as or torch.float32).contiguous().clone()
    path = directory / WEIGHTS[0]
    save_file(tensors, path, metadata={"format": "pt"})
    # The library lets only the owner read; the file shall be as open as its folder.
    path.chmod(directory.stat().st_mode & 0o666)


def _check_files(directory: Path) -> None:
    if not directory.is_dir():
        state = "is not a directory" if directory.exists() else "does not exist"
        raise CheckpointError(f"The checkpoint {directory} {state}. Choose a directory with a Marian model.")
    missing = [name for name in REQUIRED if not (directory / name).exists()]
    if weights_name(directory) is None:
        missing.append(f"{WEIGHTS[0]} or {WEIGHTS[2]}")
    if missing:
        raise CheckpointError(
            f"The checkpoint {directory} lacks {', '.join(missing)}. Choose a directory with a complete Marian model."
        )


def _sources(files: WeightFiles, alternatives: list[tuple[str, ...]], shape: tuple[int, ...]) -> tuple[str, ...]:
    """The first of the alternatives that is stored, each part of the shape it must have; none for a bias left out."""
    for names in alternatives:
        if names[0] in files.entries:
            part = (shape[0] // len(names), *shape[1:])
            for name in names:
                _check_entry(files, name, part)
            return names
    if alternatives[0][0] == _BIAS:
        return ()
    raise _missing(files, alternatives[0][0])


def _check_entry(files: WeightFiles, name: str, shape: tuple[int, ...]) -> None:
    entry: Entry | None = files.entries.get(name)
    if entry is None:
        raise _missing(files, name)
    allowed = (shape, (1, *shape)) if name == _BIAS else (shape,)
    if entry.shape not in allowed or entry.type not in REAL:
        raise CheckpointError(
            f"{files.path}: the tensor {name} is {entry}; config.json asks for real numbers {list(shape)}. "
            "The two files do not belong together."
        )


def _missing(files: WeightFiles, name: str) -> CheckpointError:
    return CheckpointError(f"{files.path} lacks the tensor {name}; it does not fit config.json.")


def _stacked(path: Path, tensors: Mapping[str, Tensor], names: tuple[str, ...]) -> Tensor:
    """Stored tensors on top of each other, in float32."""
    import torch

    parts = [_finite(path, tensors, name) for name in names]
    return torch.cat([part.flatten() if name == _BIAS else part for name, part in zip(names, parts, strict=True)])


def _finite(path: Path, tensors: Mapping[str, Tensor], name: str) -> Tensor:
    import torch

    tensor = tensors[name].to(torch.float32)
    if not bool(torch.isfinite(tensor).all()):
        count = int((~torch.isfinite(tensor)).sum())
        raise CheckpointError(
            f"{path}: {count:,} of the {tensor.numel():,} numbers of the tensor {name} are infinite, not a number, or "
            "too large for float32. Nothing can be computed with them: get the file again, or train anew."
        )
    return tensor
