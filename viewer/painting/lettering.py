"""How the labels of a printed map are set: how large, leaning or upright, and every how many-th.

Letters shrink before labels are left out, and labels are left out only where letters would touch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.labels import Face, face_of, fitted
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

LEAN = math.radians(56)
UPRIGHT = math.radians(90)
SMALLEST = 0.72
"""Letters shrink to this share of their size: 6 points where ordinary text has 9."""
TALL = "bdfhklgjpqy"
"""Letters that reach as high and as low as those of most words do."""

MEASURED = 512


@dataclass(frozen=True)
class Lettering:
    """Labels in letters `pixels` high; `most` bounds the width of one, beyond which it is shortened."""

    style: Style
    pixels: int
    most: float

    @cached_property
    def font(self) -> QFont:
        """The font of the labels."""
        font = QFont(self.style.mono)
        font.setPixelSize(self.pixels)
        return font

    @cached_property
    def face(self) -> Face:
        """The font as labels are looked up by it."""
        return face_of(self.font)

    @cached_property
    def letters(self) -> float:
        """How high letters are from their lowest to their highest point: labels closer than that touch."""
        large = QFont(self.style.mono)
        large.setPixelSize(MEASURED)
        # Metrics of small letters are rounded to pixels, which drawings and prints do not have.
        return QFontMetricsF(large).tightBoundingRect(TALL).height() * self.pixels / MEASURED

    def text(self, label: str) -> str:
        """The label as it is written."""
        return fitted(label, self.face, self.most)[0]

    def widths(self, labels: Sequence[str]) -> tuple[float, ...]:
        """How long labels are as they are written."""
        return tuple(fitted(label, self.face, self.most)[1] for label in labels)

    def every(self, pitch: float, count: int, lean: float = UPRIGHT) -> int:
        """Every how many-th of `count` labels `pitch` apart is written; rows lie, which needs as much as upright."""
        if count < 2:
            return 1
        return max(1, math.ceil(self.letters / (max(pitch, 1e-6) * math.sin(lean)) - 1e-6))

    def rise(self, longest: float, lean: float) -> float:
        """The room that labels on top need, the gap to the map included."""
        return longest * math.sin(lean) + self.letters * math.cos(lean) + 0.5 * self.style.gap

    def reach(self, width: float, lean: float) -> float:
        """How far to the right of its column's middle a label on top goes."""
        return width * math.cos(lean) + 0.5 * self.letters * math.sin(lean)

    def paint_rows(self, painter: QPainter, rect: QRectF, labels: Sequence[str], every: int) -> None:
        """Write labels beside rows that fill the height of `rect`, ending at its right edge."""
        pitch = rect.height() / max(1, len(labels))
        self._begin(painter)
        for index in range(0, len(labels), every):
            middle = rect.top() + (index + 0.5) * pitch
            box = QRectF(rect.left(), middle - self.style.line, rect.width(), 2 * self.style.line)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
            painter.drawText(box, right, self.text(labels[index]))
        painter.restore()

    def paint_columns(self, painter: QPainter, rect: QRectF, labels: Sequence[str], every: int, lean: float) -> None:
        """Write labels above columns that fill the width of `rect`, beginning at its lower edge."""
        pitch = rect.width() / max(1, len(labels))
        self._begin(painter)
        below = 0.5 * QFontMetricsF(self.font).capHeight()
        for index in range(0, len(labels), every):
            painter.save()
            painter.translate(rect.left() + (index + 0.5) * pitch, rect.bottom() - 0.5 * self.style.gap)
            painter.rotate(-math.degrees(lean))
            painter.drawText(QPointF(0.0, below), self.text(labels[index]))
            painter.restore()
        painter.restore()

    def _begin(self, painter: QPainter) -> None:
        painter.save()
        painter.setFont(self.font)
        painter.setPen(QColor(self.style.palette.text))


def sizes(style: Style) -> range:
    """The heights that letters can have, the largest first."""
    largest = style.mono.pixelSize()
    return range(largest, min(largest, max(1, round(SMALLEST * largest))) - 1, -1)
