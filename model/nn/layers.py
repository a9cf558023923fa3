"""The encoder's and the decoder's layer as modules: where parameters live while they are trained and stored.

What is computed with them is written once, in `equations`; a module's `weights` hands its parameters over as those
functions take them, and its `forward` is the layer alone, for a batch of sentences.

Shape letters: B batch, H heads, S source positions, T target positions, D model width.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from attention_viewer.model.contract.architecture import Norms
from attention_viewer.model.nn import equations
from attention_viewer.model.nn.attention import MultiHeadAttention, by_head, forbidding, project_memory
from attention_viewer.model.nn.weights import (
    DecoderLayerWeights,
    EncoderLayerWeights,
    FeedForward,
    Norm,
    linear_weights,
)
from torch import Tensor, nn
from torch.nn import functional

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "swish": functional.silu,
    "silu": functional.silu,
    "gelu": functional.gelu,
}

POST_NORM = Norms()


class PositionwiseFFN(nn.Module):
    """FFN(x) = W2 · activation(W1 x + b1) + b2, the same at every position (section 3.3).

    Maps [..., d_model] to [..., output]; `output` is `d_model` unless told otherwise. A `gated` one multiplies its
    hidden units with W3 x + b3.
    """

    def __init__(
        self, d_model: int, hidden: int, output: int | None = None, activation: str = "relu", gated: bool = False
    ) -> None:
        super().__init__()
        self.inner = nn.Linear(d_model, hidden)
        self.outer = nn.Linear(hidden, d_model if output is None else output)
        self.gate = nn.Linear(d_model, hidden) if gated else None
        self.activation = ACTIVATIONS[activation]

    def weights(self) -> FeedForward:
        """The parameters as the arithmetic takes them."""
        gate = None if self.gate is None else linear_weights(self.gate)
        return FeedForward(linear_weights(self.inner), linear_weights(self.outer), self.activation, gate)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the network to the last axis of `x`."""
        output = equations.feed_forward(self.weights(), x.reshape(-1, x.shape[-1]))
        return output.view(*x.shape[:-1], -1)


class AddNorm(nn.LayerNorm):
    """LayerNorm(x + dropout(sublayer(x))): the residual connection around a sub-layer (section 3.1)."""

    def __init__(self, d_model: int, dropout: float = 0.0, norms: Norms = POST_NORM) -> None:
        super().__init__(d_model, eps=norms.epsilon)
        self.dropout, self.first = dropout, norms.first

    def weights(self) -> Norm:
        """The parameters as the arithmetic takes them."""
        return Norm(self.weight, self.bias, self.eps, self.first)

    def forward(self, x: Tensor, sublayer: Tensor) -> Tensor:  # type: ignore[override]
        """Add the sub-layer's output to its input and normalise; both and the result are [..., D]."""
        return equations.add_norm(self.weights(), x, sublayer, len(x), self.dropout if self.training else 0.0)


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network; the output has the shape of the input."""

    def __init__(
        self,
        d_model: int,
        heads: int,
        hidden: int,
        activation: str = "relu",
        dropout: float = 0.0,
        *,
        norms: Norms = POST_NORM,
        head_width: int | None = None,
        gated: bool = False,
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.self_attention = MultiHeadAttention(d_model, heads, head_width)
        self.self_attention_norm = AddNorm(d_model, dropout, norms)
        self.ffn = PositionwiseFFN(d_model, hidden, activation=activation, gated=gated)
        self.ffn_norm = AddNorm(d_model, dropout, norms)

    def weights(self) -> EncoderLayerWeights:
        """The parameters as the arithmetic takes them."""
        return EncoderLayerWeights(
            self.self_attention.self_weights(),
            self.self_attention_norm.weights(),
            self.ffn.weights(),
            self.ffn_norm.weights(),
        )

    def forward(self, x: Tensor, mask: Tensor | None = None, off: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `x` [B, S, D] to [B, S, D]; also the weights [B, H, S, S].

        `mask` is True where looking is forbidden, `off` [H] True for heads that are switched off.
        """
        batch, rate = len(x), self.dropout if self.training else 0.0
        bias = forbidding(mask, self.self_attention.heads)
        output, weights = equations.encoder_layer(self.weights(), x.flatten(0, 1), batch, bias, off, rate)
        return output.view_as(x), by_head(weights, self.self_attention.heads)


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention to the encoder's output, then the feed-forward network."""

    def __init__(
        self,
        d_model: int,
        heads: int,
        hidden: int,
        activation: str = "relu",
        dropout: float = 0.0,
        *,
        norms: Norms = POST_NORM,
        head_width: int | None = None,
        gated: bool = False,
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.self_attention = MultiHeadAttention(d_model, heads, head_width)
        self.self_attention_norm = AddNorm(d_model, dropout, norms)
        self.cross_attention = MultiHeadAttention(d_model, heads, head_width)
        self.cross_attention_norm = AddNorm(d_model, dropout, norms)
        self.ffn = PositionwiseFFN(d_model, hidden, activation=activation, gated=gated)
        self.ffn_norm = AddNorm(d_model, dropout, norms)

    def weights(self) -> DecoderLayerWeights:
        """The parameters as the arithmetic takes them."""
        return DecoderLayerWeights(
            self.self_attention.self_weights(),
            self.self_attention_norm.weights(),
            self.cross_attention.cross_weights(),
            self.cross_attention_norm.weights(),
            self.ffn.weights(),
            self.ffn_norm.weights(),
        )

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Map `x` [B, T, D] to [B, T, D], looking at the encoder's output `memory` [B, S, D].

        `mask` is True where the self-attention must not look. Also the weights of the self-attention [B, H, T, T]
        and of the cross-attention [B, H, T, S].
        """
        batch, rate = len(x), self.dropout if self.training else 0.0
        weights, bias = self.weights(), forbidding(mask, self.self_attention.heads)
        seen = project_memory(weights.cross, memory)
        output, _, own, cross = equations.decoder_layer(weights, x.flatten(0, 1), batch, seen, bias=bias, rate=rate)
        return output.view_as(x), by_head(own, weights.attention.heads), by_head(cross, weights.cross.heads)
