"""A clock's hand that turns, and curves over logarithmic axes."""

from __future__ import annotations

import math

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.sheets import Dial, Plot
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

FIRST_HAND, SECOND_HAND = 0, 1
"""Which of the curves' colours the hand has before and after the turn."""


def paint_dial(painter: QPainter, box: QRectF, dial: Dial, style: Style) -> None:
    """A circle, the hand before and after the turn, and the words below."""
    words = style.small_line
    radius = max(1.0, min(box.width(), box.height() - words - style.gap) / 2 - style.stroke)
    middle = QPointF(box.left() + radius + style.stroke, box.top() + radius + style.stroke)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.palette.border), style.stroke))
    painter.drawEllipse(middle, radius, radius)
    for which, angle in ((FIRST_HAND, dial.angle), (SECOND_HAND, dial.angle + dial.turn)):
        painter.setPen(QPen(QColor(style.palette.curves[which]), 2 * style.stroke))
        end = QPointF(middle.x() + radius * math.sin(angle), middle.y() - radius * math.cos(angle))
        painter.drawLine(QLineF(middle, end))
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    below = QRectF(box.left(), box.bottom() - words, box.width(), words)
    shown = QFontMetricsF(style.small).elidedText(dial.text, Qt.TextElideMode.ElideRight, below.width())
    painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, shown)


def paint_plot(painter: QPainter, box: QRectF, plot: Plot, style: Style) -> None:
    """Curves, powers of ten on both axes, marked places, and a legend at the right."""
    line, names = style.small_line, QFontMetricsF(style.small)
    legend = max((names.horizontalAdvance(name) for name, _ in plot.curves), default=0.0) + 2.2 * style.em
    area = box.adjusted(4.2 * style.em, 0.6 * line, -legend - style.gap, -2.2 * line)
    if area.width() < 2 * style.em or not plot.curves:
        return
    values = [value for _, curve in plot.curves for value in curve if value > 0.0]
    across, up = _range(plot.xs), _range(values)
    _paint_axes(painter, area, plot, across, up, style)
    for index, (name, curve) in enumerate(plot.curves):
        color = QColor(style.palette.curves[index % len(style.palette.curves)])
        points = [
            QPointF(_along(x, across, area.left(), area.width()), _along(y, up, area.bottom(), -area.height()))
            for x, y in zip(plot.xs, curve, strict=True)
            if y > 0.0
        ]
        painter.setPen(QPen(color, 1.6 * style.stroke))
        painter.drawPolyline(QPolygonF(points))
        top = area.top() + index * line
        painter.drawLine(
            QLineF(area.right() + style.gap, top + line / 2, area.right() + 1.8 * style.em, top + line / 2)
        )
        painter.setFont(style.small)
        painter.setPen(QColor(style.palette.muted))
        painter.drawText(QRectF(area.right() + 2.2 * style.em, top, legend, line), Qt.AlignmentFlag.AlignVCenter, name)


def _paint_axes(
    painter: QPainter, area: QRectF, plot: Plot, across: tuple[float, float], up: tuple[float, float], style: Style
) -> None:
    line = style.small_line
    painter.setFont(style.small)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.palette.border), style.stroke))
    painter.drawRect(area)
    for power in _powers(across):
        x = _along(10.0**power, across, area.left(), area.width())
        _tick(painter, QLineF(x, area.top(), x, area.bottom()), QRectF(x - 3 * line, area.bottom(), 6 * line, line),
              Qt.AlignmentFlag.AlignHCenter, power, style)  # fmt: skip
    for power in _powers(up):
        y = _along(10.0**power, up, area.bottom(), -area.height())
        _tick(painter, QLineF(area.left(), y, area.right(), y),
              QRectF(area.left() - 4 * style.em, y - line / 2, 3.7 * style.em, line),
              Qt.AlignmentFlag.AlignRight, power, style)  # fmt: skip
    painter.setPen(QColor(style.palette.muted))
    title = QRectF(area.left(), area.bottom() + line, area.width(), line)
    painter.drawText(title, Qt.AlignmentFlag.AlignHCenter, f"{plot.x_title}   ·   upwards: {plot.y_title}")
    for place, words in plot.marks:
        x = _along(place, across, area.left(), area.width())
        painter.setPen(QPen(QColor(style.palette.accent), style.stroke, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        painter.setPen(QColor(style.palette.accent))
        painter.drawText(QPointF(x + 0.3 * style.em, area.top() + line), words)


def _tick(painter: QPainter, line: QLineF, room: QRectF, side: Qt.AlignmentFlag, power: int, style: Style) -> None:
    painter.setPen(QPen(QColor(style.palette.border), style.stroke))
    painter.drawLine(line)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, _power_text(power))


def _power_text(power: int) -> str:
    return f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _range(values: tuple[float, ...] | list[float]) -> tuple[float, float]:
    """The logarithms of the smallest and the largest value."""
    low, high = math.log10(min(values, default=1.0)), math.log10(max(values, default=10.0))
    return low, max(high, low + 0.5)


def _powers(ends: tuple[float, float]) -> range:
    first, last = math.ceil(ends[0] - 1e-9), math.floor(ends[1] + 1e-9)
    return range(first, last + 1, max(1, (last - first) // 4))


def _along(value: float, ends: tuple[float, float], start: float, length: float) -> float:
    return start + length * (math.log10(value) - ends[0]) / (ends[1] - ends[0])
