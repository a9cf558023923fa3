"""A list of things that are switched off, each with a button that switches it on again."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.widgets.plain import plain_label, set_tip
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

Entry = tuple[object, str]
"""A key, which comes back when the entry is removed, and what is shown."""


class Entries(QWidget):
    """A list of things that are switched off, each with a button that switches it on again."""

    removed = Signal(object)

    def __init__(self, name: str, hint: str, verb: str, tip: str) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()
        self.buttons: list[QToolButton] = []
        self._rows: list[QWidget] = []
        self._verb = verb
        self._title, self.hint = plain_label(name), plain_label(hint)
        self._title.setToolTip(tip)
        self.hint.setProperty("tone", "muted")
        self.hint.setWordWrap(True)
        self.setAccessibleName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._title)
        self._column.addWidget(self.hint)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show other things; the same ones keep their buttons, and the focus."""
        if tuple(entries) == self.entries:
            return
        focused = next((place for place, each in enumerate(self.buttons) if each.hasFocus()), None)
        self.entries = tuple(entries)
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self.buttons = [], []
        for key, text in entries:
            self._add(key, text)
        self.hint.setVisible(not entries)
        if focused is not None and self.buttons:
            self.buttons[min(focused, len(self.buttons) - 1)].setFocus()

    def _add(self, key: object, text: str) -> None:
        row = QWidget()
        label, button = plain_label(text), QToolButton()
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        button.setText("✕")
        button.setProperty("flat", True)
        set_tip(button, f"{self._verb} {text}")
        button.setAccessibleName(f"{self._verb} {text}")
        button.clicked.connect(lambda: self.removed.emit(key))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label, 1)
        line.addWidget(button)
        self._column.addWidget(row)
        self._rows.append(row)
        self.buttons.append(button)
