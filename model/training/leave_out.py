"""Sentences that must never be trained on, found whatever their case, accents and signs. Torch-free."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from attention_viewer.model.contract.plain_files import text_lines
from attention_viewer.model.training.data import Pair


def bare(text: str) -> str:
    """The letters and digits of a text, without case and accents: equal for sentences that read the same."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in letters if each.isalnum())


def read_sentences(path: Path) -> frozenset[str]:
    """What the first column of each line of a UTF-8 file reads, bare. Raises InputError where it cannot be read."""
    lines = text_lines(path, "Give a file with one sentence a line.")
    return frozenset(bare(line.split("\t")[0]) for line in lines) - {""}


def without_sentences(pairs: Iterable[Pair], left_out: frozenset[str]) -> list[Pair]:
    """The pairs of which neither side reads like one of the `left_out` sentences, which are bare."""
    return [pair for pair in pairs if not {bare(pair.source), bare(pair.target)} & left_out]
