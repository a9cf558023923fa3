"""Gradient times input: how ln p of a token would grow along the embeddings that the model read.

Of a row's token (Denil et al. 2014), or of its contrast with another candidate, ln p(token) - ln p(other), which is the
difference of their logits (Yin & Neubig 2022). The input is a token's embedding as it is scaled, before its position is
added.

Shape letters: S source positions, T decoder rows, D model width, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Floats, Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.maps import CROSS, DECODER, Kind
from attention_viewer.model.experiments.recording import Case
from torch import Tensor

EMBEDDINGS = ("encoder.embedding", "decoder.embedding")


def gradient(case: Case) -> Generator[Progress, None, Attribution]:
    """Of ln p of each row's token: cross [1, 1, T, S] and decoder [1, 1, T, T], in nats."""
    logs, leaves = _log_probabilities(case)
    scores = logs[range(len(case.outputs)), list(case.outputs)]
    maps = yield from _products(scores, leaves)
    return Attribution(methods.GRADIENT, maps)


def contrast(case: Case) -> Generator[Progress, None, Attribution]:
    """Of ln p of each row's token minus that of the best other one that may be chosen; shapes and units as `gradient`.

    In the row that the case says so of, the other one is what it says, unless that is the row's own token.
    """
    logs, leaves = _log_probabilities(case)
    others, against = _others(case, logs.detach()), case.against
    if against is not None and against.row < len(others) and case.outputs[against.row] != against.token:
        others[against.row] = against.token
    rows = range(len(case.outputs))
    with torch.enable_grad():
        scores = logs[rows, list(case.outputs)] - logs[rows, others]
    maps = yield from _products(scores, leaves)
    return Attribution(methods.CONTRAST, maps, tuple(case.vocabulary[other] for other in others))


def _log_probabilities(case: Case) -> tuple[Tensor, dict[str, Tensor]]:
    """Natural log-probabilities [T, V] of all rows, and the embeddings [1, S or T, D] that they can be derived by."""
    leaves: dict[str, Tensor] = {}

    def leaf(name: str, value: Tensor) -> Tensor | None:
        if name in EMBEDDINGS:
            leaves[name] = value.detach().requires_grad_()
        return leaves.get(name)

    with torch.enable_grad():
        inputs = torch.tensor([list(case.inputs)], dtype=torch.long)
        memory, _ = case.model.encode(case.source, case.padding, case.switches, leaf)
        hidden, _, _ = case.model.decode(inputs, memory, case.padding, case.switches, case.causal, leaf)
        return case.model.logits(hidden[0]).log_softmax(-1), leaves


def _others(case: Case, logs: Tensor) -> list[int]:
    """For each row the most probable token that is neither its own nor barred."""
    left = logs.clone()
    left[:, list(case.barred)] = -torch.inf
    left[range(len(case.outputs)), list(case.outputs)] = -torch.inf
    return [int(index) for index in left.argmax(-1)]


def _products(scores: Tensor, leaves: dict[str, Tensor]) -> Generator[Progress, None, MappingProxyType[Kind, Floats]]:
    """Gradient times input, summed over D, of each of the `scores` [T]; yields after each."""
    inputs: Sequence[Tensor] = [leaves[name] for name in EMBEDDINGS]
    maps = [np.zeros((len(scores), each.shape[1]), dtype=np.float32) for each in inputs]  # [T, S], [T, T]
    for row in range(len(scores)):
        # Grad mode belongs to the thread: it must not be on while another job runs.
        with torch.enable_grad():
            gradients = torch.autograd.grad(scores[row], inputs, retain_graph=True)
        for found, each, slope in zip(maps, inputs, gradients, strict=True):
            found[row] = (slope * each.detach()).sum(-1)[0].numpy()
        yield Progress(row + 1, len(scores))
    return MappingProxyType({CROSS: maps[0][None, None], DECODER: maps[1][None, None]})
