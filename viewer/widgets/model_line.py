"""What model is open, at the right end of the menu bar."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.card import QWIDGETSIZE_MAX, ElidedLabel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenuBar

MENU_EMS = 2.0
"""Space around a menu's name in the menu bar."""


class ModelLine(ElidedLabel):
    """A line in the corner of a menu bar, which leaves the menus their room, so that none is cut off."""

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__("muted")
        self.setObjectName("modelLine")
        self._bar, self._em = bar, 12.0
        bar.setCornerWidget(self, Qt.Corner.TopRightCorner)

    def set_style(self, style: Style) -> None:
        """Use another text size."""
        self._em = style.em
        margin = round(0.5 * style.em)
        self.setContentsMargins(margin, 0, margin, 0)

    def fit(self) -> None:
        """Take the room that the menus leave."""
        metrics = self._bar.fontMetrics()
        menus = sum(metrics.horizontalAdvance(each.text()) + MENU_EMS * self._em for each in self._bar.actions())
        room = self._bar.window().width() - round(menus + MENU_EMS * self._em)
        height = max(0, self._bar.sizeHint().height() - round(0.6 * self._em))
        self.setMaximumWidth(QWIDGETSIZE_MAX)
        self.setFixedSize(max(0, min(self.sizeHint().width(), room)), height)
        self._bar.setCornerWidget(self, Qt.Corner.TopRightCorner)
        self.show()
