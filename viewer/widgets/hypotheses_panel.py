"""The kept hypotheses as a table: go to one, name it, compare it with the current one, delete it."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HypothesesSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.canvas import Canvas
from attention_viewer.viewer.widgets.card import ElidedLabel, TitleBlock
from attention_viewer.viewer.widgets.hypotheses_table import (
    HOW,
    HOW_EMS,
    LAST_ONE,
    LOG_PROBABILITY,
    MARK,
    NAME,
    NAME_EMS,
    TEXT,
    TITLE,
    TOKENS,
    WIDE_EMS,
    HypothesesModel,
    HypothesesTable,
)
from attention_viewer.viewer.widgets.plain import show_tip
from PySide6.QtCore import (
    Qt,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)


class HypothesesPanel(QWidget):
    """The table, a line about the comparison below it, and `header`; rows count from 0 in every signal."""

    chosen = Signal(int)
    renamed = Signal(int, str)
    deleted = Signal(int)
    compare_requested = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = -1
        self._look = style
        self.header = TitleBlock(TITLE)
        self.model = HypothesesModel(style)
        self.table = HypothesesTable()
        self.table.setModel(self.model)
        self.note = ElidedLabel("muted")
        self._blank: Canvas[HypothesesSpec] = Canvas(TITLE, style)
        self._lay_out()
        self.setFocusProxy(self.table)
        self.model.renamed.connect(self.renamed)
        self.table.opened.connect(self._choose)
        self.table.deleted.connect(self._delete)
        self.table.menu_wanted.connect(lambda row, point: self.menu(row).popup(point))
        self.set_style(style)
        self.set_spec(Unavailable("Nothing to show yet."))

    def set_spec(self, spec: HypothesesSpec | Pending | Unavailable) -> None:
        """Show other hypotheses, or why there are none; never emits."""
        if isinstance(spec, Pending | Unavailable):
            self._blank.set_spec(spec)
            self._pages.setCurrentWidget(self._blank)
            self.header.set_titles(TITLE, "")
            return
        self.model.set_rows(spec.rows)
        self.note.set_full_text(spec.note)
        self.note.setVisible(bool(spec.note))
        self.header.set_titles(TITLE, f"{len(spec.rows)} kept")
        self._pages.setCurrentIndex(0)
        current = next((number for number, row in enumerate(spec.rows) if row.current), 0)
        if not self.table.currentIndex().isValid() or current != self._current:
            self.table.setCurrentIndex(self.model.index(current, TEXT))
        self._current = current

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.header.set_style(style)
        self.model.set_style(style)
        self._blank.set_style(style)
        columns = self.table.header()
        columns.setMinimumSectionSize(round(1.8 * style.em))
        columns.resizeSection(NAME, round(NAME_EMS * style.em))
        columns.resizeSection(HOW, round(HOW_EMS * style.em))
        self._show_how()

    def message(self) -> str:
        """Why there is no table; "" when there is one."""
        return self._blank.message() if self._pages.currentWidget() is self._blank else ""

    def menu(self, row: int) -> QMenu:
        """What can be done with a row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        current = self.model.rows[row].current
        menu.addAction("Go there", lambda: self._choose(row)).setEnabled(not current)
        menu.addAction("Rename", lambda: self.table.edit(self.model.index(row, NAME)))
        menu.addAction("Compare with the current one", lambda: self.compare_requested.emit(row)).setEnabled(not current)
        menu.addSeparator()
        delete = menu.addAction("Delete", lambda: self._delete(row))
        delete.setEnabled(len(self.model.rows) > 1)
        delete.setToolTip("" if delete.isEnabled() else LAST_ONE)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the least important column where there is little room."""
        super().resizeEvent(event)
        self._show_how()

    def _choose(self, row: int) -> None:
        if not self.model.rows[row].current:
            self.chosen.emit(row)

    def _delete(self, row: int) -> None:
        if len(self.model.rows) > 1:
            self.deleted.emit(row)
        else:
            show_tip(self.table.mapToGlobal(self.table.rect().center()), LAST_ONE, self.table)

    def _show_how(self) -> None:
        self.table.setColumnHidden(HOW, self.width() < WIDE_EMS * self._look.em)

    def _lay_out(self) -> None:
        columns = self.table.header()
        columns.setStretchLastSection(False)
        columns.setSectionsMovable(False)
        for column in (MARK, TOKENS, LOG_PROBABILITY):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.table, 1)
        lines.addWidget(self.note)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self._blank)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
