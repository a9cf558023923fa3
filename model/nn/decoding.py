"""Incremental decoding: the encoder once a sentence, the decoder one row at a time (section 3.1).

A row is the arithmetic of `DecoderLayer` for a single position, written out over the layer's parameters:
products of one row with a matrix are so short that looking up modules would cost as much again.

Shape letters: B batch, Le, He encoder layers and heads, Ld, Hd decoder layers and heads, S source positions,
t rows decoded so far, D model width, d width of a head, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from attention_viewer.model.contract.interventions import Placement
from attention_viewer.model.nn.attention import weighted_values, without_heads
from attention_viewer.model.nn.layers import LAYER_NORM_EPSILON, DecoderLayer
from attention_viewer.model.nn.switches import Switches
from attention_viewer.model.nn.transformer import Transformer, key_mask
from torch import Tensor
from torch.nn.functional import layer_norm, linear


class LayerWeights(NamedTuple):
    """The parameters of one decoder layer and its sentence's cross-attention keys and values.

    Pairs are a matrix or gain and its bias; `off` are the heads [H] of self- and cross-attention that are switched
    off. `memory_keys` are transposed, [BHd, d, S], `memory_values`
    [BHd, S, d]; `cross_query` holds the factor 1 / √d.
    """

    heads: int
    scale: float
    activation: Callable[[Tensor], Tensor]
    memory_keys: Tensor
    memory_values: Tensor
    query_key_value: tuple[Tensor, Tensor]
    self_output: tuple[Tensor, Tensor]
    self_norm: tuple[Tensor, Tensor]
    cross_query: tuple[Tensor, Tensor]
    cross_output: tuple[Tensor, Tensor]
    cross_norm: tuple[Tensor, Tensor]
    inner: tuple[Tensor, Tensor]
    outer: tuple[Tensor, Tensor]
    ffn_norm: tuple[Tensor, Tensor]
    off: tuple[Tensor | None, Tensor | None] = (None, None)


class DecoderState(NamedTuple):
    """All that the next row depends on besides the token it reads. Never changed, only replaced.

    `layers` belong to the sentence; `past` are the self-attention keys and values of each layer
    [2, BHd, t, d], None before the first row; `memory_mask` [B, 1, 1, S] is True at padding and hidden tokens;
    `placement` says where tokens stand, None for where they do.
    """

    layers: tuple[LayerWeights, ...]
    memory_mask: Tensor | None = None
    past: tuple[Tensor, ...] | None = None
    placement: Placement | None = None

    @property
    def length(self) -> int:
        """How many rows were decoded."""
        return 0 if self.past is None else self.past[0].shape[-2]

    def select(self, batch: Tensor) -> DecoderState:
        """The state of the rows `batch` [N] of a batch, of which all come from one sentence."""
        heads = self.layers[0].heads
        if self.past is None:
            return self
        past = tuple(
            layer.view(2, -1, heads, *layer.shape[2:]).index_select(1, batch).flatten(1, 2) for layer in self.past
        )
        return self._replace(past=past)

    def first(self, rows: int) -> DecoderState:
        """The state as it was after `rows` rows; its tensors are views that nothing ever writes to."""
        if self.past is None or rows == self.length:
            return self
        past = tuple(layer[..., :rows, :] for layer in self.past) if rows else None
        return self._replace(past=past)


class EncodedSource(NamedTuple):
    """The encoder's `self_attention` [Le, B, He, S, S], its output `memory` [B, S, D], the decoder's first `state`."""

    self_attention: Tensor
    memory: Tensor
    state: DecoderState


class DecodedRow(NamedTuple):
    """What one decoder row computed.

    Natural `log_probabilities` [B, V] at temperature 1, `self_attention` [Ld, B, Hd, t+1] and
    `cross_attention` [Ld, B, Hd, S].
    """

    log_probabilities: Tensor
    self_attention: Tensor
    cross_attention: Tensor


@torch.inference_mode()
def encode(
    model: Transformer, source: Tensor, padding: Tensor | None = None, switches: Switches | None = None
) -> EncodedSource:
    """Encode the ids `source` [B, S] and project the memory once.

    `padding` [B, S] is True at padding and at hidden tokens.
    """
    memory, weights = model.encode(source, padding, switches)
    layers = tuple(
        _layer_weights(
            layer, memory, (None, None) if switches is None else (switches.decoder[index], switches.cross[index])
        )
        for index, layer in enumerate(model.decoder.typed_layers())
    )
    state = DecoderState(layers, key_mask(padding), placement=None if switches is None else switches.target_placement)
    return EncodedSource(torch.stack(weights), memory, state)


@torch.inference_mode()
def decode_step(model: Transformer, state: DecoderState, token: Tensor) -> tuple[DecoderState, DecodedRow]:
    """Decode the row that reads the ids `token` [B]; earlier rows are not touched."""
    x = model.target_embedding(token[:, None], state.length, state.placement)[:, 0]  # [B, D]
    past, self_weights, cross_weights = [], [], []
    for index, layer in enumerate(state.layers):
        earlier = None if state.past is None else state.past[index]
        x, keys_values, own, cross = _layer_row(layer, x, earlier, state.memory_mask)
        past.append(keys_values)
        self_weights.append(own)
        cross_weights.append(cross)
    by_heads = (len(past), len(token), -1)
    row = DecodedRow(
        model.logits(x).log_softmax(-1),
        torch.stack(self_weights).view(*by_heads, state.length + 1),
        torch.stack(cross_weights).view(*by_heads, cross_weights[0].shape[-1]),
    )
    return state._replace(past=tuple(past)), row


def best_tokens(log_probabilities: Tensor, count: int, barred: Sequence[int]) -> tuple[list[int], list[float]]:
    """The `count` most probable ids of `log_probabilities` [V] without the `barred` ones, best first.

    Also their natural log-probabilities. The first one is the greedy choice.
    """
    size = min(count + len(barred), log_probabilities.shape[0])
    values, ids = torch.topk(log_probabilities, size)
    kept = [pair for pair in zip(ids.tolist(), values.tolist(), strict=True) if pair[0] not in barred][:count]
    return [token for token, _ in kept], [value for _, value in kept]


def _layer_weights(layer: DecoderLayer, memory: Tensor, off: tuple[Tensor | None, Tensor | None]) -> LayerWeights:
    own, cross, ffn = layer.self_attention, layer.cross_attention, layer.ffn
    width = own.d_model
    memory_keys, memory_values = cross.keys_values(memory).unbind(0)  # [BH, S, d]
    # A copy side by side in memory: in place, every row would read it in short stretches of the whole.
    cross_query = (cross.weight[:width].t() * cross.scale).t()
    return LayerWeights(
        own.heads,
        own.scale,
        ffn.activation,
        memory_keys.transpose(1, 2).contiguous(),
        memory_values,
        (own.weight, own.bias),
        (own.output.weight, own.output.bias),
        (layer.self_attention_norm.weight, layer.self_attention_norm.bias),
        (cross_query, cross.bias[:width] * cross.scale),
        (cross.output.weight, cross.output.bias),
        (layer.cross_attention_norm.weight, layer.cross_attention_norm.bias),
        (ffn.inner.weight, ffn.inner.bias),
        (ffn.outer.weight, ffn.outer.bias),
        (layer.ffn_norm.weight, layer.ffn_norm.bias),
        off,
    )


def _layer_row(
    layer: LayerWeights, x: Tensor, past: Tensor | None, memory_mask: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One row of `DecoderLayer`: maps `x` [B, D] to [B, D].

    Also the self-attention's keys and values [2, BHd, t+1, d], its weights [BHd, 1, t+1] and the
    cross-attention's [BHd, 1, S].
    """
    batch, width = x.shape
    heads = layer.heads
    projected = linear(x, *layer.query_key_value).view(batch, 3, heads, 1, width // heads)
    projected = projected.transpose(0, 1).flatten(1, 2)  # [3, BH, 1, d]
    keys_values = projected[1:] if past is None else torch.cat((past, projected[1:]), dim=-2)
    keys, values = keys_values.unbind(0)  # [BH, t+1, d]
    attended, own = weighted_values(projected[0] * layer.scale, keys.transpose(1, 2), values, heads)
    attended = _without_heads(attended, layer.off[0], batch)
    x = _add_norm(x, linear(attended.view(batch, width), *layer.self_output), layer.self_norm)

    query = linear(x, *layer.cross_query).view(batch * heads, 1, -1)  # [BH, 1, d]
    attended, cross = weighted_values(query, layer.memory_keys, layer.memory_values, heads, memory_mask)
    attended = _without_heads(attended, layer.off[1], batch)
    x = _add_norm(x, linear(attended.view(batch, width), *layer.cross_output), layer.cross_norm)

    hidden = layer.activation(linear(x, *layer.inner))
    mostly_zero = batch == 1 and layer.activation is torch.relu
    output = _sparse_linear(hidden, *layer.outer) if mostly_zero else linear(hidden, *layer.outer)
    return _add_norm(x, output, layer.ffn_norm), keys_values, own, cross


def _without_heads(attended: Tensor, off: Tensor | None, batch: int) -> Tensor:
    """The heads' outputs [BH, 1, d], zero for the heads that are off."""
    if off is None:
        return attended
    return without_heads(attended.view(batch, -1, *attended.shape[1:]), off)


def _sparse_linear(x: Tensor, matrix: Tensor, bias: Tensor) -> Tensor:
    """`linear` of one row [1, F] that reads only the columns of the matrix which meet a number that is not 0.

    About nine in ten units of a trained ReLU network are silent, and reading the matrix is what takes time.
    """
    active = x[0].nonzero().flatten()
    return torch.addmm(bias, x.index_select(1, active), matrix.t().index_select(0, active))


def _add_norm(x: Tensor, sublayer: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
    return layer_norm(x + sublayer, (x.shape[-1],), *norm, LAYER_NORM_EPSILON)
