"""Which map is exported: its kind, layer and head, chosen for the export alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.state.view_state import Head, ViewState, clamp
from attention_viewer.viewer.widgets.form_parts import drop_down
from attention_viewer.viewer.widgets.width_box import indent
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget


class HeadBox(QWidget):
    """A kind of `maps`, a layer and a head, which count from 1; each kind keeps its own, beginning with the view's.

    `chosen` follows any change; a label's buddy is `kinds`.
    """

    chosen = Signal()

    def __init__(self, maps: Sequence[MapInfo], view: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps = {each.kind: each for each in maps}
        self._seen = {each.kind: clamp(view.heads.get(each.kind, Head()), each.shape) for each in maps}
        self._heads: dict[str, Head] = {}
        active = view.active if view.active in self._maps else maps[0].kind
        self.kinds = drop_down("Kind", {each.kind: each.name for each in maps}, active)
        self._layer, self._head = _counted("Layer"), _counted("Head")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.kinds, 1)
        row.addWidget(self._layer)
        row.addWidget(self._head)
        self._show_head()
        self.kinds.currentIndexChanged.connect(self._follow_kind)
        for box in (self._layer, self._head):
            box.valueChanged.connect(self._follow_number)

    def applied(self, view: ViewState) -> ViewState:
        """The view with what is chosen here."""
        heads = MappingProxyType({**view.heads, **self._heads})
        return replace(view, active=str(self.kinds.currentData()), heads=heads if self._heads else view.heads)

    def set_single(self, layer: bool, head: bool) -> None:
        """Say whether what is exported is of one layer, and of one head; a number that says nothing is not there."""
        for box, single in ((self._layer, layer), (self._head, head)):
            box.setEnabled(single)
            box.setVisible(single)

    def _follow_kind(self) -> None:
        self._show_head()
        self.chosen.emit()

    def _follow_number(self) -> None:
        self._heads[str(self.kinds.currentData())] = Head(self._layer.value() - 1, self._head.value() - 1)
        self.chosen.emit()

    def _show_head(self) -> None:
        kind = str(self.kinds.currentData())
        layers, heads = self._maps[kind].shape
        # Between the two nothing is chosen, which nobody should hear of.
        with QSignalBlocker(self._layer), QSignalBlocker(self._head):
            self._layer.setRange(1, layers)
            self._head.setRange(1, heads)
            head = self._heads.get(kind, self._seen[kind])
            self._layer.setValue(head.layer + 1)
            self._head.setValue(head.head + 1)


def _counted(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setPrefix(f"{name.lower()} ")
    box.setAccessibleName(name)
    indent(box)
    return box
