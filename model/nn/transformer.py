"""Encoder, decoder and the whole Transformer (Vaswani et al. 2017, section 3).

Shape letters: B batch, H heads, S source positions, T target positions, D model width, V target vocabulary. Masks are
boolean, True = forbidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

import torch
from attention_viewer.model.contract.architecture import Architecture, StackShape
from attention_viewer.model.nn.attention import forbidding
from attention_viewer.model.nn.embedding import PositionedEmbedding, embed
from attention_viewer.model.nn.layers import AddNorm, DecoderLayer, EncoderLayer
from attention_viewer.model.nn.patches import patching
from attention_viewer.model.nn.recorder import Record, within
from attention_viewer.model.nn.stacks import decoder_stack, encoder_stack, projected_memory
from attention_viewer.model.nn.switches import Switches
from attention_viewer.model.nn.weights import DecoderWeights, EncoderLayerWeights, Linear, Norm, affine
from torch import Tensor, nn

Layer = TypeVar("Layer", EncoderLayer, DecoderLayer)


class Stack(nn.Module, Generic[Layer]):
    """The layers of the encoder or the decoder, and in a pre-norm model the norm after the last one."""

    def __init__(self, kind: type[Layer], architecture: Architecture, shape: StackShape, dropout: float) -> None:
        super().__init__()
        self._kind: type[Layer] = kind
        self.layers = nn.ModuleList(
            kind(
                architecture.d_model,
                shape.heads,
                shape.ffn_width,
                architecture.activation,
                dropout,
                norms=architecture.norms,
                head_width=shape.head_width,
                gated=architecture.gated_ffn,
            )
            for _ in range(shape.layers)
        )
        self.norm = AddNorm(architecture.d_model, 0.0, architecture.norms) if architecture.norms.first else None

    def each(self) -> Iterator[Layer]:
        """The layers, the lowest first."""
        return (layer for layer in self.layers if isinstance(layer, self._kind))

    def final_norm(self) -> Norm | None:
        """The parameters of the norm after the last layer, None in a post-norm model."""
        return None if self.norm is None else self.norm.weights()


class Transformer(nn.Module):
    """Encoder, decoder, and the linear map to logits over the target vocabulary (section 3.4).

    Embeddings are one parameter where the architecture shares or ties them. `prepared` are the decoder's parameters
    laid out for one row at a time, once the model is frozen.
    """

    logits_bias: Tensor

    def __init__(self, architecture: Architecture, dropout: float = 0.0) -> None:
        super().__init__()
        self.architecture, self.dropout = architecture, dropout
        self.prepared: DecoderWeights | None = None
        source = target = _new_embedding(architecture.source_vocabulary, architecture.d_model)
        if not architecture.shared_embedding:
            target = _new_embedding(architecture.target_vocabulary, architecture.d_model)
        self.source_embedding = PositionedEmbedding(source, architecture.scaled_embedding, dropout)
        self.target_embedding = PositionedEmbedding(target, architecture.scaled_embedding, dropout)
        self.encoder = Stack(EncoderLayer, architecture, architecture.encoder, dropout)
        self.decoder = Stack(DecoderLayer, architecture, architecture.decoder, dropout)
        self.generator = nn.Linear(architecture.d_model, architecture.target_vocabulary, bias=False)
        self.register_buffer("logits_bias", torch.zeros(architecture.target_vocabulary))
        self.tie_embeddings()

    def tie_embeddings(self) -> None:
        """Make the output matrix the target embedding's own parameter where the architecture says so."""
        if self.architecture.tied_output:
            self.generator.weight = self.target_embedding.tokens.weight

    def encoder_weights(self) -> tuple[EncoderLayerWeights, ...]:
        """The encoder's parameters as the arithmetic takes them."""
        return tuple(layer.weights() for layer in self.encoder.each())

    def decoder_weights(self) -> DecoderWeights:
        """The decoder's parameters as the arithmetic takes them."""
        return DecoderWeights(
            self.target_embedding.weights(),
            tuple(layer.weights() for layer in self.decoder.each()),
            self.decoder.final_norm(),
            self._output(),
        )

    def encode(
        self,
        source: Tensor,
        padding: Tensor | None = None,
        switches: Switches | None = None,
        record: Record | None = None,
    ) -> tuple[Tensor, list[Tensor]]:
        """Encode ids `source` [B, S]; `padding` [B, S] is True at padding and at hidden tokens.

        Returns the memory [B, S, D] and every layer's weights [B, H, S, S]. `record` gets the inner values.
        """
        record = record if switches is None else patching(switches.taken, 0, record)
        here, placement = within(record, "encoder"), None if switches is None else switches.source_placement
        x = embed(self.source_embedding.weights(), source, 0, placement, self._rate, here)
        memory, weights = encoder_stack(
            self.encoder_weights(),
            self.encoder.final_norm(),
            x,
            forbidding(key_mask(padding), self.architecture.encoder.heads),
            None if switches is None else switches.encoder,
            self._rate,
            here,
        )
        return memory, [_by_sentence(each, len(source)) for each in weights]

    def decode(
        self,
        target: Tensor,
        memory: Tensor,
        source_padding: Tensor | None = None,
        switches: Switches | None = None,
        causal: bool = True,
        record: Record | None = None,
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Decode all of the ids `target` [B, T] in one pass, each position blind to later ones where `causal`.

        Returns the hidden vectors [B, T, D], and every layer's self [B, H, T, T] and cross weights
        [B, H, T, S]. Padding at the end of a target needs no mask: the causal one hides it. `record` gets the inner
        values.
        """
        record = record if switches is None else patching(switches.taken, 0, record)
        here, placement = within(record, "decoder"), None if switches is None else switches.target_placement
        weights, heads = self.decoder_weights(), self.architecture.decoder.heads
        mask = causal_mask(target.shape[1], target.device) if causal else None
        hidden, _, own, cross = decoder_stack(
            weights,
            embed(weights.embedding, target, 0, placement, self._rate, here),
            projected_memory(weights, memory, record),
            None,
            forbidding(mask, heads),
            forbidding(key_mask(source_padding), heads),
            None if switches is None else switches.decoder_layers(),
            self._rate,
            here,
        )
        own, cross = ([_by_sentence(each, len(target)) for each in kind] for kind in (own, cross))
        return hidden, own, cross

    def logits(self, hidden: Tensor) -> Tensor:
        """Raw logits [..., V] of the decoder's hidden vectors [..., D]."""
        return affine(hidden, self._output())

    def forward(self, source: Tensor, target: Tensor, source_padding: Tensor | None = None) -> Tensor:
        """Natural log-probabilities [B, T, V] of the token after each of the ids `target` [B, T]."""
        memory, _ = self.encode(source, source_padding)
        hidden, _, _ = self.decode(target, memory, source_padding)
        return self.logits(hidden).log_softmax(-1)

    def _output(self) -> Linear:
        return Linear(self.generator.weight, self.logits_bias)

    @property
    def _rate(self) -> float:
        return self.dropout if self.training else 0.0


def _new_embedding(size: int, d_model: int) -> nn.Embedding:
    """Random embeddings of variance 1 / D, so that scaled by √D they have the size of the positions.

    Uniform, because torch's normal initialisation of a model without storage imports its compiler (2 s).
    """
    weight = nn.init.uniform_(torch.empty(size, d_model), -((3 / d_model) ** 0.5), (3 / d_model) ** 0.5)
    return nn.Embedding(size, d_model, _weight=weight)


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """Boolean [T, T], True above the diagonal: no position may look at a later one (section 3.2.3)."""
    return torch.ones(length, length, dtype=torch.bool, device=device).triu(1)


def key_mask(padding: Tensor | None) -> Tensor | None:
    """Padding [B, K] as a mask [B, 1, 1, K] that forbids looking at it."""
    return None if padding is None else padding[:, None, None, :]


def _by_sentence(weights: Tensor, batch: int) -> Tensor:
    return weights.view(batch, -1, *weights.shape[1:])  # [B, H, T, K]
