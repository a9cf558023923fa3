"""Carries out the command translate: many lines side by side where they can be, one by one where they cannot.

Importing this module imports neither torch nor Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attention_viewer.model.checkpoint import check_checkpoint
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import BadLine, Entry, Line
from attention_viewer.viewer.cli.decoding import GREEDY
from attention_viewer.viewer.cli.heads import architecture_of
from attention_viewer.viewer.cli.languages import spoken
from attention_viewer.viewer.cli.line_batch import LineBatch, LinesOf, one_by_one, run_lines
from attention_viewer.viewer.cli.searching import Found, found
from attention_viewer.viewer.cli.tracing import Tracer, open_tracer
from attention_viewer.viewer.cli.translate import TranslateOptions

if TYPE_CHECKING:
    from attention_viewer.model.translator import Translator


def translate(options: TranslateOptions) -> int:
    """Translate line by line; returns the exit code. Raises UserError where nothing was begun."""
    check_checkpoint(options.model)
    options.conditions.interventions(architecture_of(options.model))
    plain = options.search == GREEDY and not (options.conditions or options.scores or options.several)

    def begin(groups: Iterator[list[Entry]]) -> tuple[Iterator[Entry], LinesOf]:
        tracer = open_tracer(options.model, options.threads, bool(options.prefix))
        if plain:
            ahead = _Ahead(tracer.translator)
            return ahead.taken(groups), ahead.lines
        return one_by_one(groups), lambda line: _lines(tracer, options, line)

    batch = LineBatch(
        options.source,
        options.output,
        options.force,
        spoken(options.prefix, lambda text: (text, None)),
        "translated",
        places=not options.several,
    )
    return run_lines(batch, begin)


class _Ahead:
    """Translates the lines of a group side by side before the first of them is asked for."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._ready: dict[int, str | InputError] = {}

    def taken(self, groups: Iterator[list[Entry]]) -> Iterator[Entry]:
        """The lines one by one."""
        for group in groups:
            lines = [entry for entry in group if not isinstance(entry, BadLine) and entry.source]
            results = self._translator.translate_many(line.source for line in lines)
            self._ready = {line.number: result for line, result in zip(lines, results, strict=True)}
            yield from group

    def lines(self, line: Line) -> list[str]:
        """The translation of a line that was given last. Raises InputError where it has none."""
        result = self._ready[line.number]
        if isinstance(result, InputError):
            raise result
        return [in_one_line(result)]


def _lines(tracer: Tracer, options: TranslateOptions, line: Line) -> list[str]:
    """The translations of a line that is translated by itself, as they are written."""
    interventions = options.conditions.interventions(architecture_of(options.model))
    document = tracer.document(line.source, interventions=interventions)
    return [_written(options, line, each) for each in found(tracer.translator, document, options.search)]


def _written(options: TranslateOptions, line: Line, each: Found) -> str:
    columns = [f"{each.score:.4f}", f"{each.log_probability:.4f}"] if options.scores or options.several else []
    places = [str(line.number), str(each.rank)] if options.several else []
    return "\t".join([*places, *columns, in_one_line(each.text)])


def in_one_line(translation: str) -> str:
    """A translation whose line breaks and tabs are spaces: else it would put lines and columns out of step."""
    return " ".join(" ".join(translation.splitlines()).split("\t"))
