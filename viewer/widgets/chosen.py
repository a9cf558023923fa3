"""What the user chose against the rule by which panels share the room, and how it is saved. Pure; no widgets."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from attention_viewer.model.contract.fields import Fields

MOST_BELOW = 0.8
"""Share of the height that a saved layout may give the lower cards."""
MOST_COLUMNS, MOST_PANELS = 16, 100


@dataclass
class Chosen:
    """What the user chose: shares that splitters were dragged to, whether the lower cards are open, that cards moved.

    `widths` are shares of the width by the number of columns, `below` shares of the height of the positional encoding
    (False) and of the other lower cards (True); `open` is None where the room decides, as `top` is, the share of its
    height that the first of the lists at the side has.
    """

    widths: dict[int, dict[str, float]] = field(default_factory=dict)
    below: dict[bool, float] = field(default_factory=dict)
    open: bool | None = None
    moved: bool = False
    top: float | None = None


@dataclass(frozen=True)
class Layout:
    """How the panels of a workspace were left: in what form, what was chosen, which were closed, which in front.

    `docks` are Qt's bytes of where they stood, by which those are put back that were moved or let float; others stand
    by the rule, and `docks` is empty.
    """

    docks: bytes
    columns: int
    tall: bool
    chosen: Chosen
    closed: tuple[str, ...] = ()
    front: tuple[str, ...] = ()


def to_json(layout: Layout) -> dict[str, Any]:
    """A layout as JSON values."""
    chosen = layout.chosen
    return {
        "docks": b64encode(layout.docks).decode("ascii"),
        "columns": layout.columns,
        "tall": layout.tall,
        "widths": {str(count): shares for count, shares in chosen.widths.items()},
        "below": {("working" if working else "positions"): share for working, share in chosen.below.items()},
        "open": chosen.open,
        "moved": chosen.moved,
        "top": chosen.top,
        "closed": list(layout.closed),
        "front": list(layout.front),
    }


def from_json(given: Fields) -> Layout:
    """The layout that JSON values hold. Raises InputError where they hold none."""
    try:
        docks = b64decode(given.text("docks"), validate=True)
    except ValueError:
        given.fail("docks", "it must be base64")
    widths, below = given.part("widths"), _shares(given.part("below"))
    chosen = Chosen(
        {int(count): _shares(widths.part(count)) for count in widths.values if count.isdecimal()},
        {name == "working": min(MOST_BELOW, share) for name, share in below.items()},
        None if given.values.get("open") is None else given.flag("open"),
        given.flag("moved"),
        None if given.values.get("top") is None else given.real("top", 0.0, 1.0),
    )
    named = (given.texts(key, MOST_PANELS) for key in ("closed", "front"))
    return Layout(docks, given.whole("columns", 0, MOST_COLUMNS), given.flag("tall"), chosen, *named)


def _shares(given: Fields) -> dict[str, float]:
    return {name: given.real(name, 0.0, 1.0) for name in given.values}
