"""The header of a safetensors file, read and checked before anything else of it. Torch-free.

Eight bytes say how long it is; it is a JSON object of each tensor's type, shape and place, and the places fill the rest
of the file (https://github.com/huggingface/safetensors, "Format").
"""

from __future__ import annotations

from typing import Any, BinaryIO

from attention_viewer.model.contract.errors import quoted
from attention_viewer.model.contract.fields import parse
from attention_viewer.model.stored.entry import MOST_DIMENSIONS, MOST_TENSORS, Damaged, Entry

LARGEST_HEADER = 8_000_000
"""Bytes; 20,000 tensors take a fourth of it."""
_TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def entries(file: BinaryIO, size: int) -> dict[str, Entry]:
    """The tensors of an open file of `size` bytes. Raises Damaged where header and file contradict each other."""
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > size - 8:
        raise Damaged(f"it ends within its header, of {size:,} bytes")
    if length > LARGEST_HEADER:
        raise Damaged(f"its header has {length:,} bytes, more than {LARGEST_HEADER:,}")
    try:
        values = parse(file.read(length).decode("utf-8"))
    except ValueError:
        raise Damaged("its header is not JSON") from None
    if not isinstance(values, dict):
        raise Damaged("its header is no JSON object")
    values.pop("__metadata__", None)
    if len(values) > MOST_TENSORS:
        raise Damaged(f"it lists {len(values):,} tensors, more than {MOST_TENSORS:,}")
    found = {name: _entry(name, value) for name, value in values.items()}
    _check_places([found[name][1] for name in found], size - 8 - length)
    return {name: entry for name, (entry, _) in found.items()}


def _entry(name: str, value: Any) -> tuple[Entry, tuple[int, int]]:
    """A tensor and the half-open range of bytes where it lies."""
    try:
        entry = Entry(_TYPES.get(value["dtype"], str(value["dtype"])[:20]), tuple(value["shape"]))
        start, stop = value["data_offsets"]
        numbers = (*entry.shape, start, stop)
        fits = len(entry.shape) <= MOST_DIMENSIONS and all(type(each) is int and each >= 0 for each in numbers)
        known = value["dtype"] in _TYPES
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits or (known and entry.bytes != stop - start):
        raise Damaged(f"what its header says of {quoted(name, 100)} contradicts itself")
    return entry, (start, stop)


def _check_places(places: list[tuple[int, int]], size: int) -> None:
    """Refuse places that leave gaps, overlap, or do not end where the file does."""
    reached = 0
    for start, stop in sorted(places):
        if start != reached:
            raise Damaged("its tensors overlap, or leave gaps")
        reached = stop
    if reached != size:
        raise Damaged(f"its tensors take {reached:,} bytes and it has {size:,} for them")
