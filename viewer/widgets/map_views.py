"""The other views of a large map: lines between two columns of tokens, shaded text, and a table of exact values."""

from __future__ import annotations

from typing import Any

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.growing import grown
from attention_viewer.viewer.painting.lines import head_at, lines_fit, lines_layout, paint_lines
from attention_viewer.viewer.painting.shaded_text import heading, paint_shaded, text_fits, text_layout
from attention_viewer.viewer.state.reading import value_text
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay, Pending, Unavailable
from attention_viewer.viewer.widgets.canvas import Canvas
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOTHING = Overlay()
ROW_EMS, COLUMN_EMS = 1.7, 5.2
"""Height of a row and width of a column of values."""
GROWN_SHEET = "QTableView {{ font-size: {}px }} QHeaderView::section {{ font-size: {}px }}"
MASKED = -1e9
"""Where masked cells stand when a column is sorted: after all weights."""


class GrowingCanvas(Canvas[HeatmapSpec]):
    """A picture of a map whose text grows in a panel with much room, as long as it `_fits`."""

    _grown: tuple[HeatmapSpec, Style, QRectF, Style] | None = None

    def _style(self, spec: HeatmapSpec) -> Style:
        """The style of the picture as the widget now is."""
        area, known = self._area(), self._grown
        if known is None or known[0] is not spec or known[1] is not self._look or known[2] != area:
            style = grown(self._look, area.size(), lambda style: self._fits(area, spec, style))
            self._grown = known = (spec, self._look, area, style)
        return known[3]

    def _fits(self, area: QRectF, spec: HeatmapSpec, style: Style) -> bool:
        raise TypeError(f"{type(self).__name__} does not grow")


class LinesView(GrowingCanvas):
    """Lines between queries and keys; the token under the mouse, or lit elsewhere, or a head's name is shown alone."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self._lit, self._under = NOTHING, NOTHING
        self._head: int | None = None

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        if overlay != self._lit:
            self._lit = overlay
            self._repaint()

    def lit(self) -> Overlay:
        """What is shown alone: what the mouse is on, else what is lit."""
        return self._lit if self._under == NOTHING else self._under

    def head(self) -> int | None:
        """The head, of those shown as one, whose name the mouse is on."""
        return self._head

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the token, or the head, under the mouse alone."""
        under, head = NOTHING, None
        if self._spec is not None:
            style = self._style(self._spec)
            head = head_at(event.position(), self._area(), self._spec, style)
            layout = lines_layout(self._area(), self._spec, style)
            row, column = layout.row_at(event.position()), layout.column_at(event.position())
            under = Overlay(
                frozenset() if row is None else frozenset({row}), frozenset() if column is None else frozenset({column})
            )
        self._point(NOTHING if head is not None else under, head)

    def leaveEvent(self, event: QEvent) -> None:
        """Show all again."""
        super().leaveEvent(event)
        self._point(NOTHING, None)

    def _point(self, under: Overlay, head: int | None) -> None:
        if (under, head) != (self._under, self._head):
            self._under, self._head = under, head
            self._repaint()

    def _paint(self, painter: QPainter, area: QRectF, spec: HeatmapSpec) -> None:
        paint_lines(painter, area, spec, self._style(spec), self.lit(), self._head)

    def _fits(self, area: QRectF, spec: HeatmapSpec, style: Style) -> bool:
        return lines_fit(area, spec, style)

    def _describe(self, spec: HeatmapSpec) -> str:
        return f"{spec.title}; lines from {spec.rows.title} to {spec.columns.title}"


