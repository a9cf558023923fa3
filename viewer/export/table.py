"""A trace as a CSV table in long form: one line for each weight, for spreadsheets, R and pandas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Floats, Kind, Token, Trace

COLUMNS = (
    "kind",
    "layer",
    "head",
    "query_index",
    "query",
    "predicts",
    "key_index",
    "key",
    "weight",
    "masked",
    "interventions",
)
"""Layers, heads, queries and keys count from 0, as in the arrays; tokens are raw pieces.

`query` is the token that the row reads, `predicts` the one that stands after it ("" in the encoder). `interventions`
stands last, where readers that count columns do not meet it: what was changed in the model, the same on every line.
"""


def csv_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The table as UTF-8; `masked` is 1 where nothing may look. Of `meta` it holds the interventions alone."""
    changed = "; ".join(meta.get("interventions", ()))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in trace.maps:
        writer.writerows(_lines(trace, each.kind, changed))
    return buffer.getvalue().encode("utf-8", "replace")


def map_text(values: Floats, rows: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """One map as tab-separated text with its labels, for the clipboard."""
    lines = ["\t".join(("", *columns))]
    lines += ["\t".join((label, *(f"{value:.6f}" for value in row))) for label, row in zip(rows, values, strict=True)]
    return "\n".join(lines) + "\n"


def _lines(trace: Trace, kind: Kind, changed: str) -> Iterator[tuple[Any, ...]]:
    weights, mask = trace.weights(kind), trace.mask(kind)
    rows, predicted, columns = _tokens(trace, kind)
    for layer, head, query, key in np.ndindex(*weights.shape):
        yield (
            kind,
            layer,
            head,
            query,
            rows[query].piece,
            predicted[query].piece if predicted else "",
            key,
            columns[key].piece,
            f"{weights[layer, head, query, key]:.7g}",
            int(mask is not None and mask[query, key]),
            changed,
        )


def _tokens(trace: Trace, kind: Kind) -> tuple[tuple[Token, ...], tuple[Token, ...], tuple[Token, ...]]:
    """What the rows read, what they predict (nothing in the encoder), and the keys."""
    sides = trace.map(kind)
    return trace.tokens(sides.rows), trace.output_tokens if sides.decodes else (), trace.tokens(sides.columns)
