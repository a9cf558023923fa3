"""The encoder's and the decoder's layer (Vaswani et al. 2017, sections 3.1 and 3.3), as functions of tensors.

Each is written once: for a whole sentence, for one row with what earlier rows left behind, in training and while
inner values are recorded. What is special about one row lies in how its parameters are prepared.

Shape letters: B batch, H heads, S source positions, T target positions in this pass, P target positions before it,
N = B·T (or B·S) positions side by side, D model width, F hidden units, d width of a head.
"""

from __future__ import annotations

from functools import cache

import torch
from attention_viewer.model.nn.attention import (
    attend,
    attend_apart,
    looked_at,
    output_projection,
    self_projections,
    split_heads,
)
from attention_viewer.model.nn.dropout import dropout
from attention_viewer.model.nn.recorder import Record, passed, within
from attention_viewer.model.nn.weights import (
    DecoderLayerWeights,
    EncoderLayerWeights,
    FeedForward,
    KeysValues,
    Norm,
    SelfAttention,
    affine,
)
from torch import Tensor


def encoder_layer(
    layer: EncoderLayerWeights,
    x: Tensor,
    batch: int,
    bias: Tensor | None = None,
    off: Tensor | None = None,
    rate: float = 0.0,
    record: Record | None = None,
) -> tuple[Tensor, Tensor]:
    """Self-attention, then the feed-forward network: maps `x` [N, D] to [N, D].

    `bias` of the scores [BH or 1, S or 1, S] is -inf where looking is forbidden, `off` [H] True for heads that are
    switched off, `rate` that of dropout. Returns the output and the weights [BH, S, S].
    """
    x, _, weights = _self_attention(layer.attention, layer.attention_norm, x, batch, None, bias, off, rate, record)
    return _feed_forward(layer.ffn, layer.ffn_norm, x, batch, rate, record), weights