class TextView(GrowingCanvas):
    """The keys shaded by what the query under the mouse looks at; a click keeps a query, several are averaged."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._kept: frozenset[int] = frozenset()
        self._lit, self._under = NOTHING, -1

    def set_overlay(self, overlay: Overlay) -> None:
        """Light rows and columns."""
        if overlay != self._lit:
            self._lit = overlay
            self._repaint()

    def chosen(self) -> tuple[int, ...]:
        """The rows that shade the keys: those kept, else that under the mouse, else what is lit elsewhere."""
        if self._kept:
            return tuple(sorted(self._kept))
        return (self._under,) if self._under >= 0 else tuple(sorted(self._lit.rows))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shade by the query under the mouse."""
        row = self._row_at(event)
        if row != self._under:
            self._under = row
            self._repaint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the query under the mouse, or let it go; a click beside them lets all go."""
        super().mousePressEvent(event)
        row = self._row_at(event)
        self._keep(frozenset() if row < 0 else self._kept ^ {row})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys keep the next or the previous query alone, Esc none."""
        if self._spec is None or event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self._keep(frozenset())
            return
        count, now = len(self._spec.rows.labels), max(self._kept, default=-1)
        now += 1 if event.key() == Qt.Key.Key_Right else -1
        self._keep(frozenset({min(max(now, 0), count - 1)}))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are for the queries from the window's shortcuts."""
        own = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)
        is_key = event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() in own and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Shade by what was kept."""
        super().leaveEvent(event)
        self._under = -1
        self._repaint()

    def _keep(self, rows: frozenset[int]) -> None:
        self._kept = rows
        self._repaint()
        if self._spec is not None:
            self.setAccessibleDescription(self._describe(self._spec))

    def _row_at(self, event: QMouseEvent) -> int:
        if self._spec is None:
            return -1
        row = text_layout(self._area(), self._spec, self._style(self._spec)).row_at(event.position())
        return -1 if row is None else row

    def _paint(self, painter: QPainter, area: QRectF, spec: HeatmapSpec) -> None:
        paint_shaded(painter, area, spec, self._style(spec), self.chosen())

    def _fits(self, area: QRectF, spec: HeatmapSpec, style: Style) -> bool:
        return text_fits(area, spec, style)

    def _describe(self, spec: HeatmapSpec) -> str:
        return f"{spec.title}; {heading(spec, self.chosen())}"


class CellValues(QAbstractTableModel):
    """The cells of a map, a row a query and a column a key; `UserRole` is what a column sorts by."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec: HeatmapSpec | None = None
        self._rows = self._columns = 0

    def show(self, spec: HeatmapSpec | None) -> None:
        """Show another map."""
        self.beginResetModel()
        self.spec = spec
        # Asked for with every cell.
        self._rows = 0 if spec is None else len(spec.rows.labels)
        self._columns = 0 if spec is None else len(spec.columns.labels)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One a query."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """One a key."""
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text and sorting value of a cell."""
        spec, row, column = self.spec, index.row(), index.column()
        if spec is None:
            return None
        if role == Role.DisplayRole:
            return value_text(spec, row, column)
        if role == Role.UserRole:
            masked = spec.mask is not None and bool(spec.mask[row, column])
            return MASKED if masked else float(spec.values[row, column])
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter if role == Role.TextAlignmentRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The labels of queries and keys."""
        if self.spec is None or role != Role.DisplayRole:
            return None
        axis = self.spec.columns if orientation is Qt.Orientation.Horizontal else self.spec.rows
        return axis.labels[section] if 0 <= section < len(axis.labels) else None


class ValuesTable(QTableView):
    """The exact values of a map; a click on a key's heading sorts the queries by it, another click turns the order."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        self._cells = CellValues(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._cells)
        self._sorted.setSortRole(Role.UserRole)
        self.setModel(self._sorted)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.set_style(style)

    def set_spec(self, spec: HeatmapSpec | Pending | Unavailable) -> None:
        """Show a map's values, or nothing."""
        self._cells.show(spec if isinstance(spec, HeatmapSpec) else None)
        self._grow()

    def set_overlay(self, overlay: Overlay) -> None:
        """What is lit on maps is not in a table."""

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.verticalHeader().setMinimumSectionSize(1)
        self._grow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let text grow where there is much room."""
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        style = grown(self._look, QRectF(self.rect()).size(), self._fits)
        self.verticalHeader().setDefaultSectionSize(round(ROW_EMS * style.em))
        self.horizontalHeader().setDefaultSectionSize(round(COLUMN_EMS * style.em))
        sizes = GROWN_SHEET.format(style.font.pixelSize(), style.small.pixelSize())
        sheet = sizes if style is not self._look else ""
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    def _fits(self, style: Style) -> bool:
        spec = self._cells.spec
        if spec is None:
            return False
        beside = max((QFontMetricsF(style.font).horizontalAdvance(each) for each in spec.rows.labels), default=0.0)
        wide = (len(spec.columns.labels) * COLUMN_EMS + 1.0) * style.em + beside
        high = (len(spec.rows.labels) + 1.5) * ROW_EMS * style.em
        return wide <= self.width() and high <= self.height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Space sorts by the current cell's key."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sortByColumn(max(self.currentIndex().column(), 0), Qt.SortOrder.DescendingOrder)
            return
        super().keyPressEvent(event)
