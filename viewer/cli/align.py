"""The command align: sentence pairs in, a line of word links a pair out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.cli.batch import BadLine, Entry, Line
from attention_viewer.viewer.cli.command import Command, add_writing
from attention_viewer.viewer.cli.option_types import one_of, whole

if TYPE_CHECKING:
    from attention_viewer.model.analysis.alignment import Sentence
    from attention_viewer.model.analysis.consensus import Aligner
    from attention_viewer.model.translator import Translator

SAMPLE = 100
"""Pairs by which the best head is chosen, and what its rows stand for."""
ROWS = ("reads", "predicts")


@dataclass(frozen=True)
class AlignOptions:
    """Pairs of `source` to lines of `output` (None: standard output).

    `layer` and `head`, from 0, and what `rows` stand for; None: those that agree best with the consensus. `prefix` goes
    before each source.
    """

    model: Path
    source: Path
    output: Path | None = None
    force: bool = False
    layer: int | None = None
    head: int | None = None
    rows: str | None = None
    prefix: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_writing(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="UTF-8 text, a source, a tab and a target on each line")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="file for the links; standard output without")
    parser.add_argument("--layer", metavar="N", type=whole("--layer", 1), help="layer of the head, from 1")
    parser.add_argument("--head", metavar="N", type=whole("--head", 1), help="head of that layer, from 1")
    parser.add_argument(
        "--best", action="store_true", help="the head whose links agree best with the consensus: so without --layer"
    )
    parser.add_argument(
        "--rows", metavar="WHICH", type=one_of("--rows", ROWS), help="what a row aligns: the token it reads or predicts"
    )


def options(values: argparse.Namespace) -> AlignOptions:
    """The options that were given."""
    layer, head = (None if number is None else number - 1 for number in (values.layer, values.head))
    if (layer is None) != (head is None):
        raise InputError("--layer and --head name one head together: give both, or neither for the best one.")
    if values.best and layer is not None:
        raise InputError("--best looks for a head, and --layer and --head name one: leave one of them out.")
    return AlignOptions(values.model, values.file, values.output, values.force, layer, head, values.rows, values.prefix)


def run(options: AlignOptions) -> int:
    """Align pair by pair; blank lines stay blank, and so do lines that will not do."""
    from attention_viewer.model.checkpoint import check_checkpoint
    from attention_viewer.viewer.cli.line_batch import LineBatch, LinesOf, one_by_one, run_lines

    check_checkpoint(options.model)

    def begin(groups: Iterator[list[Entry]]) -> tuple[Iterator[Entry], LinesOf]:
        from attention_viewer.viewer.cli.tracing import open_translator

        found = one_by_one(groups)
        translator = open_translator(options.model, told=bool(options.prefix))
        first = list(islice(found, SAMPLE))
        aligner = _aligner(options, translator, first)
        return chain(first, found), lambda line: [_links(translator, aligner, line, options.prefix)]

    return run_lines(LineBatch(options.source, options.output, options.force, _pair, "aligned"), begin)


def _pair(text: str) -> tuple[str, str | None]:
    from attention_viewer.viewer.storage.files import source_and_target

    source, target = source_and_target(text)
    if target is None:
        raise InputError("It has no translation: give a source, a tab and a target.")
    return source, target


def _aligner(options: AlignOptions, translator: Translator, first: Iterable[Entry]) -> Aligner | None:
    """The head that was asked for, or the best by the first lines; None where none of them will do."""
    from attention_viewer.model.analysis.alignment import Convention
    from attention_viewer.model.analysis.consensus import Aligner, best_aligner

    wanted = None if options.rows is None else dict(zip(ROWS, Convention, strict=True))[options.rows]
    head = None if options.layer is None or options.head is None else (options.layer, options.head)
    _check_head(translator, head)
    if head is not None and wanted is not None:
        return Aligner(wanted, *head, agreement=1.0)
    sentences = list(_sentences(translator, first, options.prefix))
    if not sentences:
        return None
    aligner = best_aligner(sentences, wanted, head)
    print(
        f"Layer {aligner.layer + 1}, head {aligner.head + 1}, rows stand for the {aligner.convention}; agreement "
        f"with the consensus of all heads on {len(sentences)} pairs: {aligner.agreement:.2f}",
        file=sys.stderr,
    )
    return aligner


def _check_head(translator: Translator, head: tuple[int, int] | None) -> None:
    sides = _sides(translator.info.maps)
    if head is not None and (head[0] >= sides.layers or head[1] >= sides.heads):
        raise InputError(
            f"There is no layer {head[0] + 1}, head {head[1] + 1}: the {sides.name[:1].lower()}{sides.name[1:]} of "
            f"this model has {sides.layers} layers and {sides.heads} heads."
        )


def _sides(maps: Iterable[MapInfo]) -> MapInfo:
    """The map that aligns. Raises InputError where there is none."""
    sides = next((each for each in maps if each.crosses), None)
    if sides is None:
        raise InputError("This model cannot align: it has no attention from one sentence to the other.")
    return sides


def _sentences(translator: Translator, entries: Iterable[Entry], prefix: str) -> Iterator[Sentence]:
    """The pairs that can be aligned, as far as they are needed to choose a head."""
    for entry in entries:
        try:
            if not isinstance(entry, BadLine) and entry.source:
                yield _of_line(translator, entry, prefix)
        except InputError:
            # It is listed when its turn comes.
            continue


def _links(translator: Translator, aligner: Aligner | None, line: Line, prefix: str) -> str:
    from attention_viewer.model.analysis.alignment import pharaoh
    from attention_viewer.model.analysis.consensus import head_links

    # Where there is no aligner, no line can be aligned: this one will say why.
    sentence = _of_line(translator, line, prefix) if line.source else None
    return "" if sentence is None or aligner is None else pharaoh(head_links(sentence, aligner))


def _of_line(translator: Translator, line: Line, prefix: str) -> Sentence:
    assert line.target is not None
    return sentence_of_pair(translator, line.source, line.target, prefix)


def sentence_of_pair(translator: Translator, source: str, target: str, prefix: str = "") -> Sentence:
    """The weights of a pair's forced translation, and the words, split at spaces, of its tokens.

    `prefix` goes before the source: the token of a language, which is no word of it. Raises InputError where the model
    cannot work with it.
    """
    from attention_viewer.model.analysis.alignment import Sentence
    from attention_viewer.model.analysis.words import words_at
    from attention_viewer.model.contract.document import Document
    from attention_viewer.model.contract.hypotheses import teacher_force

    tokens = [token.id for token in translator.encode_target(target)]
    trace = translator.trace(teacher_force(Document(f"{prefix}{source}"), tokens))
    first = 1 if prefix else 0
    spans = [_shifted(token.span, len(prefix)) for token in trace.source_tokens[first:]]
    columns = [*[None] * first, *words_at(source, spans)]
    rows = words_at(target, translator.target_ranges(target))
    return Sentence(trace.weights(_sides(trace.maps).kind), tuple(rows), tuple(columns))


def _shifted(span: tuple[int, int] | None, by: int) -> tuple[int, int] | None:
    return span and (span[0] - by, span[1] - by)


ALIGN = Command(
    name="align",
    summary="link the words of sentence pairs",
    description=f"""\
Link words of sentence pairs by cross-attention: FILE has a source, a tab and a translation on each line; each
line of the output has the links of a pair as 0-0 1-2, source and target words counted from 0. Words are what
stands between spaces. Each target word is linked to the source word that one head looks at most while it reads
or predicts it: pieces' rows are averaged, their columns summed.

Without --layer and --head, the head and what its rows stand for are those whose links agree best with a consensus
of all heads on the first {SAMPLE} lines; standard error names them. Blank lines stay blank; lines that cannot be
aligned become empty ones, all such lines are listed at the end, and the exit code is 1.""",
    example="example: attention-viewer align pairs.tsv -o links.txt",
    add=add,
    options=options,
    run=run,
    translates=True,
)
