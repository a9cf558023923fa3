"""A whole trace to a file: NPZ, CSV (also compressed), JSON and HTML by suffix, written whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Trace
from attention_viewer.viewer.export.json_trace import json_bytes, word_json_bytes
from attention_viewer.viewer.export.npz import npz_bytes, word_npz_bytes
from attention_viewer.viewer.export.page import page_bytes
from attention_viewer.viewer.export.table import csv_bytes, word_csv_bytes
from attention_viewer.viewer.export.writing import ExportError, write_bytes

Encode = Callable[[Trace, Mapping[str, Any]], bytes]


def zipped_csv_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The table as UTF-8, compressed; the same bytes for the same table, so without a time."""
    return gzip.compress(csv_bytes(trace, meta), mtime=0)


def zipped_word_csv_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The table of whole words as UTF-8, compressed likewise."""
    return gzip.compress(word_csv_bytes(trace, meta), mtime=0)


WRITERS: Mapping[str, Encode] = MappingProxyType(
    {"npz": npz_bytes, "csv": csv_bytes, "csv.gz": zipped_csv_bytes, "json": json_bytes, "html": page_bytes}
)
"""Suffix -> the function that makes the file's content."""

WORD_WRITERS: Mapping[str, Encode] = MappingProxyType(
    {"npz": word_npz_bytes, "csv": word_csv_bytes, "csv.gz": zipped_word_csv_bytes, "json": word_json_bytes}
)
"""The same of whole words in the place of pieces."""


def suffix_of(name: str, known: Iterable[str] = WRITERS) -> str | None:
    """The suffix of `known` that a file's name ends in, in any case, without the dot; None where it has none."""
    plain = name.lower()
    return next((each for each in known if plain.endswith(f".{each}") and len(plain) > len(each) + 1), None)


def write_trace(path: Path, trace: Trace, meta: Mapping[str, Any], overwrite: bool = False) -> None:
    """Write a trace in the format its suffix names.

    Raises ExportError where the suffix is unknown, the file exists and may not be replaced, or it cannot be written.
    """
    suffix = suffix_of(path.name)
    if suffix is None:
        known = ", ".join(f".{each}" for each in WRITERS)
        raise ExportError(f"{path.name} has no data format: give it a name that ends in one of {known}.")
    write_bytes(path, WRITERS[suffix](trace, meta), overwrite)
