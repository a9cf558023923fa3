"""Parameters prepared for decoding one row at a time.

A decoder row is bound by reading its weights from memory. Where all numbers are of half precision, as most models are
stored, two bytes of each are read. Elsewhere, multiplying a single row by a matrix laid out column by column takes half
the time, and most columns of the second matrix of a ReLU network need not be read at all. One large block spares the
processor most page look-ups.

Shape letters: D model width, H heads, d width of a head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from attention_viewer.model.nn import halves
from attention_viewer.model.nn.transformer import Transformer
from attention_viewer.model.nn.weights import BLOCKS, DecoderLayerWeights, DecoderWeights, Linear, affine
from torch import Tensor, nn

_ALIGNMENT = 16
"""Tensors begin at multiples of so many numbers: 64 bytes, a cache line."""


def freeze(model: Transformer) -> None:
    """Make the model one to compute with, not to train: parameters side by side, and the decoder's prepared.

    Changing parameters in place afterwards changes whole passes; rows only after freezing once more.
    """
    model.eval().requires_grad_(False)
    parameters = list(model.parameters())
    _settle(parameters, _side_by_side(parameters))
    decoder = model.decoder_weights()
    model.prepared = _in_halves(decoder) or _across(decoder)


def _settle(parameters: Sequence[nn.Parameter], places: Sequence[Tensor]) -> None:
    for parameter, place in zip(parameters, places, strict=True):
        parameter.data = place


def _in_halves(decoder: DecoderWeights) -> DecoderWeights | None:
    """The parameters as packed matrices; None where that would round them, or this machine cannot."""
    if not halves.fit([linear.weight for layer in decoder.layers for linear in _linears(layer)]):
        return None
    if not halves.fit([decoder.output.weight]):
        return None
    layers = tuple(_with_linears(layer, _packed) for layer in decoder.layers)
    output = _packed(decoder.output)
    if not all(_is_alike(each) for each in (*_linears(layers[0]), output)):
        return None
    return decoder._replace(layers=layers, output=output, together=BLOCKS[-1])


def _across(decoder: DecoderWeights) -> DecoderWeights:
    """The parameters column by column, W^Q scaled, the second matrix of a ReLU network read where units are active."""
    scaled = [_scaled_queries(layer) for layer in decoder.layers]
    places = iter(_side_by_side([query for layer in scaled for query in layer]))
    across = _Across()
    layers = [_scaled(layer, *(next(places) for _ in each)) for layer, each in zip(decoder.layers, scaled, strict=True)]
    return decoder._replace(
        layers=tuple(_with_linears(layer, across) for layer in layers),
        output=across(decoder.output),
        together=BLOCKS[-1],
    )


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
def _alike(prepared: Linear) -> bool:
    """Whether on this machine a product gives positions the same numbers, to the last bit, in blocks of every size.

    That depends on the size of the matrix alone.
    """
    linear = prepared._replace(alike=True)
    x = torch.linspace(-9.0, 9.0, BLOCKS[1] * linear.weight.shape[1]).sin().view(BLOCKS[1], -1)
    alone = torch.cat([affine(each, linear) for each in torch.split(x, 1)])
    copies = [block // len(x) for block in BLOCKS[1:]]
    return all(torch.equal(affine(x.repeat(each, 1), linear, apart=True), alone.repeat(each, 1)) for each in copies)


def _bias(linear: Linear) -> Tensor:
    return linear.weight.new_zeros(len(linear.weight)) if linear.bias is None else linear.bias


class _Across:
    """Prepares linear maps for a single position; those of one size are tried once."""

    def __init__(self) -> None:
        self._alike: dict[torch.Size, bool] = {}

    def __call__(self, linear: Linear) -> Linear:
        prepared, size = linear._replace(bias=_bias(linear), across=linear.weight.t()), linear.weight.shape
        if size not in self._alike:
            self._alike[size] = _alike(prepared)
        return prepared._replace(alike=self._alike[size])


def _packed(linear: Linear) -> Linear:
    return linear._replace(packed=halves.packed(linear.weight, linear.bias))


def _is_alike(linear: Linear) -> bool:
    return linear.packed is not None and halves.is_alike(linear.packed, linear.weight.shape[1])


def _scaled(
    layer: DecoderLayerWeights, own: Tensor, own_bias: Tensor, query: Tensor, query_bias: Tensor
) -> DecoderLayerWeights:
    """The layer with W^Q that holds 1 / √d, and the columns that active units of a ReLU network meet."""
    attention, cross, ffn = layer.attention, layer.cross, layer.ffn
    return layer._replace(
        attention=attention._replace(query_key_value=Linear(own, own_bias), scale=1.0, held=attention.scale),
        cross=cross._replace(query=Linear(query, query_bias), scale=1.0, held=cross.scale),
        ffn=ffn._replace(active_columns=ffn.outer.weight.t() if ffn.activation is torch.relu else None),
    )


def _linears(layer: DecoderLayerWeights) -> list[Linear]:
    """The linear maps of every row: all but those of the encoder's output."""
    attention, cross, ffn = layer.attention, layer.cross, layer.ffn
    maps = [attention.query_key_value, attention.output, cross.query, cross.output, ffn.inner, ffn.outer]
    return maps if ffn.gate is None else [*maps, ffn.gate]


def _with_linears(layer: DecoderLayerWeights, prepare: Callable[[Linear], Linear]) -> DecoderLayerWeights:
    """The layer with these prepared."""
    attention, cross, ffn = layer.attention, layer.cross, layer.ffn
    return layer._replace(
        attention=attention._replace(
            query_key_value=prepare(attention.query_key_value), output=prepare(attention.output)
        ),
        cross=cross._replace(query=prepare(cross.query), output=prepare(cross.output)),
        ffn=ffn._replace(
            inner=prepare(ffn.inner), outer=prepare(ffn.outer), gate=None if ffn.gate is None else prepare(ffn.gate)
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
