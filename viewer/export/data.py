"""A whole trace to a file: NPZ, CSV, JSON and HTML by suffix, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Trace
from attention_viewer.viewer.export.json_trace import json_bytes
from attention_viewer.viewer.export.npz import npz_bytes
from attention_viewer.viewer.export.page import page_bytes
from attention_viewer.viewer.export.table import csv_bytes
from attention_viewer.viewer.export.writing import ExportError, write_bytes

Encode = Callable[[Trace, Mapping[str, Any]], bytes]

WRITERS: Mapping[str, Encode] = MappingProxyType(
    {"npz": npz_bytes, "csv": csv_bytes, "json": json_bytes, "html": page_bytes}
)
"""Suffix -> the function that makes the file's content."""


def write_trace(path: Path, trace: Trace, meta: Mapping[str, Any], overwrite: bool = False) -> None:
    """Write a trace in the format its suffix names.

    Raises ExportError where the suffix is unknown, the file exists and may not be replaced, or it cannot be written.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in WRITERS:
        known = ", ".join(f".{each}" for each in WRITERS)
        raise ExportError(f"{path.name} has no data format: give it a name that ends in one of {known}.")
    write_bytes(path, WRITERS[suffix](trace, meta), overwrite)
