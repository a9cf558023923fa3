"""Word links as links of subword pieces: where the weights of a guided cross-attention head should lie. Torch-free.

Shape letters: S source pieces, T target pieces, `</s>` last in both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.tokenizer import SPACE
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.word_links import Span, word_spans


def guide_weights(pair: Pair, sources: Sequence[Span], targets: Sequence[Span]) -> Floats:
    """The weights float32 [T, S] that the links of a pair ask for (Garg et al. 2019, section 3.2).

    `sources` and `targets` are the characters of each piece. A target piece looks at all pieces of the source
    words that are linked to its words, evenly; `</s>` looks at `</s>`. A row of a piece without links is zero.
    """
    weights = np.zeros((len(targets), len(sources)), dtype=np.float32)
    columns, rows = _pieces_of_words(pair.source, sources), _pieces_of_words(pair.target, targets)
    for source, target in pair.links:
        for row in rows[target]:
            weights[row, columns[source]] = 1.0
    weights[-1, -1] = 1.0
    known: Floats = weights / np.maximum(weights.sum(axis=1, keepdims=True), np.float32(1.0))
    return known


def _pieces_of_words(text: str, pieces: Sequence[Span]) -> list[list[int]]:
    """For each word of the text the indices of the pieces that share characters with it."""
    spans = word_spans(text)
    word_at = [-1] * len(text)
    for word, (start, stop) in enumerate(spans):
        word_at[start:stop] = [word] * (stop - start)
    found: list[list[int]] = [[] for _ in spans]
    for index, (start, stop) in enumerate(pieces):
        for word in set(word_at[start:stop]) - {-1}:
            found[word].append(index)
    return found


def piece_spans(pieces: Sequence[str], normalised: str, offsets: Sequence[int]) -> list[Span]:
    """The characters of a text that each of its pieces covers, spaces left out, and (0, 0) for `</s>` after them.

    `normalised` is what SentencePiece made of the text, `offsets` where each of its characters and its end came
    from. The bytes of a character (`<0xC3>`) cover it, each of them. All is (0, 0) where the pieces do not spell
    the text: some of it is unknown to a vocabulary without bytes.
    """
    lengths = [_length(piece) for piece in pieces]
    if sum(lengths) != len(normalised):
        return [(0, 0)] * (len(pieces) + 1)
    spans: list[Span] = []
    stop = 0
    for piece, length in zip(pieces, lengths, strict=True):
        start, stop = (stop, stop + length) if length else (stop - 1, stop)
        spans.append(_origin(start + piece.startswith(SPACE), stop, offsets))
    return [*spans, (0, 0)]


def _origin(start: int, stop: int, offsets: Sequence[int]) -> Span:
    """Where characters came from; one that became several (… is three stops) is the origin of each."""
    if start == stop:
        return 0, 0
    first, last = offsets[start], offsets[stop - 1]
    while offsets[stop] == last:
        stop += 1
    return first, offsets[stop]


def _length(piece: str) -> int:
    """The characters of a piece; the first byte of a character counts as one, the others as none."""
    if len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">"):
        return int(int(piece[3:5], 16) & 0xC0 != 0x80)
    return len(piece)
