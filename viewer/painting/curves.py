"""Curves over positions, with a legend; the positions of the sentence lie on a tinted ground.

Positions count from 0, as in Vaswani et al. 2017, section 3.5. Shape letters: P positions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from attention_viewer.model.contract.api import Floats
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.scales import (
    Tick,
    columns_ticks,
    numbers_gap,
    numbers_width,
    paint_axis_title,
    paint_below,
    paint_left,
    tick_text,
)
from attention_viewer.viewer.state.specs import CurvesSpec
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

CURVE_STROKES = 1.6
ROOM_ABOVE_CURVES = 1.1
"""Sines and cosines end at 1; the plot goes a little further."""
CURVE_TICKS = (-1, 0, 1)
X_TITLE = "position"
SAMPLE_EMS = 1.6
"""Length of the line before a name in the legend."""
LEAST_PLOT = 0.55
"""Share of the picture's width, or else of its height, that a legend leaves to the plot."""


@dataclass(frozen=True)
class CurvesLayout:
    """Where everything stands in a picture of curves over `positions` positions; `legend` holds a box for each name.

    `ground` is what the positions of the sentence take, None for no such.
    """

    positions: int
    area: QRectF
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_title: QRectF
    ground: QRectF | None
    legend: tuple[QRectF, ...]

    def point(self, position: float, value: float) -> QPointF:
        """Where a value at a position is drawn; a position is a cell's middle, as in the matrix beside it."""
        x = self.area.left() + (position + 0.5) * self.area.width() / self.positions
        return QPointF(x, _height_of(value, self.area))


def curve_colors(style: Style, count: int) -> list[str]:
    """A colour for each of `count` curves, again from the first where there are more curves than colours."""
    colors = style.palette.curves
    return [colors[index % len(colors)] for index in range(count)]


def curves_layout(rect: QRectF, spec: CurvesSpec, style: Style) -> CurvesLayout:
    """The legend stands at the right of the plot where it leaves enough of the width, below it otherwise.

    Nothing reaches beyond `rect`, as long as no value lies beyond -1 to 1. Names for which a low picture has no room
    are left out.
    """
    positions = spec.curves.shape[1]
    line, gap = style.small_line, numbers_gap(style)
    beside, below = _legend_room(rect, spec, style)
    # On whole pixels, or the thin lines would be smeared; the top is where a matrix in `rect` has its. Text may stand
    # up to half a pixel lower than its box, for which a stroke is left below.
    left = math.ceil(rect.left() + numbers_width([tick_text(value) for value in CURVE_TICKS], style) + gap)
    right = math.floor(rect.right() - max(beside, 0.5 * numbers_width([tick_text(positions - 1)], style)))
    top, bottom = math.ceil(rect.top() + line / 2), math.floor(rect.bottom() - below - 2 * line - gap - style.stroke)
    area = QRectF(left, top, max(1, right - left), max(1, bottom - top))
    return CurvesLayout(
        positions=positions,
        area=area,
        x_ticks=columns_ticks(positions, left, area.width(), style),
        y_ticks=tuple(Tick(_height_of(value, area), tick_text(value)) for value in CURVE_TICKS),
        x_title=QRectF(left, area.bottom() + gap + line, area.width(), line),
        ground=_ground(area, spec),
        legend=_legend(rect, area, beside, below, len(spec.names), style),
    )


def curves_height(area: float, width: float, spec: CurvesSpec, style: Style) -> float:
    """The height of a picture `width` wide whose plot takes `area` of it."""
    _, below = _legend_room(QRectF(0, 0, width, 1e6), spec, style)
    return area + below + 2.5 * style.small_line + numbers_gap(style) + style.stroke


def paint_curves(painter: QPainter, rect: QRectF, spec: CurvesSpec, style: Style) -> CurvesLayout:
    """Paint the picture into `rect`, without title and subtitle; returns where things are."""
    layout = curves_layout(rect, spec, style)
    if layout.ground is not None:
        painter.fillRect(layout.ground, QColor(style.palette.accent_soft))
    _paint_grid(painter, layout, style)
    paint_left(painter, layout.y_ticks, layout.area.left(), style)
    paint_below(painter, layout.x_ticks, layout.area.bottom(), style)
    paint_axis_title(painter, layout.x_title, X_TITLE, style)
    colors = curve_colors(style, len(spec.curves))
    for curve, color in zip(spec.curves, colors, strict=True):
        _paint_curve(painter, layout, curve, color, style)
    for box, name, color in zip(layout.legend, spec.names, colors, strict=False):
        _paint_name(painter, box, name, color, style)
    return layout


def _legend_room(rect: QRectF, spec: CurvesSpec, style: Style) -> tuple[float, float]:
    """The width that the legend takes at the right of the plot and the height it takes below; one of them is 0."""
    if not spec.names:
        return 0.0, 0.0
    names = max(QFontMetricsF(style.small).horizontalAdvance(name) for name in spec.names)
    width = style.em + SAMPLE_EMS * style.em + style.gap + math.ceil(names)
    height = style.gap + len(spec.names) * style.small_line + style.stroke
    if width <= (1 - LEAST_PLOT) * rect.width():
        return width, 0.0
    if height <= (1 - LEAST_PLOT) * rect.height():
        return 0.0, height
    return (1 - LEAST_PLOT) * rect.width(), 0.0


def _legend(rect: QRectF, area: QRectF, beside: float, below: float, count: int, style: Style) -> tuple[QRectF, ...]:
    line = style.small_line
    left = rect.right() - beside + style.em if beside else area.left()
    top = rect.bottom() - below + style.gap if below else rect.top()
    boxes = (QRectF(left, top + index * line, rect.right() - left, line) for index in range(count))
    return tuple(box for box in boxes if box.bottom() <= rect.bottom() - style.stroke + 0.01)


def _height_of(value: float, area: QRectF) -> float:
    """The y of a value in the plot."""
    return area.center().y() - value / ROOM_ABOVE_CURVES * area.height() / 2


def _ground(area: QRectF, spec: CurvesSpec) -> QRectF | None:
    if spec.marked <= 0:
        return None
    positions = spec.curves.shape[1]
    return QRectF(area.left(), area.top(), area.width() * min(spec.marked, positions) / positions, area.height())


def _paint_grid(painter: QPainter, layout: CurvesLayout, style: Style) -> None:
    area = layout.area
    across = [QLineF(area.left(), tick.place, area.right(), tick.place) for tick in layout.y_ticks]
    down = [QLineF(tick.place, area.top(), tick.place, area.bottom()) for tick in layout.x_ticks]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(style.palette.border), style.stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLines(across + down)
    painter.drawRect(area)
    painter.restore()


def _paint_curve(painter: QPainter, layout: CurvesLayout, curve: Floats, color: str, style: Style) -> None:
    """One curve [P] as straight lines from position to position."""
    points = [layout.point(position, value) for position, value in enumerate(curve.tolist())]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_pen(color, style))
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


def _paint_name(painter: QPainter, box: QRectF, name: str, color: str, style: Style) -> None:
    """A line of the legend: a sample of the curve's line, and what the curve is called."""
    sample = SAMPLE_EMS * style.em
    text = box.adjusted(sample + style.gap, 0, 0, 0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(_pen(color, style))
    y = box.center().y()
    painter.drawLine(QLineF(box.left() + style.stroke, y, box.left() + sample, y))
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    shown = QFontMetricsF(style.small).elidedText(name, Qt.TextElideMode.ElideRight, text.width())
    painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()


def _pen(color: str, style: Style) -> QPen:
    pen = QPen(QColor(color), CURVE_STROKES * style.stroke)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
