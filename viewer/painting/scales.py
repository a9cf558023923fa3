"""Numbers along the sides of a plot: which values get one, what it says, and where it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

STEPS = (1, 2, 5)
ROUNDING = 1e-9
"""Share of a step by which a tick may lie outside the range, or the last of 0, 0.1 … 1 would be lost."""
LINE_PITCH = 2.0
"""Distance of two numbers at the left of a plot, in lines of text, at least."""
NUMBER_GAP_EMS = 1.6
"""Space between two numbers below a plot, at least."""
TICK_EMS = 0.3


@dataclass(frozen=True)
class Tick:
    """A number beside a plot: `place` is its x or y in the painter's coordinates."""

    place: float
    text: str


def nice_ticks(low: float, high: float, most: int, smallest: float = 0.0) -> tuple[float, ...]:
    """The multiples of 1, 2 or 5 times a power of ten in `low`..`high`, as many as there can be, at most `most`.

    No step is smaller than `smallest`; 1 keeps ticks whole. Empty where `most` is less than 1 or no multiple lies in
    the range.
    """
    if most < 1 or high < low:
        return ()
    if high == low:
        return (low,)
    # Only from here on can there be as few as `most`.
    start = math.floor(math.log10(max((high - low) / (most + 1), smallest)))
    for exponent in count(start):
        for digit in STEPS:
            # Powers with a positive exponent are exact, their inverses are not.
            step, over = (digit * 10**exponent, 1) if exponent >= 0 else (digit, 10**-exponent)
            if step / over < smallest:
                continue
            first = math.ceil(low * over / step - ROUNDING)
            last = math.floor(high * over / step + ROUNDING)
            if last - first < most:
                return tuple(index * step / over for index in range(first, last + 1))
    raise AssertionError("a step as large as the range leaves one tick at most")


def tick_text(value: float) -> str:
    """A tick's number without superfluous digits."""
    return f"{value + 0.0:.10g}"


def rows_ticks(rows: int, top: float, height: float, style: Style) -> tuple[Tick, ...]:
    """Ticks at the middles of `rows` rows, counted from 0, that fill `height` from `top` on."""
    room = LINE_PITCH * style.small_line
    return _cell_ticks(rows, top, height, int(height / room) + 1)


def columns_ticks(columns: int, left: float, width: float, style: Style) -> tuple[Tick, ...]:
    """Ticks at the middles of `columns` columns, counted from 0, that fill `width` from `left` on."""
    room = numbers_width([tick_text(columns - 1)], style) + NUMBER_GAP_EMS * style.em
    return _cell_ticks(columns, left, width, int(width / room) + 1)


def numbers_width(texts: Sequence[str], style: Style) -> float:
    """The width of the widest of some numbers."""
    metrics = QFontMetricsF(style.small)
    return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)


def numbers_gap(style: Style) -> float:
    """Room between a plot and the numbers beside it: a tick and as much again."""
    return 2 * TICK_EMS * style.em


def paint_left(painter: QPainter, ticks: Sequence[Tick], right: float, style: Style) -> None:
    """Paint ticks and numbers to the left of a plot that begins at `right`."""
    length, line = TICK_EMS * style.em, style.small_line
    width = numbers_width([tick.text for tick in ticks], style)
    boxes = [QRectF(right - numbers_gap(style) - width, tick.place - line / 2, width, line) for tick in ticks]
    lines = [QLineF(right - length, tick.place, right, tick.place) for tick in ticks]
    _paint(painter, ticks, boxes, lines, Qt.AlignmentFlag.AlignRight, style)


def paint_below(painter: QPainter, ticks: Sequence[Tick], top: float, style: Style) -> None:
    """Paint ticks and numbers below a plot that ends at `top`."""
    length, line = TICK_EMS * style.em, style.small_line
    width = numbers_width([tick.text for tick in ticks], style)
    boxes = [QRectF(tick.place - width / 2, top + numbers_gap(style), width, line) for tick in ticks]
    lines = [QLineF(tick.place, top, tick.place, top + length) for tick in ticks]
    _paint(painter, ticks, boxes, lines, Qt.AlignmentFlag.AlignHCenter, style)


def paint_axis_title(painter: QPainter, rect: QRectF, title: str, style: Style, upright: bool = False) -> None:
    """Paint what an axis is in the middle of `rect`, shortened where it is too long; `upright` reads upwards."""
    length, line = (rect.height(), rect.width()) if upright else (rect.width(), rect.height())
    text = QFontMetricsF(style.small).elidedText(title, Qt.TextElideMode.ElideRight, length)
    painter.save()
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    painter.translate(rect.center())
    if upright:
        painter.rotate(-90)
    painter.drawText(QRectF(-length / 2, -line / 2, length, line), Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _cell_ticks(cells: int, start: float, length: float, most: int) -> tuple[Tick, ...]:
    pitch = length / cells
    values = nice_ticks(0, cells - 1, most, smallest=1)
    return tuple(Tick(start + (value + 0.5) * pitch, tick_text(value)) for value in values)


def _paint(
    painter: QPainter,
    ticks: Sequence[Tick],
    boxes: Sequence[QRectF],
    lines: Sequence[QLineF],
    side: Qt.AlignmentFlag,
    style: Style,
) -> None:
    painter.save()
    painter.setFont(style.small)
    painter.setPen(QPen(QColor(style.palette.hatch), style.stroke))
    if lines:
        painter.drawLines(list(lines))
    painter.setPen(QColor(style.palette.muted))
    for tick, box in zip(ticks, boxes, strict=True):
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, tick.text)
    painter.restore()
