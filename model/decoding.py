"""Incremental decoding: the encoder once a sentence, the decoder one row at a time (section 3.1).

Shape letters: B batch, Le, He encoder layers and heads, Ld, Hd decoder layers and heads, S source positions,
t rows decoded so far, d width of a head, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.transformer import Transformer, key_mask


@dataclass(frozen=True, eq=False)
class DecoderState:
    """All that the next row depends on besides the token it reads. Never changed, only replaced.

    `memory`: cross-attention keys and values of each layer [2, B, Hd, S, d]; `past`: self-attention keys and
    values of each layer [2, B, Hd, t, d], None before the first row; `memory_mask` [B, 1, 1, S] or None.
    """

    memory: list[Tensor]
    memory_mask: Tensor | None = None
    past: list[Tensor] | None = None

    @property
    def length(self) -> int:
        """How many rows were decoded."""
        return 0 if self.past is None else self.past[0].shape[-2]

    def first(self, rows: int) -> DecoderState:
        """The state as it was after `rows` rows; its tensors are views that nothing ever writes to."""
        if self.past is None or rows == self.length:
            return self
        past = [layer[..., :rows, :] for layer in self.past] if rows else None
        return DecoderState(self.memory, self.memory_mask, past)


@dataclass(frozen=True, eq=False)
class EncodedSource:
    """The encoder's `self_attention` [Le, B, He, S, S] and the decoder's `state` before its first row."""

    self_attention: Tensor
    state: DecoderState


@dataclass(frozen=True, eq=False)
class DecodedRow:
    """What one decoder row computed.

    Natural `log_probabilities` [B, V] at temperature 1, `self_attention` [Ld, B, Hd, t+1] and
    `cross_attention` [Ld, B, Hd, S].
    """

    log_probabilities: Tensor
    self_attention: Tensor
    cross_attention: Tensor


@torch.inference_mode()
def encode(model: Transformer, source: Tensor, padding: Tensor | None = None) -> EncodedSource:
    """Encode the ids `source` [B, S], `padding` [B, S] True at padding, and project the memory once."""
    memory, weights = model.encode(source, padding)
    state = DecoderState(model.decoder.project_memory(memory), key_mask(padding))
    return EncodedSource(torch.stack(weights), state)


@torch.inference_mode()
def decode_step(model: Transformer, state: DecoderState, token: Tensor) -> tuple[DecoderState, DecodedRow]:
    """Decode the row that reads the ids `token` [B]; earlier rows are not touched."""
    x = model.target_embedding(token[:, None], state.length)  # [B, 1, D]
    hidden, past, self_weights, cross_weights = model.decoder(
        x, state.memory, state.past, None, state.memory_mask
    )
    row = DecodedRow(
        model.logits(hidden[:, 0]).log_softmax(-1),
        torch.stack(self_weights)[:, :, :, 0],
        torch.stack(cross_weights)[:, :, :, 0],
    )
    return DecoderState(state.memory, state.memory_mask, past), row


def best_tokens(
    log_probabilities: Tensor, count: int, barred: Sequence[int]
) -> tuple[list[int], list[float]]:
    """The `count` most probable ids of `log_probabilities` [V] without the `barred` ones, best first.

    Also their natural log-probabilities. The first one is the greedy choice.
    """
    size = min(count + len(barred), log_probabilities.shape[0])
    values, ids = torch.topk(log_probabilities, size)
    kept = [pair for pair in zip(ids.tolist(), values.tolist(), strict=True) if pair[0] not in barred][:count]
    return [token for token, _ in kept], [value for _, value in kept]
