"""Matrices whose numbers are all of half precision, as most translation models are stored: read at half the cost.

A product with a packed matrix reads two bytes a number and adds up in single precision, so nothing is rounded that
would not be otherwise; and it adds up in one order, whatever stands beside a position, so that rows computed side by
side are those computed alone, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_ENGINES = ("x86", "fbgemm")
"""Those of torch's engines, of which one is in use, that multiply so."""

_TRIED = (1, 2, 8)
"""So many positions are multiplied at once to see that each gets the same numbers."""


def fit(matrices: Sequence[Tensor]) -> bool:
    """Whether this machine can multiply by packed matrices, and these [out, in] lose nothing by being packed."""
    if torch.backends.quantized.engine not in _ENGINES:
        return False
    return all(torch.equal(each.half().to(each), each) for each in matrices)


def packed(weight: Tensor, bias: Tensor | None) -> torch.ScriptObject:
    """A matrix [out, in], and the bias [out], as `multiplied` takes it."""
    matrix: torch.ScriptObject = torch.ops.quantized.linear_prepack_fp16(weight, bias)
    return matrix


def multiplied(x: Tensor, matrix: torch.ScriptObject) -> Tensor:
    """X Wᵀ + b for positions `x` [N, in]: [N, out]."""
    product: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, matrix)
    return product


def is_alike(matrix: torch.ScriptObject, inputs: int) -> bool:
    """Whether positions [inputs] get the same numbers, to the last bit, however many are multiplied at once."""
    x = torch.linspace(-9.0, 9.0, _TRIED[-1] * inputs).sin().view(-1, inputs)
    ways = [torch.cat([multiplied(some, matrix) for some in torch.split(x, count)]) for count in _TRIED]
    return all(torch.equal(each, ways[0]) for each in ways)
