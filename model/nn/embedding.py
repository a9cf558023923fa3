"""Token embeddings and the positions added to them (Vaswani et al. 2017, sections 3.4 and 3.5).

Shape letters: B batch, T positions, D model width, V vocabulary.
"""

from __future__ import annotations

import torch
from attention_viewer.model.contract.interventions import Placement
from attention_viewer.model.contract.positional import sinusoidal_encoding
from attention_viewer.model.nn.dropout import dropout
from attention_viewer.model.nn.recorder import Record, passed
from attention_viewer.model.nn.weights import EmbeddingWeights
from torch import Tensor, nn

TABLE_LENGTH = 1024
"""Positions whose encodings are kept; those of later ones are computed when they are needed."""


class PositionedEmbedding(nn.Module):
    """Token embeddings, times √D where `scaled`, plus the sinusoidal encoding of positions (3.4 and 3.5)."""

    positions: Tensor

    def __init__(self, tokens: nn.Embedding, scaled: bool, dropout: float = 0.0) -> None:
        super().__init__()
        self.tokens = tokens
        self.scale = tokens.embedding_dim**0.5 if scaled else 1.0
        self.dropout = dropout
        # The device is named because a checkpoint is loaded into a model built without storage.
        table = torch.tensor(sinusoidal_encoding(TABLE_LENGTH, tokens.embedding_dim), device="cpu")
        self.register_buffer("positions", table, persistent=False)

    def weights(self) -> EmbeddingWeights:
        """The parameters as the arithmetic takes them."""
        return EmbeddingWeights(self.tokens.weight, self.scale, self.positions)

    def forward(self, ids: Tensor, start: int = 0) -> Tensor:
        """Embed `ids` [B, T] that stand at positions `start` onwards: [B, T, D]."""
        return embed(self.weights(), ids, start, rate=self.dropout if self.training else 0.0)


def embed(
    weights: EmbeddingWeights,
    ids: Tensor,
    start: int = 0,
    placement: Placement | None = None,
    rate: float = 0.0,
    record: Record | None = None,
) -> Tensor:
    """Embed `ids` [B, T] that stand at positions `start` onwards, or where `placement` says: [B, T, D]."""
    embedded, scale = torch.embedding(weights.tokens, ids), weights.scale
    if record is not None:
        embedded, scale = passed(record, "embedding", embedded * scale), 1.0
    positions = _positions(weights, start, start + ids.shape[1], placement)
    x = embedded * scale if positions is None else torch.add(positions, embedded, alpha=scale)
    x = dropout(x, rate) if rate else x
    if record is not None:
        record("input", x)
    return x


def _positions(weights: EmbeddingWeights, start: int, stop: int, placement: Placement | None) -> Tensor | None:
    """The encodings [T, D] of the positions from `start` to `stop` (excluded); None where none are added."""
    if placement is None:
        return _table(weights, stop)[start:stop]
    rows = placement.rows(start, stop)
    return None if rows is None else _table(weights, max(rows, default=0) + 1)[rows]


def _table(weights: EmbeddingWeights, length: int) -> Tensor:
    """The encodings of at least `length` positions."""
    if length <= len(weights.positions):
        return weights.positions
    return torch.tensor(sinusoidal_encoding(length, weights.tokens.shape[1])).to(weights.positions)
