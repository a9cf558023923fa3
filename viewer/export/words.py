"""A trace with whole words in the place of pieces, as the files of numbers hold it. No Qt, no torch.

Shape letters: L layers, H heads; r and c the words of a map's rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viewer.model.analysis.words import Group, grouped, merged, merged_mask, spelled
from attention_viewer.model.contract.api import Booleans, Floats, Token, Trace
from attention_viewer.model.contract.maps import MapInfo

WORDS = (
    "rows and columns are whole words: rows averaged, columns summed, a cell masked only where all its parts are; a "
    "decoder row stands for the word that its pieces predict, a decoder column for the word that was read; special "
    "tokens stand alone; log_probabilities are sums over a word's pieces; layers and heads count from 0"
)


@dataclass(frozen=True)
class Word:
    """What people read of it, its raw pieces, and the characters of the sentence that it covers (None: of none)."""

    text: str
    pieces: tuple[str, ...]
    span: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class WordMap:
    """A map: weights [L, H, r, c], mask [r, c] (None: nothing is masked), and the words of its sides.

    `reads` is the word that a row has read: "" where a decoder row stands for several pieces, which have read parts of
    words. `predicts` is "" in the encoder.
    """

    sides: MapInfo
    weights: Floats
    mask: Booleans | None
    reads: tuple[str, ...]
    predicts: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class WordTrace:
    """A trace of words: `inputs` are the columns of the decoder, `outputs` its rows, with their log-probabilities."""

    maps: tuple[WordMap, ...]
    source: tuple[Word, ...]
    inputs: tuple[Word, ...]
    outputs: tuple[Word, ...]
    log_probabilities: tuple[float, ...]


def words_of(trace: Trace) -> WordTrace:
    """The trace with its pieces joined to words."""
    groups = grouped(trace.output_tokens)
    return WordTrace(
        tuple(_word_map(trace, each) for each in trace.maps),
        _words(trace.source_tokens),
        _words(trace.input_tokens),
        _words(trace.output_tokens),
        tuple(float(trace.log_probabilities[list(group)].sum()) for group in groups),
    )


def _word_map(trace: Trace, sides: MapInfo) -> WordMap:
    tokens, outputs = trace.tokens(sides.rows), trace.output_tokens
    rows = grouped(outputs if sides.decodes else tokens)
    columns = grouped(trace.tokens(sides.columns))
    return WordMap(
        sides,
        merged(trace.weights(sides.kind), rows, columns),
        merged_mask(trace.mask(sides.kind), rows, columns),
        _read(tokens, rows) if sides.decodes else _texts(tokens, rows),
        _texts(outputs, rows) if sides.decodes else ("",) * len(rows),
        _texts(trace.tokens(sides.columns), columns),
    )


def _read(tokens: Sequence[Token], rows: Sequence[Group]) -> tuple[str, ...]:
    """The word of `tokens` that ends where a row reads; "" for rows of several pieces."""
    ends = {group[-1]: spelled(tokens, group) for group in grouped(tokens)}
    return tuple(ends.get(row[0], "") if len(row) == 1 else "" for row in rows)


def _texts(tokens: Sequence[Token], groups: Sequence[Group]) -> tuple[str, ...]:
    return tuple(spelled(tokens, group) for group in groups)


def _words(tokens: Sequence[Token]) -> tuple[Word, ...]:
    return tuple(
        Word(spelled(tokens, group), tuple(tokens[each].piece for each in group), _span(tokens, group))
        for group in grouped(tokens)
    )


def _span(tokens: Sequence[Token], group: Group) -> tuple[int, int] | None:
    spans = [span for each in group if (span := tokens[each].span) is not None]
    return (spans[0][0], spans[-1][1]) if spans else None
