"""The line at the foot of the window: what the program does, how long a step took, and how maps are to be read."""

from __future__ import annotations

from attention_viewer.viewer.state.specs import CONVENTION
from attention_viewer.viewer.widgets.card import ElidedLabel
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStatusBar


class StatusLine:
    """Fills a status bar."""

    def __init__(self, bar: QStatusBar) -> None:
        self.doing = ElidedLabel("muted")
        self.timing = plain_label()
        self.timing.setProperty("tone", "muted")
        self._convention = ElidedLabel("muted")
        self._convention.set_full_text(CONVENTION)
        self._convention.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.doing, 1)
        bar.addWidget(self.timing)
        bar.addPermanentWidget(self._convention, 1)

    def set_margin(self, margin: int) -> None:
        """The space at both ends, in pixels."""
        self.doing.setContentsMargins(margin, 0, 0, 0)
        self._convention.setContentsMargins(margin, 0, margin, 0)
