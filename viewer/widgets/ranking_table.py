"""Heads by what switching them off does: a table to sort, and a button that measures them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attention_viewer.model.contract.maps import HeadId
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HeadEffectRow, RankingSpec
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.head_set_bar import HeadSetBar
from attention_viewer.viewer.widgets.plain import plain_label
from attention_viewer.viewer.widgets.sorting_view import ROW_EMS, Index, Role, SortingView, aligned
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

TITLE = "Heads by effect"
SUBTITLE = "what switching each head off does"
HINT = "Rank heads switches every head off, one at a time, and measures how far the next-token distributions move."
KEYS = "Click shows a head; Shift and Ctrl select more. A double click or Space switches what is selected off or on."
TAUGHT = "† This head was taught to align words (guided alignment); all others found their roles by themselves."
OWN_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
"""Keys that the table needs itself; elsewhere they step the decoder. Return shows a head."""
LEAST_ROWS = 4
COLUMN_EMS = (5.4, 1.8, 1.8, 4.6, 4.4, 2.0)
"""Widths of the columns, the last at least; all of them fit a panel that is 280 pixels wide at the usual size."""

Column = tuple[str, str, Callable[[HeadEffectRow], str], Callable[[HeadEffectRow], float]]
COLUMNS: tuple[Column, ...] = (
    (
        "Kind",
        "Kind of attention; † was taught to align words",
        lambda row: f"{row.kind} †" if row.taught else row.kind,
        lambda row: row.order,
    ),
    ("L", "Layer, from 1", lambda row: str(row.head.layer + 1), lambda row: row.head.layer),
    ("H", "Head, from 1", lambda row: str(row.head.head + 1), lambda row: row.head.head),
    (
        "KL, nats",
        "How far the next-token distributions move without this head: mean KL divergence in nats",
        lambda row: f"{row.divergence:.4f}",
        lambda row: row.divergence,
    ),
    (
        "Δ ln p",
        "Change of the translation's natural log-probability without this head",
        lambda row: f"{row.log_probability:+.3f}".replace("-", "−"),
        lambda row: row.log_probability,
    ),
    ("Off", "Whether the head is switched off", lambda row: "off" if row.off else "", lambda row: float(row.off)),
)
"""Heading, tool tip, text and sorting value of each column."""
DIVERGENCE = 3
NUMERIC = frozenset({1, 2, 3, 4})


class HeadEffects(QAbstractTableModel):
    """The rows of a `RankingSpec`; `UserRole` is what a column sorts by."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[HeadEffectRow, ...] = ()
        self._look = style

    def show_rows(self, rows: tuple[HeadEffectRow, ...], style: Style) -> None:
        """Show other rows, or the same in other colours."""
        self.beginResetModel()
        self.rows, self._look = rows, style
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One row a head."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """As many as `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, sorting value, alignment and colour of a cell."""
        row, column = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return COLUMNS[column][2](row)
        if role == Role.UserRole:
            return COLUMNS[column][3](row)
        if role == Role.TextAlignmentRole:
            return aligned(column in NUMERIC)
        if role == Role.ForegroundRole and row.off:
            palette = self._look.palette
            return QColor(palette.danger if column == len(COLUMNS) - 1 else palette.muted)
        if role == Role.ToolTipRole:
            return f"{TAUGHT}\n{KEYS}" if row.taught else KEYS
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Headings, with the units in their tool tips."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.TextAlignmentRole:
            return aligned(section in NUMERIC)
        return {Role.DisplayRole: COLUMNS[section][0], Role.ToolTipRole: COLUMNS[section][1]}.get(Role(role))


class RankingTable(QWidget):
    """Shows a `RankingSpec`; keeps the selected head and the order of rows from one to the next.

    `head_selected` carries the kind, and layer and head from 0. `heads_switched` has the heads that are selected and
    whether they are to be off, `heads_kept` those to be kept as a set; `set_used` and `set_forgotten` name a set.
    """

    rank_requested = Signal()
    rank_cancelled = Signal()
    head_selected = Signal(object, int, int)
    heads_switched = Signal(object, bool)
    heads_kept = Signal(object)
    set_used = Signal(str)
    set_forgotten = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._spec = RankingSpec()
        self.header = TitleBlock(TITLE)
        self.header.set_titles(TITLE, SUBTITLE)
        self.rank = QPushButton("Rank heads")
        self.rank.setToolTip("Switch every head off in turn and measure what that changes")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop ranking")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Heads measured")
        self._effects = HeadEffects(style, self)
        self.table = self._make_table()
        self.sets = HeadSetBar(style)
        self._hint = plain_label(HINT)
        self._hint.setProperty("tone", "muted")
        self._hint.setWordWrap(True)
        self.setAccessibleName(TITLE)
        self._lay_out()
        self.rank.clicked.connect(self.rank_requested)
        self.cancel.clicked.connect(self.rank_cancelled)
        self.table.clicked.connect(lambda index: self._select(self.table.row_of(index)))
        self.table.returned.connect(self._select)
        self.table.spaced.connect(self._switch)
        self.table.doubleClicked.connect(self._switch)
        self.table.selectionModel().selectionChanged.connect(self._tell_selection)
        self.sets.switched.connect(self._switch)
        self.sets.kept.connect(lambda: self.heads_kept.emit(self.heads()))
        self.sets.used.connect(self.set_used)
        self.sets.forgotten.connect(self.set_forgotten)
        self.set_style(style)
        self.set_spec(self._spec)

    def set_spec(self, spec: RankingSpec) -> None:
        """Show other rows and how far the ranking is; emits nothing."""
        rows_changed = spec.rows != self._spec.rows
        self._spec = spec
        if rows_changed:
            self._show_rows()
        is_running = spec.progress is not None
        done, total = spec.progress or (0, 1)
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)
        self.progress.setFormat(f"{done} of {total} heads" if total > 1 else "")
        self.rank.setVisible(not is_running)
        self.progress.setVisible(is_running)
        self.cancel.setVisible(is_running)
        self.table.setVisible(bool(spec.rows))
        self.sets.setVisible(bool(spec.rows))
        self._tell_selection()
        self._hint.setText(spec.reason or (f"{spec.ranked} {KEYS}".strip() if spec.rows else HINT))
        # A ranking that runs can be cancelled all the same.
        self.rank.setEnabled(not spec.reason)
        self.table.setEnabled(not spec.reason)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.header.set_style(style)
        self.sets.set_style(style)
        self._show_rows()
        for column, ems in enumerate(COLUMN_EMS[:-1]):
            self.table.setColumnWidth(column, round(ems * style.em))
        self.table.horizontalHeader().setMinimumSectionSize(round(COLUMN_EMS[-1] * style.em))
        self.table.set_row_height(style)
        self.table.setMinimumHeight(round((LEAST_ROWS + 1) * ROW_EMS * style.em))
        for layout in (self._row, self._column):
            layout.setSpacing(round(0.5 * style.em))

    def selected(self) -> HeadEffectRow | None:
        """The row that is selected, if any."""
        index = self.table.currentIndex()
        return self._row_at(index) if index.isValid() else None

    def heads(self) -> list[HeadId]:
        """The heads that are selected, from the top."""
        return [row.head.of(row.kind) for row in self._chosen_rows()]

    def set_sets(self, names: Sequence[str]) -> None:
        """The sets of heads that were kept for this model."""
        self.sets.set_names(names)

    def hint(self) -> str:
        """What is said above the table."""
        return self._hint.text()

    def shown(self) -> tuple[HeadEffectRow, ...]:
        """The rows from top to bottom, as they are sorted."""
        return tuple(self._effects.rows[row] for row in self.table.rows_shown())

    def _select(self, number: int) -> None:
        row = self._effects.rows[number]
        self.head_selected.emit(row.kind, row.head.layer, row.head.head)

    def _switch(self, *_: object) -> None:
        """Switch all that is selected: off, unless all of it is off."""
        rows = self._chosen_rows()
        if rows:
            self.heads_switched.emit(self.heads(), not all(row.off for row in rows))

    def _chosen_rows(self) -> list[HeadEffectRow]:
        indexes = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self._row_at(index) for index in indexes]

    def _tell_selection(self, *_: object) -> None:
        rows = self._chosen_rows() if self._spec.rows else []
        self.sets.set_selection(len(rows), not rows or not all(row.off for row in rows))

    def _row_at(self, index: QModelIndex) -> HeadEffectRow:
        return self._effects.rows[self.table.row_of(index)]

    def _show_rows(self) -> None:
        """Fill the table; the heads that were selected stay so, and the table where it was scrolled to."""
        now, chosen, scrolled = self.selected(), self.heads(), self.table.verticalScrollBar().value()
        self._effects.show_rows(self._spec.rows, self._look)
        if now is not None:
            self._choose(chosen or [now.head.of(now.kind)], now)
        self.table.verticalScrollBar().setValue(scrolled)

    def _choose(self, heads: Sequence[HeadId], current: HeadEffectRow) -> None:
        flags, model = QItemSelectionModel.SelectionFlag, self.table.selectionModel()
        for number, row in enumerate(self._effects.rows):
            index = self.table.index_of(number)
            if (row.kind, row.head) == (current.kind, current.head):
                model.setCurrentIndex(index, flags.NoUpdate)
            if row.head.of(row.kind) in heads:
                model.select(index, flags.Select | flags.Rows)

    def _make_table(self) -> SortingView:
        table = SortingView("Effect of each head", self._effects, OWN_KEYS)
        table.sortByColumn(DIVERGENCE, Qt.SortOrder.DescendingOrder)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.horizontalHeader().setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        self.progress.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout()
        self._row.addWidget(self.rank)
        self._row.addWidget(self.progress, 1)
        self._row.addWidget(self.cancel)
        self._row.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self._hint)
        self._column.addWidget(self.table, 1)
        self._column.addWidget(self.sets)
        self._column.addStretch()
