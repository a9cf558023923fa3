"""What attention maps a model has, and the names of its heads. Torch-free.

Whoever shows, saves or measures maps goes through the `MapInfo`s that a model declares, and asks them what stands along
the sides of a map; only a family that declares maps knows their names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from attention_viewer.model.contract.errors import InputError

Kind: TypeAlias = str
"""The name of a map, as its `MapInfo` has it."""
ENCODER, DECODER, CROSS = "encoder", "decoder", "cross"
"""The kinds of attention of Vaswani et al. 2017, section 3.2.3, for those who compute them."""


STACKS = ("encoder", "decoder")
"""The stacks of layers: of the source, and of the translation so far."""
SUBLAYERS = ("self", "cross")
"""The sub-layers of attention: to the stack's own tokens, and to those of another."""


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

    `kind` is its name in files and commands, `name` what people call it, `short` one word of that. `causal` maps have
    a triangular mask: no row looks at a later column. `guided`: layer and head, from 0, of the head trained to align
    words (Garg et al. 2019). `first`: the head to begin with; where there is none such, the nearest one.
    """

    kind: Kind
    name: str
    short: str
    layers: int
    heads: int
    rows: Stream
    columns: Stream
    causal: bool = False
    guided: tuple[int, int] | None = None
    first: tuple[int, int] = (0, 0)

    @property
    def title(self) -> str:
        """The name, which says where the map is masked."""
        return f"Masked {self.name[:1].lower()}{self.name[1:]}" if self.causal else self.name

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.layers, self.heads

    @property
    def decodes(self) -> bool:
        """Whether each row belongs to a step of the decoder, so that there is none before the first."""
        return self.rows is Stream.TARGET

    @property
    def crosses(self) -> bool:
        """Whether rows and columns are different sentences."""
        return self.rows is not self.columns

    @property
    def stack(self) -> str:
        """The one of STACKS in whose layers the heads are: the rows are what it computes."""
        return STACKS[self.decodes]

    @property
    def part(self) -> str:
        """The one of SUBLAYERS that the heads are of."""
        return SUBLAYERS[self.crosses]

    @property
    def head_ids(self) -> tuple[HeadId, ...]:
        """All heads of the map, layer by layer."""
        return tuple(HeadId(self.kind, layer, head) for layer in range(self.layers) for head in range(self.heads))


def named(maps: Iterable[MapInfo], kind: str) -> MapInfo:
    """The map of a name. Raises InputError where a model has none."""
    known = tuple(maps)
    for each in known:
        if each.kind == kind:
            return each
    raise InputError(f"The model has no attention called {kind!r}: it has {', '.join(each.kind for each in known)}.")


def encoder_decoder(
    encoder: tuple[int, int], decoder: tuple[int, int], guided: tuple[int, int] | None = None
) -> tuple[MapInfo, ...]:
    """The three kinds of attention of Vaswani et al. 2017, section 3.2.3, in the order in which they are computed.

    `encoder` and `decoder` are (layers, heads); `guided` is a cross-attention head.
    """
    source, target = Stream.SOURCE, Stream.TARGET
    return (
        MapInfo(ENCODER, "Encoder self-attention", "Encoder", *encoder, source, source),
        MapInfo(DECODER, "Decoder self-attention", "Decoder", *decoder, target, target, causal=True),
        MapInfo(CROSS, "Cross-attention", "Cross", *decoder, target, source, guided=guided),
    )


EXPECTED = encoder_decoder((1, 1), (1, 1))
"""What to reckon with as long as no model says what it has."""
