"""Experiments that run a whole translation at once, with teacher forcing: checks, and leave-one-out over heads.

Shape letters: Ld, Hd decoder layers and heads; S source positions; T decoder rows; V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from attention_viewer.model.contract.api import Floats, HeadEffect, Kind, Progress, Token
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import HeadId, Interventions, switch_heads
from attention_viewer.model.nn.switches import Switches, switches
from attention_viewer.model.nn.transformer import Transformer
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Pass:
    """One parallel pass: natural `log_probabilities` [T, V], `own` weights [Ld, Hd, T, T], `cross` [Ld, Hd, T, S]."""

    log_probabilities: Tensor
    own: Tensor
    cross: Tensor


@torch.inference_mode()
def parallel_pass(
    model: Transformer,
    memory: Tensor,
    inputs: Sequence[int],
    padding: Tensor | None,
    switched: Switches | None,
    causal: bool = True,
) -> Pass:
    """All rows that read `inputs` (T ids, the start token first) in one pass over the memory [1, S, D]."""
    hidden, own, cross = model.decode(torch.tensor([list(inputs)]), memory, padding, switched, causal)
    logs = model.logits(hidden[0]).log_softmax(-1)
    return Pass(logs, torch.stack(own)[:, 0], torch.stack(cross)[:, 0])


@torch.inference_mode()
def rank_heads(
    model: Transformer,
    source: Tensor,
    padding: Tensor | None,
    interventions: Interventions,
    inputs: Sequence[int],
    outputs: Sequence[int],
) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
    """What switching off each head, besides those that are off, does to the translation `outputs` [T] of `source`.

    Yields after each head; returns the effects, the largest divergence first.
    """
    heads = [head for head in every_head(model) if head not in interventions.heads_off]
    memory: Tensor | None = None

    def run(heads_off: Interventions, memory: Tensor | None) -> tuple[Tensor, Tensor]:
        switched = switches(heads_off, model.config, source.shape[1])
        if memory is None:
            memory, _ = model.encode(source, padding, switched)
        logs = parallel_pass(model, memory, inputs, padding, switched, heads_off.causal_mask).log_probabilities
        return logs, memory

    before, memory = run(interventions, None)
    score = _log_probability(before, outputs)
    effects: list[HeadEffect] = []
    for done, head in enumerate(heads, start=1):
        # The encoder's output does not depend on the decoder's heads.
        reused = None if head.kind is Kind.ENCODER else memory
        after, _ = run(switch_heads(interventions, [head], True), reused)
        effects.append(HeadEffect(*head, divergence(before, after), _log_probability(after, outputs) - score))
        yield Progress(done, len(heads))
    return tuple(sorted(effects, key=lambda effect: -effect.divergence))


def other_token(kept_out: Collection[int], log_probabilities: Floats, vocabulary: Sequence[Token]) -> Token:
    """The most probable token, by `log_probabilities` [V], that is neither special nor among the ids `kept_out`.

    Raises InputError where the vocabulary has none.
    """
    order: list[int] = np.argsort(-log_probabilities, kind="stable").tolist()
    for index in order:
        if index not in kept_out and not vocabulary[index].special:
            return vocabulary[index]
    raise InputError(
        f"The check cannot be made with this model: each of the {len(vocabulary)} tokens of its vocabulary is special, "
        "barred, or the one to be replaced. Open a model with an ordinary vocabulary."
    )


def every_head(model: Transformer) -> list[HeadId]:
    """All heads of a model."""
    config = model.config
    decoder = (config.decoder_layers, config.decoder_attention_heads)
    counts = {
        Kind.ENCODER: (config.encoder_layers, config.encoder_attention_heads),
        Kind.DECODER: decoder,
        Kind.CROSS: decoder,
    }
    return [
        HeadId(kind, layer, head)
        for kind, (layers, heads) in counts.items()
        for layer in range(layers)
        for head in range(heads)
    ]


def divergence(before: Tensor, after: Tensor) -> float:
    """Mean over rows of KL(before || after) in nats, from natural log-probabilities [T, V]."""
    return float((before.exp() * (before - after)).sum(-1).mean().clamp(min=0.0))


def _log_probability(logs: Tensor, outputs: Sequence[int]) -> float:
    return float(logs[range(len(outputs)), list(outputs)].sum())
