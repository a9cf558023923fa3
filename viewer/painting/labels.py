"""Token labels along the sides of a map, on the screen and in exports alike.

Labels on the left are right-aligned beside their row; labels on top lean to the right above their column.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.plain_text import ARROW, END, FIRST_STRONG
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

LEAN = math.radians(56)
"""How steeply labels on top rise."""
ALONG = QPointF(math.cos(LEAN), math.sin(LEAN))
"""A step to the right, as seen along a leaning label."""
SMALLEST = 0.78
"""Labels shrink to this share of their size before some are left out."""
TIGHTEST = 0.95
"""Distance of two labels in lines of text."""

AIR = 0.9
"""Share of the distance between leaning labels that counts: an accent and a tail meet halfway, unlike in lines."""


class Side(StrEnum):
    """Where labels stand."""

    LEFT = "left"
    TOP = "top"


def elided(text: str, style: Style) -> str:
    """The label, shortened where it is wider than the style allows."""
    return fitted(text, _face(style), style.label_width)[0]


def shortened(text: str, font: QFont, most: float) -> str:
    """The label no wider than `most`: cut in the middle, or in the middle of each side of its arrow."""
    metrics = QFontMetricsF(font)
    if metrics.horizontalAdvance(text) <= most:
        return text
    before, arrow, after = text.partition(ARROW)
    if not arrow:
        return _cut(text, metrics, most)
    room = max(0.0, most - metrics.horizontalAdvance(ARROW))
    # What a short side leaves free is the other's.
    least = min(metrics.horizontalAdvance(side) for side in (before, after))
    side = room / 2 if least >= room / 2 else room - least
    return ARROW.join(_cut(each, metrics, side) for each in (before, after))


def _cut(text: str, metrics: QFontMetricsF, most: float) -> str:
    """Cut in the middle, with what keeps a direction of reading inside put back."""
    inner = text.strip(FIRST_STRONG + END)
    cut = metrics.elidedText(inner, Qt.TextElideMode.ElideMiddle, most)
    return cut if inner == text else f"{FIRST_STRONG}{cut}{END}"


def width_of(labels: Sequence[str], style: Style) -> float:
    """Room that labels on the left need, the gap to the map included."""
    return max(_widths(labels, style), default=0.0) + style.gap


def height_of(labels: Sequence[str], style: Style) -> float:
    """Room that leaning labels on top need, the gap to the map included."""
    return (width_of(labels, style) - style.gap) * math.sin(LEAN) + style.line * math.cos(LEAN) + 0.5 * style.gap


def overhang_of(labels: Sequence[str], pitch: float, style: Style) -> float:
    """How far leaning labels on top reach beyond the right edge of the map, for cells `pitch` wide."""
    reach = 0.0
    for index, width in enumerate(_widths(labels, style)):
        right = width * math.cos(LEAN) + 0.5 * style.line * math.sin(LEAN)
        reach = max(reach, right - (len(labels) - index - 0.5) * pitch)
    return reach


def pitch_within(width: float, labels: Sequence[str], style: Style) -> float:
    """The widest cells whose map, with the labels that lean over its right edge, is no wider than `width`."""
    pitch = width / max(1, len(labels))
    for index, wide in enumerate(_widths(labels, style)):
        right = wide * math.cos(LEAN) + 0.5 * style.line * math.sin(LEAN)
        pitch = min(pitch, (width - right) / (index + 0.5))
    return max(pitch, 0.0)


def shrink(pitch: float, style: Style) -> float:
    """How much smaller than the style's the labels are where cells are `pitch` apart."""
    return min(1.0, max(SMALLEST, pitch / (TIGHTEST * style.line)))


def label_size(pitch: float, style: Style) -> int:
    """The size in pixels of labels that are `pitch` apart."""
    return max(1, round(style.mono.pixelSize() * shrink(pitch, style)))


def shrunk_width(width: float, pitch: float, style: Style) -> float:
    """How wide a label is where labels are `pitch` apart, that is `width` wide in the style's size.

    A whole size is rounded, and letters are drawn at whole pixels: a pixel more is never cut off.
    """
    size = label_size(pitch, style)
    return width if size == style.mono.pixelSize() else width * size / style.mono.pixelSize() + 1.0


