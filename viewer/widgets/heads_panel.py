"""Which head does what: all heads in a table to sort; a click shows one."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.heads_spec import HeadsSpec
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.heads_bar import HeadsBar
from attention_viewer.viewer.widgets.sorted_table import SortedTable
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

TITLE = "Heads by what they look at"
SUBTITLE = "measures, roles, and which heads are alike"


class HeadsPanel(QWidget):
    """Shows all heads of all maps; `head_selected` carries the kind, and layer and head from 0."""

    head_selected = Signal(object, int, int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = TitleBlock(TITLE)
        self.header.set_titles(TITLE, SUBTITLE)
        self.bar = HeadsBar(style)
        self.table = SortedTable("All heads with their measures", style)
        self.setAccessibleName(TITLE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.bar)
        column.addWidget(self.table, 1)
        self._column = column
        self.table.chosen.connect(self._choose)
        self.set_style(style)

    def set_spec(self, spec: HeadsSpec) -> None:
        """Show the heads, or why there are none."""
        self.bar.set_spec(spec)
        self.table.set_spec(spec.table)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self.header.set_style(style)
        self.bar.set_style(style)
        self.table.set_style(style)
        self._column.setSpacing(round(0.5 * style.em))

    def _choose(self, head: tuple[str, int, int]) -> None:
        self.head_selected.emit(*head)
