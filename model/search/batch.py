"""Greedy decoding of many sentences side by side: the same tokens as one after the other, in a fraction of the time.

Sums are rounded in another order in a batch than for one row, so that two tokens almost equally probable might change
places. Rule: where the two best tokens of a row are closer than `MARGIN`, far above any such difference, the sentence
is called close, and whoever wants the very same tokens decodes it by itself.

Shape letters: B sentences, S source positions, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from attention_viewer.model.nn.decoding import decode_step, encode
from attention_viewer.model.nn.transformer import Transformer
from torch import Tensor

MARGIN = 1e-3
"""Nats between the two best tokens of a row from which on rounding cannot exchange them."""

BATCH_SENTENCES, BATCH_POSITIONS = 64, 4000
"""Most sentences of a batch, and most positions, padding included."""

_DROPPED = 0.25
"""Sentences that are complete leave the batch when they are so large a share of it: leaving costs a copy."""


@dataclass
class Decoded:
    """The tokens of a translation, `</s>` last unless the limit came first.

    `close` where a choice was nearly a tie, or none, because numbers overflowed.
    """

    ids: list[int] = field(default_factory=list)
    close: bool = False


def greedy_all(model: Transformer, sources: Sequence[Sequence[int]], limit: int) -> list[Decoded]:
    """The greedy translation of each source (ids, `</s>` last), those of like length side by side."""
    found = [Decoded() for _ in sources]
    for group in _batches(sources):
        source, padding = _padded([sources[index] for index in group], model.architecture.pad_token_id)
        for index, decoded in zip(group, greedy(model, source, padding, limit), strict=True):
            found[index] = decoded
    return found


@torch.inference_mode()
def greedy(model: Transformer, source: Tensor, padding: Tensor | None, limit: int) -> list[Decoded]:
    """The greedy translations of the ids `source` [B, S], at most `limit` tokens each.

    `padding` [B, S] is True at padding.
    """
    device, eos = model.logits_bias.device, model.architecture.eos_token_id
    state = encode(model, source.to(device), None if padding is None else padding.to(device)).state
    found = [Decoded() for _ in range(len(source))]
    rows = list(range(len(source)))  # which sentence stands in which row of the batch
    token = torch.full((len(rows),), model.architecture.decoder_start_token_id, device=device)
    running = set(rows)
    for number in range(limit):
        state, row = decode_step(state, token)
        values, best = _two_best(row.log_probabilities, model.architecture.barred_at(number))
        token = best[:, 0]
        gaps = (values[:, 0] - values[:, 1]).tolist()
        for index, (chosen, gap) in enumerate(zip(token.tolist(), gaps, strict=True)):
            if rows[index] in running:
                found[rows[index]].ids.append(chosen)
                # Numbers that overflowed compare with nothing.
                found[rows[index]].close |= not gap >= MARGIN
                if chosen == eos:
                    running.remove(rows[index])
        if not running:
            break
        if len(running) <= (1.0 - _DROPPED) * len(rows):
            going_on = [index for index, sentence in enumerate(rows) if sentence in running]
            kept = torch.tensor(going_on, device=device)
            state, token, rows = state.sentences(kept), token[kept], [rows[index] for index in going_on]
    return found


def _two_best(log_probabilities: Tensor, barred: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Values and ids [B, 2] of the best tokens of `log_probabilities` [B, V] that are not barred."""
    scores = log_probabilities
    if barred:
        scores = scores.clone()
        scores[:, list(barred)] = -torch.inf
    best = torch.topk(scores, 2)
    return best.values, best.indices


def _batches(sources: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices of sources in groups of like length, of limited size."""
    group: list[int] = []
    for index in sorted(range(len(sources)), key=lambda index: len(sources[index])):
        if group and (len(group) == BATCH_SENTENCES or (len(group) + 1) * len(sources[index]) > BATCH_POSITIONS):
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _padded(sources: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor | None]:
    """The ids side by side [B, S], and a mask [B, S] of what is padding (None: nothing)."""
    lengths = torch.tensor([len(source) for source in sources])
    longest = int(lengths.max())
    ids = torch.tensor([[*source, *[pad] * (longest - len(source))] for source in sources])
    padding = torch.arange(longest)[None] >= lengths[:, None]
    return ids, padding if bool(padding.any()) else None
