"""The part of a large map that is seen: a pyqtgraph ViewBox whose cells stay square, with wheel, drag and fit.

Lengths on screen are pixels; lengths in the map are cells, (0, 0) being its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention_viewer.viewer.widgets.graphing import pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal

WHEEL_STEP = 1.0015
"""Zoom factor of one eighth of a degree of the wheel."""
LARGEST_CELL_EMS = 8.0


@dataclass(frozen=True)
class Seen:
    """What is seen: its upper left corner in cells, and the side of a cell in pixels."""

    left: float
    top: float
    cell: float


class MapBox(pg.ViewBox):  # type: ignore[misc]
    """Shows `columns` x `rows` cells; fits them until the user zooms, and again on a double click."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__(invertY=True, enableMenu=False, defaultPadding=0.0, border=None)
        self.setMouseEnabled(False, False)
        self.disableAutoRange()
        self._columns = self._rows = 1
        self._fit_cell = 1.0
        self._largest = 1.0
        self._seen = Seen(0.0, 0.0, 1.0)
        self.fitted = True

    @property
    def seen(self) -> Seen:
        """What is seen now."""
        return self._seen

    def place(self, area: QRectF, fit_cell: float, em: float) -> None:
        """Stand at `area` of the scene; `fit_cell` is the side of a cell when all of the map is seen."""
        self.setGeometry(area)
        self._fit_cell = max(fit_cell, 1e-3)
        self._largest = max(LARGEST_CELL_EMS * em, 2 * self._fit_cell)
        self._show(Seen(0.0, 0.0, self._fit_cell) if self.fitted else self._seen)

    def set_shape(self, rows: int, columns: int) -> None:
        """How many cells there are; takes effect with the next `place`. Another shape is fitted again."""
        if (rows, columns) != (self._rows, self._columns):
            self._rows, self._columns, self.fitted = rows, columns, True

    def fit(self) -> None:
        """Show the whole map."""
        self.fitted = True
        self._show(Seen(0.0, 0.0, self._fit_cell))

    def zoom(self, factor: float, point: QPointF) -> None:
        """Make cells `factor` times as large, with what is at `point` (in pixels of the box) staying there."""
        old = self._seen
        cell = min(max(old.cell * factor, self._fit_cell), self._largest)
        self.fitted = cell <= self._fit_cell * 1.0001
        left = old.left + point.x() / old.cell - point.x() / cell
        top = old.top + point.y() / old.cell - point.y() / cell
        self._show(Seen(left, top, cell))

    def pan(self, pixels: QPointF) -> None:
        """Move the map by so many pixels, as far as there is more of it to be seen."""
        old = self._seen
        self._show(Seen(old.left - pixels.x() / old.cell, old.top - pixels.y() / old.cell, old.cell))

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom around the mouse."""
        self.zoom(WHEEL_STEP ** event.delta(), self.mapFromScene(event.scenePos()))
        event.accept()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Pan with the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pan(event.pos() - event.lastPos())
            event.accept()

    def mouseClickEvent(self, event: Any) -> None:
        """A double click shows the whole map."""
        if event.double():
            self.fit()
            event.accept()

    def _show(self, window: Seen) -> None:
        seen_x, seen_y = self.width() / window.cell, self.height() / window.cell
        left = min(max(window.left, 0.0), max(0.0, self._columns - seen_x))
        top = min(max(window.top, 0.0), max(0.0, self._rows - seen_y))
        self._seen = Seen(left, top, window.cell)
        self.setRange(QRectF(left, top, seen_x, seen_y), padding=0.0, disableAutoRange=True)
        self.moved.emit()
