"""Leave one out: how much less probable a translation's tokens are without a source token (Li et al. 2016).

A token is left out as the laboratory hides it: no query, in the encoder or in cross-attention, may look at it, and the
others stay where they stand.

Shape letters: B source tokens at once, S source positions, T decoder rows, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Generator
from types import MappingProxyType

import numpy as np
import torch
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.experiments.recording import Case
from torch import Tensor

ROWS_AT_ONCE = 512
"""Decoder rows computed side by side, about: bounds the memory that the logits take."""


@torch.inference_mode()
def leave_one_out(case: Case) -> Generator[Progress, None, Attribution]:
    """By how much ln p of each row's token falls without a source token, in nats: cross [1, 1, T, S].

    0 for tokens that are hidden already. Raises InputError where only one is not.
    """
    length, rows = case.source.shape[1], len(case.outputs)
    hidden = torch.zeros(1, length, dtype=torch.bool) if case.padding is None else case.padding
    visible = [position for position in range(length) if not hidden[0, position]]
    if len(visible) < 2:
        raise InputError("Nothing can be left out: only one source token may be looked at. Show another one.")
    before = _chosen(case, case.padding, 1)[0]  # [T]
    found = np.zeros((rows, length), dtype=np.float32)
    at_once = max(1, ROWS_AT_ONCE // max(rows, 1))
    for start in range(0, len(visible), at_once):
        left_out = visible[start : start + at_once]
        padding = hidden.repeat(len(left_out), 1)  # [B, S]
        padding[range(len(left_out)), left_out] = True
        found[:, left_out] = (before - _chosen(case, padding, len(left_out))).T.numpy()
        yield Progress(min(start + at_once, len(visible)), len(visible))
    return Attribution(methods.LEAVE_ONE_OUT, MappingProxyType({CROSS: found[None, None]}))


def _chosen(case: Case, padding: Tensor | None, copies: int) -> Tensor:
    """Natural log-probabilities [B, T] of the rows' tokens, in `copies` of the sentence with other tokens hidden."""
    inputs = torch.tensor([list(case.inputs)], dtype=torch.long).expand(copies, -1)
    memory, _ = case.model.encode(case.source.expand(copies, -1), padding, case.switches)
    hidden, _, _ = case.model.decode(inputs, memory, padding, case.switches, case.causal)
    logs = case.model.logits(hidden).log_softmax(-1)  # [B, T, V]
    return logs[:, range(len(case.outputs)), list(case.outputs)]
