"""Multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2).

Shape letters: B batch, H heads, T queries, K keys, D model width, d = D / H width of a head.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class MultiHeadAttention(nn.Module):
    """Concat(head_1, ..., head_H) W^O, head_h = softmax(Q_h K_hᵀ / √d) V_h; it returns its weights as well.

    W^Q, W^K and W^V are the three thirds of one matrix [3D, D], so that a position which is query, key and
    value at once is projected in one product. Batch and heads share one axis [BH] between the projections.
    """

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide a model width of {d_model}")
        self.d_model, self.heads, self.width = d_model, heads, d_model // heads
        self.scale = self.width**-0.5
        self.weight = nn.Parameter(torch.empty(3 * d_model, d_model))
        self.bias = nn.Parameter(torch.zeros(3 * d_model))
        self.output = nn.Linear(d_model, d_model)
        for projection in self.weight.chunk(3):
            nn.init.xavier_uniform_(projection)

    def forward(self, queries: Tensor, memory: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Attend from `queries` [B, T, D] to `memory` [B, K, D].

        `mask` is boolean, broadcastable to [B, H, T, K], True where looking is forbidden. Returns the output
        [B, T, D] and the weights [B, H, T, K].
        """
        return self.attend(self.queries(queries), self.keys_values(memory), mask)

    def queries(self, x: Tensor) -> Tensor:
        """Project `x` [B, T, D] to queries [BH, T, d]."""
        d_model = self.d_model
        return self._split(functional.linear(x, self.weight[:d_model], self.bias[:d_model]), 1)[0]

    def keys_values(self, x: Tensor) -> Tensor:
        """Project `x` [B, K, D] to keys and values, stacked to [2, BH, K, d]."""
        d_model = self.d_model
        return self._split(functional.linear(x, self.weight[d_model:], self.bias[d_model:]), 2)

    def queries_keys_values(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Both projections of one `x` [B, T, D]: queries [BH, T, d], keys and values [2, BH, T, d]."""
        projected = self._split(functional.linear(x, self.weight, self.bias), 3)  # [3, BH, T, d]
        return projected[0], projected[1:]

    def attend(
        self, query: Tensor, keys_values: Tensor, mask: Tensor | None = None, off: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Attention of projected queries [BH, T, d] over projected keys and values [2, BH, K, d].

        `off` is boolean [H], True for heads whose output is set to zero. Returns the output [B, T, D] and the
        weights [B, H, T, K], as `forward` does.
        """
        keys, values = keys_values.unbind(0)  # [BH, K, d]
        attended, weights = weighted_values(query * self.scale, keys.transpose(1, 2), values, self.heads, mask)
        heads = without_heads(self._by_heads(attended), off)  # [B, H, T, d]
        output: Tensor = self.output(heads.transpose(1, 2).flatten(2))  # [B, T, D]
        return output, self._by_heads(weights)

    def _split(self, projected: Tensor, parts: int) -> Tensor:
        batch, length, _ = projected.shape
        heads = projected.view(batch, length, parts, self.heads, self.width)  # [B, T, parts, H, d]
        return heads.permute(2, 0, 3, 1, 4).flatten(1, 2)  # [parts, BH, T, d]

    def _by_heads(self, x: Tensor) -> Tensor:
        return x.view(-1, self.heads, *x.shape[1:])  # [B, H, ...]


def without_heads(heads: Tensor, off: Tensor | None) -> Tensor:
    """The heads' outputs [B, H, T, d], those of the heads that `off` [H] names set to zero."""
    return heads if off is None else heads.masked_fill(off[None, :, None, None], 0.0)


def weighted_values(
    scaled_query: Tensor, keys: Tensor, values: Tensor, heads: int, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(Q Kᵀ / √d) V of every head (section 3.2.1).

    Takes queries already divided by √d [BH, T, d], transposed keys [BH, d, K], values [BH, K, d], and a boolean
    mask broadcastable to [B, H, T, K]. Returns the heads' outputs [BH, T, d] and their weights [BH, T, K].
    """
    scores = torch.bmm(scaled_query, keys)  # [BH, T, K]
    if mask is not None:
        scores = scores.view(-1, heads, *scores.shape[1:]).masked_fill(mask, -torch.inf).view_as(scores)
    weights = scores.softmax(-1)  # [BH, T, K]
    return torch.bmm(weights, values), weights