def decoder_layer(
    layer: DecoderLayerWeights,
    x: Tensor,
    batch: int,
    memory: KeysValues,
    past: Tensor | None = None,
    bias: Tensor | None = None,
    memory_bias: Tensor | None = None,
    off: tuple[Tensor | None, Tensor | None] = (None, None),
    rate: float = 0.0,
    record: Record | None = None,
    apart: bool = False,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Masked self-attention, attention to the encoder's output, the feed-forward network: `x` [N, D] to [N, D].

    `memory` are the cross-attention's keys and values of the encoder's output, `past` [2, BH, P, d] the
    self-attention's of earlier positions; the biases of the scores are -inf where looking is forbidden, `off` are the
    heads [H] of both attentions that are switched off. `apart`: the batch are positions of one sentence, whose `past`
    it is, and each gets the numbers that it has alone. Returns the output, the self-attention's keys and values
    [2, BH, P+T, d], its weights [BH, T, P+T] and the cross-attention's [BH, T, S].
    """
    x, present, own = _self_attention(
        layer.attention, layer.attention_norm, x, batch, past, bias, off[0], rate, record, apart
    )

    here = within(record, "cross")
    read = _before(layer.cross_norm, x, batch, here)
    cross = layer.cross
    query = split_heads(affine(read, cross.query, apart), batch, 1, cross.heads)[0]  # [BH, T, d]
    attended, weights = attend(cross, query, memory, memory_bias, off[1], here)
    x = add_norm(layer.cross_norm, x, output_projection(cross, attended, apart), batch, rate, here)
    return _feed_forward(layer.ffn, layer.ffn_norm, x, batch, rate, record, apart), present, own, weights


def feed_forward(
    ffn: FeedForward, x: Tensor, batch: int = 1, record: Record | None = None, apart: bool = False
) -> Tensor:
    """FFN(x) = W2 · activation(W1 x + b1) + b2, the same at every position (section 3.3): [N, D] to [N, D].

    `apart`: with the numbers that each position gets alone.
    """
    hidden = ffn.activation(affine(x, ffn.inner, apart))  # [N, F]
    if ffn.gate is not None:
        hidden = hidden * affine(x, ffn.gate, apart)
    if record is not None:
        record("hidden", _by_sentence(hidden, batch))
    if ffn.active_columns is not None and (apart or x.shape[0] == 1):
        output = _of_active_units(hidden, ffn.active_columns)
        return output if ffn.outer.bias is None else output + ffn.outer.bias
    return affine(hidden, ffn.outer, apart)


def normalise(norm: Norm, x: Tensor) -> Tensor:
    """Layer normalisation of the last axis of `x` [..., D] (Ba et al. 2016)."""
    return torch.layer_norm(x, (x.shape[-1],), norm.gain, norm.bias, norm.epsilon)


def _self_attention(
    attention: SelfAttention,
    norm: Norm,
    x: Tensor,
    batch: int,
    past: Tensor | None,
    bias: Tensor | None,
    off: Tensor | None,
    rate: float,
    record: Record | None,
    apart: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """The sub-layer around self-attention; also keys and values [2, BH, P+T, d] and the weights [BH, T, P+T]."""
    here = within(record, "self")
    query, keys_values = self_projections(attention, _before(norm, x, batch, here), batch, apart)
    if apart:
        keys_values = keys_values.view(2, batch, attention.heads, -1).transpose(1, 2)  # [2, H, T, d]
    if past is not None:
        keys_values = torch.cat((past, keys_values), dim=-2)  # [2, BH, P+T, d]
    if apart:
        attended, weights = attend_apart(attention, query, keys_values, off)
    else:
        attended, weights = attend(attention, query, looked_at(keys_values), bias, off, here)
    output = output_projection(attention, attended, apart)
    return add_norm(norm, x, output, batch, rate, here), keys_values, weights


def _feed_forward(
    ffn: FeedForward, norm: Norm, x: Tensor, batch: int, rate: float, record: Record | None, apart: bool = False
) -> Tensor:
    """The sub-layer around the feed-forward network."""
    here = within(record, "ffn")
    output = feed_forward(ffn, _before(norm, x, batch, here), batch, here, apart)
    return add_norm(norm, x, output, batch, rate, here)


def _before(norm: Norm, x: Tensor, batch: int, record: Record | None) -> Tensor:
    """What a sub-layer reads of `x` [N, D]: itself, or in a pre-norm model LayerNorm(x)."""
    read = normalise(norm, x) if norm.first else x
    if record is not None:
        record("input", _by_sentence(read, batch))
    return read


def add_norm(
    norm: Norm, x: Tensor, output: Tensor, batch: int, rate: float = 0.0, record: Record | None = None
) -> Tensor:
    """LayerNorm(x + dropout(output)): the residual connection around a sub-layer (section 3.1); all [N, D].

    In a pre-norm model the sum goes on as it is.
    """
    if record is not None:
        output = passed(record, "output", _by_sentence(output, batch)).flatten(0, 1)
    total = x + (dropout(output, rate) if rate else output)
    normed = total if norm.first else normalise(norm, total)
    if record is not None:
        record("residual", _by_sentence(total, batch))
        normed = passed(record, "normed", _by_sentence(normed, batch)).flatten(0, 1)
    return normed


def _of_active_units(hidden: Tensor, columns: Tensor) -> Tensor:
    """Positions `hidden` [N, F] times W2, reading only those `columns` [F, D] of it which meet a number that is not 0.

    About nine in ten units of a trained ReLU network are silent, and reading the matrix is what takes time. Each
    position is summed up by itself.
    """
    count, units = hidden.shape
    flat = hidden.view(-1)
    active = flat.nonzero().view(-1)
    starts = _starts(count, units)
    if count > 1:
        starts = torch.searchsorted(active, starts)
    which = active if count == 1 else active.remainder(units)
    return torch.embedding_bag(columns, which, starts, False, 0, False, flat.index_select(0, active))[0]


@cache
def _starts(count: int, units: int) -> Tensor:
    """Where each of so many positions begins among all their units side by side."""
    with torch.inference_mode(False):
        return torch.arange(count) * units


def _by_sentence(x: Tensor, batch: int) -> Tensor:
    return x.view(batch, -1, x.shape[-1])  # [B, T, ...]
