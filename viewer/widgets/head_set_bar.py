"""Below the ranking: switches the heads that are selected, keeps them as a set under a name, and brings sets back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.mnemonics import mark_menu
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget


class HeadSetBar(QWidget):
    """`switched` tells to switch what is selected, `kept` to keep it as a set; `used` and `forgotten` name a set."""

    switched = Signal()
    kept = Signal()
    used = Signal(str)
    forgotten = Signal(str)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.switch = QPushButton()
        self.switch.setToolTip("Switch the selected heads off together, or on again (Space)")
        self.switch.clicked.connect(self.switched)
        self.keep = QPushButton("Keep as …")
        self.keep.setToolTip("Keep the selected heads as a set under a name of yours")
        self.keep.clicked.connect(self.kept)
        self.sets = QPushButton("Sets")
        self.sets.setToolTip("Switch off the heads of a set that you kept, and no others")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(lambda: mark_menu(self._menu))
        self.sets.setMenu(self._menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for button in (self.switch, self.keep, self.sets):
            self._row.addWidget(button)
        self._row.addStretch()
        self.set_style(style)
        self.set_selection(0, True)
        self.set_names(())

    def set_style(self, style: Style) -> None:
        """Use another text size."""
        self._row.setSpacing(round(0.5 * style.em))

    def set_selection(self, count: int, off: bool) -> None:
        """How many heads are selected, and whether switching them switches them off."""
        heads = "head" if count < 2 else f"{count} heads"
        self.switch.setText(f"Switch {heads} {'off' if off else 'on'}")
        self.switch.setEnabled(count > 0)
        self.keep.setEnabled(count > 0)

    def set_names(self, names: Sequence[str]) -> None:
        """The sets that were kept for this model."""
        self._menu.clear()
        for name in names:
            self._menu.addAction(name.replace("&", "&&"), partial(self.used.emit, name))
        if names:
            forget = self._menu.addMenu("Forget")
            for name in names:
                forget.addAction(name.replace("&", "&&"), partial(self.forgotten.emit, name))
            forget.aboutToShow.connect(lambda: mark_menu(forget))
        self.sets.setEnabled(bool(names))
