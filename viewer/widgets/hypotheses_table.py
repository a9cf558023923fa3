"""The kept hypotheses as a table: its model, how names are edited, and its own keys."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HypothesisRow
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QTreeView,
    QWidget,
)

TITLE = "Hypotheses"
MARK, NAME, TEXT, TOKENS, LOG_PROBABILITY, HOW = range(6)
HEADINGS = ("", "Name", "Text", "Tokens", "ln p", "How")
HEADING_TIPS = (
    "● is where you are; A and B are what is compared",
    "F2 or a double click gives a hypothesis a name",
    "The translation so far; slanted where tokens were chosen under other conditions than those now shown",
    "How many tokens it has",
    "Natural logarithm of its probability",
    "How its tokens were chosen",
)
CURRENT_MARK = "●"
NAME_EMS = 9.5
HOW_EMS = 13.0
WIDE_EMS = 42.0
"""A panel narrower than this leaves out how the hypotheses came about; the tool tips still tell."""
LAST_ONE = "The only hypothesis cannot be deleted."
OWN_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete)
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


def log_probability_text(value: float | None) -> str:
    """Two decimals with a true minus sign; an ellipsis for what is not known yet."""
    return "…" if value is None else f"{value:.2f}".replace("-", "−")


class HypothesesModel(QAbstractTableModel):
    """The rows of a `HypothesesSpec`; `renamed` tells what the user typed, and the spec has to follow."""

    renamed = Signal(int, str)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._look = style
        self.rows: tuple[HypothesisRow, ...] = ()

    def set_rows(self, rows: tuple[HypothesisRow, ...]) -> None:
        """Show other rows; a row keeps its place, and with it selection and editor, by its number."""
        before, kept = self.rows, len(rows)
        if kept > len(before):
            self.beginInsertRows(ROOT, len(before), kept - 1)
            self.rows = rows
            self.endInsertRows()
        elif kept < len(before):
            self.beginRemoveRows(ROOT, kept, len(before) - 1)
            self.rows = rows
            self.endRemoveRows()
        self.rows = rows
        if rows and rows != before:
            self.dataChanged.emit(self.index(0, 0), self.index(kept - 1, HOW))

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, HOW))

    def rowCount(self, parent: Index = ROOT) -> int:
        """One row for each hypothesis."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only names can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' headings, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return {Qt.ItemDataRole.DisplayRole: HEADINGS, Qt.ItemDataRole.ToolTipRole: HEADING_TIPS}.get(
            Qt.ItemDataRole(role), (None,) * len(HEADINGS)
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows and says."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.EditRole:
            return row.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self._color(row, column))
        if role == Qt.ItemDataRole.FontRole:
            return self._font(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row(), column)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell of a new name; the row shows it once it is in the spec."""
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME or name == self.rows[index.row()].name:
            return False
        self.renamed.emit(index.row(), name)
        return True

    def _text(self, number: int, column: int) -> str:
        row = self.rows[number]
        unfinished = row.text if row.ended or not row.text else f"{row.text} …"
        texts = (
            row.side or (CURRENT_MARK if row.current else ""),
            row.name or str(number + 1),
            unfinished or "…",
            str(row.tokens),
            log_probability_text(row.log_probability),
            row.how,
        )
        return texts[column]

    def _color(self, row: HypothesisRow, column: int) -> str:
        palette = self._look.palette
        if column == MARK or (row.current and column == NAME and row.name):
            return palette.accent
        if column == HOW or (column == NAME and not row.name):
            return palette.muted
        return palette.text

    def _font(self, row: HypothesisRow, column: int) -> QFont:
        if row.current and column in (MARK, NAME):
            return self._look.title
        font = QFont(self._look.font)
        font.setItalic(bool(row.kept) and column in (TEXT, HOW))
        return font

    def _tip(self, row: HypothesisRow) -> str:
        parts = (row.text, f"{row.tokens} tokens, ln p {log_probability_text(row.log_probability)}", row.how, row.kept)
        return "\n".join(part for part in parts if part)

    def _spoken(self, number: int, column: int) -> str:
        row = self.rows[number]
        if column != MARK:
            return self._text(number, column)
        return ", ".join(
            word for word in ("current" if row.current else "", "compared as B" if "B" in row.side else "") if word
        )


class NameDelegate(QStyledItemDelegate):
    """Edits names; rows that change while the user types leave what was typed alone."""

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill the editor, unless the user has begun to type."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setAccessibleName("Name of the hypothesis")
            editor.setPlaceholderText(str(index.row() + 1))
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what was typed, and nothing where nothing was."""
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)


class HypothesesTable(QTreeView):
    """The table itself; `opened`, `deleted` and `menu_wanted` carry the row."""

    opened = Signal(int)
    deleted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hypotheses")
        self.setAccessibleName(TITLE)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setItemDelegate(NameDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self.opened.emit(index.row()))

    def sizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(36, 10) * self.fontMetrics().height()

    def minimumSizeHint(self) -> QSize:
        """Small: the layout decides."""
        return QSize(6, 3) * self.fontMetrics().height()

    def event(self, event: QEvent) -> bool:
        """Claim this table's keys from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the row, F2 names it, Delete deletes it."""
        index, key = self.currentIndex(), event.key()
        # A name's Enter comes here too, after the editor has had it.
        if not index.isValid() or self.state() is QAbstractItemView.State.EditingState or not _is_own(event):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(index.row())
        elif key == Qt.Key.Key_F2:
            self.edit(index.siblingAtColumn(NAME))
        elif key == Qt.Key.Key_Delete:
            self.deleted.emit(index.row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the mouse, or of the one the keyboard is on."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if index.isValid():
            below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_wanted.emit(index.row(), below if by_key else event.globalPos())


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column in (TOKENS, LOG_PROBABILITY):
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    if column == MARK:
        return Qt.AlignmentFlag.AlignCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _is_own(event: QKeyEvent) -> bool:
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return plain and event.key() in OWN_KEYS
