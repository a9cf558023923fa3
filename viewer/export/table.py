"""A trace as a CSV table in long form: one line for each weight, for spreadsheets, R and pandas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Kind, Token, Trace
from attention_viewer.viewer.export.words import WordMap, words_of

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

`query` is the token that the row reads, `predicts` the one that stands after it ("" in the encoder). Of words, a row
that stands for several pieces has no `query`: they read parts of words. `interventions` stands last, where readers that
count columns do not meet it: what was changed in the model, the same on every line.
"""


def csv_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The table as UTF-8; `masked` is 1 where nothing may look. Of `meta` it holds the interventions alone."""
    return _table((_lines(trace, each.kind) for each in trace.maps), meta)


def word_csv_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The same table of whole words, as people read them."""
    return _table(map(_word_lines, words_of(trace).maps), meta)


def map_text(values: Floats, rows: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """One map as tab-separated text with its labels, for the clipboard."""
    lines = ["\t".join(("", *columns))]
    lines += ["\t".join((label, *(f"{value:.6f}" for value in row))) for label, row in zip(rows, values, strict=True)]
    return "\n".join(lines) + "\n"


Line = tuple[Any, ...]
"""What stands under COLUMNS, but for the last."""


def _table(maps: Iterable[Iterator[Line]], meta: Mapping[str, Any]) -> bytes:
    changed = "; ".join(meta.get("interventions", ()))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for lines in maps:
        writer.writerows((*line, changed) for line in lines)
    return buffer.getvalue().encode("utf-8", "replace")


def _lines(trace: Trace, kind: Kind) -> Iterator[Line]:
    rows, predicted, columns = ([token.piece for token in tokens] for tokens in _tokens(trace, kind))
    return _cells(kind, trace.weights(kind), trace.mask(kind), (rows, predicted or [""] * len(rows), columns))


def _word_lines(found: WordMap) -> Iterator[Line]:
    return _cells(found.sides.kind, found.weights, found.mask, (found.reads, found.predicts, found.columns))


def _cells(
    kind: Kind, weights: Floats, mask: Booleans | None, names: tuple[Sequence[str], Sequence[str], Sequence[str]]
) -> Iterator[Line]:
    """A line for each cell; `names` are what rows read, what they predict, and the keys."""
    reads, predicts, keys = names
    for layer, head, query, key in np.ndindex(*weights.shape):
        yield (
            kind,
            layer,
            head,
            query,
            reads[query],
            predicts[query],
            key,
            keys[key],
            f"{weights[layer, head, query, key]:.7g}",
            int(mask is not None and mask[query, key]),
        )


def _tokens(trace: Trace, kind: Kind) -> tuple[tuple[Token, ...], tuple[Token, ...], tuple[Token, ...]]:
    """What the rows read, what they predict (nothing in the encoder), and the keys."""
    sides = trace.map(kind)
    return trace.tokens(sides.rows), trace.output_tokens if sides.decodes else (), trace.tokens(sides.columns)
