"""Parameters prepared for decoding one row at a time.

A decoder row is bound by reading its weights from memory: multiplying a single row by a matrix laid out column by
column takes half the time, one large block spares the processor most page look-ups, and most columns of the second
matrix of a ReLU network need not be read at all.

Shape letters: D model width, H heads, d width of a head.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.nn.weights import BLOCKS, DecoderLayerWeights, DecoderWeights, Linear, affine
from torch import Tensor

_ALIGNMENT = 16
"""Tensors begin at multiples of so many numbers: 64 bytes, a cache line."""


def freeze(model: Transformer) -> None:
    """Make the model one to compute with, not to train: parameters side by side, and the decoder's prepared.

    Changing parameters in place afterwards changes whole passes; rows only after freezing once more.
    """
    model.eval().requires_grad_(False)
    parameters = list(model.parameters())
    queries = [query for layer in model.decoder_weights().layers for query in _scaled_queries(layer)]
    packed = _side_by_side([*parameters, *queries])
    for parameter, place in zip(parameters, packed, strict=False):
        parameter.data = place
    decoder, own = model.decoder_weights(), iter(packed[len(parameters) :])
    layers = tuple(_prepared_layer(layer, *(next(own) for _ in range(4))) for layer in decoder.layers)
    prepared = decoder._replace(layers=layers, output=_across(decoder.output))
    model.prepared = prepared._replace(together=_together(prepared))


def _scaled_queries(layer: DecoderLayerWeights) -> list[Tensor]:
    """W^Q, with W^K and W^V, and its bias, of self- and of cross-attention, W^Q times 1 / √d.

    That of the cross-attention is a copy also because in place a row would read it in short stretches.
    """
    own, cross = layer.attention, layer.cross
    scale = torch.ones(len(own.query_key_value.weight))  # [3Hd]
    scale[: len(scale) // 3] = own.scale
    return [
        own.query_key_value.weight * scale[:, None],
        _bias(own.query_key_value) * scale,
        cross.query.weight * cross.scale,
        _bias(cross.query) * cross.scale,
    ]


@torch.inference_mode()
def _together(decoder: DecoderWeights) -> int:
    """As many as the largest block holds, where on this machine each position's numbers are the same in all; else 1.

    That depends on the sizes of matrices alone, which are the same in all layers.
    """
    layer = decoder.layers[0]
    own, cross, ffn = layer.attention, layer.cross, layer.ffn
    some = (own.query_key_value, own.output, cross.query, cross.output, ffn.inner, ffn.outer, ffn.gate, decoder.output)
    return BLOCKS[-1] if all(_agree(each) for each in some if each is not None) else 1


def _agree(linear: Linear) -> bool:
    """Whether a product gives positions the same numbers, to the last bit, in blocks of every size."""
    x = torch.linspace(-9.0, 9.0, BLOCKS[1] * linear.weight.shape[1]).sin().view(BLOCKS[1], -1)
    alone = torch.cat([affine(each, linear) for each in torch.split(x, 1)])
    copies = [block // len(x) for block in BLOCKS[1:]]
    return all(torch.equal(affine(x.repeat(each, 1), linear, apart=True), alone.repeat(each, 1)) for each in copies)


def _bias(linear: Linear) -> Tensor:
    return linear.weight.new_zeros(len(linear.weight)) if linear.bias is None else linear.bias


def _across(linear: Linear) -> Linear:
    return linear._replace(across=linear.weight.t())


def _prepared_layer(
    layer: DecoderLayerWeights, own: Tensor, own_bias: Tensor, query: Tensor, query_bias: Tensor
) -> DecoderLayerWeights:
    attention, cross, ffn = layer.attention, layer.cross, layer.ffn
    return layer._replace(
        attention=attention._replace(
            query_key_value=_across(Linear(own, own_bias)),
            output=_across(attention.output),
            scale=1.0,
            held=attention.scale,
        ),
        cross=cross._replace(
            query=_across(Linear(query, query_bias)), output=_across(cross.output), scale=1.0, held=cross.scale
        ),
        ffn=ffn._replace(
            inner=_across(ffn.inner),
            outer=_across(ffn.outer),
            gate=ffn.gate and _across(ffn.gate),
            active_columns=ffn.outer.weight.t() if ffn.activation is torch.relu else None,
        ),
    )


def _side_by_side(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copies of all tensors in one block of memory, matrices column by column."""
    padded = [-(-each.numel() // _ALIGNMENT) * _ALIGNMENT for each in tensors]
    parts = torch.split(torch.empty(sum(padded)), padded)
    return [_column_by_column(each, part[: each.numel()]) for each, part in zip(tensors, parts, strict=True)]


def _column_by_column(tensor: Tensor, room: Tensor) -> Tensor:
    place = room.view(tensor.shape[::-1]).t() if tensor.dim() == 2 else room.view(tensor.shape)
    return place.copy_(tensor.detach())
