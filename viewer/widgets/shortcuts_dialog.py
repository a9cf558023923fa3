"""The list of keys, made from the actions themselves: it fits the screen, scrolls, and is searched by typing."""

from __future__ import annotations

from collections.abc import Iterable

from attention_viewer.viewer.widgets import on_screen
from attention_viewer.viewer.widgets.mnemonics import plain
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

WIDTH_CHARACTERS, HEIGHT_LINES = 72, 34
NOTHING = "No key does that. Try another word: the menus have everything."


class ShortcutsDialog(QDialog):
    """Names every action that has a shortcut, and the keys of it; what is typed is sought in both."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type what you want to do, or a key")
        self.search.setAccessibleName("Search the keys")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.keys = QTreeWidget()
        self.keys.setColumnCount(2)
        self.keys.setHeaderLabels(["What it does", "Keys"])
        self.keys.setRootIsDecorated(False)
        self.keys.setAlternatingRowColors(True)
        self.keys.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.keys.setAccessibleName("Keyboard shortcuts")
        self._nothing = plain_label(NOTHING)
        self._nothing.setProperty("tone", "muted")
        self._nothing.hide()
        for action in actions:
            keys = " or ".join(_native(keys) for keys in action.shortcuts())
            item = QTreeWidgetItem([plain(action.text()).removesuffix(" …"), keys])
            item.setToolTip(0, action.statusTip())
            self.keys.addTopLevelItem(item)
        self.keys.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.keys.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self.search, self.keys, self._nothing, buttons):
            layout.addWidget(part)
        metrics = self.fontMetrics()
        wanted = QSize(WIDTH_CHARACTERS * metrics.averageCharWidth(), HEIGHT_LINES * metrics.height())
        self.resize(on_screen.fitting(self, wanted))
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown(self) -> list[tuple[str, str]]:
        """What is listed now: the action, and its keys."""
        items = (self.keys.topLevelItem(row) for row in range(self.keys.topLevelItemCount()))
        return [(item.text(0), item.text(1)) for item in items if item is not None and not item.isHidden()]

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        for row in range(self.keys.topLevelItemCount()):
            item = self.keys.topLevelItem(row)
            if item is not None:
                said = f"{item.text(0)} {item.text(1)} {item.toolTip(0)}".casefold()
                item.setHidden(not all(word in said for word in wanted))
        self._nothing.setVisible(not self.shown())


def _native(keys: QKeySequence) -> str:
    return keys.toString(QKeySequence.SequenceFormat.NativeText)
