"""How wide a figure is: lengths in any unit, and the widths that papers and slides ask for. No Qt, no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields

PIXELS_PER_INCH = 96
"""What a pixel of a figure means on paper; text keeps its size on paper whatever the picture's width."""
CM_PER_INCH = 2.54
POINTS_PER_INCH = 72

PER_INCH = MappingProxyType({"cm": CM_PER_INCH, "mm": 10 * CM_PER_INCH, "in": 1.0, "pt": float(POINTS_PER_INCH)})
"""How many of a unit make an inch; "px" is missing, for which that depends on the resolution."""
BOUNDS = MappingProxyType(
    {"cm": (3.0, 120.0), "mm": (30.0, 1200.0), "in": (1.2, 47.0), "pt": (86.0, 3400.0), "px": (150.0, 30_000.0)}
)
"""Least and largest width in each unit."""
SHAPES = MappingProxyType({"": 0.0, "16:9": 16 / 9})
"""Width of a figure by its height; 0 where the height follows from the content."""
USUAL_POINTS, SLIDE_POINTS = 9.0, 14.0
"""Size of ordinary text in points, on paper and on a slide."""


@dataclass(frozen=True)
class Width:
    """A figure's width; "px" counts the pixels of an image (of a drawing: 96 to an inch). `shape` is one of SHAPES."""

    amount: float
    unit: str
    shape: str = ""

    def __post_init__(self) -> None:
        """Refuse widths that no figure can have."""
        low, high = BOUNDS[self.unit]
        if not low <= self.amount <= high:
            raise InputError(
                f"A width of {self.amount:g} {self.unit} will not do: choose from {low:g} to {high:g} {self.unit}."
            )

    def pixels(self, dpi: float) -> float:
        """The width in a figure's own pixels, PIXELS_PER_INCH to an inch; `dpi` is the image's, 96 for a drawing."""
        return self.amount * PIXELS_PER_INCH / PER_INCH.get(self.unit, dpi)

    @property
    def ratio(self) -> float:
        """Width by height; 0 where the height follows from the content."""
        return SHAPES[self.shape]

    @property
    def points(self) -> float:
        """The size of ordinary text where none is asked for."""
        return SLIDE_POINTS if self.shape else USUAL_POINTS


@dataclass(frozen=True)
class Preset:
    """A named width: its title in the dialog, and what it is (None: as wide as the cells and labels need)."""

    title: str
    width: Width | None


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "natural": Preset("As wide as it needs", None),
        "column": Preset("Journal column, 8.5 cm", Width(8.5, "cm")),
        "page": Preset("Page width, 17.5 cm", Width(17.5, "cm")),
        "acl-column": Preset("ACL column, 7.7 cm", Width(7.7, "cm")),
        "acl-page": Preset("ACL page, 16 cm", Width(16.0, "cm")),
        "neurips": Preset("NeurIPS, 5.5 in", Width(5.5, "in")),
        "slide": Preset("Slide, 16:9", Width(10.0, "in", "16:9")),
    }
)
NAMED = ", ".join(
    name if preset.width is None or preset.width.shape else f"{name} ({preset.width.amount:g} {preset.width.unit})"
    for name, preset in PRESETS.items()
)
AMOUNT = re.compile(rf"([0-9]{{1,6}}(?:\.[0-9]{{1,4}})?) ?({'|'.join(BOUNDS)})")


def parse_width(text: str) -> Width | None:
    """The width that "natural", "acl-column", "12cm" or "1200px" means. Raises InputError for anything else."""
    plain = text.strip().lower()
    if plain in PRESETS:
        return PRESETS[plain].width
    match = AMOUNT.fullmatch(plain)
    if match is None:
        units = ", ".join(BOUNDS)
        raise InputError(f"{text!r} is no width: give {NAMED}, or an amount such as 12cm or 3.3in, in {units}.")
    return Width(float(match[1]), match[2])


def read_width(given: Fields) -> Width:
    """The width that a file holds. Raises InputError for what means nothing."""
    unit = given.one_of("unit", BOUNDS)
    return Width(given.real("amount", *BOUNDS[unit]), unit, given.one_of("shape", SHAPES, ""))
