"""The encoder's and the decoder's layer (Vaswani et al. 2017, sections 3.1 and 3.3), post-norm.

Shape letters: B batch, H heads, S source positions, T target positions in this pass, P target positions
before it, D model width, d = D / H.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from attention_viewer.model.nn.attention import MultiHeadAttention
from attention_viewer.model.nn.dropout import dropout
from torch import Tensor, nn
from torch.nn import functional

LAYER_NORM_EPSILON = 1e-5

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "swish": functional.silu,
    "silu": functional.silu,
    "gelu": functional.gelu,
}


class PositionwiseFFN(nn.Module):
    """FFN(x) = W2 · activation(W1 x + b1) + b2, the same at every position (section 3.3).

    Maps [..., d_model] to [..., output]; `output` is `d_model` unless told otherwise.
    """

    def __init__(self, d_model: int, hidden: int, output: int | None = None, activation: str = "relu") -> None:
        super().__init__()
        self.inner = nn.Linear(d_model, hidden)
        self.outer = nn.Linear(hidden, d_model if output is None else output)
        self.activation = _ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        """Apply the network to the last axis of `x`."""
        output: Tensor = self.outer(self.activation(self.inner(x)))
        return output


class AddNorm(nn.LayerNorm):
    """LayerNorm(x + dropout(sublayer(x))): the residual connection around a sub-layer (section 3.1)."""

    def __init__(self, d_model: int, dropout: float = 0.0) -> None:
        super().__init__(d_model, eps=LAYER_NORM_EPSILON)
        self.dropout = dropout

    def forward(self, x: Tensor, sublayer: Tensor) -> Tensor:  # type: ignore[override]
        """Add the sub-layer's output to its input and normalise; both and the result are [..., D]."""
        if self.training:
            sublayer = dropout(sublayer, self.dropout)
        return super().forward(x + sublayer)


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network; the output has the shape of the input."""

    def __init__(self, d_model: int, heads: int, hidden: int, activation: str = "relu", dropout: float = 0.0) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.self_attention_norm = AddNorm(d_model, dropout)
        self.ffn = PositionwiseFFN(d_model, hidden, activation=activation)
        self.ffn_norm = AddNorm(d_model, dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None, off: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `x` [B, S, D] to [B, S, D]; also the weights [B, H, S, S].

        `mask` is True where looking is forbidden, `off` [H] True for heads that are switched off.
        """
        attended, weights = self.self_attention.attend(*self.self_attention.queries_keys_values(x), mask, off)
        x = self.self_attention_norm(x, attended)
        return self.ffn_norm(x, self.ffn(x)), weights


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention to the encoder's output, then the feed-forward network."""

    def __init__(self, d_model: int, heads: int, hidden: int, activation: str = "relu", dropout: float = 0.0) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.self_attention_norm = AddNorm(d_model, dropout)
        self.cross_attention = MultiHeadAttention(d_model, heads)
        self.cross_attention_norm = AddNorm(d_model, dropout)
        self.ffn = PositionwiseFFN(d_model, hidden, activation=activation)
        self.ffn_norm = AddNorm(d_model, dropout)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        past: Tensor | None = None,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        off: tuple[Tensor | None, Tensor | None] = (None, None),
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Map `x` [B, T, D] to [B, T, D].

        `memory` [2, BH, S, d] are the cross-attention's keys and values of the encoder's output, `past`
        [2, BH, P, d] the self-attention's of earlier positions, `off` the heads [H] of self- and cross-attention
        that are switched off. Returns the output, the self-attention's keys and values [2, BH, P+T, d], its
        weights [B, H, T, P+T], and the cross weights [B, H, T, S].
        """
        query, keys_values = self.self_attention.queries_keys_values(x)
        if past is not None:
            keys_values = torch.cat((past, keys_values), dim=-2)  # [2, BH, P+T, d]
        attended, self_weights = self.self_attention.attend(query, keys_values, mask, off[0])
        x = self.self_attention_norm(x, attended)

        query = self.cross_attention.queries(x)
        attended, cross_weights = self.cross_attention.attend(query, memory, memory_mask, off[1])
        x = self.cross_attention_norm(x, attended)
        return self.ffn_norm(x, self.ffn(x)), keys_values, self_weights, cross_weights
