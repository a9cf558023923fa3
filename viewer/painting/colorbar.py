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
