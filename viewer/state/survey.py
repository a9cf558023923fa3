"""What heads do over a file of sentences: the result, and what of a file is read. No Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.model.analysis.head_table import HeadTable

MOST_LINES = 200
"""Lines of a file that are measured; more would take minutes and change the means little."""

Pair = tuple[str, str | None]
"""A sentence, and its translation where that is given."""


@dataclass(frozen=True)
class Lines:
    """The first lines of a file, called `name`; where `cut`, it has more."""

    name: str
    pairs: tuple[Pair, ...]
    cut: bool = False


@dataclass(frozen=True, eq=False)
class Survey:
    """All heads measured over so many `sentences` of `lines`; `left_out` lines would not do."""

    lines: Lines
    sentences: int
    left_out: int
    table: HeadTable
