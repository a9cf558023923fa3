"""The checkpoint directory: find, check, read and write the Hugging Face Marian layout.

Importing this module does not import torch, so that a directory can be checked before torch is needed.
Shape letters: D model width, V vocabulary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.families.family import FAMILIES, family_of
from attention_viewer.model.nn.computable import what_is_missing

if TYPE_CHECKING:
    from attention_viewer.model.nn.transformer import Transformer
    from torch import Tensor, dtype

REQUIRED = ("config.json", "vocab.json", "source.spm", "target.spm")
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Names of the weight file, the preferred one first."""

_COMPUTING = (*REQUIRED, "target_vocab.json", "generation_config.json")
_CHUNK = 1 << 20


def check_checkpoint(directory: Path) -> None:
    """Raise one CheckpointError naming every required file that `directory` lacks."""
    if not directory.is_dir():
        state = "is not a directory" if directory.exists() else "does not exist"
        raise CheckpointError(f"The checkpoint {directory} {state}. Choose a directory with a Marian model.")
    missing = [name for name in REQUIRED if not (directory / name).is_file()]
    if weights_file(directory) is None:
        missing.append(" or ".join(WEIGHTS))
    if missing:
        raise CheckpointError(
            f"The checkpoint {directory} lacks {', '.join(missing)}. Choose a directory with a complete Marian model."
        )


def weights_file(directory: Path) -> Path | None:
    """The file that holds the weights, None where there is none."""
    return next((directory / name for name in WEIGHTS if (directory / name).is_file()), None)


def content_hash(directory: Path) -> str:
    """SHA-256, in hexadecimal, of the files of `directory` that determine what the model computes."""
    digest = hashlib.sha256()
    paths = [directory / name for name in _COMPUTING if (directory / name).is_file()]
    weights = weights_file(directory)
    for path in [*paths, *([weights] if weights else [])]:
        try:
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from None
    return digest.hexdigest()


def read_weights(directory: Path) -> dict[str, Tensor]:
    """The tensors of the weight file under their Marian names, as they are stored.

    A `pytorch_model.bin` is read with `weights_only=True`: it can hold tensors, never code to run.
    Raises CheckpointError where the file is missing or damaged.
    """
    path = weights_file(directory)
    if path is None:
        raise CheckpointError(f"The checkpoint {directory} has no {' or '.join(WEIGHTS)}.")
    # The readers document no exception type, and a damaged file makes them raise nearly any.
    try:
        tensors = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickle(path)
    except Exception as error:
        raise CheckpointError(
            f"{path} is damaged or cut short ({_first_line(error)}). Download or copy the file again."
        ) from None
    return tensors


def load(directory: Path) -> Transformer:
    """The model in a checkpoint directory, in float32 and ready to evaluate.

    Raises CheckpointError where a file is missing or damaged, a tensor is missing or has the wrong shape, or the
    architecture is not computed here.
    """
    import torch
    from attention_viewer.model.nn.prepared import freeze
    from attention_viewer.model.nn.transformer import Transformer

    check_checkpoint(directory)
    family = family_of(directory)
    tensors = read_weights(directory)
    architecture = family.read(directory, tensors)
    if missing := what_is_missing(architecture):
        raise CheckpointError(f"The checkpoint {directory} cannot be computed here: it has {missing}.")
    stored = _Stored(weights_file(directory) or directory, tensors)
    with torch.device("meta"):
        model = Transformer(architecture)
    parameters = {
        name: stored.take(family.stored_names(name, architecture), tuple(expected.shape))
        for name, expected in model.state_dict().items()
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
            kept = part[None] if stored_name == "final_logits_bias" else part
            tensors[stored_name] = kept.to(stored_as or torch.float32).contiguous().clone()
    path = directory / WEIGHTS[0]
    save_file(tensors, path, metadata={"format": "pt"})
    # The library lets only the owner read; the file shall be as open as its folder.
    path.chmod(directory.stat().st_mode & 0o666)


class _Stored:
    """Stored tensors that are asked for by name and shape; every complaint names both."""

    def __init__(self, path: Path, tensors: Mapping[str, Tensor]) -> None:
        self._path = path
        self._tensors = tensors

    def take(self, alternatives: list[tuple[str, ...]], shape: tuple[int, ...]) -> Tensor:
        """The first of the alternatives that is stored, its parts stacked to `shape`, in float32."""
        import torch

        for names in alternatives:
            if names[0] in self._tensors:
                part = (shape[0] // len(names), *shape[1:])
                return torch.cat([self._part(name, part) for name in names])
        if alternatives[0][0] == "final_logits_bias":
            return torch.zeros(shape)
        raise self._missing(alternatives[0][0])

    def _part(self, name: str, shape: tuple[int, ...]) -> Tensor:
        import torch

        if name not in self._tensors:
            raise self._missing(name)
        tensor = self._tensors[name]
        if name == "final_logits_bias" and tensor.dim() == 2:
            tensor = tensor[0]
        if tuple(tensor.shape) != shape or not tensor.is_floating_point():
            raise CheckpointError(
                f"{self._path}: the tensor {name} is {tensor.dtype} {list(tensor.shape)}; "
                f"config.json asks for real numbers {list(shape)}. The two files do not belong together."
            )
        return tensor.to(torch.float32)

    def _missing(self, name: str) -> CheckpointError:
        return CheckpointError(f"{self._path} lacks the tensor {name}; it does not fit config.json.")


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    return load_file(path)


def _read_pickle(path: Path) -> dict[str, Tensor]:
    import torch

    values = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(values, dict) or not all(isinstance(value, torch.Tensor) for value in values.values()):
        raise ValueError("it does not hold a table of tensors")
    return values


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__
