"""The command translate: its options; `translating` carries it out. No Qt, no torch, no NumPy."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.viewer.cli import conditions, decoding
from attention_viewer.viewer.cli.command import Command, add_threads, add_writing
from attention_viewer.viewer.cli.conditions import UNCHANGED, Conditions, add_conditions
from attention_viewer.viewer.cli.decoding import GREEDY, Search, add_search


@dataclass(frozen=True)
class TranslateOptions:
    """Lines of `source` (None: standard input) to lines of `output` (None: standard output).

    `scores` go before each translation. `several`: each translation, of which a line may have more than one, also
    says of which line it is, and its rank.
    """

    model: Path
    source: Path | None = None
    output: Path | None = None
    force: bool = False
    search: Search = GREEDY
    conditions: Conditions = UNCHANGED
    scores: bool = False
    several: bool = False
    threads: int = 1
    prefix: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="UTF-8 text; standard input if left out")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="file for the translations")
    parser.add_argument("--scores", action="store_true", help="put score and ln p before each translation, with tabs")
    add_threads(parser)
    add_search(parser)
    add_conditions(parser)


def options(values: argparse.Namespace) -> TranslateOptions:
    """The options that were given. Raises InputError where they do not go together."""
    return TranslateOptions(
        values.model,
        values.file,
        values.output,
        values.force,
        decoding.search(values),
        conditions.conditions(values),
        values.scores,
        values.n_best is not None,
        values.threads,
        values.prefix,
    )


def run(options: TranslateOptions) -> int:
    """Translate line by line."""
    from attention_viewer.viewer.cli.translating import translate

    return translate(options)


TRANSLATE = Command(
    name="translate",
    summary="translate lines of text",
    description="""\
Translate one line at a time: lines in, from FILE or standard input, one translation a line out; blank
lines stay blank. Without -o each translation is written as soon as it is known; with -o the file appears
once it is complete. Every token is the most probable one, unless --beam or --sample ask for something else.

With --scores a line is score, ln p and translation, with tabs between: ln p is the natural logarithm of the
translation's probability, the score is that over the number of its tokens, by which a beam is ordered (with
--repetition-penalty, after the penalty). With --n-best, every translation is a line of its own: number of its
source line, rank, score, ln p, translation.

A line that cannot be translated becomes an empty line, so that the others keep their places (with --n-best, none);
all such lines are listed at the end, and the exit code is 1.""",
    example="""\
example: echo "I love you." | attention-viewer translate
         attention-viewer translate lines.txt -o translations.tsv --beam 8 --n-best 3
         attention-viewer translate lines.txt --heads-off cross:4 --positions encoder:off""",
    add=add,
    options=options,
    run=run,
    translates=True,
)
