"""A view of rows that can be sorted by any column: what the tables of the program have in common."""

from __future__ import annotations

from collections.abc import Collection

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW_EMS = 1.7
RETURN, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space


def aligned(numeric: bool) -> Qt.AlignmentFlag:
    """Where the text of a cell stands: numbers to the right."""
    return (Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


class SortingView(QTableView):
    """Shows the rows of a model sorted by their `UserRole`; whole rows are selected.

    It keeps `own_keys` and Return for itself, which elsewhere step the decoder; `returned` and `spaced` carry the row,
    as the model numbers it, that Return or Space was pressed on (Space where it is one of `own_keys`).
    """

    returned = Signal(int)
    spaced = Signal(int)

    def __init__(
        self, name: str, rows: QAbstractTableModel, own_keys: Collection[Qt.Key], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows, self._own_keys = rows, frozenset((*own_keys, RETURN))
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(rows)
        self._sorted.setSortRole(Role.UserRole)
        self.setModel(self._sorted)
        self.setAccessibleName(name)
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        # Who sorts wants to see what comes first, not what is selected.
        self.horizontalHeader().sectionClicked.connect(self.scrollToTop)

    def set_row_height(self, style: Style) -> None:
        """Rows as high as the text size asks."""
        header = self.verticalHeader()
        header.setMinimumSectionSize(1)
        header.setDefaultSectionSize(round(ROW_EMS * style.em))

    def row_of(self, index: QModelIndex) -> int:
        """The model's row that is seen at an index."""
        return self._sorted.mapToSource(index).row()

    def index_of(self, row: int) -> QModelIndex:
        """Where a row of the model is seen."""
        return self._sorted.mapFromSource(self._rows.index(row, 0))

    def rows_shown(self) -> tuple[int, ...]:
        """The model's rows from top to bottom, as they are sorted."""
        return tuple(self.row_of(self._sorted.index(row, 0)) for row in range(self._sorted.rowCount()))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are for the table from the window's shortcuts."""
        kind = event.type()
        if kind is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Return and Space; other keys move through the rows."""
        if event.key() not in (RETURN, SPACE) or not self._is_own(event):
            super().keyPressEvent(event)
        elif self.currentIndex().isValid():
            told = self.returned if event.key() == RETURN else self.spaced
            told.emit(self.row_of(self.currentIndex()))

    def _is_own(self, event: QKeyEvent) -> bool:
        return not event.modifiers() and event.key() in self._own_keys
