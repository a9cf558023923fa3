"""What attention maps a model has, and the names of its heads. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The name of a map: one for each kind of attention in Vaswani et al. 2017, section 3.2.3."""

    ENCODER = "encoder"
    DECODER = "decoder"
    CROSS = "cross"


class HeadId(NamedTuple):
    """A head of one kind of attention; layer and head count from 0."""

    kind: Kind
    layer: int
    head: int


class Stream(StrEnum):
    """Whose tokens stand along a side of a map: the source sentence's, or the translation's so far."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True)
class MapInfo:
    """One kind of attention map, [layers, heads, rows, columns]: rows are queries, columns are keys.

    `causal` maps have a triangular mask: no row looks at a later column.
    """

    kind: Kind
    title: str
    layers: int
    heads: int
    rows: Stream
    columns: Stream
    causal: bool = False

    @property
    def head_ids(self) -> tuple[HeadId, ...]:
        """All heads of the map, layer by layer."""
        return tuple(HeadId(self.kind, layer, head) for layer in range(self.layers) for head in range(self.heads))
