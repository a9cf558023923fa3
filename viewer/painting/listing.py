"""A table of text, as papers set one: rules above and below, numbers at the right; one column gives way to a width."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

GAP_EMS = 1.2
ROW_EMS = 1.6
LEAST_EMS = 5.0
"""What is left of the column that gives way."""


@dataclass(frozen=True)
class Listing:
    """Headings and rows of as many texts; `numbers` are columns aligned at the right, `wide` is the one that gives way.

    `strong` are the rows that stand out.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    wide: int = 0
    strong: frozenset[int] = frozenset()


def listing_widths(spec: Listing, style: Style, width: float | None = None) -> tuple[float, ...]:
    """The widths of the columns, as they need them, or such that all fit `width`."""
    plain, bold = QFontMetricsF(style.font), QFontMetricsF(_bold(style))
    fonts = [bold, *(bold if index in spec.strong else plain for index in range(len(spec.rows)))]
    columns = zip(spec.headings, *spec.rows, strict=True)
    needed = [
        max(font.horizontalAdvance(text) for font, text in zip(fonts, each, strict=True)) + 1.0 for each in columns
    ]
    if width is not None:
        over = sum(needed) + GAP_EMS * style.em * (len(needed) - 1) - width
        needed[spec.wide] = max(min(needed[spec.wide], LEAST_EMS * style.em), needed[spec.wide] - max(0.0, over))
    return tuple(needed)


def listing_width(spec: Listing, style: Style, least: bool = False) -> float:
    """The width of the whole table, as it needs it or at least."""
    widths = listing_widths(spec, style, 0.0 if least else None)
    return sum(widths) + GAP_EMS * style.em * (len(widths) - 1)


def listing_height(spec: Listing, style: Style) -> float:
    """The height of the whole table."""
    return (len(spec.rows) + 1) * ROW_EMS * style.em + 2 * style.gap


def is_cut(spec: Listing, style: Style, width: float) -> bool:
    """Whether any text is shortened to fit `width`."""
    return listing_widths(spec, style, width) != listing_widths(spec, style)


def paint_listing(painter: QPainter, rect: QRectF, spec: Listing, style: Style) -> None:
    """Paint the table from the top of `rect`."""
    widths, high = listing_widths(spec, style, rect.width()), ROW_EMS * style.em
    total = sum(widths) + GAP_EMS * style.em * (len(widths) - 1)
    painter.save()
    painter.setPen(QColor(style.palette.text))
    _paint_row(painter, rect.left(), rect.top(), spec.headings, widths, spec, _bold(style), style)
    first = rect.top() + high + style.gap
    for index, row in enumerate(spec.rows):
        font = _bold(style) if index in spec.strong else style.font
        _paint_row(painter, rect.left(), first + index * high, row, widths, spec, font, style)
    painter.setPen(QPen(QColor(style.palette.text), style.stroke))
    for y in (rect.top(), rect.top() + high + 0.5 * style.gap, first + len(spec.rows) * high + 0.5 * style.gap):
        painter.drawLine(QLineF(rect.left(), y, rect.left() + total, y))
    painter.restore()


def _paint_row(
    painter: QPainter,
    left: float,
    top: float,
    row: tuple[str, ...],
    widths: tuple[float, ...],
    spec: Listing,
    font: QFont,
    style: Style,
) -> None:
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        side = Qt.AlignmentFlag.AlignRight if column in spec.numbers else Qt.AlignmentFlag.AlignLeft
        box = QRectF(left, top, width, ROW_EMS * style.em)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width + 0.5)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shown)
        left += width + GAP_EMS * style.em


def _bold(style: Style) -> QFont:
    font = QFont(style.font)
    font.setWeight(QFont.Weight.DemiBold)
    return font
