"""The command export: its options, and what of them goes together; `exporting` carries it out. No Qt, no torch."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import EXPECTED, MapInfo, named
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
from attention_viewer.viewer.cli.decoding import GREEDY, Search, add_search
from attention_viewer.viewer.cli.figure_look import LOOK, LOOK_FIELDS, RESOLUTION, add_look, add_words, given
from attention_viewer.viewer.cli.heads import Numbers, kinds_of
from attention_viewer.viewer.cli.looking import NOWHERE, Looked, add_looking, looked
from attention_viewer.viewer.cli.option_types import listed, numbers, one_of
from attention_viewer.viewer.cli.streams import STREAM
from attention_viewer.viewer.state.exportables import (
    ANIMATIONS,
    ARCHITECTURE,
    FORMATS,
    GRID,
    HYPOTHESES,
    MAP,
    TABLES,
    Exportable,
    Needs,
    Shows,
    by_word,
    exportable,
    whole_in,
)
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.known_maps import known_maps
from attention_viewer.viewer.state.options import Option
from attention_viewer.viewer.state.widths import PIXELS_PER_INCH

KINDS = tuple(each.kind for each in EXPECTED)
ALL = "all"
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


@dataclass(frozen=True)
class ExportOptions:
    """Files of one sentence, of a saved `session`, or of every line of `source`, into the directory `output`.

    `text` is "" where there is no sentence. `kinds` are those of which heads, or all heads, are pictured; `layer` and
    `head` count from 1, None is all of them (or, in a picture of every kind, those of the view). `chosen` are the
    options of how maps are shown that were given; the others are left to the view. `resume` keeps the files that are
    still right. `looks` names the fields of `figure` that were given: the others are those of the session, where there
    is one. `alone`: `output` is no directory but the one file there is, or the stream `-`. `conditions` are what is
    changed inside the model; `prefix` goes before the source of each line. `looked` is what of a picture between the
    maps is looked at, `search` how the translation is found.
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
    looked: Looked = NOWHERE
    search: Search = GREEDY


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    add_sentence(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, required=True, help="directory for the files, one file, or -"
    )
    add_words(parser, "--format", FORMATS, "png if neither this nor the name of one file says it")
    add_course(parser)
    add_search(parser)
    add_conditions(parser)
    _add_what(parser.add_argument_group("what is pictured"))
    add_looking(parser.add_argument_group("what is looked at between the maps"))
    add_look(parser.add_argument_group("how a picture looks"))
    add_lines(parser.add_argument_group("many sentences"))


def options(values: argparse.Namespace) -> ExportOptions:
    """The options that were given. Raises InputError where they do not go together."""
    check_source(values, "export")
    alone = _is_one_file(values)
    what = _what(values)
    temperature = _own_temperature(values, what)
    check_session(values, "steps", "target", *decoding.NAMES, *conditions.NAMES)
    search = _search(values, what)
    there = looked(values, what, temperature)
    figure = _figure(values, what)
    maps = known_maps(values.model)
    kinds = _kinds(values, maps)
    if values.steps == 0 and needs_a_row(figure, kinds, maps):
        raise InputError(f"--steps 0 has no decoder row yet: ask for --steps 1 or more, or {without_rows(maps)}.")
    return ExportOptions(
        model=values.model,
        text=values.text or "",
        output=values.output,
        figure=figure,
        kinds=kinds,
        layer=values.layer,
        head=values.head,
        chosen=tuple((option, getattr(values, option.name)) for option in given(values)),
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
        looked=there,
        search=search,
    )


def _own_temperature(values: argparse.Namespace, what: Exportable) -> float | None:
    """The temperature of a picture's softmax, which is then none of samples; else None."""
    if "temperature" not in what.takes or values.sample:
        return None
    found: float | None = values.temperature
    values.temperature = None
    return found


def _search(values: argparse.Namespace, what: Exportable) -> Search:
    """How the translation is found. Raises InputError where that was said twice, or more are asked for than shown."""
    search = decoding.search(values)
    if values.target is not None and decoding.repetition(values):
        raise InputError(
            "--target says itself which tokens come: leave --no-repeat-ngram and --repetition-penalty out."
        )
    if values.target is not None and search != GREEDY:
        raise InputError("--target says itself which translation is shown: leave --beam and --sample out.")
    if search.count > 1 and what.name != HYPOTHESES:
        raise InputError("--n-best lists hypotheses: add --picture hypotheses, or leave it out.")
    if what.name == HYPOTHESES and search.beam is not None and values.n_best is None:
        return replace(search, count=search.beam)
    return search


def _is_one_file(values: argparse.Namespace) -> bool:
    """Whether -o names one file, or the stream `-`; gives `values` the format that its name says.

    Raises InputError where that is not the format asked for, or there will be more than one file.
    """
    output: Path = values.output
    named = next((each for each in FORMATS if output.name.lower().endswith(f".{each}") and not output.is_dir()), None)
    if values.format is not None and named not in (None, values.format):
        raise InputError(f"--format {values.format} contradicts the name {output.name!r}: leave --format out.")
    values.format = named or values.format
    alone = named is not None or output == STREAM
    if alone and values.input is not None:
        raise InputError(f"With --input there is a file for each line, and -o {output} is one: give a directory.")
    return alone


