"""Which character a byte piece (`<0xE4>`) belongs to: UTF-8 of some tokens in a row. Pure; no Qt, no torch."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.analysis.words import byte_of
from attention_viewer.model.contract.api import Token


def characters(tokens: Sequence[Token]) -> tuple[str, ...]:
    """What is said of each token: "byte 2 of 3 of ‘中’", or "" where it is no byte."""
    values = [byte_of(token) for token in tokens]
    said = ["" if value is None else "a byte of no character" for value in values]
    at = 0
    while at < len(values):
        first = values[at]
        length = 0 if first is None else _length(first)
        run = values[at : at + length]
        text = _decoded([value for value in run if value is not None]) if None not in run else ""
        if not length or not text:
            at += 1
            continue
        for place in range(length):
            said[at + place] = f"byte {place + 1} of {length} of ‘{text}’"
        at += length
    return tuple(said)


def _length(first: int) -> int:
    """How many bytes a character has that begins with this one; 0 where none does."""
    if first < 0x80:
        return 1
    return next((length for length, mark in ((2, 0xC0), (3, 0xE0), (4, 0xF0)) if first & _mask(length) == mark), 0)


def _mask(length: int) -> int:
    return 0xFF & ~(0xFF >> (length + 1))


def _decoded(values: Sequence[int]) -> str:
    try:
        text = bytes(values).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 and text.isprintable() else ""
