"""Sentence pairs: read, normalised, deduplicated, and split so that the dev set is new to the model. Torch-free."""

from __future__ import annotations

import gzip
import random
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from attention_viewer.model.analysis.alignment import Link
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.plain_files import open_lines, whole_lines
from attention_viewer.model.contract.refusals import of_reading

_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u00ad": None})


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation; `links` are those of their words, where known, and make no pair another."""

    source: str
    target: str
    links: tuple[Link, ...] = field(default=(), compare=False, repr=False)


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a UTF-8 file of `source<TAB>target` lines, gzip-compressed where its name ends in `.gz`.

    `-` is standard input.
    Further columns are ignored. Raises InputError naming the file and line of anything else.
    """
    try:
        with _opened(path) as file:
            lines = enumerate(whole_lines(file, str(path)), start=1)
            return [_pair(path, number, line) for number, line in lines if line.strip()]
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {of_reading(error)}") from None


def _opened(path: Path) -> AbstractContextManager[BinaryIO]:
    if str(path) == "-":
        if sys.stdin is None:
            raise InputError("Standard input is closed: name a file to read.")
        return nullcontext(sys.stdin.buffer)
    return _unpacked(path) if path.suffix == ".gz" else open_lines(path)


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    with open_lines(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
        yield cast(BinaryIO, unpacked)


def _pair(path: Path, number: int, line: bytes) -> Pair:
    try:
        columns = line.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError:
        raise InputError(f"Line {number} of {path} is not UTF-8. Convert the file to UTF-8.") from None
    if len(columns) < 2:
        raise InputError(f"Line {number} of {path} has no tab: each line must be source, tab, target.")
    return Pair(columns[0], columns[1])


def normalise(text: str) -> str:
    """NFC, straight apostrophes, plain single spaces, no control characters."""
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    visible = "".join(" " if unicodedata.category(each) == "Cc" else each for each in plain)
    return " ".join(visible.split())


def prepare(pairs: Iterable[Pair]) -> list[Pair]:
    """Normalised pairs, empty ones and repetitions left out, in their first order."""
    normalised = (Pair(normalise(pair.source), normalise(pair.target)) for pair in pairs)
    return list(dict.fromkeys(pair for pair in normalised if pair.source and pair.target))


def without_leaks(train: Iterable[Pair], dev: Sequence[Pair]) -> list[Pair]:
    """The training pairs that share neither a source nor a target with any dev pair."""
    sources, targets = {pair.source for pair in dev}, {pair.target for pair in dev}
    return [pair for pair in train if pair.source not in sources and pair.target not in targets]


def split(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """(train, dev), about `share` of the pairs in dev, and no source or target in both.

    Pairs that share a sentence on either side form a group; a group goes to one side as a whole. Groups are
    taken in random order, leaving out any that would overshoot the share.
    """
    groups = _groups(pairs)
    order = random.Random(seed).sample(range(len(groups)), len(groups))
    wanted = round(share * len(pairs))
    chosen: set[int] = set()
    for index in order:
        if len(chosen) + len(groups[index]) <= wanted:
            chosen.update(groups[index])
    train = [pair for index, pair in enumerate(pairs) if index not in chosen]
    return train, [pairs[index] for index in sorted(chosen)]


def _groups(pairs: Sequence[Pair]) -> list[list[int]]:
    """Indices of pairs that are connected by equal sources or equal targets."""
    parent = list(range(len(pairs)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    seen: dict[tuple[int, str], int] = {}
    for index, pair in enumerate(pairs):
        for key in ((0, pair.source), (1, pair.target)):
            first = seen.setdefault(key, index)
            parent[root(index)] = root(first)
    groups: dict[int, list[int]] = {}
    for index in range(len(pairs)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())
