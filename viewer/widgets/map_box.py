"""The part of a large map that is seen: a pyqtgraph ViewBox that its cells fill, with wheel, drag and fit.

Lengths on screen are pixels; lengths in the map are cells, (0, 0) being its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention_viewer.viewer.widgets.graphing import pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal

WHEEL_STEP = 1.0015
"""Zoom factor of one eighth of a degree of the wheel."""
LARGEST_CELL_EMS = 8.0
CLOSE = 1.0001
"""Factor below which a zoomed map counts as the whole map."""


@dataclass(frozen=True)
class Seen:
    """What is seen: its upper left corner in cells, and the width and height of a cell in pixels."""

    left: float
    top: float
    wide: float
    high: float


class MapBox(pg.ViewBox):  # type: ignore[misc]
    """Shows `columns` x `rows` cells; fits them until the user zooms, and again on a double click.

    `clicked` carries the place in the scene; a drag or a double click is none.
    """

    moved = Signal()
    clicked = Signal(QPointF)

    def __init__(self) -> None:
        super().__init__(invertY=True, enableMenu=False, defaultPadding=0.0, border=None)
        self.setMouseEnabled(False, False)
        self.disableAutoRange()
        self._columns = self._rows = 1
        self._fit = QSizeF(1.0, 1.0)
        self._largest = 1.0
        self._seen = Seen(0.0, 0.0, 1.0, 1.0)
        self.fitted = True

    @property
    def seen(self) -> Seen:
        """What is seen now."""
        return self._seen

    def place(self, area: QRectF, fit: QSizeF, em: float) -> None:
        """Stand at `area` of the scene; `fit` is the size of a cell when all of the map is seen."""
        self.setGeometry(area)
        zoomed = self._seen.wide / self._fit.width()
        self._fit = QSizeF(max(fit.width(), 1e-3), max(fit.height(), 1e-3))
        smaller = min(self._fit.width(), self._fit.height())
        self._largest = max(LARGEST_CELL_EMS * em / smaller, 2.0)
        if self.fitted:
            self._show(self._whole())
        else:
            factor = min(max(zoomed, 1.0), self._largest)
            wide, high = self._fit.width() * factor, self._fit.height() * factor
            self._show(Seen(self._seen.left, self._seen.top, wide, high))

    def set_shape(self, rows: int, columns: int) -> None:
        """How many cells there are; takes effect with the next `place`. Another shape is fitted again."""
        if (rows, columns) != (self._rows, self._columns):
            self._rows, self._columns, self.fitted = rows, columns, True

    def fit(self) -> None:
        """Show the whole map."""
        self.fitted = True
        self._show(self._whole())

    def zoom(self, factor: float, point: QPointF) -> None:
        """Make cells `factor` times as large, with what is at `point` (in pixels of the box) staying there."""
        old = self._seen
        scale = min(max(old.wide * factor / self._fit.width(), 1.0), self._largest)
        wide, high = self._fit.width() * scale, self._fit.height() * scale
        self.fitted = scale <= CLOSE
        left = old.left + point.x() / old.wide - point.x() / wide
        top = old.top + point.y() / old.high - point.y() / high
        self._show(Seen(left, top, wide, high))

    def pan(self, pixels: QPointF) -> None:
        """Move the map by so many pixels, as far as there is more of it to be seen."""
        old = self._seen
        self._show(Seen(old.left - pixels.x() / old.wide, old.top - pixels.y() / old.high, old.wide, old.high))

    def reveal(self, row: int, column: int) -> None:
        """Move a zoomed map until all of a cell is seen."""
        old = self._seen
        left = min(max(old.left, column + 1 - self.width() / old.wide), float(column))
        top = min(max(old.top, row + 1 - self.height() / old.high), float(row))
        self._show(Seen(left, top, old.wide, old.high))

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
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        else:
            self.clicked.emit(QPointF(event.scenePos()))
        event.accept()

    def _whole(self) -> Seen:
        return Seen(0.0, 0.0, self._fit.width(), self._fit.height())

    def _show(self, window: Seen) -> None:
        seen_x, seen_y = self.width() / window.wide, self.height() / window.high
        left = min(max(window.left, 0.0), max(0.0, self._columns - seen_x))
        top = min(max(window.top, 0.0), max(0.0, self._rows - seen_y))
        self._seen = Seen(left, top, window.wide, window.high)
        self.setRange(QRectF(left, top, seen_x, seen_y), padding=0.0, disableAutoRange=True)
        self.moved.emit()
