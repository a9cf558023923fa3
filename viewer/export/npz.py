"""A trace as an NPZ file of plain arrays, for work in NumPy."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Token, Trace
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.export.words import WORDS, Word, words_of
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
        **{f"{each.kind}_mask": _whole(trace.mask(each.kind), trace.weights(each.kind)) for each in trace.maps},
        "source_tokens": _pieces(trace.source_tokens),
        "input_tokens": _pieces(trace.input_tokens),
        "output_tokens": _pieces(trace.output_tokens),
        "log_probabilities": trace.log_probabilities,
        "meta": np.array(json.dumps({**meta, "convention": CONVENTION}, ensure_ascii=False)),
    }


def npz_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The file; it loads with `allow_pickle=False`."""
    return _compressed(trace_arrays(trace, meta))


def word_npz_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The file of whole words; it loads with `allow_pickle=False`."""
    return _compressed(word_arrays(trace, meta))


def word_arrays(trace: Trace, meta: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of the file with whole words in the place of pieces: weights [L, H, rows, columns] and masks likewise.

    `source_words`, `input_words` (decoder columns) and `output_words` (decoder rows) are what they are.
    """
    found = words_of(trace)
    return {
        **{_array_name(each.sides): each.weights for each in found.maps},
        **{f"{each.sides.kind}_mask": _whole(each.mask, each.weights) for each in found.maps},
        "source_words": _texts(found.source),
        "input_words": _texts(found.inputs),
        "output_words": _texts(found.outputs),
        "log_probabilities": np.array(found.log_probabilities, dtype=np.float32),
        "meta": np.array(json.dumps({**meta, "convention": WORDS}, ensure_ascii=False)),
    }


def _compressed(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    named: dict[str, Any] = arrays
    np.savez_compressed(buffer, **named)
    return buffer.getvalue()


def _texts(words: Sequence[Word]) -> NDArray[np.str_]:
    return np.array([word.text for word in words], dtype=np.str_)


def _array_name(sides: MapInfo) -> str:
    """`encoder_self_attention` for a map of one sentence with itself, `cross_attention` for one of two."""
    return f"{sides.kind}_attention" if sides.crosses else f"{sides.kind}_self_attention"


def _whole(mask: Booleans | None, weights: Floats) -> Booleans:
    """A mask that is all False where nothing is masked: a reader need not ask whether there is one."""
    return np.zeros(weights.shape[2:], dtype=np.bool_) if mask is None else mask


def _pieces(tokens: Sequence[Token]) -> NDArray[np.str_]:
    return np.array([token.piece for token in tokens], dtype=np.str_)
