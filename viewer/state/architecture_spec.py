"""The architecture as a picture: two columns of blocks, and what flows between them. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from attention_viewer.viewer.state.sheets import Hit


class Shape(StrEnum):
    """How a block is drawn: tokens, something computed, a sum with the skip path, or a whole layer that is folded."""

    TOKENS = "tokens"
    BOX = "box"
    SUM = "sum"
    FOLDED = "folded"


@dataclass(frozen=True)
class Block:
    """A part of a stack: its `title`, what leaves it (`leaving`, a shape such as "[13, 256]"), how often it ran.

    `skip` on a sum is how many blocks below it the skip path begins. `reads` says that the encoder's output comes in
    here. `fresh` parts are computed anew at this step; `opened` is the one that is looked at. `short` stands in the
    place of a title that has no room ("": nothing shorter).
    """

    title: str
    shape: Shape = Shape.BOX
    leaving: str = ""
    runs: str = ""
    hit: Hit = ()
    tip: str = ""
    skip: int = 0
    reads: bool = False
    fresh: bool = False
    opened: bool = False
    short: str = ""


@dataclass(frozen=True)
class ArchitectureSpec:
    """Encoder and decoder as blocks from bottom to top, and what goes from one to the other.

    `lit` is the stack whose token is selected, "encoder" or "decoder"; `memory` is what the encoder's output is, said
    on its way.
    """

    title: str
    subtitle: str
    encoder: tuple[Block, ...]
    decoder: tuple[Block, ...]
    memory: str
    lit: str
    caption: tuple[str, ...] = ()

    def text(self) -> str:
        """The whole in words, from bottom to top."""
        told = [f"{self.title}. {self.subtitle}"]
        for name, blocks in (("Encoder", self.encoder), ("Decoder", self.decoder)):
            told += [f"{name}: {block.title}, {block.leaving}, {block.runs}" for block in blocks]
        return "\n".join(told)
