"""What experiments on a model find; layers and heads count from 0. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.api import DecodeStep, Kind, Token


@dataclass(frozen=True, eq=False)
class Effect:
    """What interventions change at the last row of a trace, and in the translation.

    `before` is that row without interventions, reading the same tokens; `divergence` is KL(before || after) in
    nats. The translations are run to their end, with the tokens that a person chose and all others decided anew:
    the one before by the untouched model, the one after under the interventions; that is None without causal mask.
    """

    before: DecodeStep
    divergence: float
    translation_before: tuple[Token, ...]
    translation_after: tuple[Token, ...] | None


@dataclass(frozen=True)
class HeadEffect:
    """What happens to a fixed translation when one more head is switched off; layer and head count from 0.

    `divergence` is the mean over its rows of KL(before || after) in nats; `log_probability` the change of the
    translation's natural log-probability.
    """

    kind: Kind
    layer: int
    head: int
    divergence: float
    log_probability: float


@dataclass(frozen=True)
class Check:
    """The autoregressive property, measured: largest absolute differences over all numbers of a translation.

    `log_probabilities` and `weights`: computed step by step against once in parallel. `earlier_rows`: rows before
    `position` after the token read there was replaced by `replacement`; `later_rows`: the rows from there on.
    """

    rows: int
    log_probabilities: float
    weights: float
    position: int
    replacement: Token
    earlier_rows: float
    later_rows: float
