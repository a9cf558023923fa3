"""The architecture as one picture, with all layers open or all but one folded."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.pages_panel import PagesPanel
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox


class ArchitecturePanel(PagesPanel):
    """Emits whether all layers are to be shown; its setter emits nothing."""

    unfolded_changed = Signal(bool)

    def __init__(self, style: Style) -> None:
        self.unfolded = QCheckBox("All layers open")
        self.unfolded.setToolTip("Show every layer with its parts, not only the one that is looked at")
        super().__init__("Architecture", style, {"architecture": "Architecture"}, (self.unfolded,))
        self.unfolded.clicked.connect(self.unfolded_changed)

    def set_unfolded(self, unfolded: bool) -> None:
        """Show whether all layers are open."""
        self.unfolded.setChecked(unfolded)
