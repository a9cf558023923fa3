"""Lines of text in a figure: wrapped to a width, painted one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

Lines = Sequence[str]


def wrapped(text: str, font: QFont, width: float) -> list[str]:
    """`text` in lines no wider than `width`; a word wider than that is cut."""
    metrics = QFontMetricsF(font)
    lines = [""]
    for word in text.split():
        while metrics.horizontalAdvance(word) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or metrics.horizontalAdvance(word[:n]) <= width)
            lines[-1:] = [lines[-1], word[:fits]] if lines[-1] else [word[:fits]]
            lines.append("")
            word = word[fits:]
        joined = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return [line for line in lines if line]


def paint_lines(painter: QPainter, top_left: QPointF, lines: Lines, font: QFont, color: str) -> float:
    """Paint lines from `top_left` down; returns where the next one would begin."""
    metrics = QFontMetricsF(font)
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(color))
    top = top_left.y()
    for line in lines:
        box = QRectF(top_left.x(), top, metrics.horizontalAdvance(line) + 4, metrics.height())
        painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, line
        )
        top += metrics.height()
    painter.restore()
    return top
