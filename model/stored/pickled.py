"""What a `pytorch_model.bin` says is in it: names, types and shapes, without torch and without running anything.

A pickle is a program that names what it wants called. Here only the few names that a table of tensors needs stand for
something, and that something is inert: a note of the tensor's type and shape. Any other name refuses the file.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, BinaryIO

from attention_viewer.model.contract.errors import quoted
from attention_viewer.model.stored.entry import MOST_DIMENSIONS, MOST_TENSORS, WIDTHS, Damaged, Entry, Refused
from attention_viewer.model.stored.zip_directory import files

LARGEST_PICKLE = 1_000_000
"""Bytes of the table of tensors at most; that of 100 layers on each side takes 600,000."""
_MOST_OPERATIONS = 400_000
_OLD_MAGIC = 0x1950A86A20F9469CFC6C
_STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}  # fmt: skip
_ODD = {
    "_rebuild_sparse_tensor": "a sparse tensor",
    "_rebuild_sparse_csr_tensor": "a sparse tensor",
    "_rebuild_meta_tensor_no_storage": "a tensor without numbers",
    "_rebuild_qtensor": "a quantised tensor",
    "_rebuild_device_tensor_from_numpy": "a tensor of another device",
}
_TRAINERS = ("state_dict", "model_state_dict", "model", "module", "optimizer", "epoch")


@dataclass(frozen=True, slots=True)
class _Type:
    """Stands for a class of storages."""

    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    type: str
    key: str
    numbers: int


@dataclass(frozen=True, slots=True)
class _Rebuild:
    """Stands for a function of torch that makes a tensor of a storage."""

    name: str

    def __call__(self, *given: Any) -> Any:
        if self.name == "_rebuild_parameter":
            return given[0]
        storage, offset, shape, strides = given[:4]
        numbers = (offset, *shape, *strides)
        if not isinstance(storage, _Storage) or not all(type(each) is int and each >= 0 for each in numbers):
            raise Damaged("a tensor in it is none")
        if len(shape) != len(strides) or len(shape) > MOST_DIMENSIONS:
            raise Damaged("a tensor in it has no shape")
        entry = Entry(storage.type, tuple(shape))
        last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides, strict=True))
        within = storage.numbers * WIDTHS[storage.type]
        if entry.bytes > within or (entry.bytes and last >= storage.numbers):
            raise Damaged(f"a tensor of {list(shape)} in it claims more numbers than are stored")
        return entry


class _Reader(pickle.Unpickler):
    """Reads a pickle with no more than the names of this module."""

    def __init__(self, file: BinaryIO, sizes: dict[str, int] | None) -> None:
        super().__init__(file)
        self._sizes = sizes
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What a name stands for; Refused for all that a table of tensors does not need."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor", "_rebuild_parameter"):
            return _Rebuild(name)
        if module in ("torch", "torch.storage") and name in _STORAGES:
            return _Type(_STORAGES[name])
        if module == "torch._utils" and name in _ODD:
            raise Refused(f"holds {_ODD[name]}: weights must be ordinary tensors. Save it anew as model.safetensors.")
        raise Refused(
            f"asks for {quoted(f'{module}.{name}', 100)[1:-1]}, which is no part of a table of tensors. Nothing of it "
            "was run. Get the model as model.safetensors."
        )

    def persistent_load(self, saved_id: Any) -> _Storage:
        """The storage that a tensor lies in; it is not larger than what the file has for it."""
        kind, of, key, _, numbers = saved_id[:5]
        if kind != "storage" or not isinstance(of, _Type) or type(key) is not str or type(numbers) is not int:
            raise Damaged("a tensor in it lies nowhere")
        storage = _Storage(of.name, key, numbers)
        if self._sizes is not None and numbers * WIDTHS[of.name] > self._sizes.get(f"data/{key}", -1):
            raise Damaged(f"the numbers of its tensor {quoted(key, 40)} are missing or cut short")
        self.storages[key] = storage
        return storage


def entries(file: BinaryIO, size: int) -> dict[str, Entry]:
    """The tensors of an open file of `size` bytes, of torch's zip format or the older one.

    Raises Damaged or Refused where it is anything else.
    """
    if file.read(4) == b"PK\x03\x04":
        return _of_zip(file, size)
    file.seek(0)
    return _of_older(file, size)


def _of_zip(file: BinaryIO, size: int) -> dict[str, Entry]:
    found = files(file, size)
    if "data.pkl" not in found:
        raise Refused("is a zip file without a table of tensors. Put the weights of a Marian model there.")
    if any(name.startswith("code/") for name in found):
        raise Refused("is a TorchScript program, not a table of tensors. Get the model as model.safetensors.")
    inside = found["data.pkl"]
    if inside.file_size > LARGEST_PICKLE:
        raise Damaged(f"its table of tensors has {inside.file_size:,} bytes, more than {LARGEST_PICKLE:,}")
    file.seek(inside.header_offset + 26)
    lengths = file.read(4)
    if len(lengths) < 4:
        raise Damaged("it ends within its table of tensors")
    file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), io.SEEK_CUR)
    data = io.BytesIO(file.read(inside.file_size))
    return _table(_value(data, {name: each.file_size for name, each in found.items()})[0])


def _of_older(file: BinaryIO, size: int) -> dict[str, Entry]:
    """Of the format before torch 1.6: five pickles, then the numbers."""
    data = io.BytesIO(file.read(LARGEST_PICKLE))
    magic, _ = _value(data, None)
    if magic != _OLD_MAGIC:
        _table(magic)
        raise Refused("is a plain pickle, not a file that torch wrote. Get the model as model.safetensors.")
    for _ in range(2):
        _value(data, None)
    table, storages = _value(data, None)
    _value(data, None)
    if sum(each.numbers * WIDTHS[each.type] for each in storages.values()) > size:
        raise Damaged(f"its tensors claim more bytes than the {size:,} that it has")
    return _table(table)


def _value(data: io.BytesIO, sizes: dict[str, int] | None) -> tuple[Any, dict[str, _Storage]]:
    """What the next pickle holds, and the storages that it names."""
    _look_over(data)
    reader = _Reader(data, sizes)
    try:
        return reader.load(), reader.storages
    except (Damaged, Refused):
        raise
    # A pickle that is none makes the reader raise nearly anything.
    except Exception:
        raise Damaged("its table of tensors cannot be read") from None


def _look_over(data: io.BytesIO) -> None:
    """Refuse what would take much memory to read; leaves the pickle unread."""
    begun, count = data.tell(), 0
    try:
        for operation, argument, _ in pickletools.genops(data):
            count += 1
            # The reader makes room for all places up to the one that is written to.
            is_far = operation.name.endswith("PUT") and isinstance(argument, int) and argument > _MOST_OPERATIONS
            if is_far or count > _MOST_OPERATIONS:
                raise Damaged("its table of tensors is too large")
    except Damaged:
        raise
    except Exception:
        raise Damaged("it is no table of tensors") from None
    data.seek(begun)


def _table(value: Any) -> dict[str, Entry]:
    if not isinstance(value, dict):
        raise Refused("does not hold a table of tensors. Put the weights of a Marian model there.")
    if len(value) > MOST_TENSORS:
        raise Damaged(f"it lists {len(value):,} tensors, more than {MOST_TENSORS:,}")
    if all(type(name) is str and isinstance(each, Entry) for name, each in value.items()):
        return dict(value)
    known = [name for name in _TRAINERS if name in value]
    if known:
        raise Refused(
            f"is what a trainer saved to go on with (it holds {', '.join(known)}), not a model. Write the model itself "
            "with save_pretrained."
        )
    raise Refused("holds other things than tensors. Put the weights of a Marian model there.")
