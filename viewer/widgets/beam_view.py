"""Beam search as a tree: what was kept, what was thrown away, and which hypotheses came to an end."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import BeamSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.card import ElidedLabel, TitleBlock
from attention_viewer.viewer.widgets.tree_canvas import LEGEND, TITLE, TreeCanvas
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import (
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QLayout,
    QVBoxLayout,
    QWidget,
)

TALL_EMS = 10.0
"""A panel lower than this leaves the legend's line to the tree."""


class BeamView(QWidget):
    """The tree with its legend; title and a switch for discarded nodes stand in `header`."""

    node_chosen = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hide_discarded = QCheckBox("Hide discarded")
        self.hide_discarded.setToolTip("Draw only what went on or is complete")
        self.hide_discarded.setEnabled(False)
        self.header = TitleBlock(TITLE, [self.hide_discarded])
        self.tree = TreeCanvas(style)
        self._legend = ElidedLabel("muted")
        self._legend.set_full_text(LEGEND)
        self.setFocusProxy(self.tree)
        self.tree.node_chosen.connect(self.node_chosen)
        self.hide_discarded.toggled.connect(self.tree.set_hide_discarded)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._lines.addWidget(self.tree, 1)
        self._lines.addWidget(self._legend)
        self.set_style(style)

    def set_spec(self, spec: BeamSpec | Pending | Unavailable) -> None:
        """Show another tree, or why there is none."""
        has_tree = isinstance(spec, BeamSpec)
        self.tree.set_spec(spec)
        self.header.set_titles(*((spec.title, spec.subtitle) if isinstance(spec, BeamSpec) else (TITLE, "")))
        self.hide_discarded.setEnabled(has_tree)
        self._show_legend()

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.header.set_style(style)
        self.tree.set_style(style)
        self._lines.setSpacing(round(0.3 * style.em))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the legend's line to the tree where there is little room."""
        super().resizeEvent(event)
        self._show_legend()

    def minimumSizeHint(self) -> QSize:
        """The tree's alone: the legend gives way."""
        return self.tree.minimumSizeHint()

    def message(self) -> str:
        """Why there is no tree; "" when there is one."""
        return self.tree.message()

    def _show_legend(self) -> None:
        self._legend.setVisible(not self.tree.message() and self.height() >= TALL_EMS * self._look.em)
