"""What the export dialog says of options: what a format gives, and why a control means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attention_viewer.viewer.state.exportables import (
    ANIMATIONS,
    CANDIDATES,
    CELL,
    MEASURED_HEADS,
    MOVING,
    NUMBERS,
    PAGES,
    Shows,
)
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import exported

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "png": "One image, {dpi} dots to an inch.",
        "svg": "Text stays text; prints sharply at any size, and drawing programs can edit it.",
        "pdf": "One page with its fonts; text stays text and prints sharply at any size.",
        "gif": "One frame a step, in at most 256 colours; plays everywhere.",
        "apng": "One frame a step, in all colours; plays in browsers.",
        "webp": "One frame a step, in all colours and a small file; plays in browsers.",
        "html": "One file that opens in any browser, offline: choose heads, hover for values.",
        "npz": "Every weight of every head, as arrays for NumPy; nothing is pictured.",
        "csv": "Every weight of every head, one a line, for spreadsheets, R and pandas; nothing is pictured.",
        "csv.gz": "The same table, compressed to about a tenth; R and pandas read it as it is.",
        "json": "Every weight of every head, for programs that do not read NumPy's files; nothing is pictured.",
    }
)
"""What each format gives."""
NO_MAP = "No map is pictured."
WINDOW_DRAWN = "The window as an image within a drawing; its text is no longer text."
TABLE = "One line each, for spreadsheets, R and pandas; nothing is pictured."
TABLE_AS_JSON = "The same lines for programs, with the sentence and the model; nothing is pictured."
LOOKS = ("theme", "width", "dpi", "title", "caption", "frame", "head", "text", "candidates")
"""Controls that say how a picture looks."""


def is_pictured(options: FigureOptions) -> bool:
    """Whether there is a picture, and so a preview."""
    return options.format in MOVING


def note_on(options: FigureOptions) -> str:
    """What the chosen format gives, in plain words."""
    if options.what.shows is Shows.WINDOW and options.vector:
        return WINDOW_DRAWN
    if options.format == "csv" and options.what.listed:
        return TABLE
    if options.format == "json" and options.what.listed:
        return TABLE_AS_JSON
    return NOTES[options.format].format(dpi=options.dpi)


def preview_title(options: FigureOptions) -> str:
    """What the preview shows of the file."""
    if not is_pictured(options):
        return "What the file will hold"
    return "The last frame of the animation" if options.format in ANIMATIONS else "What the file will show"


def idle_controls(options: FigureOptions, uncomputed: str = "") -> dict[str, str]:
    """Why controls mean nothing for these options, by the field of FigureOptions that they set.

    `uncomputed` is why nothing can be computed that was not yet.
    """
    if options.format in PAGES:
        return dict.fromkeys(looks(), "The page fits every screen, and has light and dark colours of its own.")
    unmapped = "" if options.what.has_sides else NO_MAP
    measured = {each.name: unmapped or uncomputed for each in exported() if each.measured}
    idle = {name: why for name, why in measured.items() if why}
    if options.format in NUMBERS:
        by_head = options.what.has_sides or options.subject in (CELL, MEASURED_HEADS)
        kept = ("head", *shown()) if by_head else ()
        return idle | dict.fromkeys(set(looks()) - set(kept), "Numbers are written; nothing is pictured.")
    if options.vector:
        idle["dpi"] = "A drawing has no dots: it is sharp at any size."
    if options.format not in ANIMATIONS:
        idle["frame"] = "Only animations have frames."
    by_head = options.what.shows in (Shows.HEAD, Shows.KIND, Shows.EVERY_KIND)
    if not by_head and options.subject not in (CELL, MEASURED_HEADS):
        idle["head"] = NO_MAP
    if options.subject != CANDIDATES:
        idle["candidates"] = "No next-token bars are pictured."
    if options.what.shows is Shows.WINDOW:
        idle |= dict.fromkeys(("title", "caption", "text", *shown()), "The window is pictured as it is.")
    return idle


def looks() -> tuple[str, ...]:
    """The names of all options that decide how a picture looks."""
    return (*LOOKS, *shown())


def shown() -> tuple[str, ...]:
    """The names of the options of how maps are shown."""
    return tuple(option.name for option in exported())
