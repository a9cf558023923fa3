"""The cells of the large map as an item of its scene.

Importing this imports pyqtgraph.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.heatmap import paint_cells
from attention_viewer.viewer.state.specs import HeatmapSpec
from attention_viewer.viewer.widgets.graphing import pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class CellsItem(pg.GraphicsObject):  # type: ignore[misc]
    """The cells of a map, one cell one unit, painted by our painter as far as they are exposed."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._look = style
        self._spec: HeatmapSpec | None = None
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_cells(self, spec: HeatmapSpec | None, style: Style) -> None:
        """Show other cells, or none."""
        self.prepareGeometryChange()
        self._spec, self._look = spec, style
        self.update()

    def boundingRect(self) -> QRectF:
        """All cells."""
        if self._spec is None:
            return QRectF()
        rows, columns = self._spec.values.shape
        return QRectF(0, 0, columns, rows)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The cells that are seen."""
        if self._spec is not None:
            area, part = exposed_part(self._spec, option.exposedRect)
            paint_cells(painter, area, part, self._look)


def exposed_part(spec: HeatmapSpec, exposed: QRectF) -> tuple[QRectF, HeatmapSpec]:
    """The cells of `spec` in `exposed` and one more on each side, and where they stand, both in cells."""
    rows, columns = spec.values.shape
    top, bottom = max(0, math.floor(exposed.top()) - 1), min(rows, math.ceil(exposed.bottom()) + 1)
    left, right = max(0, math.floor(exposed.left()) - 1), min(columns, math.ceil(exposed.right()) + 1)
    part = np.s_[top:bottom, left:right]
    mask = None if spec.mask is None else spec.mask[part]
    leaked = None if spec.leaked is None else spec.leaked[part]
    links = None if spec.links is None else spec.links[part]
    seen = replace(spec, values=spec.values[part], mask=mask, leaked=leaked, links=links)
    return QRectF(left, top, right - left, bottom - top), seen
