"""A table that can be sorted by any column: headings, cells with what they sort by, and a key for each row. No Qt."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A heading, what it means, and whether its cells are numbers, which stand to the right."""

    heading: str
    tip: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """What is read, and what the column sorts by."""

    text: str
    order: float | str


@dataclass(frozen=True)
class TableSpec:
    """Rows of cells under `columns`; `keys` tell rows apart, `selected` is the key of the one that is looked at.

    `note` stands above: what the table is of, and what a click does.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[Hashable, ...]
    selected: Hashable = None
    note: str = ""
