"""A small sheet beside a cell: the cell's value, or the keys that its row attends to most."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

PADDING_EMS = 0.45
DISTANCE_EMS = 0.5
"""Space between a tag and its cell."""


@dataclass(frozen=True)
class Tag:
    """What a tag says: a title, then lines of a label and a number each, one of them perhaps marked, and a note."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    marked: int | None = None
    note: str = ""


def tag_size(tag: Tag, style: Style) -> QSizeF:
    """The room a tag needs."""
    title, mono, small = QFontMetricsF(style.title), QFontMetricsF(style.mono), QFontMetricsF(style.small)
    width = title.horizontalAdvance(tag.title)
    for label, number in tag.lines:
        width = max(width, mono.horizontalAdvance(label) + style.em + mono.horizontalAdvance(number))
    height = title.height() + len(tag.lines) * style.line
    if tag.note:
        width, height = max(width, small.horizontalAdvance(tag.note)), height + small.height()
    padding = 2 * PADDING_EMS * style.em
    return QSizeF(width + padding, height + padding)


def place_tag(size: QSizeF, cell: QRectF, point: QPointF, room: QRectF, style: Style) -> QRectF:
    """Where a tag stands: level with `point`, beside `cell` but never on it, in `room` as far as that is possible.

    It is to the right of the cell, or else to the left, below or above, wherever the room allows it first.
    """
    away = DISTANCE_EMS * style.em
    width, height = size.width(), size.height()
    top = min(max(point.y() - height / 2, room.top()), max(room.top(), room.bottom() - height))
    left = min(max(point.x() - width / 2, room.left()), max(room.left(), room.right() - width))
    places = (
        QRectF(cell.right() + away, top, width, height),
        QRectF(cell.left() - away - width, top, width, height),
        QRectF(left, cell.bottom() + away, width, height),
        QRectF(left, cell.top() - away - height, width, height),
    )
    return next((place for place in places if room.contains(place)), places[0])


def place_away(size: QSizeF, cell: QRectF, cells: QRectF, room: QRectF, style: Style) -> QRectF:
    """Where a tag stands that stays: beside or below all `cells` where `room` allows it, or else in their far corner.

    The far corner is that away from its `cell`; where it would lie on the cell's row, it stands beside the cell.
    """
    away, width, height = DISTANCE_EMS * style.em, size.width(), size.height()
    right, low = cell.center().x() <= cells.center().x(), cell.center().y() < cells.center().y()
    left = max(cells.right(), room.right() - width) - width if right else cells.left()
    left = min(left, room.right() - width)
    corner = QRectF(left, cells.bottom() - height if low else cells.top(), width, height)
    level = min(max(cell.center().y() - height / 2, room.top()), max(room.top(), room.bottom() - height))
    places = (
        QRectF(cells.right() + away, level, width, height),
        QRectF(left, cells.bottom() + away, width, height),
        corner,
    )
    row = QRectF(room.left(), cell.top() - away, room.width(), cell.height() + 2 * away)
    free = (place for place in places if room.contains(place) and (place is not corner or not place.intersects(row)))
    return next(free, None) or place_tag(size, cell, cell.center(), room, style)


def paint_tag(painter: QPainter, rect: QRectF, tag: Tag, style: Style) -> None:
    """Paint a tag that fills `rect`."""
    palette, padding, radius = style.palette, PADDING_EMS * style.em, 0.3 * style.em
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.accent), style.stroke))
    painter.setBrush(QColor(palette.surface))
    painter.drawRoundedRect(rect, radius, radius)
    line = QRectF(rect.left() + padding, rect.top() + padding, rect.width() - 2 * padding, 0.0)
    line.setHeight(QFontMetricsF(style.title).height())
    painter.setFont(style.title)
    painter.setPen(QColor(palette.text))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, tag.title)
    line = QRectF(line.left(), line.bottom(), line.width(), style.line)
    painter.setFont(style.mono)
    for index, (label, number) in enumerate(tag.lines):
        painter.setPen(QColor(palette.accent if index == tag.marked else palette.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
        line.translate(0.0, style.line)
    painter.setFont(style.small)
    painter.setPen(QColor(palette.muted))
    painter.drawText(line, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip, tag.note)
    painter.restore()


def paint_notice(painter: QPainter, cells: QRectF, notice: str, style: Style) -> None:
    """Paint what is said of all cells in the middle of them, if anything; what follows a colon in a second line."""
    if notice:
        title, _, note = notice.partition(": ")
        tag = Tag(title, note=note)
        rect = QRectF(QPointF(), tag_size(tag, style))
        rect.moveCenter(cells.center())
        paint_tag(painter, rect, tag, style)
