"""How the next token is chosen from a distribution: greedily, or by sampling with a seed. Torch-free.

Sampling follows `transformers`: temperature first, then the k most probable tokens, then the nucleus (Holtzman et
al. 2020), and one draw from what is left. A draw depends on the seed and the row alone.

Shape letter: V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.contract.errors import InputError


class Method(StrEnum):
    """How tokens are chosen that nobody has chosen."""

    GREEDY = "greedy"
    SAMPLING = "sampling"


@dataclass(frozen=True)
class Decoding:
    """How decoding goes on by itself. `top_k` 0 and `top_p` 1 leave all tokens in; `beam_width` is for beam search."""

    method: Method = Method.GREEDY
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    beam_width: int = 4

    def __post_init__(self) -> None:
        """Refuse settings that mean nothing."""
        if not 0.01 <= self.temperature <= 100.0:
            raise InputError(f"The temperature is {self.temperature}; it must lie between 0.01 and 100.")
        if self.top_k < 0:
            raise InputError(f"Top k is {self.top_k}; it must be 0 (all tokens) or more.")
        if not 0.0 < self.top_p <= 1.0:
            raise InputError(f"The nucleus is {self.top_p}; it must lie above 0 and be at most 1.")
        if self.seed < 0:
            raise InputError(f"The seed is {self.seed}; it must be 0 or more.")
        if not 1 <= self.beam_width <= 32:
            raise InputError(f"The beam is {self.beam_width} wide; it must be from 1 to 32.")


def words(decoding: Decoding) -> str:
    """The settings that tokens are chosen by, in a few words: "greedy", or what a sample can be told by."""
    if decoding.method is Method.GREEDY:
        return "greedy"
    parts = [f"seed {decoding.seed}", f"T {decoding.temperature:g}"]
    parts += [f"top {decoding.top_k}"] if decoding.top_k else []
    parts += [f"nucleus {decoding.top_p:g}"] if decoding.top_p < 1.0 else []
    return ", ".join(parts)


def distribution(log_probabilities: Floats, decoding: Decoding, barred: Sequence[int]) -> Floats:
    """The probabilities [V] that a token is drawn from, after temperature, top k and nucleus; `barred` get 0."""
    logits = log_probabilities.astype(np.float64) / decoding.temperature
    logits[list(barred)] = -np.inf
    if decoding.top_k:
        kept = min(decoding.top_k, len(logits))
        logits[logits < np.partition(logits, -kept)[-kept]] = -np.inf
    weights = np.exp(logits - logits.max())
    weights /= weights.sum()
    if decoding.top_p < 1.0:
        order = np.argsort(-weights, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]
        weights[order[before >= decoding.top_p]] = 0.0
        weights /= weights.sum()
    probabilities: Floats = weights
    return probabilities


def sample(log_probabilities: Floats, decoding: Decoding, barred: Sequence[int], row: int) -> int:
    """The token that row `row` draws from natural `log_probabilities` [V]; the same for the same seed and row."""
    cumulative = np.cumsum(distribution(log_probabilities, decoding, barred))
    draw = np.random.default_rng([decoding.seed, row]).random() * cumulative[-1]
    return int(np.searchsorted(cumulative, draw, side="right"))


def to_json(decoding: Decoding) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "method": decoding.method.value,
        "temperature": decoding.temperature,
        "top_k": decoding.top_k,
        "top_p": decoding.top_p,
        "seed": decoding.seed,
        "beam_width": decoding.beam_width,
    }


def from_json(values: Any) -> Decoding:
    """What `to_json` wrote. Raises InputError where a field is missing or means nothing."""
    try:
        counts = {name: values[name] for name in ("top_k", "seed", "beam_width")}
        shares = {name: values[name] for name in ("temperature", "top_p")}
        for name, value in {**counts, **shares}.items():
            if isinstance(value, bool) or not isinstance(value, int if name in counts else int | float):
                raise TypeError(f"{name} is {value!r}, not a number")
        return Decoding(
            Method(values["method"]),
            float(shares["temperature"]),
            counts["top_k"],
            float(shares["top_p"]),
            counts["seed"],
            counts["beam_width"],
        )
    except KeyError as error:
        raise InputError(f"The decoding settings have no field {error}.") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"The decoding settings are damaged: {error}.") from None
