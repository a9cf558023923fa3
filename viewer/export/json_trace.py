"""A trace as one JSON object, for programs that do not read NumPy's files. The README documents its schema."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import DecodeStep, Floats, Kind, Token, Trace
from attention_viewer.viewer.export.npz import CONVENTION

FORMAT, VERSION = "attention-viewer trace", 1
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
        "masked": {each.kind: _mask(trace, each.kind) for each in trace.maps},
    }
    # Other than ASCII is escaped, because a sentence may hold what has no UTF-8 form.
    return (json.dumps(values, separators=(",", ":")) + "\n").encode("ascii")


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


def _mask(trace: Trace, kind: Kind) -> list[Any] | None:
    mask = trace.mask(kind)
    return None if mask is None else mask.tolist()
