"""The parameters of a Transformer as the arithmetic takes them: plain tensors, whoever owns and prepares them.

Shape letters: D model width, H heads, d width of a head, F hidden units, V vocabulary, B batch, K keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from attention_viewer.model.nn.halves import multiplied
from torch import Tensor, nn
from torch.nn import functional


class Linear(NamedTuple):
    """x Wᵀ + b: the `weight` [out, in] and the `bias` [out], None where there is none.

    `across` is the weight as [in, out] where it is prepared for a single position: a product that asks less;
    `alike` says that a position then gets the same numbers in blocks of all sizes. `packed` is both where all numbers
    are of half precision.
    """

    weight: Tensor
    bias: Tensor | None
    across: Tensor | None = None
    alike: bool = False
    packed: torch.ScriptObject | None = None


class Norm(NamedTuple):
    """Layer normalisation (Ba et al. 2016): `gain` [D] and `bias` [D]; `first` in a pre-norm model."""

    gain: Tensor
    bias: Tensor
    epsilon: float
    first: bool = False


class SelfAttention(NamedTuple):
    """Attention of positions to each other: W^Q, W^K and W^V stacked to one matrix [3Hd, D]; W^O [D, Hd].

    Scores are multiplied by `scale`, 1 / √d; where W^Q is prepared to hold it, `scale` is 1 and `held` what it holds.
    """

    heads: int
    scale: float
    query_key_value: Linear
    output: Linear
    held: float = 1.0


class CrossAttention(NamedTuple):
    """Attention of positions to the encoder's output: W^Q [Hd, D], W^K and W^V stacked to [2Hd, D], W^O [D, Hd]."""

    heads: int
    scale: float
    query: Linear
    key_value: Linear
    output: Linear
    held: float = 1.0


class FeedForward(NamedTuple):
    """The position-wise network: W1 [F, D], W2 [D, F], and W3 [F, D] of a gated one.

    `active_columns` are the columns of W2 [F, D] where a single position shall read only those that meet a unit which
    is not silent.
    """

    inner: Linear
    outer: Linear
    activation: Callable[[Tensor], Tensor]
    gate: Linear | None = None
    active_columns: Tensor | None = None


class EncoderLayerWeights(NamedTuple):
    """One layer of the encoder: its sub-layers and their norms."""

    attention: SelfAttention
    attention_norm: Norm
    ffn: FeedForward
    ffn_norm: Norm


class DecoderLayerWeights(NamedTuple):
    """One layer of the decoder: its sub-layers and their norms."""

    attention: SelfAttention
    attention_norm: Norm
    cross: CrossAttention
    cross_norm: Norm
    ffn: FeedForward
    ffn_norm: Norm


class EmbeddingWeights(NamedTuple):
    """Token embeddings [V, D], what they are multiplied by, and the encodings of positions [positions, D]."""

    tokens: Tensor
    scale: float
    positions: Tensor


class DecoderWeights(NamedTuple):
    """All that a decoder row depends on: embedding, layers, norm after the last (pre-norm), output matrix [V, D].

    So many rows of one sentence are computed `together` at most, without a bit of them changing.
    """

    embedding: EmbeddingWeights
    layers: tuple[DecoderLayerWeights, ...]
    final_norm: Norm | None
    output: Linear
    together: int = 1


class KeysValues(NamedTuple):
    """What attention looks at: `keys`, transposed, [BH, d, K] and `values` [BH, K, d]."""

    keys: Tensor
    values: Tensor


BLOCKS = (2, 8, 16, 32)
"""So many positions are multiplied as one block where their numbers do not depend on their company."""


def affine(x: Tensor, linear: Linear, apart: bool = False) -> Tensor:
    """X Wᵀ + b for positions `x` [N, in]: [N, out].

    With a prepared matrix a single position, and each that is `apart`, gets the numbers that it gets by itself. Each
    size of a product may have its own order of summing, and so last bits of its own. Where the few sizes of `BLOCKS`
    agree, positions are multiplied in blocks of these, filled up with zeros: there it is reading the matrix that takes
    time. Elsewhere, they are multiplied one by one. With a packed matrix company never matters.
    """
    weight, bias, across, alike, packed = linear
    if packed is not None:
        return multiplied(x, packed)
    if across is None or bias is None:
        return functional.linear(x, weight, bias)
    count = x.shape[0]
    if count == 1:
        return torch.addmm(bias, x.expand(2, -1), across)[:1] if alike else torch.addmm(bias, x, across)
    if not apart:
        return torch.addmm(bias, x, across)
    if not alike:
        return torch.cat([torch.addmm(bias, each, across) for each in torch.split(x, 1)])
    size = next(block for block in BLOCKS if block >= count)
    return torch.addmm(bias, functional.pad(x, (0, 0, 0, size - count)), across)[:count]


def linear_weights(linear: nn.Linear) -> Linear:
    """The parameters of a linear map as the arithmetic takes them."""
    return Linear(linear.weight, linear.bias)
