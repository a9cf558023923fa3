"""How something is exported: format, size, looks. No Qt, no torch; the dialog and the command line share it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields
from attention_viewer.viewer.state.exportables import MAP, Exportable, by_name, exportable

PIXELS_PER_INCH = 96
"""What a pixel of a figure means on paper; text keeps its size on paper whatever the picture's width."""
CM_PER_INCH = 2.54

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
class FigureOptions:
    """One export: `subject` is the name of an exportable, `format` one of its formats; and how it looks.

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
    def what(self) -> Exportable:
        """The exportable."""
        return exportable(self.subject)

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


def to_json(options: FigureOptions) -> dict[str, Any]:
    """The options as plain JSON values."""
    return asdict(options)


def from_json(values: Any, where: str = "The options for export") -> FigureOptions:
    """The options that `to_json` wrote; what is missing gets its default. Raises InputError for what means nothing."""
    given, usual = Fields.of(where, values), FigureOptions()
    subject = given.one_of("subject", by_name(), usual.subject)
    return FigureOptions(
        subject=subject,
        format=given.one_of("format", exportable(subject).formats, usual.format),
        theme=given.one_of("theme", THEMES, usual.theme),
        width=None if given.values.get("width") is None else _width(given.part("width")),
        dpi=given.whole("dpi", LEAST_DPI, MOST_DPI, usual.dpi),
        title=given.flag("title", usual.title),
        caption=given.flag("caption", usual.caption),
        frame=given.whole("frame", SHORTEST_FRAME, LONGEST_FRAME, usual.frame),
    )


def _width(given: Fields) -> Width:
    unit = given.one_of("unit", BOUNDS)
    return Width(given.real("amount", *BOUNDS[unit]), unit)


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
