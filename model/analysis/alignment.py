"""Cross-attention as a word aligner: alignment error rates of single heads against gold links. Torch-free.

Two conventions of what a decoder row aligns: the token it reads or the token it predicts. Subword rows of a
word are averaged, subword columns of a word are summed; each target word is then linked to the source word
with the largest weight. AER (Och & Ney 2000) = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), sure links S counting as
possible links P too.

Shape letters: T decoder rows, S source positions, J target words, I source words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from attention_viewer.model.contract.api import Floats, Token
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.plain_files import text_lines

Link = tuple[int, int]
"""Source word and target word, both from 0."""


class Convention(StrEnum):
    """Which token a decoder row is taken to align."""

    READS = "token read"
    PREDICTS = "token predicted"


@dataclass(frozen=True)
class Gold:
    """The hand-made links of a sentence; `possible` includes the sure ones."""

    sure: frozenset[Link]
    possible: frozenset[Link]


NO_GOLD = Gold(frozenset(), frozenset())


@dataclass(frozen=True, eq=False)
class Sentence:
    """Cross-attention `weights` float32 [Ld, Hd, T, S], the word of each output token [T] and source token [S]."""

    weights: Floats
    target_words: tuple[int | None, ...]
    source_words: tuple[int | None, ...]
    gold: Gold = NO_GOLD


@dataclass
class AlignmentError:
    """Counts over sentences, and their precision, recall and alignment error rate (Och & Ney 2000)."""

    found: int = 0
    sure: int = 0
    found_sure: int = 0
    found_possible: int = 0

    def add(self, links: frozenset[Link], gold: Gold) -> None:
        """Count the links of one more sentence."""
        self.found += len(links)
        self.sure += len(gold.sure)
        self.found_sure += len(links & gold.sure)
        self.found_possible += len(links & gold.possible)

    @property
    def rate(self) -> float:
        """The AER, from 0 (perfect) to 1; 1 where there is nothing to count."""
        total = self.found + self.sure
        return 1.0 - (self.found_sure + self.found_possible) / total if total else 1.0

    @property
    def precision(self) -> float:
        """The share of the links found that are possible ones, |A∩P| / |A|; 0 where none was found."""
        return self.found_possible / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of the sure links that were found, |A∩S| / |S|; 1 where there is none to find."""
        return self.found_sure / self.sure if self.sure else 1.0


def read_gold(path: Path) -> list[Gold]:
    """The gold links of each line: `3-4` sure, `3p4` possible, 1-indexed source and target words.

    Raises InputError naming the line of anything else.
    """
    lines = text_lines(path)
    return [_gold(path, number, line) for number, line in enumerate(lines, start=1)]


def _gold(path: Path, number: int, line: str) -> Gold:
    sure: set[Link] = set()
    possible: set[Link] = set()
    for text in line.split():
        mark = "p" if "p" in text else "-"
        source, _, target = text.partition(mark)
        if not (source.isdecimal() and target.isdecimal() and int(source) and int(target)):
            raise InputError(f"Line {number} of {path}: {text!r} is no link such as 3-4 (sure) or 3p4 (possible).")
        (possible if mark == "p" else sure).add((int(source) - 1, int(target) - 1))
    return Gold(frozenset(sure), frozenset(possible | sure))


def check_links(gold: Gold, source: int, target: int, where: str) -> None:
    """Raise InputError where a link points past the `source` and `target` words of its sentence."""
    for link in sorted(gold.possible):
        if link[0] >= source or link[1] >= target:
            raise InputError(
                f"{where}: {link[0] + 1}-{link[1] + 1} points past the sentence, which has {source} source and "
                f"{target} target words. The two files must hold the same lines."
            )


def words_of(tokens: Sequence[Token]) -> list[int | None]:
    """The word each token belongs to, counted from 0; None for special tokens such as `</s>`."""
    words: list[int | None] = []
    word = -1
    for token in tokens:
        if token.special:
            words.append(None)
            continue
        word += int(token.starts_word or word < 0)
        words.append(word)
    return words


def row_words(words: Sequence[int | None], convention: Convention) -> list[int | None]:
    """The target word of each decoder row; `words` are those of the output tokens, `</s>` included."""
    if convention is Convention.PREDICTS:
        return list(words)
    return [None, *words[:-1]]


def word_weights(weights: Floats, rows: Sequence[int | None], columns: Sequence[int | None]) -> Floats:
    """Weights [..., T, S] as words: rows averaged to [..., J, I], columns summed; special tokens left out."""
    row_matrix = _membership(rows)  # [J, T]
    row_matrix = row_matrix / np.maximum(row_matrix.sum(axis=1, keepdims=True), np.float32(1.0))
    merged: Floats = row_matrix @ weights @ _membership(columns).T
    return merged


def links(weights: Floats) -> frozenset[Link]:
    """For each target word (row) of [J, I] the source word it looks at most, if it looks at any."""
    if not weights.shape[-1]:
        return frozenset()
    found = enumerate(weights.argmax(axis=-1))
    return frozenset((int(source), target) for target, source in found if weights[target, source] > 0)


def pharaoh(found: Iterable[Link]) -> str:
    """Links as people exchange them, `0-0 1-2`: source and target words counted from 0, in order."""
    return " ".join(f"{source}-{target}" for source, target in sorted(found))


def head_counts(sentences: Iterable[Sentence], convention: Convention) -> dict[tuple[int, int], AlignmentError]:
    """What is counted over sentences of every cross-attention head, by layer and head.

    Raises InputError where there is no sentence.
    """
    counts: dict[tuple[int, int], AlignmentError] = {}
    for sentence in sentences:
        rows = row_words(sentence.target_words, convention)
        merged = word_weights(sentence.weights, rows, sentence.source_words)  # [Ld, Hd, J, I]
        for layer, head in np.ndindex(*merged.shape[:2]):
            counts.setdefault((layer, head), AlignmentError()).add(links(merged[layer, head]), sentence.gold)
    if not counts:
        raise InputError("There is no sentence to align.")
    return counts


def _membership(words: Sequence[int | None]) -> Floats:
    """One row for each word, 1 where a position belongs to it."""
    count = 1 + max((word for word in words if word is not None), default=-1)
    matrix = np.zeros((count, len(words)), dtype=np.float32)
    for position, word in enumerate(words):
        if word is not None:
            matrix[word, position] = 1.0
    return matrix
