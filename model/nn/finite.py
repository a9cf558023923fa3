"""Numbers that overflow while computing are said, not shown: finite weights can be too large together."""

from __future__ import annotations

import math

import torch
from attention_viewer.model.contract.errors import InputError
from torch import Tensor


def check_finite(numbers: Tensor, where: str) -> None:
    """Raise InputError where `numbers` hold one that is infinite or none; `where` they arise is said.

    What is not finite in a layer makes all that follows from it so: the last numbers tell of all.
    """
    if not is_finite(numbers):
        raise InputError(
            f"The numbers overflow {where}: the weights of this model are too large to compute with in float32. "
            "Nothing of it is shown or written; open another model."
        )


def is_finite(numbers: Tensor) -> bool:
    """Whether all numbers are finite. A finite sum says so sooner; sums of finite numbers may be infinite."""
    return math.isfinite(float(numbers.sum())) or bool(torch.isfinite(numbers).all())
