"""What of a picture can be chosen, and where it stands."""

from __future__ import annotations

from typing import NamedTuple

from attention_viewer.viewer.state.sheets import Hit
from PySide6.QtCore import QPointF, QRectF


class Spot(NamedTuple):
    """A part of a picture: where it is, what choosing it means (() for nothing), and what it says under the mouse.

    The one that is `opened` is what the picture is about now.
    """

    rect: QRectF
    hit: Hit
    tip: str
    opened: bool = False


def spot_at(spots: tuple[Spot, ...], point: QPointF) -> Spot | None:
    """The last of the spots that holds a point; later ones lie above."""
    return next((each for each in reversed(spots) if each.rect.contains(point)), None)
