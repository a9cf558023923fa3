"""Work that was left behind when the program did not end as it should: take up, discard, or leave for later."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.state.plain_text import PROGRAM, shown_text
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

WIDTH_CHARACTERS, HEIGHT_LINES = 76, 10
ROLE = Qt.ItemDataRole.UserRole
ONE = "Attention Viewer did not end as it should have, and left this work behind."
SEVERAL = (
    "Attention Viewer did not end as it should have, and left {} works behind. Take up one of them; the others "
    "are kept for later."
)


class RecoveryDialog(QDialog):
    """Lists works by their sentences and when they were kept. Escape means later, and touches nothing.

    `taken_up` and `discarded` give the place of a work (from 0) among those that there were at first.
    """

    taken_up = Signal(int)
    discarded = Signal(int)

    def __init__(self, works: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(PROGRAM)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._works = dict(enumerate(works))
        self._said = QLabel()
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._list = self._make_list()
        buttons = QDialogButtonBox()
        self._take = buttons.addButton("Take up", QDialogButtonBox.ButtonRole.AcceptRole)
        self._discard = buttons.addButton("Discard", QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton("Later", QDialogButtonBox.ButtonRole.RejectRole)
        self._take.setDefault(True)
        self._take.clicked.connect(self._take_up)
        self._discard.clicked.connect(self._discard_selected)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._said)
        layout.addWidget(self._list)
        layout.addWidget(buttons)
        self._fill()

    @property
    def selected(self) -> list[int]:
        """The places of the works that the buttons act on."""
        items = [self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount())]
        return [item.data(0, ROLE) for item in items if item is not None and item.isSelected()]

    def _make_list(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setHeaderLabels(["Sentence", "Kept"])
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAccessibleName("Work that was left behind")
        metrics = table.fontMetrics()
        table.setMinimumWidth(metrics.averageCharWidth() * WIDTH_CHARACTERS)
        table.setFixedHeight(metrics.height() * HEIGHT_LINES)
        table.header().setStretchLastSection(False)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        table.itemSelectionChanged.connect(self._selection_changed)
        table.itemDoubleClicked.connect(lambda *_: self._take_up())
        return table

    def _fill(self) -> None:
        self._said.setText(ONE if len(self._works) == 1 else SEVERAL.format(len(self._works)))
        self._list.clear()
        for place, (sentence, kept) in self._works.items():
            item = QTreeWidgetItem([shown_text(sentence), kept])
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

    def _discard_selected(self) -> None:
        for place in self.selected:
            del self._works[place]
            self.discarded.emit(place)
        if self._works:
            self._fill()
        else:
            self.accept()
