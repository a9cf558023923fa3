"""The colour bar: what the colours of a map mean, with numbers."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.raster import color_words, image_of
from attention_viewer.viewer.state.specs import Scale
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
VECTOR_STRIPES = 64
BAR_EMS = 0.55
FLAT_EMS = 4.5
"""Length of a bar that lies on its side."""


def ticks(scale: Scale) -> list[tuple[float, str]]:
    """(place on the bar from 0 to 1, number) for each tick; with a square root they crowd towards the top."""
    values = [scale.low + share * (scale.high - scale.low) for share in SHARES]
    return [
        ((share**0.5 if scale.square_root else share), number(value))
        for share, value in zip(SHARES, values, strict=True)
    ]


def number(value: float) -> str:
    """A number with three significant digits at most."""
    return f"{value:.3g}"


def colorbar_width(scale: Scale, style: Style) -> float:
    """Room the bar and its numbers need."""
    metrics = QFontMetricsF(style.small)
    numbers = max(metrics.horizontalAdvance(text) for _, text in ticks(scale))
    return BAR_EMS * style.em + 0.5 * style.gap + numbers


def flat_colorbar_size(scale: Scale, style: Style) -> tuple[float, float]:
    """Width and height of a bar that lies on its side between its two ends' numbers."""
    metrics = QFontMetricsF(style.small)
    low, high = (metrics.horizontalAdvance(text) for text in end_texts(scale))
    return low + high + 2 * 0.5 * style.gap + FLAT_EMS * style.em, metrics.height()


def end_texts(scale: Scale) -> tuple[str, str]:
    """The numbers at the two ends; a square root is told by its sign."""
    return number(scale.low), f"{number(scale.high)}{' √' if scale.square_root else ''}"


def paint_flat_colorbar(painter: QPainter, rect: QRectF, scale: Scale, colormap: str, style: Style) -> None:
    """Paint the bar on its side between its numbers, low values at the left; for lines of text on the screen."""
    metrics = QFontMetricsF(style.small)
    low, high = end_texts(scale)
    left = rect.left() + metrics.horizontalAdvance(low) + 0.5 * style.gap
    right = rect.right() - metrics.horizontalAdvance(high) - 0.5 * style.gap
    thick = BAR_EMS * style.em
    bar = QRectF(left, rect.center().y() - thick / 2, max(0.0, right - left), thick)
    painter.save()
    painter.drawImage(bar, image_of(color_words(colormap)[None, :]))
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, low)
    painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, high)
    painter.restore()


def paint_colorbar(
    painter: QPainter, rect: QRectF, scale: Scale, colormap: str, style: Style, vector: bool = False
) -> None:
    """Paint the bar as high as `rect`, low values at the bottom."""
    bar = QRectF(rect.left(), rect.top(), BAR_EMS * style.em, rect.height())
    colors = color_words(colormap)[::-1]
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    if vector:
        stripe = bar.height() / VECTOR_STRIPES
        for index in range(VECTOR_STRIPES):
            painter.setBrush(QColor(int(colors[round(index * 255 / (VECTOR_STRIPES - 1))])))
            # Each stripe reaches under the next, so that no seam shows between them.
            height = min(1.5 * stripe, bar.bottom() - (bar.top() + index * stripe))
            painter.drawRect(QRectF(bar.left(), bar.top() + index * stripe, bar.width(), height))
    else:
        painter.drawImage(bar, image_of(colors[:, None]))
    _paint_numbers(painter, bar, scale, style)
    painter.restore()


def lying_colorbar_height(style: Style) -> float:
    """Room that a bar below a map and its numbers need."""
    return BAR_EMS * style.em + 0.25 * style.gap + style.small_line


def paint_lying_colorbar(
    painter: QPainter, rect: QRectF, scale: Scale, colormap: str, style: Style, vector: bool = False
) -> None:
    """Paint the bar as wide as `rect`, low values at the left, with numbers below it; for figures."""
    bar = QRectF(rect.left(), rect.top(), rect.width(), BAR_EMS * style.em)
    colors = color_words(colormap)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    if vector:
        stripe = bar.width() / VECTOR_STRIPES
        for index in range(VECTOR_STRIPES):
            painter.setBrush(QColor(int(colors[round(index * 255 / (VECTOR_STRIPES - 1))])))
            wide = min(1.5 * stripe, bar.right() - (bar.left() + index * stripe))
            painter.drawRect(QRectF(bar.left() + index * stripe, bar.top(), wide, bar.height()))
    else:
        painter.drawImage(bar, image_of(colors[None, :]))
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    for left, text in _numbers_below(bar, scale, style):
        place = QRectF(left, bar.bottom() + 0.25 * style.gap, bar.width(), style.small_line)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip, text)
    painter.restore()


def _numbers_below(bar: QRectF, scale: Scale, style: Style) -> list[tuple[float, str]]:
    """Where numbers begin below a bar that lies: its ends first, then what has room between."""
    metrics = QFontMetricsF(style.small)
    found: list[tuple[float, float, str]] = []
    every = ticks(scale)
    for place, text in (every[-1], every[0], *every[2:3], *every[1:2], *every[3:4]):
        wide = metrics.horizontalAdvance(text)
        left = bar.left() + place * bar.width() - 0.5 * wide
        left = max(bar.left(), min(left, bar.right() - wide))
        if all(left > right + style.gap or left + wide < start - style.gap for start, right, _ in found):
            found.append((left, left + wide, text))
    return [(left, text) for left, _, text in found]


def _paint_numbers(painter: QPainter, bar: QRectF, scale: Scale, style: Style) -> None:
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    metrics = QFontMetricsF(style.small)
    room = 1.1 * metrics.capHeight() + 0.3 * style.em
    above: float | None = None
    for place, text in reversed(ticks(scale)):
        y = bar.bottom() - place * bar.height()
        if above is not None and abs(y - above) < room:
            continue
        above = y
        baseline = min(max(y + 0.5 * metrics.capHeight(), bar.top() + metrics.capHeight()), bar.bottom())
        painter.drawText(QPointF(bar.right() + 0.5 * style.gap, baseline), text)
