"""What a weight file says of a tensor, before anything of it is read. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTHS = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
    "bool": 1, "complex64": 8, "complex128": 16,
}  # fmt: skip
"""Bytes of a number of each type."""
REAL = ("float64", "float32", "float16", "bfloat16")
"""Types that weights may have."""
MOST_TENSORS = 20_000
"""Tensors of a checkpoint at most; one of 100 layers on each side has 4,300."""
MOST_DIMENSIONS = 8


@dataclass(frozen=True)
class Entry:
    """The type and the shape that a tensor is stored with."""

    type: str
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        """How many its numbers take."""
        return math.prod(self.shape) * WIDTHS.get(self.type, 1)

    def __str__(self) -> str:
        return f"{self.type} {list(self.shape)}"


class Damaged(ValueError):
    """A weight file that is not what its name says; the message follows "because" in a sentence for the user."""


class Refused(ValueError):
    """A weight file that is something else, or asks for what is never done; the message is a predicate of the file."""
