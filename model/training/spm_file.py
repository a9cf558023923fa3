"""The SentencePiece file format, as far as paths must be taken out of it. Torch-free.

A file is a protocol buffer: fields of a number, a kind and a value; kind 2 has a length. What the trainer was told
(field 2) and the normaliser (field 3) name files of the machine that made it.
"""

from __future__ import annotations

from collections.abc import Iterator

_TRAINER, _NORMALISER = 2, 3
_PATHS = {_TRAINER: (1, 2), _NORMALISER: (6,)}
"""Fields that hold paths: `input` and `model_prefix`, and `normalization_rule_tsv`."""


def without_paths(model: bytes) -> bytes:
    """The serialised model without the paths of files that it was made from."""
    parts: list[bytes] = []
    for number, whole, value in _fields(model):
        if number in _PATHS:
            kept = b"".join(each for inner, each, _ in _fields(value) if inner not in _PATHS[number])
            whole = _tag_and_length(number, len(kept)) + kept
        parts.append(whole)
    return b"".join(parts)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, all bytes, and the value's bytes of each field."""
    position = 0
    while position < len(message):
        tag, start = _whole_number(message, position)
        kind = tag & 7
        if kind == 2:
            length, start = _whole_number(message, start)
            stop = start + length
        elif kind == 0:
            _, stop = _whole_number(message, start)
        else:
            stop = start + (8 if kind == 1 else 4)
        yield tag >> 3, message[position:stop], message[start:stop]
        position = stop


def _whole_number(message: bytes, position: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where the next byte is."""
    value = shift = 0
    while True:
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def _tag_and_length(number: int, length: int) -> bytes:
    spelt = bytearray([number << 3 | 2])
    while length >= 0x80:
        spelt.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*spelt, length])
