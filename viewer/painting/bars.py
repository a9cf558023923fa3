"""The next-token distribution as bars: token, bar, probability."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from viewer.painting.labels import elided
from viewer.specs import BarsSpec
from viewer.theme import Style

ROW_EMS = 1.75
"""Height of a bar's row."""
BAR_EMS = 0.85


@dataclass(frozen=True)
class BarsLayout:
    """Where the rows stand: `count` of them, from the top of `area`, `pitch` apart."""

    area: QRectF
    count: int
    pitch: float
    label_width: float
    number_width: float

    def row(self, index: int) -> QRectF:
        """The rectangle of one row."""
        return QRectF(self.area.left(), self.area.top() + index * self.pitch, self.area.width(), self.pitch)


def bars_layout(rect: QRectF, spec: BarsSpec, style: Style) -> BarsLayout:
    """Rows from the top of `rect`; the longest label may take half of the width."""
    metrics = QFontMetricsF(style.mono)
    labels = max((metrics.horizontalAdvance(elided(bar.label, style)) for bar in spec.bars), default=0.0)
    numbers = metrics.horizontalAdvance("<0.01")
    pitch = min(ROW_EMS * style.em, rect.height() / max(1, len(spec.bars)))
    label_width = min(max(labels, 4.5 * style.em), 0.5 * rect.width())
    return BarsLayout(rect, len(spec.bars), max(pitch, 1.0), label_width, numbers)


def bar_at(point: QPointF, rect: QRectF, spec: BarsSpec, style: Style) -> int | None:
    """The index of the bar at a point of the picture in `rect`."""
    pitch = bars_layout(rect, spec, style).pitch
    index = int((point.y() - rect.top()) // pitch)
    return index if rect.contains(point) and 0 <= index < len(spec.bars) else None


def probability_text(probability: float) -> str:
    """Two decimals, or that there is less than they can tell."""
    return f"{probability:.2f}" if probability >= 0.005 else "<0.01"


def paint_bars(painter: QPainter, rect: QRectF, spec: BarsSpec, style: Style) -> BarsLayout:
    """Paint the bars; the whole bar width stands for probability 1. Returns where the rows are."""
    layout = bars_layout(rect, spec, style)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, bar in enumerate(spec.bars):
        row = layout.row(index)
        room = row.width() - layout.label_width - layout.number_width - 2 * style.gap
        height = min(BAR_EMS * style.em, 0.7 * layout.pitch)
        length = max(0.0, room) * bar.probability
        box = QRectF(
            row.left() + layout.label_width + style.gap, row.center().y() - height / 2, max(length, 1.5), height
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.palette.accent if bar.chosen else style.palette.accent_rest))
        radius = min(0.15 * style.em, box.width() / 2)
        painter.drawRoundedRect(box, radius, radius)
        _paint_texts(painter, row, bar.label, probability_text(bar.probability), layout, style)
    painter.restore()
    return layout


def _paint_texts(
    painter: QPainter, row: QRectF, label: str, probability: str, layout: BarsLayout, style: Style
) -> None:
    painter.setFont(style.mono)
    painter.setPen(QColor(style.palette.text))
    metrics = QFontMetricsF(style.mono)
    shown = metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, layout.label_width)
    centred = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(row.left(), row.top(), layout.label_width, row.height()), centred, shown)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(row, centred | Qt.AlignmentFlag.AlignRight, probability)
