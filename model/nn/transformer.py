"""Encoder, decoder and the whole Transformer (Vaswani et al. 2017, section 3).

Shape letters: B batch, H heads, S source positions, T target positions in this pass, P target positions
before it, D model width, d = D / H, V target vocabulary. Masks are boolean, True = forbidden.
"""

from __future__ import annotations

import torch
from attention_viewer.model.contract.config import ModelConfig
from attention_viewer.model.contract.interventions import Placement
from attention_viewer.model.contract.positional import sinusoidal_encoding
from attention_viewer.model.nn.dropout import dropout
from attention_viewer.model.nn.layers import DecoderLayer, EncoderLayer
from attention_viewer.model.nn.switches import Switches
from torch import Tensor, nn
from torch.nn import functional

_TABLE_LENGTH = 1024


class PositionedEmbedding(nn.Module):
    """Token embeddings, times √D where `scaled`, plus the sinusoidal encoding of positions (3.4 and 3.5)."""

    positions: Tensor

    def __init__(self, tokens: nn.Embedding, scaled: bool, dropout: float = 0.0) -> None:
        super().__init__()
        self.tokens = tokens
        self.scale = tokens.embedding_dim**0.5 if scaled else 1.0
        self.dropout = dropout
        # The device is named because a checkpoint is loaded into a model built without storage.
        table = torch.tensor(sinusoidal_encoding(_TABLE_LENGTH, tokens.embedding_dim), device="cpu")
        self.register_buffer("positions", table, persistent=False)

    def forward(self, ids: Tensor, start: int = 0, placement: Placement | None = None) -> Tensor:
        """Embed `ids` [B, T] that stand at positions `start` onwards: [B, T, D]."""
        embedded: Tensor = self.tokens(ids) * self.scale
        stop = start + ids.shape[1]
        if placement is None:
            embedded = embedded + self._table(stop)[start:stop]
        elif (rows := placement.rows(start, stop)) is not None:
            embedded = embedded + self._table(max(rows, default=0) + 1)[rows]
        return dropout(embedded, self.dropout) if self.training else embedded

    def _table(self, length: int) -> Tensor:
        """The encodings of at least `length` positions."""
        if length <= _TABLE_LENGTH:
            return self.positions
        return torch.tensor(sinusoidal_encoding(length, self.tokens.embedding_dim)).to(self.positions)


class Encoder(nn.Module):
    """A stack of encoder layers."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(
                config.d_model,
                config.encoder_attention_heads,
                config.encoder_ffn_dim,
                config.activation_function,
                dropout,
            )
            for _ in range(config.encoder_layers)
        )

    def forward(
        self, x: Tensor, mask: Tensor | None = None, switches: Switches | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Map `x` [B, S, D] to the memory [B, S, D]; also every layer's weights [B, H, S, S]."""
        weights = []
        for index, layer in enumerate(self.layers):
            x, layer_weights = layer(x, mask, switches and switches.encoder[index])
            weights.append(layer_weights)
        return x, weights


class Decoder(nn.Module):
    """A stack of decoder layers."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            DecoderLayer(
                config.d_model,
                config.decoder_attention_heads,
                config.decoder_ffn_dim,
                config.activation_function,
                dropout,
            )
            for _ in range(config.decoder_layers)
        )

    def project_memory(self, memory: Tensor) -> list[Tensor]:
        """Every layer's cross-attention keys and values [2, BH, S, d] of the memory [B, S, D]."""
        return [layer.cross_attention.keys_values(memory) for layer in self.typed_layers()]

    def forward(
        self,
        x: Tensor,
        memory: list[Tensor],
        past: list[Tensor] | None = None,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        switches: Switches | None = None,
    ) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor]]:
        """Map `x` [B, T, D] to [B, T, D]; every list has one entry a layer, as `DecoderLayer` describes them.

        Returns the output, self-attention keys and values, self-attention weights [B, H, T, P+T] and
        cross-attention weights [B, H, T, S].
        """
        present, self_weights, cross_weights = [], [], []
        for index, layer in enumerate(self.layers):
            earlier = None if past is None else past[index]
            off = (None, None) if switches is None else switches.decoder_layer(index)
            x, keys_values, own, cross = layer(x, memory[index], earlier, mask, memory_mask, off)
            present.append(keys_values)
            self_weights.append(own)
            cross_weights.append(cross)
        return x, present, self_weights, cross_weights

    def typed_layers(self) -> list[DecoderLayer]:
        """The layers as what they are."""
        return [layer for layer in self.layers if isinstance(layer, DecoderLayer)]


class Transformer(nn.Module):
    """Encoder, decoder, and the linear map to logits over the target vocabulary (section 3.4).

    Embeddings are one parameter where the configuration shares or ties them.
    """

    logits_bias: Tensor

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        source = target = _new_embedding(config.vocab_size, config.d_model)
        if not config.share_encoder_decoder_embeddings:
            target = _new_embedding(config.decoder_vocab_size, config.d_model)
        self.source_embedding = PositionedEmbedding(source, config.scale_embedding, dropout)
        self.target_embedding = PositionedEmbedding(target, config.scale_embedding, dropout)
        self.encoder = Encoder(config, dropout)
        self.decoder = Decoder(config, dropout)
        self.generator = nn.Linear(config.d_model, config.decoder_vocab_size, bias=False)
        self.register_buffer("logits_bias", torch.zeros(config.decoder_vocab_size))
        self.tie_embeddings()

    def tie_embeddings(self) -> None:
        """Make the output matrix the target embedding's own parameter where the configuration says so."""
        if self.config.tie_word_embeddings:
            self.generator.weight = self.target_embedding.tokens.weight

    def encode(
        self, source: Tensor, padding: Tensor | None = None, switches: Switches | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Encode ids `source` [B, S]; `padding` [B, S] is True at padding and at hidden tokens.

        Returns the memory [B, S, D] and every layer's weights [B, H, S, S].
        """
        embedded = self.source_embedding(source, placement=switches and switches.source_placement)
        memory, weights = self.encoder(embedded, key_mask(padding), switches)
        return memory, weights

    def decode(
        self,
        target: Tensor,
        memory: Tensor,
        source_padding: Tensor | None = None,
        switches: Switches | None = None,
        causal: bool = True,
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Decode all of the ids `target` [B, T] in one pass, each position blind to later ones where `causal`.

        Returns the hidden vectors [B, T, D], and every layer's self [B, H, T, T] and cross weights
        [B, H, T, S]. Padding at the end of a target needs no mask: the causal one hides it.
        """
        hidden, _, self_weights, cross_weights = self.decoder(
            self.target_embedding(target, placement=switches and switches.target_placement),
            self.decoder.project_memory(memory),
            None,
            causal_mask(target.shape[1], target.device) if causal else None,
            key_mask(source_padding),
            switches,
        )
        return hidden, self_weights, cross_weights

    def logits(self, hidden: Tensor) -> Tensor:
        """Raw logits [..., V] of the decoder's hidden vectors [..., D]."""
        return functional.linear(hidden, self.generator.weight, self.logits_bias)

    def forward(self, source: Tensor, target: Tensor, source_padding: Tensor | None = None) -> Tensor:
        """Natural log-probabilities [B, T, V] of the token after each of the ids `target` [B, T]."""
        memory, _ = self.encode(source, source_padding)
        hidden, _, _ = self.decode(target, memory, source_padding)
        return self.logits(hidden).log_softmax(-1)


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
