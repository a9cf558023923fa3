"""Plots of numbers without tokens, hosted by pyqtgraph.

Positions and dimensions count from 0, as in Vaswani et al. 2017, section 3.5.
"""

from __future__ import annotations

import math
from typing import Any

from attention_viewer.viewer.look.theme import COLORMAPS, Style
from attention_viewer.viewer.painting.curves import CURVE_STROKES, CURVE_TICKS, ROOM_ABOVE_CURVES, curve_colors
from attention_viewer.viewer.state.specs import CurvesSpec, MatrixSpec
from attention_viewer.viewer.widgets.graphing import pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QSizePolicy, QWidget

AXIS_EMS = 2.6
"""Width of the axis at the left of a plot, wide enough for three digits."""


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot in our colours, without pyqtgraph's menu and buttons; double-clicking shows all of it again."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self._look = style
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(0, 0)
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.getViewBox().setDefaultPadding(0.0)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._look = style
        self.setBackground(QColor(style.palette.surface))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(QColor(style.palette.border), width=style.stroke))
            axis.setTextPen(QColor(style.palette.muted))
            # A positive length points away from the plot; the number of a first or last tick may reach over an end.
            tick = round(0.3 * style.em)
            axis.setStyle(
                tickFont=style.small, tickLength=tick, tickTextOffset=tick, hideOverlappingLabels=round(style.em)
            )
        # Half of the uppermost tick's number stands above the plot.
        self.getPlotItem().layout.setContentsMargins(0, 0.5 * style.small_line, 0.5 * style.em, 0)
        self.getAxis("left").setWidth(round(AXIS_EMS * style.em))
        self.getAxis("bottom").setHeight(round(0.7 * style.em + style.small_line))

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Show everything again."""
        self.show_all()
        event.accept()

    def show_all(self) -> None:
        """Undo zooming and panning."""
        self.getViewBox().autoRange(padding=0.0)

    def _limit(self, area: QRectF) -> None:
        """Let zooming and panning not leave `area`."""
        self.getViewBox().setLimits(
            xMin=area.left(), xMax=area.right(), yMin=area.top(), yMax=area.bottom(),
            maxXRange=area.width(), maxYRange=area.height(), minXRange=4, minYRange=0.5,
        )  # fmt: skip
        self.getViewBox().setRange(area, padding=0.0)


class MatrixPlot(Plot):
    """A matrix as one image, row 0 at the top; tells the cell under the mouse as (row, column) or None."""

    hovered = Signal(object)

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self._spec: MatrixSpec | None = None
        self._shape: tuple[int, ...] = ()
        self._image = pg.ImageItem()
        self._frame = QGraphicsRectItem()
        self._frame.setZValue(1)
        self.addItem(self._image)
        self.addItem(self._frame, ignoreBounds=True)
        self.getViewBox().invertY(True)
        self.setMouseTracking(True)
        self.set_style(style)

    def set_spec(self, spec: MatrixSpec) -> None:
        """Show a matrix; one of the same shape keeps the zoom."""
        self._spec = spec
        rows, columns = spec.values.shape
        self._image.setImage(
            spec.scale.normalise(spec.values), autoLevels=False, levels=(0.0, 1.0), lut=COLORMAPS[spec.colormap]
        )
        # A cell's number belongs to its middle.
        area = QRectF(-0.5, -0.5, columns, rows)
        self._image.setRect(area)
        self._frame.setRect(QRectF(-0.5, -0.5, spec.marked if spec.square else columns, spec.marked))
        self._frame.setVisible(spec.marked > 0)
        self.setAccessibleDescription(f"{spec.title}: {spec.row_title} by {spec.column_title}. {spec.scale.note}")
        if self._shape != spec.values.shape:
            self._shape = spec.values.shape
            self._limit(area)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        super().set_style(style)
        pen = QPen(QColor(style.palette.accent), 2 * style.stroke)
        pen.setCosmetic(True)
        self._frame.setPen(pen)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The (row, column) at a point of this widget."""
        if self._spec is None or not self.getViewBox().sceneBoundingRect().contains(point):
            return None
        place = self.getViewBox().mapSceneToView(point)
        row, column = math.floor(place.y() + 0.5), math.floor(place.x() + 0.5)
        rows, columns = self._spec.values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell which cell the mouse is on."""
        super().mouseMoveEvent(event)
        self.hovered.emit(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse is on no cell."""
        super().leaveEvent(event)
        self.hovered.emit(None)


class CurvesPlot(Plot):
    """Curves over positions; the positions of the sentence lie on a tinted ground."""

    def __init__(self, name: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, style, parent)
        self._spec: CurvesSpec | None = None
        self._lines: list[Any] = []
        self._ground = QGraphicsRectItem()
        self._ground.setZValue(-10)
        self._ground.setPen(QPen(Qt.PenStyle.NoPen))
        self.addItem(self._ground, ignoreBounds=True)
        self.getAxis("left").setTicks([[(value, str(value)) for value in CURVE_TICKS]])
        # Sines and cosines always fill this height.
        self.setMouseEnabled(x=True, y=False)
        self.set_style(style)

    def set_spec(self, spec: CurvesSpec) -> None:
        """Show other curves; as many positions as before keep the zoom."""
        before = self._spec.curves.shape[1] if self._spec else 0
        self._spec = spec
        while len(self._lines) < len(spec.curves):
            self._lines.append(self.plot())
        while len(self._lines) > len(spec.curves):
            self.removeItem(self._lines.pop())
        for line, curve in zip(self._lines, spec.curves, strict=True):
            line.setData(curve)
        self._color()
        self._ground.setRect(QRectF(-0.5, -ROOM_ABOVE_CURVES, spec.marked, 2 * ROOM_ABOVE_CURVES))
        self._ground.setVisible(spec.marked > 0)
        self.setAccessibleDescription(f"{spec.title}: {'; '.join(spec.names)}")
        positions = spec.curves.shape[1]
        if positions != before:
            self._limit(QRectF(-0.5, -ROOM_ABOVE_CURVES, positions, 2 * ROOM_ABOVE_CURVES))

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        super().set_style(style)
        self._ground.setBrush(QColor(style.palette.accent_soft))
        self._color()

    def _color(self) -> None:
        for line, color in zip(self._lines, curve_colors(self._look, len(self._lines)), strict=True):
            line.setPen(pg.mkPen(QColor(color), width=CURVE_STROKES * self._look.stroke))
