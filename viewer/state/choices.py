"""What can be exported, and how: names, formats, sizes. No Qt, no torch; the dialog and the command line share it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError

PIXELS_PER_INCH = 96
"""What a pixel of a figure means on paper; text keeps its size on paper whatever the picture's width."""
CM_PER_INCH = 2.54

MAP, GRID, KINDS, POSITIONS, CANDIDATES, WINDOW = "map", "grid", "kinds", "positions", "candidates", "window"
DATA, PAGE = "data", "page"
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        MAP: "The current map",
        GRID: "All layers and heads of this kind",
        KINDS: "The three kinds side by side",
        POSITIONS: "Positional encoding",
        CANDIDATES: "Next-token bars",
        WINDOW: "The whole window",
        PAGE: "Interactive web page",
        DATA: "All numbers",
    }
)
"""What can be exported, by name, in the order in which it is offered."""

PICTURES = {"png": "PNG image", "svg": "SVG drawing", "pdf": "PDF document"}
ANIMATIONS = {"gif": "GIF animation", "apng": "APNG animation", "webp": "WebP animation"}
NUMBERS = {"npz": "NumPy arrays", "csv": "CSV table, one weight a line", "json": "JSON"}
PAGES = {"html": "HTML page"}
FORMATS: Mapping[str, str] = MappingProxyType({**PICTURES, **ANIMATIONS, **PAGES, **NUMBERS})
"""Every format by its suffix."""
THEMES: Mapping[str, str] = MappingProxyType({"print": "White, for print", "light": "Light", "dark": "Dark"})

LEAST_DPI, MOST_DPI = 48, 1200
SHORTEST_FRAME, LONGEST_FRAME = 20, 10_000
"""Milliseconds that a frame of an animation can stand."""
BOUNDS = MappingProxyType({"cm": (3.0, 120.0), "px": (150.0, 30_000.0)})
"""Least and largest width in each unit."""


@dataclass(frozen=True)
class Width:
    """A figure's width; `unit` is "cm", or "px" for the pixels of a PNG image (of a drawing: 96 to an inch)."""

    amount: float
    unit: str

    def __post_init__(self) -> None:
        """Refuse widths that no figure can have."""
        low, high = BOUNDS[self.unit]
        if not low <= self.amount <= high:
            raise InputError(
                f"A width of {self.amount:g} {self.unit} will not do: choose from {low:g} to {high:g} {self.unit}."
            )

    def pixels(self, dpi: float) -> float:
        """The width in a figure's own pixels, PIXELS_PER_INCH to an inch; `dpi` is the image's, 96 for a drawing."""
        return self.amount * PIXELS_PER_INCH / (CM_PER_INCH if self.unit == "cm" else dpi)


PRESETS: Mapping[str, Width | None] = MappingProxyType(
    {"natural": None, "column": Width(8.5, "cm"), "page": Width(17.5, "cm")}
)
"""Named widths; a natural one is as wide as the cells and labels need."""
PRESET_TITLES = MappingProxyType(
    {"natural": "As wide as it needs", "column": "Journal column, 8.5 cm", "page": "Page width, 17.5 cm"}
)


@dataclass(frozen=True)
class Choices:
    """One export: `subject` of SUBJECTS in a `format` of FORMATS, and how it looks.

    `dpi` counts the pixels of an image to an inch; `frame` is the time of an animation's frame in milliseconds.
    """

    subject: str = MAP
    format: str = "png"
    theme: str = "print"
    width: Width | None = None
    dpi: int = 192
    title: bool = True
    caption: bool = True
    frame: int = 800

    @property
    def vector(self) -> bool:
        """Whether the format is a drawing, without pixels."""
        return self.format in ("svg", "pdf")

    @property
    def scale(self) -> float:
        """Image pixels to one of the figure's own; 1 for a drawing."""
        return 1.0 if self.vector else self.dpi / PIXELS_PER_INCH

    @property
    def room(self) -> float | None:
        """The width to fill in the figure's own pixels, None where it follows from the content."""
        return None if self.width is None else self.width.pixels(PIXELS_PER_INCH if self.vector else self.dpi)


def to_json(choices: Choices) -> dict[str, Any]:
    """The choices as plain JSON values."""
    return asdict(choices)


def from_json(values: Any) -> Choices:
    """The choices that `to_json` wrote. Raises InputError, KeyError, TypeError or ValueError for anything else."""
    width = values["width"]
    choices = Choices(**{**values, "width": None if width is None else Width(float(width["amount"]), width["unit"])})
    if choices.format not in formats_of(choices.subject) or choices.theme not in THEMES:
        raise ValueError(values)
    if type(choices.dpi) is not int or type(choices.frame) is not int:
        raise TypeError(values)
    if not LEAST_DPI <= choices.dpi <= MOST_DPI or not SHORTEST_FRAME <= choices.frame <= LONGEST_FRAME:
        raise ValueError(values)
    return replace(choices, title=bool(choices.title), caption=bool(choices.caption))


def formats_of(subject: str) -> tuple[str, ...]:
    """The formats a subject can be written in, the most usual first."""
    if subject == DATA:
        return tuple(NUMBERS)
    if subject == PAGE:
        return tuple(PAGES)
    return (*PICTURES, *ANIMATIONS) if subject in (MAP, GRID, KINDS, CANDIDATES) else tuple(PICTURES)


def parse_width(text: str) -> Width | None:
    """The width that "natural", "column", "page", "12cm" or "1200px" means. Raises InputError for anything else."""
    plain = text.strip().lower()
    if plain in PRESETS:
        return PRESETS[plain]
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?) ?(cm|px)", plain)
    if match is None:
        raise InputError(
            f"{text!r} is no width: give natural, column (8.5 cm), page (17.5 cm), centimetres such as 12cm, "
            "or pixels such as 1200px."
        )
    return Width(float(match[1]), match[2])
