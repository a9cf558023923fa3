"""Maps with several positions as one: pieces as words, special tokens left out, weights renormalised. Torch-free.

Rows of a group are averaged and columns summed, so that rows that summed to 1 still do; a cell is masked only where
all its parts are.

Shape letters: R rows (queries), C columns (keys), of the tokens; r and c of the groups.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats, Token

Group = tuple[int, ...]
"""The positions that are shown as one."""
_BYTE = re.compile("<0x([0-9A-F]{2})>")


def grouped(tokens: Sequence[Token], words: bool = True, hide: bool = False) -> tuple[Group, ...]:
    """The positions of `tokens` in groups: by word where `words`; where `hide`, special tokens are left out.

    A special token is never part of a word.
    """
    groups: list[list[int]] = []
    for position, token in enumerate(tokens):
        if token.special:
            groups += [] if hide else [[position]]
            continue
        goes_on = position > 0 and not token.starts_word and not tokens[position - 1].special
        if words and goes_on:
            groups[-1].append(position)
        else:
            groups.append([position])
    return tuple(tuple(group) for group in groups)


def spelled(tokens: Sequence[Token], group: Group) -> str:
    """What people read for a group: no mark of where a word begins by itself, bytes as the characters they spell."""
    parts = [tokens[position] for position in group]
    named = [token for token in parts if token.piece != "▁"] or parts
    runs = groupby(named, key=lambda token: byte_of(token) is not None)
    return "".join(_characters(list(run)) if of_bytes else "".join(each.text for each in run) for of_bytes, run in runs)


def byte_of(token: Token) -> int | None:
    """The byte that a piece such as `<0xE4>` stands for; None for any other piece."""
    match = _BYTE.fullmatch(token.piece)
    return None if match is None else int(match[1], 16)


def _characters(tokens: Sequence[Token]) -> str:
    """What bytes spell in UTF-8; the pieces themselves where that is nothing to be read."""
    try:
        text = bytes(value for token in tokens if (value := byte_of(token)) is not None).decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    return text if text.isprintable() and text else "".join(token.text for token in tokens)


def merged(weights: Floats, rows: Sequence[Group], columns: Sequence[Group]) -> Floats:
    """Weights [..., R, C] of groups of rows and columns: rows averaged, columns summed, [..., r, c]."""
    averaging = _membership(rows, weights.shape[-2])  # [r, R]
    averaging = averaging / np.maximum(averaging.sum(axis=1, keepdims=True), np.float32(1.0))
    found: Floats = averaging @ weights @ _membership(columns, weights.shape[-1]).T
    return found


def merged_mask(mask: Booleans | None, rows: Sequence[Group], columns: Sequence[Group]) -> Booleans | None:
    """A mask [R, C] of groups, [r, c]: a cell is masked only where all its parts are; None where nothing was."""
    if mask is None:
        return None
    allowed = _membership(rows, mask.shape[0]) @ ~mask @ _membership(columns, mask.shape[1]).T
    found: Booleans = allowed == 0
    return found


def renormalised(weights: Floats) -> Floats:
    """Weights [..., R, C] whose rows sum to 1; a row of zeros stays one."""
    sums = weights.sum(axis=-1, keepdims=True)
    found: Floats = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return found


def words_at(text: str, spans: Sequence[tuple[int, int] | None]) -> list[int | None]:
    """The word of `text`, split at spaces and counted from 0, of each token, given the characters that it covers.

    A token that covers none, as a lone `▁`, belongs to the word of the one after it; the last, `</s>`, to none.
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    found = [None if span is None else _word_of(words, span) for span in spans]
    for index in range(len(found) - 2, -1, -1):
        found[index] = found[index + 1] if found[index] is None else found[index]
    return found


def _word_of(words: Sequence[tuple[int, int]], span: tuple[int, int]) -> int | None:
    return next((index for index, (start, stop) in enumerate(words) if span[0] < stop and start < span[1]), None)


def _membership(groups: Sequence[Group], length: int) -> Floats:
    """One row for each group, 1 at its positions: [groups, length]."""
    matrix = np.zeros((len(groups), length), dtype=np.float32)
    for row, group in enumerate(groups):
        matrix[row, list(group)] = 1.0
    return matrix
