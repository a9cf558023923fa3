"""Tables of what a picture shows: CSV and JSON, with what was changed in the model. No Qt, no torch."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Value = str | int | float | None
FORMAT, VERSION = "attention-viewer table", 1
DIGITS = 7
"""Significant digits of a number: more than float32 has."""


@dataclass(frozen=True)
class Table:
    """Lines of values under `columns`; None where there is nothing."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def csv_bytes(table: Table, meta: Mapping[str, Any]) -> bytes:
    """The table as UTF-8; of `meta` it holds the interventions alone, last, the same on every line."""
    changed = "; ".join(meta.get("interventions", ()))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*table.columns, "interventions"))
    writer.writerows((*map(_written, row), changed) for row in table.rows)
    return buffer.getvalue().encode("utf-8", "replace")


def json_bytes(table: Table, meta: Mapping[str, Any]) -> bytes:
    """One JSON object: `columns`, `rows` of as many values, and `meta`."""
    rows = [[_plain(value) for value in row] for row in table.rows]
    values = {"format": FORMAT, "version": VERSION, "meta": dict(meta), "columns": table.columns, "rows": rows}
    # Other than ASCII is escaped, because a sentence may hold what has no UTF-8 form.
    return (json.dumps(values, separators=(",", ":")) + "\n").encode("ascii")


ENCODERS: Mapping[str, Callable[[Table, Mapping[str, Any]], bytes]] = MappingProxyType(
    {"csv": csv_bytes, "json": json_bytes}
)
"""Suffix -> the function that makes the file's content."""


def _written(value: Value) -> Value:
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return "" if value is None else value


def _plain(value: Value) -> Value:
    """A value that JSON has: no infinities, and no more digits than are known."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
