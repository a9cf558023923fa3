"""Work that was left behind when the program did not end as it should: take up, discard, or leave for later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viewer.viewer.state.plain_text import PROGRAM, shown_text
from attention_viewer.viewer.widgets.mnemonics import mark_dialog
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

LEAST_CHARACTERS, WIDTH_CHARACTERS, HEIGHT_LINES = 76, 120, 10
ROLE = Qt.ItemDataRole.UserRole
ONE = "Attention Viewer did not end as it should have, and left this work behind."
SEVERAL = (
    "Attention Viewer did not end as it should have, and left {} works behind. Take up one of them; the others "
    "are kept for later."
)


MORE = "Older ones, {} in number, are listed once there are fewer."
COLUMNS = ("Sentence", "Holds", "Kept")
NO_WORK = "only the sentence"


@dataclass(frozen=True)
class LeftRow:
    """A work that was left behind: its sentence, what it holds ("" for no more than that), and when it was kept."""

    sentence: str
    holds: str
    kept: str


class RecoveryDialog(QDialog):
    """Lists works by their sentences, what they hold and when they were kept. Escape means later, and touches nothing.

    `taken_up` and `discard_wanted` give the places of works (from 0) among those that there were at first; what was
    discarded is then to be removed. `unread` is how many older ones are not listed.
    """

    taken_up = Signal(int)
    discard_wanted = Signal(list)

    def __init__(self, works: Sequence[LeftRow], unread: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(PROGRAM)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._works, self._unread = dict(enumerate(works)), unread
        self._said, self._problem = plain_label(), plain_label()
        self._problem.setProperty("tone", "error")
        for label in (self._said, self._problem):
            label.setWordWrap(True)
        self._list = self._make_list()
        buttons = QDialogButtonBox()
        self._take = buttons.addButton("Take up", QDialogButtonBox.ButtonRole.AcceptRole)
        self._discard = buttons.addButton("Discard", QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton("Later", QDialogButtonBox.ButtonRole.RejectRole)
        self._take.setDefault(True)
        self._take.clicked.connect(self._take_up)
        self._discard.clicked.connect(lambda: self.discard_wanted.emit(self.selected))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self._said, self._list, self._problem, buttons):
            layout.addWidget(part)
        mark_dialog(self)
        self.set_problem("")
        self._fill()
        self.resize(self.fontMetrics().averageCharWidth() * WIDTH_CHARACTERS, self.sizeHint().height())

    def set_problem(self, text: str) -> None:
        """Say what could not be done; "" for nothing."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def remove(self, places: Sequence[int]) -> None:
        """Take works that are gone off the list; without any, the dialog is over."""
        for place in places:
            del self._works[place]
        if self._works:
            self._fill()
        else:
            self.accept()

    @property
    def selected(self) -> list[int]:
        """The places of the works that the buttons act on."""
        items = [self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount())]
        return [item.data(0, ROLE) for item in items if item is not None and item.isSelected()]

    def _make_list(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setHeaderLabels(COLUMNS)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAccessibleName("Work that was left behind")
        metrics = table.fontMetrics()
        table.setMinimumWidth(metrics.averageCharWidth() * LEAST_CHARACTERS)
        table.setFixedHeight(metrics.height() * HEIGHT_LINES)
        table.header().setStretchLastSection(False)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            table.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        table.itemSelectionChanged.connect(self._selection_changed)
        table.itemDoubleClicked.connect(lambda *_: self._take_up())
        return table

    def _fill(self) -> None:
        said = ONE if len(self._works) == 1 else SEVERAL.format(len(self._works))
        self._said.setText(f"{said} {MORE.format(self._unread)}" if self._unread else said)
        self._list.clear()
        for place, work in self._works.items():
            item = QTreeWidgetItem([shown_text(work.sentence), work.holds or NO_WORK, work.kept])
            item.setData(0, ROLE, place)
            self._list.addTopLevelItem(item)
        self._list.setCurrentIndex(self._list.model().index(0, 0))
        self._list.setFocus()

    def _selection_changed(self) -> None:
        self._take.setEnabled(len(self.selected) == 1)
        self._discard.setEnabled(bool(self.selected))

    def _take_up(self) -> None:
        if len(self.selected) == 1:
            (place,) = self.selected
            self.accept()
            self.taken_up.emit(place)
