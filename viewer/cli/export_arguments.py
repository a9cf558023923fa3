"""The options of the command export, and what of them goes together. No Qt, no torch, no NumPy."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.argument_types import (
    add_course,
    add_session,
    check_session,
    listed,
    numbered,
    one_of,
    real,
    text,
    whole,
    width,
)
from attention_viewer.viewer.cli.command_options import KINDS, ExportOptions
from attention_viewer.viewer.state import choices
from attention_viewer.viewer.state.choices import ANIMATIONS, FORMATS, NUMBERS, PAGES, PIXELS_PER_INCH, THEMES, Choices

PICTURE_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "heads": choices.MAP,
        "grid": choices.GRID,
        "kinds": choices.KINDS,
        "positions": choices.POSITIONS,
        "candidates": choices.CANDIDATES,
    }
)
"""Word of --picture -> what it is called among the choices."""
RANGES = ("unit", "maximum", "root")
ROWS = ("both", "reads", "predicts")
SMALLEST_SCALE, LARGEST_SCALE = 0.5, 12.0
"""Pixels of an image to a pixel of the figure."""

WHAT = ("picture", "grid", "kind", "layer", "head")
RESOLUTION = ("dpi", "scale")
LOOK = ("width", *RESOLUTION, "theme", "no_title", "no_caption", "colours", "range", "rows")
"""Options by the name of their value; each is None unless it was given."""
LOOK_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "width": "width", "dpi": "dpi", "scale": "dpi", "theme": "theme", "no_title": "title", "no_caption": "caption",
        "frame": "frame",
    }
)  # fmt: skip
"""Name of an option's value -> the field of the choices that it decides."""


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command beside those that every writing command has."""
    parser.add_argument("text", metavar="TEXT", nargs="?", type=text("TEXT"), help="the sentence to translate")
    add_session(parser, "a saved session instead")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="directory for the files")
    _add_words(parser, "--format", FORMATS, "png if left out", default="png")
    add_course(parser)
    _add_what(parser.add_argument_group("what is pictured"))
    _add_look(parser.add_argument_group("how a picture looks"))
    _add_batch(parser.add_argument_group("many sentences"))


def export_options(values: argparse.Namespace) -> ExportOptions:
    """The options that were given. Raises InputError where they do not go together."""
    _check_source(values)
    check_session(values, "steps", "target")
    chosen = _choices(values)
    kinds = KINDS if values.kind in (None, "all") else (values.kind,)
    if values.steps == 0 and needs_a_row(chosen, kinds):
        raise InputError("--steps 0 has no decoder row yet: ask for --steps 1 or more, or only for --kind encoder.")
    return ExportOptions(
        model=values.model,
        text=values.text or "",
        output=values.output,
        choices=chosen,
        kinds=kinds,
        layer=values.layer,
        head=values.head,
        colormap=values.colours,
        color_range=values.range,
        row_labels=values.rows,
        steps=values.steps,
        target=values.target,
        force=values.force,
        session=values.session,
        source=values.input,
        resume=values.resume,
        looks=frozenset(field for name, field in LOOK_FIELDS.items() if getattr(values, name) is not None),
    )


def needs_a_row(chosen: Choices, kinds: tuple[str, ...]) -> bool:
    """Whether there is nothing to export before the first step of the decoder."""
    if chosen.format in ANIMATIONS or chosen.subject in (choices.KINDS, choices.CANDIDATES):
        return True
    return chosen.subject in (choices.MAP, choices.GRID) and kinds != ("encoder",)


def _add_words(
    parser: argparse._ActionsContainer, option: str, words: Iterable[str], purpose: str, default: str | None = None
) -> None:
    allowed = tuple(words)
    parser.add_argument(option, metavar="|".join(allowed), type=one_of(option, allowed), default=default, help=purpose)


def _add_what(group: argparse._ArgumentGroup) -> None:
    _add_words(group, "--picture", PICTURE_SUBJECTS, "heads, one picture each, if left out")
    group.add_argument("--grid", action="store_true", default=None, help="short for --picture grid")
    _add_words(group, "--kind", (*KINDS, "all"), "of heads and grid; all if left out")
    group.add_argument("--layer", metavar="N|all", type=numbered("--layer"), help="all if left out")
    group.add_argument("--head", metavar="N|all", type=numbered("--head"), help="all if left out")


def _add_look(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--width",
        metavar="natural|column|page|12cm|1200px",
        type=width("--width"),
        help="column is 8.5 cm, page 17.5 cm; as wide as it needs if left out",
    )
    dpi = whole("--dpi", choices.LEAST_DPI, choices.MOST_DPI)
    group.add_argument("--dpi", metavar="N", type=dpi, help=f"pixels of an image to an inch, {Choices.dpi} if left out")
    scale = real("--scale", SMALLEST_SCALE, LARGEST_SCALE)
    group.add_argument("--scale", metavar="X", type=scale, help=f"the same in multiples of {PIXELS_PER_INCH} dpi")
    _add_words(group, "--theme", THEMES, f"{Choices.theme} if left out")
    group.add_argument("--no-title", action="store_true", default=None, help="leave the title out")
    group.add_argument("--no-caption", action="store_true", default=None, help="leave the lines below the picture out")
    frame = whole("--frame", choices.SHORTEST_FRAME, choices.LONGEST_FRAME)
    group.add_argument(
        "--frame", metavar="MS", type=frame, help=f"time of an animation's step, {Choices.frame} if left out"
    )
    group.add_argument("--colours", metavar="NAME", help="viridis (if left out), cividis, magma or ink")
    _add_words(group, "--range", RANGES, "weight of the strongest colour: 1, the largest, or 1 on a square-root scale")
    _add_words(group, "--rows", ROWS, "label of a decoder row: the token it reads, the one it predicts, or both")


def _add_batch(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--input", metavar="FILE", type=Path, help="UTF-8 text, one sentence a line, instead of TEXT")
    group.add_argument(
        "--resume", action="store_true", help="go on with a batch that was stopped: keep files that exist"
    )


def _check_source(values: argparse.Namespace) -> None:
    if sum(value is not None for value in (values.text, values.input, values.session)) != 1:
        raise InputError(
            "Give either a sentence, --input FILE or --session FILE, and only one of them. "
            "See 'attention-viewer export --help'."
        )
    if values.input is not None and values.target is not None:
        raise InputError("--target goes with one sentence. With --input, put the target after a tab on each line.")
    if values.resume and values.input is None:
        raise InputError("--resume goes on with the lines of a file: add --input FILE, or leave --resume out.")
    if values.resume and values.force:
        raise InputError("--resume keeps files that exist and --force replaces them: leave one of the two out.")


def _choices(values: argparse.Namespace) -> Choices:
    subject = _subject(values)
    _check_format(values, subject)
    if values.dpi is not None and values.scale is not None:
        raise InputError(f"--dpi and --scale exclude each other: --scale 2 is --dpi {2 * PIXELS_PER_INCH}.")
    dpi = values.dpi if values.scale is None else round(PIXELS_PER_INCH * values.scale)
    return Choices(
        subject=subject,
        format=values.format,
        theme=values.theme or Choices.theme,
        width=values.width,
        dpi=dpi or Choices.dpi,
        title=not values.no_title,
        caption=not values.no_caption,
        frame=values.frame or Choices.frame,
    )


def _subject(values: argparse.Namespace) -> str:
    """What is exported, as the choices call it. Raises InputError where that cannot be asked of it."""
    if values.format in NUMBERS or values.format in PAGES:
        _refuse(values, (*WHAT, *LOOK), f"--format {values.format} holds everything that was computed")
        return choices.DATA if values.format in NUMBERS else choices.PAGE
    if values.grid and values.picture not in (None, "grid"):
        raise InputError(f"--grid is short for --picture grid: leave it out, or leave --picture {values.picture} out.")
    picture = "grid" if values.grid else values.picture or "heads"
    if picture == "grid":
        given = "--grid" if values.grid else "--picture grid"
        _refuse(values, ("layer", "head"), f"{given} shows all layers and heads in one figure")
    elif picture == "kinds":
        _refuse(values, ("kind",), "--picture kinds shows all three kinds in one figure")
    elif picture != "heads":
        _refuse(values, ("kind", "layer", "head"), f"--picture {picture} shows no head")
    return PICTURE_SUBJECTS[picture]


def _check_format(values: argparse.Namespace, subject: str) -> None:
    possible = choices.formats_of(subject)
    if values.format not in possible:
        raise InputError(
            f"--picture {values.picture} cannot be animated: --format can be {listed(possible)}, not {values.format}."
        )
    if values.format not in ANIMATIONS:
        _refuse(values, ("frame",), f"--format {values.format} does not move")
    if values.format in ("svg", "pdf"):
        _refuse(values, RESOLUTION, f"--format {values.format} is a drawing, sharp at any size")


def _refuse(values: argparse.Namespace, names: Iterable[str], reason: str) -> None:
    """Raise InputError with the reason where one of the options `names` was given."""
    for name in names:
        if getattr(values, name) is not None:
            raise InputError(f"{reason}: leave --{name.replace('_', '-')} out.")
