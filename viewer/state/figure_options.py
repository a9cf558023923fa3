"""How something is exported: format, size, looks. No Qt, no torch; the dialog and the command line share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.fields import Fields
from attention_viewer.viewer.state.exportables import MAP, Exportable, by_name, exportable
from attention_viewer.viewer.state.widths import PIXELS_PER_INCH, USUAL_POINTS, Width, read_width

THEMES: Mapping[str, str] = MappingProxyType({"print": "White, for print", "light": "Light", "dark": "Dark"})

LEAST_DPI, MOST_DPI = 48, 1200
SHORTEST_FRAME, LONGEST_FRAME = 20, 10_000
"""Milliseconds that a frame of an animation can stand."""
TEXT_SIZES = (4.0, 72.0)
"""Points of a figure's ordinary text."""
MOST_CANDIDATES = 50
USUAL_CANDIDATES = 10


@dataclass(frozen=True)
class FigureOptions:
    """One export: `subject` is the name of an exportable, `format` one of its formats; and how it looks.

    `dpi` counts the pixels of an image to an inch; `frame` is the time of an animation's frame in milliseconds;
    `font_size` is that of ordinary text in points (None: what is usual for the width); `candidates` is how many bars
    the next token's distribution has at most.
    """

    subject: str = MAP
    format: str = "png"
    theme: str = "print"
    width: Width | None = None
    dpi: int = 192
    title: bool = True
    caption: bool = True
    frame: int = 800
    font_size: float | None = None
    candidates: int = USUAL_CANDIDATES

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

    @property
    def height(self) -> float | None:
        """The height to fill in the figure's own pixels, None where it follows from the content."""
        ratio = 0.0 if self.width is None else self.width.ratio
        return self.room / ratio if ratio and self.room is not None else None

    @property
    def points(self) -> float:
        """The size of ordinary text."""
        return self.font_size or (USUAL_POINTS if self.width is None else self.width.points)


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
        width=None if given.values.get("width") is None else read_width(given.part("width")),
        dpi=given.whole("dpi", LEAST_DPI, MOST_DPI, usual.dpi),
        title=given.flag("title", usual.title),
        caption=given.flag("caption", usual.caption),
        frame=given.whole("frame", SHORTEST_FRAME, LONGEST_FRAME, usual.frame),
        font_size=None if given.values.get("font_size") is None else given.real("font_size", *TEXT_SIZES),
        candidates=given.whole("candidates", 1, MOST_CANDIDATES, usual.candidates),
    )
