"""Experiments that run a whole translation at once, with teacher forcing: checks, and leave-one-out over heads.

Shape letters: Ld, Hd decoder layers and heads; S source positions; T decoder rows; V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from attention_viewer.model.contract.api import Floats, Progress, Token, Trace
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.experiments import Check, HeadEffect
from attention_viewer.model.contract.interventions import Interventions, switch_heads
from attention_viewer.model.contract.maps import HeadId
from attention_viewer.model.nn.finite import check_finite
from attention_viewer.model.nn.patches import Taken
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
    check_finite(logs, "in the decoder")
    return Pass(logs, torch.stack(own)[:, 0], torch.stack(cross)[:, 0])


@torch.inference_mode()
def rank_heads(
    model: Transformer,
    source: Tensor,
    padding: Tensor | None,
    interventions: Interventions,
    inputs: Sequence[int],
    outputs: Sequence[int],
    taken: tuple[Taken, ...] = (),
) -> Generator[Progress, None, tuple[HeadEffect, ...]]:
    """What switching off each head, besides those that are off, does to the translation `outputs` [T] of `source`.

    `taken` are the values that patches put in.

    Yields after each head; returns the effects, the largest divergence first.
    """
    heads = [head for head in every_head(model) if head not in interventions.heads_off]
    decodes = {each.kind: each.decodes for each in model.architecture.maps}
    memory: Tensor | None = None

    def run(heads_off: Interventions, memory: Tensor | None) -> tuple[Tensor, Tensor]:
        switched = switches(heads_off, model.architecture, source.shape[1], taken)
        if memory is None:
            memory, _ = model.encode(source, padding, switched)
        logs = parallel_pass(model, memory, inputs, padding, switched, heads_off.causal_mask).log_probabilities
        return logs, memory

    before, memory = run(interventions, None)
    score = _log_probability(before, outputs)
    effects: list[HeadEffect] = []
    for done, head in enumerate(heads, start=1):
        # The encoder's output does not depend on the decoder's heads.
        reused = memory if decodes[head.kind] else None
        after, _ = run(switch_heads(interventions, [head], True), reused)
        effects.append(HeadEffect(*head, divergence(before, after), _log_probability(after, outputs) - score))
        yield Progress(done, len(heads))
    return tuple(sorted(effects, key=lambda effect: -effect.divergence))


def autoregressive_check(
    trace: Trace, in_parallel: Callable[[Sequence[int]], Pass], barred: Collection[int], vocabulary: Sequence[Token]
) -> Check:
    """The autoregressive property of a translation that was traced row by row, by two passes over all of its rows.

    Once in parallel against step by step; and again with the token that the middle row reads replaced.
    """
    inputs = [token.id for token in trace.input_tokens]
    parallel = in_parallel(inputs)
    logs = np.stack([step.log_probabilities for step in trace.steps])
    position = len(inputs) // 2
    predicted = trace.steps[max(position - 1, 0)].log_probabilities
    replacement = other_token({inputs[position], *barred}, predicted, vocabulary)
    other = in_parallel([*inputs[:position], replacement.id, *inputs[position + 1 :]])
    return Check(
        rows=len(inputs),
        log_probabilities=_largest(parallel.log_probabilities.numpy() - logs),
        weights=max(
            _largest(parallel.own.numpy() - trace.decoder_self_attention),
            _largest(parallel.cross.numpy() - trace.cross_attention),
        ),
        position=position,
        replacement=replacement,
        earlier_rows=_differences(parallel, other, slice(0, position)),
        later_rows=_differences(parallel, other, slice(position, None)),
    )


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
    return [head for each in model.architecture.maps for head in each.head_ids]


def divergence(before: Tensor, after: Tensor) -> float:
    """Mean over rows of KL(before || after) in nats, from natural log-probabilities [T, V]."""
    return float((before.exp() * (before - after)).sum(-1).mean().clamp(min=0.0))


def _log_probability(logs: Tensor, outputs: Sequence[int]) -> float:
    return float(logs[range(len(outputs)), list(outputs)].sum())


def _largest(differences: Floats) -> float:
    return float(np.abs(differences).max(initial=0.0))


def _differences(one: Pass, other: Pass, rows: slice) -> float:
    """The largest difference of any number in some rows of two passes."""
    return max(
        _largest((one.log_probabilities[rows] - other.log_probabilities[rows]).numpy()),
        _largest((one.own[:, :, rows] - other.own[:, :, rows]).numpy()),
        _largest((one.cross[:, :, rows] - other.cross[:, :, rows]).numpy()),
    )