def run(options: ExportOptions) -> int:
    """Write what was asked for."""
    from attention_viewer.viewer.cli.exporting import export

    return export(options)


def _kinds(values: argparse.Namespace, maps: Sequence[MapInfo]) -> tuple[str, ...]:
    """The kinds that were asked for, of those that the model has."""
    known = kinds_of(maps)
    asked: str = values.kind or ALL
    return known if one_of("--kind", (*known, ALL))(asked) == ALL else (asked,)


def without_rows(maps: Sequence[MapInfo]) -> str:
    """What can be asked for where there is no decoder row."""
    return f"only for --kind {listed(kinds_of(maps, decode=False))}"


def needs_a_row(figure: FigureOptions, kinds: tuple[str, ...], maps: Sequence[MapInfo]) -> bool:
    """Whether there is nothing to export before the first step of the decoder."""
    if figure.format in ANIMATIONS or figure.what.needs is Needs.ROW:
        return True
    by_kind = figure.what.shows in (Shows.HEAD, Shows.KIND) or "kind" in figure.what.takes
    return by_kind and figure.subject != ARCHITECTURE and any(named(maps, kind).decodes for kind in kinds)


def _add_what(group: argparse._ArgumentGroup) -> None:
    add_words(group, "--picture", by_word(), "heads, one picture each, if left out")
    group.add_argument("--grid", action="store_true", default=None, help="short for --picture grid")
    group.add_argument("--kind", metavar="|".join((*KINDS, ALL)), help="of heads and grid; all if left out")
    group.add_argument("--layer", metavar="N", type=numbers("--layer"), help="such as 4, 1,2 or 1-3; all if left out")
    group.add_argument("--head", metavar="N", type=numbers("--head"), help="the same; all if left out")


def _figure(values: argparse.Namespace, what: Exportable) -> FigureOptions:
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
    """What is exported; gives `values` its usual format where none was asked for.

    Raises InputError where something was asked that means nothing for it.
    """
    asked_for = by_word()[values.picture] if values.picture else None
    everything = whole_in(values.format) if values.format else None
    if everything is not None and (asked_for is None or values.format not in asked_for.formats):
        reason = f"--format {values.format} holds everything that was computed"
        _refuse(values, (*WHAT, *LOOK), reason)
        for option in given(values):
            raise InputError(f"{reason}: leave {option.flag} out.")
        return everything
    if values.grid and values.picture not in (None, exportable(GRID).word):
        raise InputError(f"--grid is short for --picture grid: leave it out, or leave --picture {values.picture} out.")
    name = GRID if values.grid else MAP
    what = asked_for or exportable(name)
    values.format = values.format or what.formats[0]
    asked = "--grid" if values.grid else f"--picture {what.word}"
    idle = (option for option in MEANINGLESS[what.shows] if option not in what.takes)
    _refuse(values, idle, f"{asked} shows {what.shows if not what.takes else 'one thing'}")
    if what.shows is Shows.EVERY_KIND and any(len(each or ()) > 1 for each in (values.layer, values.head)):
        raise InputError(f"{asked} shows one head of each kind: give one number to --layer and to --head.")
    return what


def _check_format(values: argparse.Namespace, what: Exportable) -> None:
    if values.format not in what.formats:
        said = " cannot be animated" if values.format in ANIMATIONS else ""
        raise InputError(f"--picture {what.word}{said}: --format can be {listed(what.formats)}, not {values.format}.")
    if values.format in TABLES and not what.whole:
        _refuse(values, LOOK, f"--format {values.format} is a table")
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
    width = max(map(len, lines))
    return "\n".join(f"  {word:<{width}}  {line}" for word, line in lines.items())


def _description() -> str:
    return f"""\
Write what the window shows into a directory. --picture takes
{_pictures()}
Where only one is asked for, -o can name it (-o cross.svg), or be - for standard output.
gif, apng and webp animate the decoding, a frame a step. npz, csv and json hold all numbers (trace.npz), html
is a page to explore them in (page.html). Layers and heads count from 1. With --session, a saved session is shown
in its own colours and labels, unless the options say otherwise.

With --input, every line of a file (a source, or a source, a tab and a translation to force) is exported under
its number: line 1 becomes 00001_cross_layer4_head8.svg and so on. Blank lines are passed over. Lines that
cannot be exported are listed at the end, and the exit code is 1; the others are written all the same."""


EXPORT = Command(
    name="export",
    summary="write pictures, animations and numbers",
    description=_description,
    example="""\
example: attention-viewer export "I love you." -o heads --kind cross --layer 4 --format svg --width column
         attention-viewer export "I love you." -o love.pdf --kind cross --layer 4 --head 8
         attention-viewer export --input lines.tsv -o heads --picture grid --kind cross --format gif""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
