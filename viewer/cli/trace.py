"""The command trace: everything that the model computes, as numbers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.limits import MOST_ROWS
from attention_viewer.viewer.cli import conditions, decoding
from attention_viewer.viewer.cli.command import (
    DONE,
    Command,
    add_lines,
    add_sentence,
    add_writing,
    check_session,
    check_source,
)
from attention_viewer.viewer.cli.conditions import UNCHANGED, Conditions, add_conditions
from attention_viewer.viewer.cli.decoding import GREEDY, Search, add_search
from attention_viewer.viewer.cli.heads import architecture_of
from attention_viewer.viewer.cli.option_types import listed, one_of, text, whole
from attention_viewer.viewer.cli.streams import STREAM

if TYPE_CHECKING:
    from attention_viewer.model.contract.document import Document
    from attention_viewer.viewer.cli.batch import Line
    from attention_viewer.viewer.cli.folder_batch import LineWriter, Output
    from attention_viewer.viewer.cli.progress import Watch
    from attention_viewer.viewer.cli.tracing import Tracer

FORMATS = ("npz", "csv", "csv.gz", "json")
DECIDED = "--target says itself which translation is traced: leave --beam, --sample and what holds repetition back out."
LARGEST_LIMIT = MOST_ROWS
"""Most decoder rows that --max-steps may ask for."""


@dataclass(frozen=True)
class TraceOptions:
    """A sentence, or a saved `session` (then `text` is ""), to the file `output` in one of FORMATS.

    Of more than one translation each goes to a file of its own, numbered from 1.
    """

    model: Path
    text: str
    output: Path
    target: str | None = None
    max_steps: int | None = None
    force: bool = False
    session: Path | None = None
    format: str = "npz"
    conditions: Conditions = UNCHANGED
    search: Search = GREEDY
    prefix: str = ""
    words: bool = False


@dataclass(frozen=True)
class TraceLinesOptions:
    """The lines of `source` to numbered files, in one of FORMATS, of the directory `output`."""

    model: Path
    source: Path
    output: Path
    format: str = "npz"
    max_steps: int | None = None
    force: bool = False
    resume: bool = False
    conditions: Conditions = UNCHANGED
    search: Search = GREEDY
    prefix: str = ""
    words: bool = False


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    add_sentence(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        required=True,
        help="the file, its format by its name, or - for standard output; with --input, a directory",
    )
    parser.add_argument(
        "--format",
        metavar="|".join(FORMATS),
        type=one_of("--format", FORMATS),
        help="with --input (npz if left out), and with -o -",
    )
    parser.add_argument("--target", metavar="TEXT", type=text("--target"), help="force this translation")
    parser.add_argument(
        "--max-steps",
        metavar="N",
        type=whole("--max-steps", 1, LARGEST_LIMIT),
        help="stop after N tokens (200 if left out); a forced translation always runs to its end",
    )
    parser.add_argument(
        "--words", action="store_true", help="whole words instead of pieces: rows averaged, columns summed"
    )
    add_search(parser)
    add_conditions(parser)
    add_lines(parser.add_argument_group("many sentences"))


def options(values: argparse.Namespace) -> TraceOptions | TraceLinesOptions:
    """The options that were given. Raises InputError where they do not go together."""
    check_source(values, "trace")
    check_session(values, "target", "max_steps", *decoding.NAMES, *conditions.NAMES)
    if values.target is not None and values.max_steps is not None:
        raise InputError("--target and --max-steps exclude each other: a forced translation always runs to its end.")
    changes, search = conditions.conditions(values), decoding.search(values)
    if values.target is not None and search != GREEDY:
        raise InputError(DECIDED)
    suffix = _format(values.output, values.input is not None, values.format, search.count)
    if values.input is None:
        return TraceOptions(
            values.model,
            values.text or "",
            values.output,
            values.target,
            values.max_steps,
            values.force,
            values.session,
            suffix,
            changes,
            search,
            values.prefix,
            values.words,
        )
    return TraceLinesOptions(
        values.model,
        values.input,
        values.output,
        suffix,
        values.max_steps,
        values.force,
        values.resume,
        changes,
        search,
        values.prefix,
        values.words,
    )


def _format(output: Path, many: bool, asked: str | None, count: int) -> str:
    """The format of FORMATS: of one sentence the file's name says it, for many and for a stream --format does.

    Raises InputError where the two contradict each other, or neither says it.
    """
    named = next((each for each in FORMATS if output.name.lower().endswith(f".{each}")), None)
    if many and (named or output == STREAM):
        what = "standard output" if output == STREAM else f"{output.name!r} is the name of a file"
        raise InputError(
            f"With --input, -o names a directory with a file for each line, and {what}: "
            f"give a directory{f', and --format {named}' if named else ''}."
        )
    if many:
        return asked or FORMATS[0]
    if output == STREAM:
        if count > 1:
            raise InputError("-o - is one stream, and --n-best asks for a file each: give -o the name of a file.")
        if asked is None:
            raise InputError(f"-o - needs a format: add --format {listed(FORMATS)}.")
        return asked
    if named is None:
        known = listed([f".{each}" for each in FORMATS])
        raise InputError(f"{output.name!r} has no data format: give it a name that ends in {known}.")
    if asked not in (None, named):
        raise InputError(f"--format {asked} contradicts the name {output.name!r}: leave --format out.")
    return named


def run(options: TraceOptions | TraceLinesOptions) -> int:
    """Write everything computed for one sentence or session to a file, or for each line to a file of its own."""
    from attention_viewer.model.checkpoint import check_checkpoint

    check_checkpoint(options.model)
    return _trace(options) if isinstance(options, TraceOptions) else _trace_lines(options)


def _trace(options: TraceOptions) -> int:
    from attention_viewer.viewer.cli.progress import Bar, Interruption
    from attention_viewer.viewer.cli.streams import check_not_read, check_target, put
    from attention_viewer.viewer.cli.tracing import open_tracer, saved_session
    from attention_viewer.viewer.storage.files import made_folder

    outputs = [options.output.with_name(each) for each in _names(options.output.name, options.search, options.format)]
    for output in outputs:
        check_not_read(output, options.session)
        check_target(output, options.force, options.format)
    options.conditions.interventions(architecture_of(options.model))
    saved = saved_session(options.session, options.model)
    with Interruption() as interruption, Bar(None, 0, "tokens") as bar:
        tracer = open_tracer(options.model, told=bool(options.prefix))

        def row() -> None:
            interruption.check()
            bar.taken()

        if saved is not None:
            traced: Iterator[_Traced] = iter([(saved.document, None)])
        else:
            traced = _documents(tracer, options, options.text, options.target, row)
        for output, (document, about) in zip(outputs, traced, strict=False):
            loaded = tracer.loaded(document, row)
            content = tracer.numbers(loaded, options.format, options.target, about, options.words)
            with made_folder(output.parent):
                put(output, content, options.force)
    return DONE


def _names(name: str, search: Search, suffix: str) -> list[str]:
    """`love.npz`, or `love_1.npz` and so on where there is more than one translation."""
    if search.count == 1:
        return [name]
    stem = name[: -len(suffix) - 1]
    return [f"{stem}_{rank}.{suffix}" for rank in range(1, search.count + 1)]


_Traced = tuple["Document", Mapping[str, Any] | None]
"""What is traced, and how a search found it."""


def _documents(
    tracer: Tracer,
    options: TraceOptions | TraceLinesOptions,
    source: str,
    target: str | None,
    check: Callable[[], None],
) -> Iterator[_Traced]:
    """The translations of a sentence that are traced, best first."""
    from attention_viewer.viewer.cli.searching import found

    interventions = options.conditions.interventions(architecture_of(options.model))
    document = tracer.document(source, target, options.max_steps, interventions)
    if target is not None or options.search == GREEDY:
        yield document, None
        return
    for each in found(tracer.translator, document, options.search, check):
        yield each.document, each.about()


def _trace_lines(options: TraceLinesOptions) -> int:
    from attention_viewer.model.contract import interventions as changes
    from attention_viewer.viewer.cli.folder_batch import FolderBatch, run_in_folder
    from attention_viewer.viewer.cli.manifest import digest

    interventions = options.conditions.interventions(architecture_of(options.model))
    asked: dict[str, Any] = {"format": options.format, "max_steps": options.max_steps}
    if interventions:
        asked["interventions"] = changes.to_json(interventions)
    if options.words:
        asked["words"] = True
    if options.search != GREEDY:
        asked["search"] = asdict(options.search)
    endings = _names(f".{options.format}", options.search, options.format)
    batch = FolderBatch(
        options.source,
        options.output,
        options.model,
        {ending: digest(asked) for ending in endings},
        "traced",
        options.force,
        options.resume,
        options.prefix,
    )
    return run_in_folder(batch, lambda: _line_writer(options, endings))


def _line_writer(options: TraceLinesOptions, endings: list[str]) -> LineWriter:
    from attention_viewer.viewer.cli.folder_batch import write_file
    from attention_viewer.viewer.cli.tracing import open_tracer

    tracer = open_tracer(options.model, told=bool(options.prefix))

    def write(line: Line, files: Mapping[str, Output], watch: Watch) -> Iterator[str]:
        traced = _documents(tracer, options, line.source, line.target, watch.check)
        for ending, (document, about) in zip(endings, traced, strict=False):
            if ending in files:
                loaded = tracer.loaded(document, watch.check)
                write_file(files[ending], tracer.numbers(loaded, options.format, line.target, about, options.words))
                yield ending

    return write


TRACE = Command(
    name="trace",
    summary="write all weights as numbers",
    description="""\
Write everything the model computes for a sentence (all attention weights, tokens, log-probabilities) to
a file: NumPy arrays (.npz), a table with one weight a line (.csv, .csv.gz) or JSON (.json). With --session,
what a saved session asks for: its sentence, its chosen tokens and its interventions, as far as it had been
stepped. With --n-best 3, love.npz becomes love_1.npz to love_3.npz, the best translation first.

With --input, every line of a file (a source, or a source, a tab and a translation to force) becomes a file of
the directory -o, in the format --format, under its number: line 1 becomes 00001.npz. Blank lines are passed
over. Lines that cannot be traced are listed at the end, and the exit code is 1; the others are written all the
same.""",
    example="""\
example: attention-viewer trace "I love you." -o love.npz --target "Je t'aime."
         attention-viewer trace "I love you." -o - --format csv --heads-off cross:4:8 | head
         attention-viewer trace --input lines.tsv -o traces --format csv.gz --beam 4""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
