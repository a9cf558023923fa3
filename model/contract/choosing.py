"""How the next token is chosen from a distribution: greedily, or by sampling with a seed. Torch-free.

Sampling follows `transformers`: temperature first, then the k most probable tokens, then the nucleus (Holtzman et
al. 2020), and one draw from what is left. A draw depends on the seed and the row alone. Either way, scores may first be
changed by what was read: a penalty for tokens that stand already (Keskar et al. 2019, section 4.1), and no run of so
many tokens twice (Paulus et al. 2018, section 2.5).

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
from attention_viewer.model.contract.fields import LARGEST_SEED, Fields
from numpy.typing import NDArray

TEMPERATURES = (0.01, 100.0)
PENALTIES = (0.1, 10.0)
LONGEST_RUN = 100
"""Tokens of a run that may be kept from coming twice, at most."""
WIDEST = 32
"""The most hypotheses a beam keeps."""


class Method(StrEnum):
    """How tokens are chosen that nobody has chosen."""

    GREEDY = "greedy"
    SAMPLING = "sampling"


@dataclass(frozen=True)
class Decoding:
    """How decoding goes on by itself. `top_k` 0 and `top_p` 1 leave all tokens in; `beam_width` is for beam search.

    `no_repeat_ngram`: no run of so many tokens comes twice (0: any may). `repetition_penalty`: scores of tokens that
    were read are divided by it where they are positive, multiplied where not (1: none is). A beam is held by both.
    """

    method: Method = Method.GREEDY
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    beam_width: int = 4
    no_repeat_ngram: int = 0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        """Refuse settings that mean nothing."""
        if not TEMPERATURES[0] <= self.temperature <= TEMPERATURES[1]:
            raise InputError(f"The temperature is {self.temperature}; it must lie between 0.01 and 100.")
        if self.top_k < 0:
            raise InputError(f"Top k is {self.top_k}; it must be 0 (all tokens) or more.")
        if not 0.0 < self.top_p <= 1.0:
            raise InputError(f"The nucleus is {self.top_p}; it must lie above 0 and be at most 1.")
        if self.seed < 0:
            raise InputError(f"The seed is {self.seed}; it must be 0 or more.")
        if not 1 <= self.beam_width <= WIDEST:
            raise InputError(f"The beam is {self.beam_width} wide; it must be from 1 to {WIDEST}.")
        if not 0 <= self.no_repeat_ngram <= LONGEST_RUN:
            raise InputError(
                f"No run of {self.no_repeat_ngram} tokens twice means nothing: choose from 0 (off) to {LONGEST_RUN}."
            )
        if not PENALTIES[0] <= self.repetition_penalty <= PENALTIES[1]:
            raise InputError(f"The repetition penalty is {self.repetition_penalty}; it must lie between 0.1 and 10.")

    @property
    def looks_back(self) -> bool:
        """Whether what was read bears on what is chosen."""
        return self.no_repeat_ngram > 0 or self.repetition_penalty != 1.0

    @property
    def looking_back(self) -> Decoding:
        """The settings that look at what was read, all others at their defaults."""
        return Decoding(no_repeat_ngram=self.no_repeat_ngram, repetition_penalty=self.repetition_penalty)


@dataclass(frozen=True)
class Before:
    """What the choice after a row may look back at: the ids `read` so far, the start token first.

    `normaliser` is what the softmax took away: raw scores are log-probabilities plus it. A beam penalises the
    log-probabilities themselves, as that of `transformers` does: there it is 0.
    """

    read: Sequence[int] = ()
    normaliser: float = 0.0


NOTHING_READ = Before()


def words(decoding: Decoding) -> str:
    """The settings that tokens are chosen by, in a few words: "greedy", or what a sample can be told by."""
    if decoding.method is Method.GREEDY:
        return ", ".join(("greedy", *switches(decoding)))
    parts = [f"seed {decoding.seed}", f"T {decoding.temperature:g}"]
    parts += [f"top {decoding.top_k}"] if decoding.top_k else []
    parts += [f"nucleus {decoding.top_p:g}"] if decoding.top_p < 1.0 else []
    return ", ".join((*parts, *switches(decoding)))


def switches(decoding: Decoding) -> tuple[str, ...]:
    """What holds repetition back, in a few words each."""
    run = f"no {decoding.no_repeat_ngram} tokens twice" if decoding.no_repeat_ngram else ""
    penalty = f"repetition penalty {decoding.repetition_penalty:g}" if decoding.repetition_penalty != 1.0 else ""
    return tuple(part for part in (run, penalty) if part)


def scores(
    log_probabilities: Floats, decoding: Decoding, barred: Sequence[int], before: Before = NOTHING_READ
) -> NDArray[np.float64]:
    """The scores [V] that tokens are chosen by; `barred` ones, and those that would complete a run again, -inf."""
    changed: NDArray[np.float64] = log_probabilities.astype(np.float64)
    if decoding.repetition_penalty != 1.0:
        changed += before.normaliser
        read = list(set(before.read))
        penalty = np.where(changed[read] < 0, decoding.repetition_penalty, 1.0 / decoding.repetition_penalty)
        changed[read] *= penalty
    changed[[*barred, *_repeating(before.read, decoding.no_repeat_ngram)]] = -np.inf
    return changed


def _repeating(read: Sequence[int], length: int) -> set[int]:
    """The ids that would end a run of `length` tokens which was read before."""
    if not length or len(read) < length - 1:
        return set()
    ids = tuple(read)
    begun = ids[len(ids) - length + 1 :]
    starts = range(len(ids) - length + 1)
    return {ids[at + length - 1] for at in starts if ids[at : at + length - 1] == begun}


def greedy(log_probabilities: Floats, decoding: Decoding, barred: Sequence[int], before: Before = NOTHING_READ) -> int:
    """The token with the highest score; of equals the lowest id."""
    return int(scores(log_probabilities, decoding, barred, before).argmax())


def distribution(
    log_probabilities: Floats, decoding: Decoding, barred: Sequence[int], before: Before = NOTHING_READ
) -> Floats:
    """The probabilities [V] that a token is drawn from, after temperature, top k and nucleus; `barred` get 0."""
    logits = scores(log_probabilities, decoding, barred, before) / decoding.temperature
    if decoding.top_k:
        kept = min(decoding.top_k, len(logits))
        logits[logits < np.partition(logits, -kept)[-kept]] = -np.inf
    weights = np.exp(logits - logits.max())
    weights /= weights.sum()
    if decoding.top_p < 1.0:
        order = np.argsort(-weights, kind="stable")
        held = np.cumsum(weights[order]) - weights[order]
        weights[order[held >= decoding.top_p]] = 0.0
        weights /= weights.sum()
    probabilities: Floats = weights
    return probabilities


def sample(
    log_probabilities: Floats, decoding: Decoding, barred: Sequence[int], row: int, before: Before = NOTHING_READ
) -> int:
    """The token that row `row` draws from natural `log_probabilities` [V]; the same for the same seed and row."""
    cumulative = np.cumsum(distribution(log_probabilities, decoding, barred, before))
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
        "no_repeat_ngram": decoding.no_repeat_ngram,
        "repetition_penalty": decoding.repetition_penalty,
    }


def from_json(values: Any, where: str = "The decoding settings") -> Decoding:
    """What `to_json` wrote, and off what an older version did not know.

    Raises InputError where another field is missing, or one means nothing.
    """
    given, usual = Fields.of(where, values), Decoding()
    return Decoding(
        given.word("method", Method),
        given.real("temperature", *TEMPERATURES),
        given.whole("top_k"),
        given.real("top_p", 0.0, 1.0),
        given.whole("seed", most=LARGEST_SEED),
        given.whole("beam_width", 1, WIDEST),
        given.whole("no_repeat_ngram", 0, LONGEST_RUN, usual.no_repeat_ngram),
        given.real("repetition_penalty", *PENALTIES, usual.repetition_penalty),
    )
