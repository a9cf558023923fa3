"""A table that can be sorted by any column: headings, cells with what they sort by, and a key for each row. No Qt."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A heading, what it means, and whether its cells are numbers, which stand to the right.

    `name` is what the order of the rows remembers it by.
    """

    heading: str
    tip: str = ""
    numeric: bool = False
    name: str = ""


@dataclass(frozen=True)
class Cell:
    """What is read, and what the column sorts by."""

    text: str
    order: float | str

    @property
    def rank(self) -> tuple[float, str]:
        """Where it stands among the cells of its column, which are all numbers or all texts."""
        return (0.0, self.order) if isinstance(self.order, str) else (self.order, "")


@dataclass(frozen=True)
class Sorting:
    """What a table is sorted by: a column's name (the first column where there is none such), and which way."""

    column: str = ""
    descending: bool = False


BY_FIRST = Sorting()


@dataclass(frozen=True)
class TableSpec:
    """Rows of cells under `columns`; `keys` tell rows apart, `selected` is the key of the one that is looked at.

    `note` stands above: what the table is of, and what a click does. The rows are shown in the order of `sorting`.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[Hashable, ...]
    selected: Hashable = None
    note: str = ""
    sorting: Sorting = BY_FIRST

    @property
    def sorted_by(self) -> int:
        """The column that the rows are sorted by."""
        names = [each.name for each in self.columns]
        return names.index(self.sorting.column) if self.sorting.column in names else 0

    @property
    def order(self) -> tuple[int, ...]:
        """The rows from top to bottom, as they are sorted; those that are equal as they come."""
        ranks = [row[self.sorted_by].rank for row in self.rows]
        return tuple(sorted(range(len(ranks)), key=ranks.__getitem__, reverse=self.sorting.descending))
