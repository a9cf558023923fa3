"""A trace as an NPZ file of plain arrays, for work in NumPy."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
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


def npz_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The file; it loads with `allow_pickle=False`."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = trace_arrays(trace, meta)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _array_name(sides: MapInfo) -> str:
    """`encoder_self_attention` for a map of one sentence with itself, `cross_attention` for one of two."""
    return f"{sides.kind}_attention" if sides.crosses else f"{sides.kind}_self_attention"


def _mask(trace: Trace, kind: Kind) -> Booleans:
    """The mask of a kind, all False where nothing is masked: a reader need not ask whether there is one."""
    mask = trace.mask(kind)
    return np.zeros(trace.weights(kind).shape[2:], dtype=np.bool_) if mask is None else mask


def _pieces(tokens: Sequence[Token]) -> NDArray[np.str_]:
    return np.array([token.piece for token in tokens], dtype=np.str_)
