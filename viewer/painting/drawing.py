"""How a kind of picture is drawn: one entry for each, so that one widget and one export show them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.architecture import (
    architecture_height,
    architecture_spots,
    architecture_width,
    paint_architecture,
)
from attention_viewer.viewer.painting.sheet import paint_sheet, sheet_height, sheet_spots, sheet_width
from attention_viewer.viewer.painting.spots import Spot
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec
from attention_viewer.viewer.state.sheets import Hit, SheetSpec
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

Drawable = SheetSpec | ArchitectureSpec


@dataclass(frozen=True)
class Drawing:
    """The painter of a kind of spec, the room it needs (least width, height for a width), and what can be chosen."""

    paint: Callable[[QPainter, QRectF, Any, Style, Hit], object]
    width: Callable[[Any, Style], float]
    height: Callable[[float, Any, Style], float]
    spots: Callable[[QRectF, Any, Style], tuple[Spot, ...]]


SHEET = Drawing(paint_sheet, sheet_width, sheet_height, sheet_spots)
ARCHITECTURE = Drawing(paint_architecture, architecture_width, architecture_height, architecture_spots)


def drawing_of(spec: Drawable) -> Drawing:
    """How a spec is drawn."""
    return ARCHITECTURE if isinstance(spec, ArchitectureSpec) else SHEET
