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
from attention_viewer.model.nn.weights import DecoderLayerWeights, DecoderWeights, Linear
from torch import Tensor

_ALIGNMENT = 16
"""Tensors begin at multiples of so many numbers: 64 bytes, a cache line."""


def freeze(model: Transformer) -> None:
    """Make the model one to compute with, not to train: parameters side by side, and the decoder's prepared.

    Changing parameters in place afterwards changes whole passes; rows only after freezing once more.
    """
    model.eval().requires_grad_(False)
    parameters = list(model.parameters())
    queries = [layer.cross.query.matrix for layer in model.decoder_weights().layers]
    packed = _side_by_side([*parameters, *queries])
    for parameter, place in zip(parameters, packed, strict=False):
        parameter.data = place
    model.prepared = _prepared(model.decoder_weights(), packed[len(parameters) :])


def _prepared(decoder: DecoderWeights, queries: Sequence[Tensor]) -> DecoderWeights:
    layers = (_prepared_layer(layer, query) for layer, query in zip(decoder.layers, queries, strict=True))
    return decoder._replace(layers=tuple(layers))


def _prepared_layer(layer: DecoderLayerWeights, query: Tensor) -> DecoderLayerWeights:
    """`query` is a copy of the cross-attention's W^Q [Hd, D]: in place, a row would read it in short stretches."""
    cross = layer.cross._replace(query=Linear(query, layer.cross.query.bias))
    return layer._replace(cross=cross, ffn=layer.ffn._replace(sparse=layer.ffn.activation is torch.relu))


def _side_by_side(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copies of all tensors in one block of memory, matrices column by column."""
    padded = [-(-each.numel() // _ALIGNMENT) * _ALIGNMENT for each in tensors]
    parts = torch.split(torch.empty(sum(padded)), padded)
    return [_column_by_column(each, part[: each.numel()]) for each, part in zip(tensors, parts, strict=True)]


def _column_by_column(tensor: Tensor, room: Tensor) -> Tensor:
    place = room.view(tensor.shape[::-1]).t() if tensor.dim() == 2 else room.view(tensor.shape)
    return place.copy_(tensor.detach())
