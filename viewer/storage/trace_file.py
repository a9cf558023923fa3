"""Attention weights in files of this program or another one: .npz of NumPy, or .json. No Qt, no torch.

Weights stand under `encoder`, `decoder`, `cross` (or `encoder_self_attention`, ... as this program writes them), tokens
under `source_tokens` and `target_tokens` (or `input_tokens` and `output_tokens`). Nothing in a file is believed before
it is checked: no pickle is read, and nothing larger than can be shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
from attention_viewer.model.contract.api import Trace
from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.model.contract.fields import parse
from attention_viewer.model.contract.given import LARGEST, given_trace
from attention_viewer.model.contract.plain_files import content, opened
from numpy.lib import format as npy
from numpy.typing import NDArray

MOST_BYTES = 8 * LARGEST
"""Of one array, in double precision."""
MOST_ARRAYS = 100
LARGEST_JSON = 64 << 20
"""Bytes of a JSON file at most."""

_WEIGHTS = {
    "encoder": ("encoder", "encoder_self_attention"),
    "decoder": ("decoder", "decoder_self_attention"),
    "cross": ("cross", "cross_attention"),
}
_TEXTS = ("source_tokens", "target_tokens", "input_tokens", "output_tokens")


def read_trace(path: Path) -> Trace:
    """The trace in a file, of which probabilities are not read back.

    Raises InputError where it cannot be read, or holds no attention of its tokens.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path.name} has no format that can be read: it must end in {' or '.join(READERS)}.")
    found = read(path)
    weights = {kind: _first(found, names) for kind, names in _WEIGHTS.items()}
    try:
        return given_trace(**weights, source_tokens=_texts(found, "source_tokens"), target_tokens=_target_tokens(found))
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None


def _from_npz(path: Path) -> Mapping[str, Any]:
    wanted = {*_TEXTS, *(name for names in _WEIGHTS.values() for name in names)}
    try:
        with opened(path, error=InputError) as stream, ZipFile(stream) as file:
            if len(file.infolist()) > MOST_ARRAYS:
                raise InputError(f"{path.name} holds {len(file.infolist()):,} arrays; {MOST_ARRAYS} are read at most.")
            names = {name.removesuffix(".npy"): name for name in file.namelist() if name.endswith(".npy")}
            return {name: _array(file, names[name], path) for name in wanted & names.keys()}
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{path.name} is damaged, or no .npz file ({quoted(str(error))}).") from None


def _array(file: ZipFile, name: str, path: Path) -> NDArray[Any]:
    """One array, whose size and type are looked at before it is read."""
    with file.open(name) as stream:
        shape, _, kind = _header(stream)
    size = math.prod(shape) * kind.itemsize
    if kind.hasobject:
        raise InputError(f"{path.name}: {name} holds Python objects (a pickle), which are not read.")
    if size > MOST_BYTES or size > file.getinfo(name).file_size:
        raise InputError(f"{path.name}: {name} says that it has {size:,} bytes, more than can be shown or are there.")
    with file.open(name) as stream:
        found: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    return found


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    try:
        header = npy.read_array_header_1_0(stream) if version == (1, 0) else npy.read_array_header_2_0(stream)
    except Exception as error:
        # NumPy reads a header as Python's own parser does, which fails in many ways on nonsense.
        raise ValueError(f"a header that means nothing: {type(error).__name__}") from None
    if not all(type(length) is int and length >= 0 for length in header[0]):
        raise ValueError(f"the shape {header[0]}")
    return header


def _from_json(path: Path) -> Mapping[str, Any]:
    try:
        values = parse(content(path, LARGEST_JSON, InputError).decode("utf-8"))
    except ValueError as error:
        raise InputError(f"{path.name} is damaged, or no JSON ({quoted(str(error))}).") from None
    if not isinstance(values, dict):
        raise InputError(f"{path.name} must hold a JSON object with the weights and their tokens.")
    attention, steps = values.get("attention"), values.get("steps")
    inside = attention if isinstance(attention, dict) else {}
    rows = {}
    if isinstance(steps, list) and all(isinstance(step, dict) for step in steps):
        rows = {name: [step.get(side) for step in steps] for name, side in _SIDES.items()}
    return {**values, **inside, **rows}


_SIDES = {"input_tokens": "reads", "output_tokens": "output"}
READERS: Mapping[str, Callable[[Path], Mapping[str, Any]]] = {".npz": _from_npz, ".json": _from_json}


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if found.get(name) is not None), None)


def _target_tokens(found: Mapping[str, Any]) -> list[str]:
    """What the rows read, and what the last one predicts where that is known."""
    if found.get("target_tokens") is not None:
        return _texts(found, "target_tokens")
    return [*_texts(found, "input_tokens"), *_texts(found, "output_tokens")[-1:]]


def _texts(found: Mapping[str, Any], name: str) -> list[str]:
    given = found.get(name, [])
    values = given.tolist() if isinstance(given, np.ndarray) and given.ndim == 1 else given
    if not isinstance(values, list):
        raise InputError(f"{name} must be a list of texts, one a token.")
    return [each.get("piece", each) if isinstance(each, dict) else each for each in values]
