"""A trace as an NPZ file of plain arrays, for work in NumPy."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attention_viewer.model.analysis.words import grouped, merged, merged_mask, spelled
from attention_viewer.model.contract.api import Booleans, Kind, Token, Trace
from attention_viewer.model.contract.maps import MapInfo
from numpy.typing import NDArray

CONVENTION = (
    "rows are queries, columns are keys; decoder row t reads input_tokens[t] and predicts output_tokens[t]; "
    "masked cells are 0 in the weights and True in the masks; layers and heads count from 0"
)


def trace_arrays(trace: Trace, meta: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of the file.

    Weights [L, H, rows, columns], a mask [rows, columns] for each kind, tokens as raw pieces, `meta` as JSON text.
    """
    return {
        **{_array_name(each): trace.weights(each.kind) for each in trace.maps},
        **{f"{each.kind}_mask": _mask(trace, each.kind) for each in trace.maps},
        "source_tokens": _pieces(trace.source_tokens),
        "input_tokens": _pieces(trace.input_tokens),
        "output_tokens": _pieces(trace.output_tokens),
        "log_probabilities": trace.log_probabilities,
        "meta": np.array(json.dumps({**meta, "convention": CONVENTION}, ensure_ascii=False)),
    }


def npz_bytes(trace: Trace, meta: Mapping[str, Any], words: bool = False) -> bytes:
    """The file, with whole `words` in the place of pieces where asked; it loads with `allow_pickle=False`."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = word_arrays(trace, meta) if words else trace_arrays(trace, meta)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


WORDS = (
    "rows and columns are whole words: rows averaged, columns summed, a cell masked only where all its parts are; a "
    "decoder row stands for the word that its pieces predict, a decoder column for the word that was read; special "
    "tokens stand alone; log_probabilities are sums over a word's pieces; layers and heads count from 0"
)


def word_arrays(trace: Trace, meta: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of the file with whole words in the place of pieces: weights [L, H, rows, columns] and masks likewise.

    `source_words`, `input_words` (decoder columns) and `output_words` (decoder rows) are what they are.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for sides in trace.maps:
        rows = grouped(trace.output_tokens if sides.decodes else trace.tokens(sides.rows))
        columns = grouped(trace.tokens(sides.columns))
        arrays[_array_name(sides)] = merged(trace.weights(sides.kind), rows, columns)
        mask = merged_mask(_mask(trace, sides.kind), rows, columns)
        arrays[f"{sides.kind}_mask"] = np.zeros((len(rows), len(columns)), dtype=np.bool_) if mask is None else mask
    outputs = grouped(trace.output_tokens)
    logs = [float(trace.log_probabilities[list(group)].sum()) for group in outputs]
    return {
        **arrays,
        "source_words": _words(trace.source_tokens),
        "input_words": _words(trace.input_tokens),
        "output_words": _words(trace.output_tokens),
        "log_probabilities": np.array(logs, dtype=np.float32),
        "meta": np.array(json.dumps({**meta, "convention": WORDS}, ensure_ascii=False)),
    }


def _words(tokens: Sequence[Token]) -> NDArray[np.str_]:
    return np.array([spelled(tokens, group) for group in grouped(tokens)], dtype=np.str_)


def _array_name(sides: MapInfo) -> str:
    """`encoder_self_attention` for a map of one sentence with itself, `cross_attention` for one of two."""
    return f"{sides.kind}_attention" if sides.crosses else f"{sides.kind}_self_attention"


def _mask(trace: Trace, kind: Kind) -> Booleans:
    """The mask of a kind, all False where nothing is masked: a reader need not ask whether there is one."""
    mask = trace.mask(kind)
    return np.zeros(trace.weights(kind).shape[2:], dtype=np.bool_) if mask is None else mask


def _pieces(tokens: Sequence[Token]) -> NDArray[np.str_]:
    return np.array([token.piece for token in tokens], dtype=np.str_)
