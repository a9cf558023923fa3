"""The command trace: everything that the model computes, as numbers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import (
    DONE,
    Command,
    add_lines,
    add_session,
    add_writing,
    check_session,
    check_source,
)
from attention_viewer.viewer.cli.option_types import listed, one_of, text, whole

if TYPE_CHECKING:
    from attention_viewer.viewer.cli.batch import Line
    from attention_viewer.viewer.cli.folder_batch import LineWriter, Output
    from attention_viewer.viewer.cli.progress import Watch

FORMATS = ("npz", "csv", "json")
LARGEST_LIMIT = 1000
"""Most decoder rows that --max-steps may ask for."""


@dataclass(frozen=True)
class TraceOptions:
    """A sentence, or a saved `session` (then `text` is ""), to the file `output`."""

    model: Path
    text: str
    output: Path
    target: str | None = None
    max_steps: int | None = None
    force: bool = False
    session: Path | None = None


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


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    parser.add_argument("text", metavar="TEXT", nargs="?", type=text("TEXT"), help="the sentence to translate")
    add_session(parser, "a saved session instead")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        required=True,
        help="the file, .npz, .csv or .json by its name; with --input, a directory",
    )
    parser.add_argument("--target", metavar="TEXT", type=text("--target"), help="force this translation")
    parser.add_argument(
        "--max-steps",
        metavar="N",
        type=whole("--max-steps", 1, LARGEST_LIMIT),
        help="stop after N tokens (200 if left out); a forced translation always runs to its end",
    )
    group = parser.add_argument_group("many sentences")
    add_lines(group)
    group.add_argument(
        "--format", metavar="|".join(FORMATS), type=one_of("--format", FORMATS), help="of each file, npz if left out"
    )


def options(values: argparse.Namespace) -> TraceOptions | TraceLinesOptions:
    """The options that were given. Raises InputError where they do not go together."""
    check_source(values, "trace")
    check_session(values, "target", "max_steps")
    if values.target is not None and values.max_steps is not None:
        raise InputError("--target and --max-steps exclude each other: a forced translation always runs to its end.")
    _check_output(values.output, values.input is not None, values.format)
    if values.input is None:
        return TraceOptions(
            values.model,
            values.text or "",
            values.output,
            values.target,
            values.max_steps,
            values.force,
            values.session,
        )
    return TraceLinesOptions(
        values.model,
        values.input,
        values.output,
        values.format or "npz",
        values.max_steps,
        values.force,
        values.resume,
    )


def _check_output(output: Path, many: bool, suffix: str | None) -> None:
    """One sentence goes to a file whose name says the format, many to a directory, in the format of --format."""
    named = output.suffix.lower().removeprefix(".")
    if many and named in FORMATS:
        raise InputError(
            f"With --input, -o names a directory with a file for each line, and {output.name!r} is the name of a file: "
            f"give a directory, and --format {named}."
        )
    if not many and suffix is not None:
        raise InputError(
            "--format goes with --input: without it the name of the file says the format, such as "
            f"{output.stem}.{suffix}. Leave --format out."
        )
    if not many and named not in FORMATS:
        known = listed([f".{each}" for each in FORMATS])
        raise InputError(f"{output.name!r} has no data format: give it a name that ends in {known}.")


def run(options: TraceOptions | TraceLinesOptions) -> int:
    """Write everything computed for one sentence or session to a file, or for each line to a file of its own."""
    from attention_viewer.model.checkpoint import check_checkpoint

    check_checkpoint(options.model)
    return _trace(options) if isinstance(options, TraceOptions) else _trace_lines(options)


def _trace(options: TraceOptions) -> int:
    from attention_viewer.viewer.cli.tracing import open_tracer, saved_session
    from attention_viewer.viewer.export.writing import write_bytes
    from attention_viewer.viewer.storage.files import check_output

    check_output(options.output, options.force)
    saved = saved_session(options.session, options.model)
    tracer = open_tracer(options.model)
    document = saved.document if saved else tracer.document(options.text, options.target, options.max_steps)
    suffix = options.output.suffix.lower().removeprefix(".")
    write_bytes(options.output, tracer.numbers(tracer.loaded(document), suffix, options.target), options.force)
    return DONE


def _trace_lines(options: TraceLinesOptions) -> int:
    from attention_viewer.viewer.cli.folder_batch import FolderBatch, run_in_folder
    from attention_viewer.viewer.cli.manifest import digest

    asked = digest({"format": options.format, "max_steps": options.max_steps})
    batch = FolderBatch(
        options.source,
        options.output,
        options.model,
        {f".{options.format}": asked},
        "traced",
        options.force,
        options.resume,
    )
    return run_in_folder(batch, lambda: _line_writer(options))


def _line_writer(options: TraceLinesOptions) -> LineWriter:
    from attention_viewer.viewer.cli.folder_batch import write_file
    from attention_viewer.viewer.cli.tracing import open_tracer

    tracer = open_tracer(options.model)

    def write(line: Line, files: Mapping[str, Output], watch: Watch) -> Iterator[str]:
        document = tracer.document(line.source, line.target, options.max_steps)
        loaded = tracer.loaded(document, watch.check)
        for ending, output in files.items():
            write_file(output, tracer.numbers(loaded, options.format, line.target))
            yield ending

    return write


TRACE = Command(
    name="trace",
    summary="write all weights as numbers",
    description="""\
Write everything the model computes for a sentence (all attention weights, tokens, log-probabilities) to
a file: NumPy arrays (.npz), a table with one weight a line (.csv) or JSON (.json). With --session, what a
saved session asks for: its sentence, its chosen tokens and its interventions, as far as it had been stepped.

With --input, every line of a file (a source, or a source, a tab and a translation to force) becomes a file of
the directory -o, in the format --format, under its number: line 1 becomes 00001.npz. Blank lines are passed
over. Lines that cannot be traced are listed at the end, and the exit code is 1; the others are written all the
same.""",
    example="""\
example: attention-viewer trace "I love you." -o love.npz --target "Je t'aime."
         attention-viewer trace --input lines.tsv -o traces --format csv""",
    add=add,
    options=options,
    run=run,
)
