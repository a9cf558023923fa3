"""The command export: its options, and what of them goes together; `exporting` carries it out. No Qt, no torch."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import EXPECTED, named
from attention_viewer.viewer.cli import conditions, decoding
from attention_viewer.viewer.cli.command import (
    Command,
    add_course,
    add_lines,
    add_sentence,
    add_writing,
    check_session,
    check_source,
)
from attention_viewer.viewer.cli.conditions import UNCHANGED, Conditions, add_conditions
from attention_viewer.viewer.cli.decoding import GREEDY, Search, add_repetition
from attention_viewer.viewer.cli.heads import Numbers
from attention_viewer.viewer.cli.option_types import listed, numbers, one_of, real, whole, width
from attention_viewer.viewer.cli.streams import STREAM
from attention_viewer.viewer.state import figure_options
from attention_viewer.viewer.state.exportables import (
    ANIMATIONS,
    FORMATS,
    GRID,
    MAP,
    Exportable,
    Needs,
    Shows,
    by_word,
    exportable,
    whole_in,
)
from attention_viewer.viewer.state.figure_options import THEMES, FigureOptions
from attention_viewer.viewer.state.options import Option, exported
from attention_viewer.viewer.state.widths import BOUNDS, NAMED, PIXELS_PER_INCH, PRESETS

KINDS = tuple(each.kind for each in EXPECTED)
USUAL_FORMAT = "png"
SMALLEST_SCALE, LARGEST_SCALE = 0.5, 12.0
"""Pixels of an image to a pixel of the figure."""

WHAT = ("picture", "grid", "kind", "layer", "head")
MEANINGLESS: Mapping[Shows, tuple[str, ...]] = MappingProxyType(
    {
        Shows.HEAD: (),
        Shows.KIND: ("layer", "head"),
        Shows.EVERY_KIND: ("kind",),
        Shows.NO_HEAD: ("kind", "layer", "head"),
        Shows.WINDOW: ("kind", "layer", "head"),
    }
)
"""What an export shows -> the options that mean nothing for it."""
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


@dataclass(frozen=True)
class ExportOptions:
    """Files of one sentence, of a saved `session`, or of every line of `source`, into the directory `output`.

    `text` is "" where there is no sentence. `kinds` are those of which heads, or all heads, are pictured; `layer` and
    `head` count from 1, None is all of them (or, in a picture of every kind, those of the view). `chosen` are the
    options of how maps are shown that were given; the others are left to the view. `resume` keeps the files that are
    still right. `looks` names the fields of `figure` that were given: the others are those of the session, where there
    is one. `alone`: `output` is no directory but the one file there is, or the stream `-`. `conditions` are what is
    changed inside the model, `search` says what may repeat; `prefix` goes before the source of each line.
    """

    model: Path
    text: str
    output: Path
    figure: FigureOptions = field(default_factory=FigureOptions)
    kinds: tuple[str, ...] = KINDS
    layer: Numbers = None
    head: Numbers = None
    chosen: tuple[tuple[Option[Any], Any], ...] = ()
    steps: int | None = None
    target: str | None = None
    force: bool = False
    session: Path | None = None
    source: Path | None = None
    resume: bool = False
    looks: frozenset[str] = frozenset()
    alone: bool = False
    conditions: Conditions = UNCHANGED
    prefix: str = ""
    search: Search = GREEDY


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    add_sentence(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, required=True, help="directory for the files, one file, or -"
    )
    _add_words(parser, "--format", FORMATS, f"{USUAL_FORMAT} if neither this nor the name of one file says it")
    add_course(parser)
    add_repetition(parser)
    add_conditions(parser)
    _add_what(parser.add_argument_group("what is pictured"))
    _add_look(parser.add_argument_group("how a picture looks"))
    add_lines(parser.add_argument_group("many sentences"))


def options(values: argparse.Namespace) -> ExportOptions:
    """The options that were given. Raises InputError where they do not go together."""
    check_source(values, "export")
    check_session(values, "steps", "target", *decoding.OF_REPETITION, *conditions.NAMES)
    held = decoding.repetition(values)
    if held and values.target is not None:
        raise InputError(
            "--target says itself which tokens come: leave --no-repeat-ngram and --repetition-penalty out."
        )
    alone = _is_one_file(values)
    figure = _figure(values)
    kinds = KINDS if values.kind in (None, "all") else (values.kind,)
    if values.steps == 0 and needs_a_row(figure, kinds):
        raise InputError("--steps 0 has no decoder row yet: ask for --steps 1 or more, or only for --kind encoder.")
    return ExportOptions(
        model=values.model,
        text=values.text or "",
        output=values.output,
        figure=figure,
        kinds=kinds,
        layer=values.layer,
        head=values.head,
        chosen=tuple((option, getattr(values, option.name)) for option in _given(values)),
        steps=values.steps,
        target=values.target,
        force=values.force,
        session=values.session,
        source=values.input,
        resume=values.resume,
        looks=frozenset(field for name, field in LOOK_FIELDS.items() if getattr(values, name) is not None),
        alone=alone,
        conditions=conditions.conditions(values),
        prefix=values.prefix,
        search=Search(**held),
    )


def _is_one_file(values: argparse.Namespace) -> bool:
    """Whether -o names one file, or the stream `-`; gives `values` the format that its name says, or the usual one.

    Raises InputError where that is not the format asked for, or there will be more than one file.
    """
    output: Path = values.output
    named = next((each for each in FORMATS if output.name.lower().endswith(f".{each}") and not output.is_dir()), None)
    if values.format is not None and named not in (None, values.format):
        raise InputError(f"--format {values.format} contradicts the name {output.name!r}: leave --format out.")
    values.format = named or values.format or USUAL_FORMAT
    alone = named is not None or output == STREAM
    if alone and values.input is not None:
        raise InputError(f"With --input there is a file for each line, and -o {output} is one: give a directory.")
    return alone


def run(options: ExportOptions) -> int:
    """Write what was asked for."""
    from attention_viewer.viewer.cli.exporting import export

    return export(options)


def needs_a_row(figure: FigureOptions, kinds: tuple[str, ...]) -> bool:
    """Whether there is nothing to export before the first step of the decoder."""
    if figure.format in ANIMATIONS or figure.what.needs is Needs.ROW:
        return True
    return figure.what.shows in (Shows.HEAD, Shows.KIND) and any(named(EXPECTED, kind).decodes for kind in kinds)


def _add_words(
    parser: argparse._ActionsContainer, option: str, words: Iterable[str], purpose: str, default: str | None = None
) -> None:
    allowed = tuple(words)
    parser.add_argument(option, metavar="|".join(allowed), type=one_of(option, allowed), default=default, help=purpose)


def _add_what(group: argparse._ArgumentGroup) -> None:
    _add_words(group, "--picture", by_word(), "heads, one picture each, if left out")
    group.add_argument("--grid", action="store_true", default=None, help="short for --picture grid")
    _add_words(group, "--kind", (*KINDS, "all"), "of heads and grid; all if left out")
    group.add_argument("--layer", metavar="N", type=numbers("--layer"), help="such as 4, 1,2 or 1-3; all if left out")
    group.add_argument("--head", metavar="N", type=numbers("--head"), help="the same; all if left out")


def _add_look(group: argparse._ArgumentGroup) -> None:
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
    _add_words(group, "--theme", THEMES, f"{FigureOptions.theme} if left out")
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


def _given(values: argparse.Namespace) -> list[Option[Any]]:
    return [option for option in _offered() if getattr(values, option.name) is not None]


def _chosen_by(option: Option[Any]) -> Callable[[str], Any]:
    """Accept a word of the option, and give its value."""
    word = one_of(option.flag, option.words)
    return lambda text: option.of_word(word(text))


def _figure(values: argparse.Namespace) -> FigureOptions:
    what = _what(values)
    _check_format(values, what)
    if values.dpi is not None and values.scale is not None:
        raise InputError(f"--dpi and --scale exclude each other: --scale 2 is --dpi {2 * PIXELS_PER_INCH}.")
    dpi = values.dpi if values.scale is None else round(PIXELS_PER_INCH * values.scale)
    return FigureOptions(
        subject=what.name,
        format=values.format,
        theme=values.theme or FigureOptions.theme,
        width=values.width,
        dpi=dpi or FigureOptions.dpi,
        title=not values.no_title,
        caption=not values.no_caption,
        frame=values.frame or FigureOptions.frame,
        font_size=values.font_size,
        candidates=values.candidates or FigureOptions.candidates,
    )


def _what(values: argparse.Namespace) -> Exportable:
    """What is exported. Raises InputError where something was asked that means nothing for it."""
    everything = whole_in(values.format)
    if everything is not None:
        reason = f"--format {values.format} holds everything that was computed"
        _refuse(values, (*WHAT, *LOOK), reason)
        for option in _given(values):
            raise InputError(f"{reason}: leave {option.flag} out.")
        return everything
    if values.grid and values.picture not in (None, exportable(GRID).word):
        raise InputError(f"--grid is short for --picture grid: leave it out, or leave --picture {values.picture} out.")
    name = GRID if values.grid else MAP
    what = by_word()[values.picture] if values.picture else exportable(name)
    asked = "--grid" if values.grid else f"--picture {what.word}"
    _refuse(values, MEANINGLESS[what.shows], f"{asked} shows {what.shows}")
    if what.shows is Shows.EVERY_KIND and any(len(each or ()) > 1 for each in (values.layer, values.head)):
        raise InputError(f"{asked} shows one head of each kind: give one number to --layer and to --head.")
    return what


def _check_format(values: argparse.Namespace, what: Exportable) -> None:
    if values.format not in what.formats:
        raise InputError(
            f"--picture {what.word} cannot be animated: --format can be {listed(what.formats)}, not {values.format}."
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


def _pictures() -> str:
    """A line for each picture: its word, what it gives and what its file may be called."""
    lines = {word: f"{each.help} ({each.file_name('cross', 3, 7)}.png)" for word, each in by_word().items()}
    return "\n".join(f"  {word:<12}{line}" for word, line in lines.items())


EXPORT = Command(
    name="export",
    summary="write pictures, animations and numbers",
    description=f"""\
Write what the window shows into a directory. --picture takes
{_pictures()}
Where only one is asked for, -o can name it (-o cross.svg), or be - for standard output.
gif, apng and webp animate the decoding, a frame a step. npz, csv and json hold all numbers (trace.npz), html
is a page to explore them in (page.html). Layers and heads count from 1. With --session, a saved session is shown
in its own colours and labels, unless the options say otherwise.

With --input, every line of a file (a source, or a source, a tab and a translation to force) is exported under
its number: line 1 becomes 00001_cross_layer4_head8.svg and so on. Blank lines are passed over. Lines that
cannot be exported are listed at the end, and the exit code is 1; the others are written all the same.""",
    example="""\
example: attention-viewer export "I love you." -o heads --kind cross --layer 4 --format svg --width column
         attention-viewer export "I love you." -o love.pdf --kind cross --layer 4 --head 8
         attention-viewer export --input lines.tsv -o heads --picture grid --kind cross --format gif""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
