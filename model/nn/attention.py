"""Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2): functions of tensors, and parameters.

Shape letters: B batch, H heads, T queries, K keys, N = B·T positions side by side, D model width, d width of a head.
Batch and heads share one axis [BH] between the projections.
"""

from __future__ import annotations

from functools import cache

import torch
from attention_viewer.model.nn.recorder import Record, passed
from attention_viewer.model.nn.weights import CrossAttention, KeysValues, Linear, SelfAttention, affine, linear_weights
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """The parameters of one attention.

    W^Q, W^K and W^V are the three thirds of one matrix [3Hd, D], so that a position which is query, key and value at
    once is projected in one product. A head is D / H wide unless `width` says otherwise.
    """

    def __init__(self, d_model: int, heads: int, width: int | None = None) -> None:
        super().__init__()
        if width is None and d_model % heads:
            raise ValueError(f"{heads} heads do not divide a model width of {d_model}")
        self.heads, self.width = heads, d_model // heads if width is None else width
        self.inner = heads * self.width
        self.scale = self.width**-0.5
        self.weight = nn.Parameter(torch.empty(3 * self.inner, d_model))
        self.bias = nn.Parameter(torch.zeros(3 * self.inner))
        self.output = nn.Linear(self.inner, d_model)
        for projection in self.weight.chunk(3):
            nn.init.xavier_uniform_(projection)

    def self_weights(self) -> SelfAttention:
        """The parameters where positions attend to each other."""
        return SelfAttention(self.heads, self.scale, Linear(self.weight, self.bias), linear_weights(self.output))

    def cross_weights(self) -> CrossAttention:
        """The parameters where positions attend to the encoder's output."""
        query, key_value = (
            Linear(self.weight[part], self.bias[part]) for part in (slice(self.inner), slice(self.inner, None))
        )
        return CrossAttention(self.heads, self.scale, query, key_value, linear_weights(self.output))

    def forward(self, queries: Tensor, memory: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Attend from `queries` [B, T, D] to `memory` [B, K, D].

        `mask` is boolean, [T, K] or [B, 1, T or 1, K], True where looking is forbidden. Returns the output [B, T, D]
        and the weights [B, H, T, K].
        """
        weights = self.cross_weights()
        projected = affine(queries.flatten(0, 1), weights.query)
        query = split_heads(projected, len(queries), 1, self.heads)[0]
        seen = project_memory(weights, memory)
        attended, found = attend(weights, query, seen, forbidding(mask, self.heads))
        output = output_projection(weights, attended)
        return output.view_as(queries), by_head(found, self.heads)


def split_heads(projected: Tensor, batch: int, parts: int, heads: int) -> Tensor:
    """Projected positions [N, parts·H·d] by part and head: [parts, BH, T, d]."""
    positions, width = projected.shape[0], projected.shape[1] // (parts * heads)
    if positions == 1:
        return projected.view(parts, heads, 1, width)
    by_head = projected.view(batch, -1, parts, heads, width)  # [B, T, parts, H, d]
    return by_head.permute(2, 0, 3, 1, 4).flatten(1, 2)  # [parts, BH, T, d]


def join_heads(attended: Tensor, heads: int) -> Tensor:
    """Outputs of the heads [BH, T, d] side by side for each position: [N, Hd]."""
    rows, length, width = attended.shape
    if length == 1:
        return attended.view(-1, heads * width)
    return attended.view(-1, heads, length, width).transpose(1, 2).reshape(rows // heads * length, heads * width)


def self_projections(attention: SelfAttention, x: Tensor, batch: int, apart: bool = False) -> tuple[Tensor, Tensor]:
    """Queries [BH, T, d], keys and values [2, BH, T, d] of the positions `x` [N, D], in one product."""
    projected = split_heads(affine(x, attention.query_key_value, apart), batch, 3, attention.heads)  # [3, BH, T, d]
    return projected[0], projected[1:]


def project_memory(attention: CrossAttention, memory: Tensor) -> KeysValues:
    """Keys and values of the encoder's output `memory` [B, S, D]."""
    projected = affine(memory.flatten(0, 1), attention.key_value)
    keys, values = split_heads(projected, len(memory), 2, attention.heads)  # [BH, S, d]
    return KeysValues(keys.transpose(1, 2), values)


def attend(
    attention: SelfAttention | CrossAttention,
    query: Tensor,
    seen: KeysValues,
    bias: Tensor | None = None,
    off: Tensor | None = None,
    record: Record | None = None,
) -> tuple[Tensor, Tensor]:
    """softmax(Q Kᵀ / √d + bias) V of every head (section 3.2.1).

    Takes queries [BH, T, d], what they look at, and a `bias` broadcastable to [BH, T, K], -inf where looking is
    forbidden. `off` is boolean [H], True for heads whose output is set to zero. Returns the heads' outputs
    [BH, T, d] and their weights [BH, T, K].
    """
    weights = _scores(attention.scale, query, seen.keys, bias).softmax(-1)  # [BH, T, K]
    values = seen.values
    if record is not None:
        values = _recorded(record, attention, query, seen, weights)
    attended = torch.bmm(weights, values)  # [BH, T, d]
    if off is not None:
        attended = by_head(attended, attention.heads).masked_fill(off[:, None, None], 0.0).flatten(0, 1)
    if record is not None:
        attended = passed(record, "heads", by_head(attended, attention.heads)).flatten(0, 1)
    return attended, weights


def attend_apart(
    attention: SelfAttention, query: Tensor, keys_values: Tensor, off: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """`attend` for the last T positions of a sentence, each looking at those before it and itself.

    Takes their queries, position by position, [TH, 1, d] and the sentence's `keys_values` [2, H, K, d]. The numbers
    are those of T calls with one query each. Weights [TH, 1, K] are 0 where a query does not look.
    """
    heads, last = attention.heads, keys_values.shape[-2]
    queries = torch.split(query, heads)
    weights = query.new_zeros(query.shape[0], 1, last)
    rows = []
    for index, each in enumerate(queries):
        known = last - len(queries) + index + 1
        row, found = attend(attention, each, looked_at(keys_values[..., :known, :].contiguous()), None, off)
        weights[index * heads : (index + 1) * heads, :, :known] = found
        rows.append(row)
    return torch.cat(rows), weights


def looked_at(keys_values: Tensor) -> KeysValues:
    """Keys and values [2, BH, K, d] as attention takes them."""
    return KeysValues(keys_values[0].transpose(1, 2), keys_values[1])


def output_projection(attention: SelfAttention | CrossAttention, attended: Tensor, apart: bool = False) -> Tensor:
    """Concat(head_1, ..., head_H) W^O (section 3.2.2): the heads' outputs [BH, T, d] to [N, D]."""
    return affine(join_heads(attended, attention.heads), attention.output, apart)


def forbidding(mask: Tensor | None, heads: int) -> Tensor | None:
    """A boolean `mask`, True where looking is forbidden, as a bias of scores [BH or 1, T or 1, K]: -inf there, else 0.

    Takes masks [T, K] that hold for the whole batch, and [B, 1, T or 1, K] that hold for all heads.
    """
    if mask is None:
        return None
    bias = torch.zeros(mask.shape, device=mask.device).masked_fill(mask, -torch.inf)
    return bias if mask.dim() < 4 else bias.expand(-1, heads, -1, -1).flatten(0, 1)


def by_head(x: Tensor, heads: int) -> Tensor:
    """What is known of every head [BH, ...] by sentence and head: [B, H, ...]."""
    return x.view(-1, heads, *x.shape[1:])


def _scores(scale: float, query: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
    """Q Kᵀ · scale + bias: [BH, T, K]."""
    if bias is not None:
        return torch.baddbmm(bias, query, keys, alpha=scale)
    if scale == 1.0:
        return torch.bmm(query, keys)
    return torch.baddbmm(_nothing(query.device), query, keys, beta=0, alpha=scale)


@cache
def _nothing(device: torch.device) -> Tensor:
    """What is added where nothing is; made so that training may follow a pass without gradients."""
    with torch.inference_mode(False):
        return torch.zeros(1, 1, 1, device=device)


def _recorded(
    record: Record, attention: SelfAttention | CrossAttention, query: Tensor, seen: KeysValues, weights: Tensor
) -> Tensor:
    """The values [BH, K, d] to compute with, once all that stands before the heads' outputs is recorded."""
    inner = {
        "query": query / attention.held,
        "key": seen.keys.transpose(1, 2),
        "scores": _scores(attention.scale, query, seen.keys, None),
        "weights": weights,
    }
    for name, value in inner.items():
        record(name, by_head(value, attention.heads))
    return passed(record, "value", by_head(seen.values, attention.heads)).flatten(0, 1)
