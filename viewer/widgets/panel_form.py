"""How the panels stand in a window of some size, and what the user chose against it. Pure; no widgets.

Lengths are in ems, so that large text counts like a small window.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

NEXT, POSITIONS = "next", "positions"
MAPS = ("encoder", "decoder", "cross")
LOWER = (POSITIONS, "laboratory", "hypotheses", "beam")
"""Cards that share a place by tabs: below the maps, or behind some of them where the room is small."""
THREE_COLUMNS_EMS, TWO_COLUMNS_EMS = 84.0, 62.0
"""Widths of the window from which three maps, or two, stand side by side."""
OPEN_EMS = 66.0
"""Height of the window from which the lower cards stand open without being asked for."""
NEXT_SHARE, NEXT_EMS = 0.11, (12.0, 19.0)
"""Share of the width that the next token gets, and the least and the most of it."""
LOWER_SHARE, LOWER_EMS = 0.24, 13.0
"""Share of the height that the positional encoding gets below the maps, and the least of it."""
WORKING_SHARE, WORKING_EMS = 0.55, 26.0
"""The same for the other lower cards: of the height at most, and what they can make use of."""
MOST_BELOW = 0.8
"""Share of the height that a saved layout may give the lower cards."""


@dataclass(frozen=True)
class Form:
    """So many columns of maps; with three of them the lower cards have a place below, `open` or folded to tabs."""

    columns: int
    open: bool

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The names of the cards in each column, from the left; those of a column share it by tabs."""
        encoder, decoder, cross = MAPS
        if self.columns == 3:
            return (NEXT,), (encoder,), (decoder,), (cross,)
        if self.columns == 2:
            return (NEXT,), (encoder, decoder, POSITIONS), (cross, *LOWER[1:])
        return (NEXT,), (cross, encoder, decoder, *LOWER)

    def group_of(self, name: str) -> tuple[str, ...]:
        """The cards that share a place with a card, itself included."""
        return next((group for group in (*self.groups, LOWER) if name in group), (name,))


def form_for(width: float, height: float) -> Form:
    """The form for a window of so many ems."""
    columns = 3 if width >= THREE_COLUMNS_EMS else 2 if width >= TWO_COLUMNS_EMS else 1
    return Form(columns, height >= OPEN_EMS)


def column_of(name: str) -> str:
    """What the share of a card's width goes by: every card of a column has the same."""
    return NEXT if name == NEXT else name if name in MAPS else MAPS[-1]


def column_widths(names: Sequence[str], room: int, em: float, chosen: Mapping[str, float]) -> list[int]:
    """The widths in pixels of columns by the cards in front, which fill `room` to the pixel.

    Where they did not, Qt would share out the rest by what was there before. `chosen` are shares by column.
    """
    least, most = (ems * em for ems in NEXT_EMS)
    narrow = min(most, max(least, NEXT_SHARE * room)) / room if room > 0 else 0.0
    wide = (1.0 - narrow) / max(1, len(names) - 1) if NEXT in names else 1.0
    shares = [chosen.get(column_of(name), narrow if name == NEXT else wide) for name in names]
    total = sum(shares) or 1.0
    edges = [round(room * sum(shares[:count]) / total) for count in range(len(shares) + 1)]
    return [max(1, right - left) for left, right in pairwise(edges)]


def height_below(name: str, height: int, em: float, chosen: Mapping[bool, float]) -> int:
    """The height in pixels that a lower card in front gets of `height`; `chosen` as in `Chosen.below`."""
    working = name != POSITIONS
    if working in chosen:
        return max(1, round(chosen[working] * height))
    if working:
        return round(min(WORKING_EMS * em, WORKING_SHARE * height))
    return round(max(LOWER_EMS * em, LOWER_SHARE * height))


@dataclass
class Chosen:
    """What the user chose: shares that splitters were dragged to, whether the lower cards are open, that cards moved.

    `widths` are shares of the width by the number of columns, `below` shares of the height of the positional encoding
    (False) and of the other lower cards (True); `open` is None where the room decides.
    """

    widths: dict[int, dict[str, float]] = field(default_factory=dict)
    below: dict[bool, float] = field(default_factory=dict)
    open: bool | None = None
    moved: bool = False

    def to_bytes(self, columns: int) -> bytes:
        """As it is saved with the layout of so many columns."""
        widths = {str(count): shares for count, shares in self.widths.items()}
        said = {"widths": widths, "below": list(self.below.items()), "open": self.open, "moved": self.moved}
        return json.dumps({**said, "columns": columns}).encode()

    @classmethod
    def from_bytes(cls, saved: bytes) -> tuple[Chosen, int]:
        """What was saved, and the columns of its layout: nothing, and 0, where the bytes do not say."""
        try:
            said: Any = json.loads(saved or b"{}")
            widths = {
                int(columns): {str(name): abs(float(share)) for name, share in shares.items()}
                for columns, shares in said.get("widths", {}).items()
            }
            below = {bool(working): min(MOST_BELOW, float(share)) for working, share in said.get("below", [])}
            chosen = cls(widths, below, said.get("open"), bool(said.get("moved", False)))
            return (chosen, int(said.get("columns", 0))) if chosen.open in (True, False, None) else (cls(), 0)
        except (ValueError, TypeError, AttributeError):
            return cls(), 0
