"""A table to sort by any column, with a note above it; a click or Return tells the key of a row."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.table_spec import Sorting, TableSpec
from attention_viewer.viewer.widgets.plain import plain_label
from attention_viewer.viewer.widgets.sorting_view import Index, Role, SortingView, aligned
from PySide6.QtCore import QAbstractTableModel, QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

HEADING_EMS = 1.5
"""What a heading needs beside its words."""
CELL_EMS = 1.2
"""What a cell needs beside its text."""
OWN_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
"""Keys that the table needs itself; elsewhere they step the decoder. Return chooses a row."""


class TableRows(QAbstractTableModel):
    """The rows of a `TableSpec`; `UserRole` is what a column sorts by."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec = TableSpec((), (), ())

    def show(self, spec: TableSpec) -> None:
        """Show another table."""
        self.beginResetModel()
        self.spec = spec
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """As many as the table has."""
        return 0 if parent.isValid() else len(self.spec.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """As many as the table has."""
        return 0 if parent.isValid() else len(self.spec.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, sorting value and alignment of a cell."""
        cell = self.spec.rows[index.row()][index.column()]
        if role == Role.TextAlignmentRole:
            return aligned(self.spec.columns[index.column()].numeric)
        return {Role.DisplayRole: cell.text, Role.UserRole: cell.order}.get(Role(role))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Headings, with what they mean in their tool tips."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.spec.columns):
            return None
        if role == Role.TextAlignmentRole:
            return aligned(self.spec.columns[section].numeric)
        column = self.spec.columns[section]
        return {Role.DisplayRole: column.heading, Role.ToolTipRole: column.tip}.get(Role(role))


class SortedTable(QWidget):
    """Shows a `TableSpec`, or why there is none; `sorted` carries the `Sorting` that is asked for by a heading."""

    chosen = Signal(object)
    sorted = Signal(Sorting)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = TableRows(self)
        self.note = plain_label("")
        self.note.setProperty("tone", "muted")
        self.note.setWordWrap(True)
        self.table = SortingView(name, self._rows, OWN_KEYS)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.table.clicked.connect(lambda index: self._choose(self.table.row_of(index)))
        self.table.returned.connect(self._choose)
        self._widths: list[int] = []
        self.table.viewport().installEventFilter(self)
        self.setAccessibleName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.note)
        self._column.addWidget(self.table, 1)
        self._column.addStretch()
        self.set_style(style)

    def set_spec(self, spec: TableSpec | Pending | Unavailable) -> None:
        """Show other rows, or why there are none; emits nothing."""
        is_there = isinstance(spec, TableSpec)
        self.note.setText(spec.note if isinstance(spec, TableSpec) else spec.reason)
        self.note.setVisible(bool(self.note.text()))
        self.table.setVisible(is_there)
        if not isinstance(spec, TableSpec):
            return
        scrolled, before = self.table.verticalScrollBar().value(), self._rows.spec.columns
        if spec.rows != self._rows.spec.rows or spec.columns != before:
            self._rows.show(spec)
            self.table.verticalScrollBar().setValue(scrolled)
        self._rows.spec = spec
        if spec.columns != before:
            self._fit_columns()
        order = Qt.SortOrder.DescendingOrder if spec.sorting.descending else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(spec.sorted_by, order)
        self._select(spec.selected)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.table.set_row_height(style)
        self._column.setSpacing(round(0.5 * style.em))
        self._em = style.em
        self._fit_columns()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room of the table among its columns whenever it changes."""
        if event.type() == QEvent.Type.Resize:
            self._share_room()
        return super().eventFilter(watched, event)

    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The texts of the rows from top to bottom, as they are sorted."""
        rows = self._rows.spec.rows
        return tuple(tuple(cell.text for cell in rows[row]) for row in self.table.rows_shown())

    def _choose(self, row: int) -> None:
        self.chosen.emit(self._rows.spec.keys[row])

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        """Tell of an order that is not the one of what is shown."""
        spec, descending = self._rows.spec, order == Qt.SortOrder.DescendingOrder
        if 0 <= column < len(spec.columns) and (column, descending) != (spec.sorted_by, spec.sorting.descending):
            self.sorted.emit(Sorting(spec.columns[column].name, descending))

    def _fit_columns(self) -> None:
        """Columns as wide as their cells, and their headings with the arrow of the one that is sorted by."""
        heading, cells = self.table.horizontalHeader().fontMetrics(), self.table.fontMetrics()
        headings = (heading.horizontalAdvance(column.heading) for column in self._rows.spec.columns)
        # The view's own hint would ask for everything there is to know of every cell.
        texts = ({row[index].text for row in self._rows.spec.rows} for index in range(len(self._rows.spec.columns)))
        longest = (max(map(cells.horizontalAdvance, each), default=0) for each in texts)
        self._widths = [
            max(words + round(HEADING_EMS * self._em), width + round(CELL_EMS * self._em))
            for words, width in zip(headings, longest, strict=True)
        ]
        self._share_room()

    def _share_room(self) -> None:
        """Each column as wide as it must be, and its part of what is left."""
        spare = self.table.viewport().width() - sum(self._widths)
        part = max(0, spare) // max(1, len(self._widths))
        for index, width in enumerate(self._widths):
            self.table.setColumnWidth(index, width + part)

    def _select(self, key: object) -> None:
        """Mark the row of a key, and bring it into sight where it is another one than before."""
        keys = self._rows.spec.keys
        if key not in keys:
            return
        index = self.table.index_of(keys.index(key))
        if index != self.table.currentIndex():
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
