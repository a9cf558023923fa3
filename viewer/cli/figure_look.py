"""The options of how a figure looks: its width, letters and resolution, and how maps are shown.

Importing this module imports neither Qt, torch nor NumPy.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attention_viewer.viewer.cli.option_types import one_of, real, whole, width
from attention_viewer.viewer.state import figure_options
from attention_viewer.viewer.state.figure_options import THEMES, FigureOptions
from attention_viewer.viewer.state.options import Option, exported
from attention_viewer.viewer.state.widths import BOUNDS, NAMED, PIXELS_PER_INCH, PRESETS

SMALLEST_SCALE, LARGEST_SCALE = 0.5, 12.0
"""Pixels of an image to a pixel of the figure."""

RESOLUTION = ("dpi", "scale")
LOOK = ("width", "font_size", "candidates", *RESOLUTION, "theme", "no_title", "no_caption")
"""Options by the name of their value; each is None unless it was given."""
LOOK_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "width": "width", "dpi": "dpi", "scale": "dpi", "theme": "theme", "no_title": "title", "no_caption": "caption",
        "frame": "frame", "font_size": "font_size", "candidates": "candidates",
    }
)  # fmt: skip
"""Name of an option's value -> the field of FigureOptions that it decides."""


def add_words(
    parser: argparse._ActionsContainer, option: str, words: Iterable[str], purpose: str, default: str | None = None
) -> None:
    """An option that takes one of a few words."""
    allowed = tuple(words)
    parser.add_argument(option, metavar="|".join(allowed), type=one_of(option, allowed), default=default, help=purpose)


def add_look(group: argparse._ArgumentGroup) -> None:
    """The options."""
    group.add_argument(
        "--width",
        metavar=f"{'|'.join(PRESETS)}|12cm|5.5in",
        type=width("--width"),
        help=f"{NAMED}, or an amount in {', '.join(BOUNDS)}; as wide as it needs if left out",
    )
    points = real("--font-size", *figure_options.TEXT_SIZES)
    group.add_argument("--font-size", metavar="PT", type=points, help="points of ordinary text; 9, or 14 on a slide")
    count = whole("--candidates", 1, figure_options.MOST_CANDIDATES)
    group.add_argument(
        "--candidates", metavar="N", type=count, help=f"how many next tokens, {FigureOptions.candidates} if left out"
    )
    dpi = whole("--dpi", figure_options.LEAST_DPI, figure_options.MOST_DPI)
    group.add_argument(
        "--dpi", metavar="N", type=dpi, help=f"pixels of an image to an inch, {FigureOptions.dpi} if left out"
    )
    scale = real("--scale", SMALLEST_SCALE, LARGEST_SCALE)
    group.add_argument("--scale", metavar="X", type=scale, help=f"the same in multiples of {PIXELS_PER_INCH} dpi")
    add_words(group, "--theme", THEMES, f"{FigureOptions.theme} if left out")
    group.add_argument("--no-title", action="store_true", default=None, help="leave the title out")
    group.add_argument("--no-caption", action="store_true", default=None, help="leave the lines below the picture out")
    frame = whole("--frame", figure_options.SHORTEST_FRAME, figure_options.LONGEST_FRAME)
    group.add_argument(
        "--frame", metavar="MS", type=frame, help=f"time of an animation's step, {FigureOptions.frame} if left out"
    )
    for option in _offered():
        if option.alone:
            value = option.of_word(option.alone)
            group.add_argument(option.flag, dest=option.name, action="store_const", const=value, help=option.help)
        else:
            words = "|".join(option.words)
            group.add_argument(option.flag, dest=option.name, metavar=words, type=_chosen_by(option), help=option.help)


def _offered() -> list[Option[Any]]:
    """The options of how maps are shown that have an option here."""
    return [option for option in exported() if option.flag]


def given(values: argparse.Namespace) -> list[Option[Any]]:
    """The options of how maps are shown that were given."""
    return [option for option in _offered() if getattr(values, option.name) is not None]


def _chosen_by(option: Option[Any]) -> Callable[[str], Any]:
    """Accept a word of the option, and give its value."""
    word = one_of(option.flag, option.words)
    return lambda text: option.of_word(word(text))
