"""What the maps of a kind show, before it becomes what is painted: the type, and what is said where there is nothing.

No Qt, no torch. Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.contract.api import Booleans, Floats
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.resolve.arranging import Arrangement
from attention_viewer.viewer.state.specs import Axis, Pending, Unavailable
from attention_viewer.viewer.state.view_state import Head

FIRST_STEP = Unavailable("Press Step (→) to compute the first decoder row.")
NONE_CHOSEN = Unavailable(
    "No head is chosen: Ctrl+click thumbnails, or choose other heads in View > Heads in the large map."
)
ONE_SIDE = Unavailable("This is computed for A alone: choose A (Alt+1), or attention weights in View > Shown in maps.")
LINKED = "ringed: where each row looks most, start and </s> aside"
EQUAL = 1e-6
"""Weights that differ by less are the same but for rounding."""

Missing = Pending | Unavailable


@dataclass(frozen=True, eq=False)
class ShownMaps:
    """What the maps of a kind show: one trace's weights or what a method attributes, or the difference of two traces.

    `weights` [L, H, R, C] are those of all heads, `large` [R, C] those of the large map, which `place` names; `head` is
    the selected one. `says` names numbers that are no weights, "" for weights, and `unit` is one word for what their
    colours stand for; they have signs where `signed`, and a range of their own where not `shares`. `summed` are the
    heads that the large map is made of, where it is of several, and `several` is what is said of them in the places of
    layer and head; `links` [R, C] are the cells that are marked.
    """

    sides: MapInfo
    weights: Floats
    large: Floats
    place: str
    head: Head
    mask: Booleans | None
    leaked: Booleans | None
    rows: Axis
    columns: Axis
    sentence: str
    translation: str
    suffix: str = ""
    side: str = ""
    says: str = ""
    unit: str = ""
    links: Booleans | None = None
    signed: bool = False
    shares: bool = True
    note: str = ""
    summed: frozenset[Head] = frozenset()
    several: tuple[str, str] = ("", "")
    arranged: Arrangement | None = None