def apart(pitch: float, side: Side) -> float:
    """How far from each other neighbouring labels count as where cells are `pitch` apart."""
    return pitch if side is Side.LEFT else AIR * pitch * math.sin(LEAN)


def stride(pitch: float, style: Style) -> int:
    """Every how many-th label has room where labels are `pitch` apart."""
    needed = TIGHTEST * style.line * shrink(pitch, style)
    return max(1, math.ceil(needed / max(pitch, 1e-6) - 1e-6))


def all_named(width: float, count: int, style: Style) -> bool:
    """Whether each of so many leaning labels has room above cells that are together so wide."""
    return stride(apart(width / count, Side.TOP), style) == 1


def is_labelled(index: int, count: int, step: int) -> bool:
    """Whether a label stands where every `step`-th has room: the last one always does, which is where rows grow."""
    last = count - 1
    return index == last or (index % step == 0 and last - index >= step)


def paint_labels(
    painter: QPainter,
    rect: QRectF,
    labels: Sequence[str],
    first: float,
    last: float,
    side: Side,
    style: Style,
    highlighted: frozenset[int] = frozenset(),
) -> None:
    """Paint the labels of cells `first` to `last` (fractions where a cell is cut) along a side.

    The cells' range fills the height (left) or width (top) of `rect`; the map adjoins its right or lower edge.
    """
    if last <= first or not labels:
        return
    length = rect.height() if side is Side.LEFT else rect.width()
    pitch = length / (last - first)
    step = stride(apart(pitch, side), style)
    font = QFont(style.mono)
    font.setPixelSize(label_size(apart(pitch, side), style))
    face, lit, plain = _face(style), QColor(style.palette.accent), QColor(style.palette.text)
    painter.save()
    painter.setFont(font)
    where = _lying(painter, rect, font, style) if side is Side.TOP else None
    for index in range(max(0, math.floor(first)), min(len(labels), math.ceil(last))):
        centre = (index + 0.5 - first) * pitch
        if not 0.0 <= centre <= length or not (is_labelled(index, len(labels), step) or index in highlighted):
            continue
        if index not in highlighted and any(abs(index - lit) < step for lit in highlighted):
            continue
        painter.setPen(lit if index in highlighted else plain)
        text = fitted(labels[index], face, style.label_width)[0]
        if where is None:
            box = QRectF(rect.left(), rect.top() + centre - style.line, rect.width() - style.gap, 2 * style.line)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        else:
            painter.drawText(where + ALONG * centre, text)
    painter.restore()


def label_at(point: QPointF, style: Style) -> tuple[float | None, float | None]:
    """How far down the rows and along the columns the labels at a point begin, the map's upper left corner being 0, 0.

    None for a side on which there are no labels there.
    """
    row = point.y() if point.x() < 0.0 <= point.y() else None
    column = point.x() + point.y() / math.tan(LEAN) if point.y() < 0.0 else None
    return row, column if column is not None and column >= 0.0 else None


@dataclass(frozen=True)
class Face:
    """A font that can be looked up."""

    key: str
    font: QFont = field(compare=False)


def _face(style: Style) -> Face:
    return face_of(style.mono)


def face_of(font: QFont) -> Face:
    """A font that can be looked up; making it takes longer than looking up."""
    return Face(font.key(), font)


def _widths(labels: Sequence[str], style: Style) -> list[float]:
    face = _face(style)
    return [fitted(label, face, style.label_width)[1] for label in labels]


# The maps of a sentence have the same labels, which are measured again whenever one is laid out or painted.
@lru_cache(maxsize=2048)
def fitted(text: str, face: Face, width: float) -> tuple[str, float]:
    """A label as it is shown within a width, and how wide it then is."""
    metrics = QFontMetricsF(face.font)
    shown = shortened(text, face.font, width)
    return shown, metrics.horizontalAdvance(shown)


def _lying(painter: QPainter, rect: QRectF, font: QFont, style: Style) -> QPointF:
    """Turn the painter so that leaning labels lie, and return where the one at the left end of `rect` begins."""
    painter.translate(rect.left(), rect.bottom() - 0.5 * style.gap)
    painter.rotate(-math.degrees(LEAN))
    return QPointF(0.0, 0.5 * QFontMetricsF(font).capHeight())
