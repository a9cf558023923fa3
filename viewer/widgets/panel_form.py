"""Where panels stand in a window of some size: a function of their places in a workspace. Pure; no widgets.

Lengths are in ems, so that large text counts like a small window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

POSITIONS = "positions"
COLUMNS_EMS = (62.0, 88.0, 125.0)
"""Widths of the window from which two, three or four wide columns stand beside the narrow one."""
BELOW_COLUMNS = 3
"""Wide columns from which there is room for a strip below them; with fewer, its panels stand behind others."""
TALL_EMS = 56.0
"""Height of the window from which the first of the lists at the side stands above the others."""
SIDE_TOP = 0.5
"""Share of the height that it gets there."""
OPEN_EMS = 88.0
"""Height of the window from which the strip below stands open without being asked for."""
NARROW_SHARE, NARROW_EMS = 0.11, (12.0, 19.0)
"""Share of the width that the narrow column gets, and the least and the most of it."""
SIDE_SHARE, SIDE_EMS = 0.26, (25.0, 40.0)
"""The same for the column of lists at the right."""
GUIDE_SHARE, GUIDE_EMS = 0.27, (20.0, 40.0)
"""The same for what is read beside all others, in a column of its own at the right of any window."""
MAIN_WEIGHT, MAP_EMS = 2.0, 24.0
"""So much of the rest the main column gets, where a map gets 1; less where that left a map less than this width."""
LOWER_SHARE, LOWER_EMS = 0.2, 13.0
"""Share of the height that the positional encoding gets below the maps, and the least of it."""
WORKING_SHARE, WORKING_EMS = 0.55, 26.0
"""The same for the other lower cards: of the height at most, and what they can make use of."""
LIST_EMS = {"hypotheses": 15.0}
"""What those can make use of whose few lines scroll: the maps above are looked at with them."""


class Place(StrEnum):
    """What part of a workspace a panel stands in. Panels of one part share it by tabs; maps do so if they have to."""

    NARROW = "narrow"
    MAIN = "main"
    MAP = "map"
    SIDE = "side"
    BELOW = "below"
    GUIDE = "guide"


@dataclass(frozen=True)
class Workspace:
    """A named arrangement of panels, called by a key.

    Each panel says itself where it stands in which workspace; `also` has the places of panels that do not. The key of
    one that is `visited`, once more, leads back to the one before.
    """

    name: str
    title: str
    key: str = ""
    tip: str = ""
    also: Mapping[str, Place] = field(default_factory=dict)
    visited: bool = False


@dataclass(frozen=True)
class Form:
    """So many wide columns at most; with at least `BELOW_COLUMNS` there is a strip below, `open` or folded to tabs.

    In a `tall` one, a column of lists has two parts.
    """

    columns: int
    open: bool
    tall: bool = False


@dataclass(frozen=True)
class Column:
    """Panels that share a column by tabs, the first in front; `place` decides its width.

    Those `under` them share its lower part.
    """

    names: tuple[str, ...]
    place: Place
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrangement:
    """Columns from the left, and the panels that share the strip below them."""

    columns: tuple[Column, ...]
    below: tuple[str, ...]

    def group_of(self, name: str) -> tuple[str, ...]:
        """The panels that share a place with a panel, itself included."""
        groups = (*(group for column in self.columns for group in (column.names, column.under)), self.below)
        return next((group for group in groups if name in group), (name,))


def form_for(width: float, height: float) -> Form:
    """The form for a window of so many ems."""
    return Form(1 + sum(width >= least for least in COLUMNS_EMS), height >= OPEN_EMS, height >= TALL_EMS)


def arranged(places: Mapping[str, Place], form: Form) -> Arrangement:
    """Where the panels of a workspace stand in a form; the order in a part is that of `places`.

    Maps stand side by side as far as there are columns, the last of them by itself. Where there is no room for a
    strip below, its panels stand behind those of the first and the last wide column.
    """
    parts = {place: tuple(name for name, each in places.items() if each is place) for place in Place}
    maps, main, side, below = (parts[each] for each in (Place.MAP, Place.MAIN, Place.SIDE, Place.BELOW))
    columns = form.columns
    if columns == 1:
        # What is worked with is in front, then what it acts on: the last map.
        wide = [Column((*main, *maps[-1:], *maps[:-1], *side), Place.MAP)]
    else:
        left = columns - (2 if columns > BELOW_COLUMNS - 1 else 1) * bool(main) - bool(side)
        top = side[:1] if form.tall else side
        wide = [Column(main, Place.MAIN), *(Column(each, Place.MAP) for each in _side_by_side(maps, max(1, left)))]
        wide.append(Column(top, Place.SIDE, side[len(top) :]))
    wide = [column for column in wide if column.names]
    if columns < BELOW_COLUMNS and wide:
        wide, below = _behind(wide, below), ()
    narrow = [Column(parts[Place.NARROW], Place.NARROW)] if parts[Place.NARROW] else []
    guide = [Column(parts[Place.GUIDE], Place.GUIDE)] if parts[Place.GUIDE] else []
    return Arrangement((*narrow, *wide, *guide), below)


def _side_by_side(maps: tuple[str, ...], columns: int) -> list[tuple[str, ...]]:
    """Maps in so many columns: those that have none of their own share the first, or the only one behind the last."""
    if columns == 1 and maps:
        return [(*maps[-1:], *maps[:-1])]
    together = max(0, len(maps) - columns) + 1
    return [maps[:together], *((name,) for name in maps[together:])]


def _behind(wide: Sequence[Column], below: tuple[str, ...]) -> list[Column]:
    """Columns with the panels of the strip behind the first and the last of them."""
    first, last = (0, len(wide) - 1)
    parts = {first: below, last: below} if first == last else {first: below[:2], last: below[2:]}
    return [replace(each, names=(*each.names, *parts.get(index, ()))) for index, each in enumerate(wide)]


def column_widths(columns: Sequence[Column], room: int, em: float, chosen: Mapping[str, float]) -> list[int]:
    """The widths in pixels of columns, which fill `room` to the pixel; `chosen` are shares by a column's first panel.

    Where they did not, Qt would share out the rest by what was there before.
    """
    if room <= 0:
        return [1] * len(columns)
    fixed = {
        Place.NARROW: _held(NARROW_SHARE * room, NARROW_EMS, em) / room,
        Place.SIDE: _held(SIDE_SHARE * room, SIDE_EMS, em) / room,
        Place.GUIDE: _held(GUIDE_SHARE * room, GUIDE_EMS, em) / room,
    }
    rest = max(0.0, 1.0 - sum(fixed.get(each.place, 0.0) for each in columns))
    maps = sum(each.place is Place.MAP for each in columns)
    # Of the rest, a map that gets its least width leaves the main column so many times as much.
    main = min(MAIN_WEIGHT, max(1.0, rest * room / (MAP_EMS * em) - maps))
    weights = [main if each.place is Place.MAIN else float(each.place not in fixed) for each in columns]
    wide = rest / (sum(weights) or 1.0)
    rule = [fixed.get(each.place, weight * wide) for each, weight in zip(columns, weights, strict=True)]
    shares = [chosen.get(each.names[0], share) for each, share in zip(columns, rule, strict=True)]
    total = sum(shares) or 1.0
    edges = [round(room * sum(shares[:count]) / total) for count in range(len(shares) + 1)]
    return [max(1, right - left) for left, right in pairwise(edges)]


def _held(length: float, ems: tuple[float, float], em: float) -> float:
    return min(ems[1] * em, max(ems[0] * em, length))


def height_below(name: str, height: int, em: float, chosen: Mapping[bool, float]) -> int:
    """The height in pixels that a lower card in front gets of `height`; `chosen` as in `Chosen.below`."""
    working = name != POSITIONS
    if working in chosen:
        return max(1, round(chosen[working] * height))
    if working:
        return round(min(LIST_EMS.get(name, WORKING_EMS) * em, WORKING_SHARE * height))
    return round(max(LOWER_EMS * em, LOWER_SHARE * height))
