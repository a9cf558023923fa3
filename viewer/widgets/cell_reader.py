"""Which cell of a map is being read: under the mouse, pinned by a click, or where the keyboard's cursor stands.

Cells are (row, column); keys move the cursor, Enter pins what it is on, and Esc lets go of one after the other. A click
gives no cursor: the keys that step the decoder go on doing so. Up and Down, which step nothing, give one.
"""

from __future__ import annotations

from attention_viewer.viewer.painting.tag import Tag
from attention_viewer.viewer.state.reading import row_ranking, value_text
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtCore import Qt

Cell = tuple[int, int]
STEPS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
BEGINNING = (Qt.Key.Key_Up, Qt.Key.Key_Down)
"""Keys that give a cursor where a cell is pinned."""
FAR = 10**9
ENDS = {Qt.Key.Key_Home: (0, -FAR), Qt.Key.Key_End: (0, FAR)}
PINS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LETTING_GO = "Esc lets go"


class CellReader:
    """What is being read of a map that has `shape` (rows, columns)."""

    def __init__(self) -> None:
        self._shape = (0, 0)
        self.under: Cell | None = None
        self.pinned: Cell | None = None
        self.cursor: Cell | None = None

    @property
    def cell(self) -> Cell | None:
        """The cell being read: the mouse's, or else the cursor's, or else the pinned one."""
        return self.under or self.cursor or self.pinned

    def set_shape(self, shape: tuple[int, int]) -> None:
        """Let go of cells that are no longer there."""
        self._shape = shape
        self.under, self.pinned, self.cursor = (
            cell if cell is not None and cell[0] < shape[0] and cell[1] < shape[1] else None
            for cell in (self.under, self.pinned, self.cursor)
        )

    def begin(self) -> None:
        """Give the keyboard a cursor: where one was pinned, or in the first cell."""
        if self.cursor is None and 0 not in self._shape:
            self.cursor = self.pinned or (0, 0)

    def pin(self, cell: Cell | None) -> None:
        """Pin a cell, and put the cursor there if there is one; the pinned one again, or none, lets go."""
        self.pinned = None if cell == self.pinned else cell
        if cell is not None and self.cursor is not None:
            self.cursor = cell

    def takes(self, key: int) -> bool:
        """Whether a key without modifiers is for the cells, not for the window's shortcuts."""
        if key == Qt.Key.Key_Escape or key in BEGINNING:
            return self.cursor is not None or self.pinned is not None
        return self.cursor is not None and (key in STEPS or key in ENDS or key in PINS)

    def press(self, key: int) -> None:
        """Do what a key means for the cells."""
        if key in BEGINNING:
            self.begin()
        if key == Qt.Key.Key_Escape:
            if self.pinned is not None:
                self.pinned = None
            else:
                self.cursor = None
        elif key in PINS:
            self.pin(self.cursor)
        elif self.cursor is not None:
            down, right = {**STEPS, **ENDS}[Qt.Key(key)]
            rows, columns = self._shape
            row, column = self.cursor
            self.cursor = min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)


def value_tag(spec: HeatmapSpec, cell: Cell) -> Tag:
    """The value of a cell."""
    return Tag(value_text(spec, *cell))


def row_tag(spec: HeatmapSpec, cell: Cell) -> Tag:
    """The keys that a cell's row attends to most, with the cell itself where it is none of them."""
    row, column = cell
    ranked = row_ranking(spec, row)
    lines = [(f"{place} {each.label}", each.weight) for place, each in enumerate(ranked, start=1)]
    columns = [each.column for each in ranked]
    if column not in columns:
        columns.append(column)
        lines.append((f"… {spec.columns.labels[column]}", value_text(spec, row, column)))
    label = spec.rows.labels[row]
    title = f"{label}: {spec.says}" if spec.says else f"{label} attends to"
    return Tag(title, tuple(lines), columns.index(column), LETTING_GO)
