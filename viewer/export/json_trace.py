"""A trace as one JSON object, for programs that do not read NumPy's files. The README documents its schema."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Booleans, DecodeStep, Floats, Token, Trace
from attention_viewer.viewer.export.npz import CONVENTION
from attention_viewer.viewer.export.words import WORDS, Word, words_of

FORMAT, WORD_FORMAT, VERSION = "attention-viewer trace", "attention-viewer trace of words", 1
DIGITS = 6
"""Decimals of a weight."""


def json_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The object as UTF-8."""
    values = {
        "format": FORMAT,
        "version": VERSION,
        "convention": CONVENTION,
        "meta": dict(meta),
        "source_tokens": [_token(token) for token in trace.source_tokens],
        "steps": [_step(step) for step in trace.steps],
        "attention": {each.kind: _weights(trace.weights(each.kind)) for each in trace.maps},
        "masked": {each.kind: _mask(trace.mask(each.kind)) for each in trace.maps},
    }
    return _encoded(values)


def word_json_bytes(trace: Trace, meta: Mapping[str, Any]) -> bytes:
    """The object of whole words as UTF-8: words in the place of tokens and steps, weights and masks likewise."""
    found = words_of(trace)
    outputs = zip(found.outputs, found.log_probabilities, strict=True)
    values = {
        "format": WORD_FORMAT,
        "version": VERSION,
        "convention": WORDS,
        "meta": dict(meta),
        "source_words": [{**_word(word), "characters": word.span} for word in found.source],
        "input_words": [_word(word) for word in found.inputs],
        "output_words": [{**_word(word), "log_probability": _number(value)} for word, value in outputs],
        "attention": {each.sides.kind: _weights(each.weights) for each in found.maps},
        "masked": {each.sides.kind: _mask(each.mask) for each in found.maps},
    }
    return _encoded(values)


def _encoded(values: Mapping[str, Any]) -> bytes:
    # Other than ASCII is escaped, because a sentence may hold what has no UTF-8 form.
    return (json.dumps(values, separators=(",", ":")) + "\n").encode("ascii")


def _word(word: Word) -> dict[str, Any]:
    return {"text": word.text, "pieces": word.pieces}


def _token(token: Token) -> dict[str, Any]:
    return {"id": token.id, "piece": token.piece, "text": token.text, "characters": token.span}


def _step(step: DecodeStep) -> dict[str, Any]:
    return {
        "reads": _token(step.reads),
        "output": _token(step.output),
        "how": None if math.isnan(step.log_probability) else step.how.value,
        "log_probability": _number(step.log_probability),
        "rank": None if math.isnan(step.log_probability) else step.rank,
        "candidates": [
            {"id": each.token.id, "piece": each.token.piece, "probability": _number(each.probability)}
            for each in step.candidates
        ],
    }


def _number(value: float) -> float | None:
    """JSON has no infinities."""
    return round(value, DIGITS) if math.isfinite(value) else None


def _weights(weights: Floats) -> list[Any]:
    rounded: list[Any] = np.round(weights.astype(np.float64), DIGITS).tolist()
    return rounded


def _mask(mask: Booleans | None) -> list[Any] | None:
    return None if mask is None else mask.tolist()
