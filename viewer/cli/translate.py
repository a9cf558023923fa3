"""The command translate: lines in, one translation a line out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.command import DONE, PARTLY_DONE, Command, add_writing
from attention_viewer.viewer.cli.option_types import whole

WIDEST_BEAM = 32
UNABLE = "could not be: left empty, so that the others keep their places"


@dataclass(frozen=True)
class TranslateOptions:
    """Lines of `source` (None: standard input) to lines of `output` (None: standard output).

    `beam` is the width of the beam, None decodes greedily.
    """

    model: Path
    source: Path | None = None
    output: Path | None = None
    force: bool = False
    beam: int | None = None


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="UTF-8 text; standard input if left out")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="file for the translations")
    parser.add_argument(
        "--beam", metavar="N", type=whole("--beam", 1, WIDEST_BEAM), help="search with a beam of N hypotheses"
    )


def options(values: argparse.Namespace) -> TranslateOptions:
    """The options that were given."""
    return TranslateOptions(values.model, values.file, values.output, values.force, values.beam)


def run(options: TranslateOptions) -> int:
    """Translate line by line; blank lines stay blank, and so do lines that will not do."""
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.storage.files import check_output, read_raw_lines, write_lines

    check_checkpoint(options.model)
    if options.output is not None:
        check_output(options.output, options.force)
    elif sys.stdout is None:
        raise InputError("Standard output is closed: name a file for the translations with -o.")
    if options.source is None:
        total, raw = None, _standard_input()
    else:
        known = read_raw_lines(options.source)
        total, raw = len(known), iter(known)
    translate = _translator(options)
    if options.output is None:
        return _translated(options, raw, total, translate, _print)
    translations: list[str] = []
    code = _translated(options, raw, total, translate, translations.append)
    write_lines(options.output, translations, options.force)
    return code


def _translated(
    options: TranslateOptions,
    raw: Iterable[bytes],
    total: int | None,
    translate: Callable[[str], str],
    emit: Callable[[str], None],
) -> int:
    """Give `emit` a translation for each line; returns the exit code. Raises KeyboardInterrupt where it was stopped."""
    from attention_viewer.viewer.cli.batch import Words, entries, report, run_batch
    from attention_viewer.viewer.cli.progress import Bar

    # Whoever reads the translations on a terminal as they come sees how far it is.
    beside = options.output is not None or not sys.stdout.isatty()
    typed = options.source is None and sys.stdin.isatty()
    found = entries(raw, lambda text: (text, None), keep_blank=True)
    with Bar(total, 0, "lines", beside and not typed) as bar:
        outcome = run_batch(
            found,
            lambda line: emit(translate(line.source) if line.source else ""),
            refused=lambda bad: emit(""),
            total=total,
            taken=bar.taken,
        )
    name = "standard input" if options.source is None else str(options.source)
    stopped = "" if options.output is None else f"{options.output} was not written"
    for said in report(outcome, name, Words("translated", UNABLE, stopped)):
        print(said, file=sys.stderr)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return PARTLY_DONE if outcome.bad else DONE


def _print(translation: str) -> None:
    sys.stdout.buffer.write(f"{translation}\n".encode())
    sys.stdout.buffer.flush()


def _standard_input() -> Iterator[bytes]:
    # A program that is started without streams has None in their place.
    if sys.stdin is None:
        raise InputError("Standard input is closed: name a file to translate.")
    if sys.stdin.isatty():
        print("Type sentences, one a line; end with Ctrl+D.", file=sys.stderr)
    return iter(sys.stdin.buffer)


def _translator(options: TranslateOptions) -> Callable[[str], str]:
    """From a sentence to its translation, in one line. Raises InputError where the sentence is too long."""
    from attention_viewer.model.contract.choosing import Decoding
    from attention_viewer.model.contract.document import Document
    from attention_viewer.model.translator import finished
    from attention_viewer.viewer.cli.tracing import open_tracer

    tracer = open_tracer(options.model)
    session = tracer.session

    def greedy(sentence: str) -> str:
        return session.text(session.trace(tracer.document(sentence)))

    def best_of_beam(sentence: str, width: int) -> str:
        tree = finished(session.beam_steps(Document(sentence, decoding=Decoding(beam_width=width))))
        best, _ = tree.finished[0]
        return session.text(tree.path(best))

    def translate(sentence: str) -> str:
        translation = greedy(sentence) if options.beam is None else best_of_beam(sentence, options.beam)
        # A line break inside a translation would put every later line out of step with its source.
        return " ".join(translation.splitlines())

    return translate


TRANSLATE = Command(
    name="translate",
    summary="translate lines of text",
    description="""\
Translate one line at a time: lines in, from FILE or standard input, one translation a line out; blank
lines stay blank. Without -o each translation is written as soon as it is known; with -o the file appears
once it is complete. Every token is the most probable one, unless --beam asks for a search.

A line that cannot be translated becomes an empty line, so that the others keep their places; all such lines
are listed at the end, and the exit code is 1.""",
    example='example: echo "I love you." | attention-viewer translate',
    add=add,
    options=options,
    run=run,
)
