"""Titled parts of a figure: side by side, or one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viewer.viewer.export.block import Block, Device
from attention_viewer.viewer.export.text import Lines, paint_lines, wrapped
from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter


@dataclass(frozen=True, eq=False)
class Titled:
    """A block below a heading and a quieter second line ("" for none)."""

    title: str
    subtitle: str
    block: Block


def row_of(parts: Sequence[Titled], style: Style, beside: bool = True) -> Block:
    """Blocks side by side where each stays readable, one below the other where they would not, or not `beside`."""
    row = _Row(tuple(parts), style, beside)
    narrowest = max(part.block.narrowest for part in parts)
    return Block(row.natural, row.natural, narrowest, row.height, row.paint, row.notes)


class _Row:
    """The geometry of titled blocks in a row; every width and height in the figure's own pixels."""

    def __init__(self, parts: tuple[Titled, ...], style: Style, beside: bool) -> None:
        self._parts, self._style, self._beside = parts, style, beside
        self._gap = 2.0 * style.em
        self._between = self._gap * (len(parts) - 1)
        self._naturals = [max(part.block.natural, _line(part.title, style)) for part in parts]
        self.natural = sum(self._naturals) + self._between

    def height(self, width: float) -> float:
        """How high the row is."""
        each = self._heights(width)
        return max(each) if self._shares(width) else sum(each) + self._between

    def paint(self, painter: QPainter, rect: QRectF, vector: bool) -> None:
        """Paint every part in its place."""
        beside = self._shares(rect.width())
        x, y = rect.left(), rect.top()
        placed, heads = self._placed(rect.width()), self._heads(rect.width())
        for (part, share), head, high in zip(placed, heads, self._heights(rect.width()), strict=True):
            _paint_part(painter, QRectF(x, y, share, high), part, head, self._style, vector)
            x, y = (x + share + self._gap, y) if beside else (x, y + high + self._gap)

    def notes(self, width: float, device: Device) -> tuple[str, ...]:
        """What had to be reduced, named by part where it is not the same in all."""
        found = {part.title: part.block.notes(share, device) for part, share in self._placed(width)}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return tuple(f"{title.partition(' · ')[0]}: {', '.join(notes)}" for title, notes in found.items() if notes)

    def _shares(self, width: float) -> list[float] | None:
        """The width of each part beside the others; None where they stand one below the other."""
        total = self.natural - self._between
        wide = [(width - self._between) * natural / total for natural in self._naturals]
        enough = all(share >= part.block.readable - 1e-6 for share, part in zip(wide, self._parts, strict=True))
        return wide if enough and self._beside else None

    def _placed(self, width: float) -> list[tuple[Titled, float]]:
        """Each part as it stands then, with its width."""
        return list(zip(self._parts, self._shares(width) or [width] * len(self._parts), strict=True))

    def _heights(self, width: float) -> list[float]:
        placed = zip(self._placed(width), self._heads(width), strict=True)
        return [head + part.block.height(share) for (part, share), head in placed]

    def _heads(self, width: float) -> list[float]:
        """Room above each block: the same beside each other, so that all begin on one line."""
        heads = [_head(part, share, self._style).height for part, share in self._placed(width)]
        return [max(heads)] * len(heads) if self._shares(width) else heads


@dataclass(frozen=True)
class _Head:
    title: Lines
    subtitle: Lines
    height: float


def _line(title: str, style: Style) -> float:
    """The width of a title on one line."""
    return QFontMetricsF(style.title).horizontalAdvance(title) + 1.0


def _head(part: Titled, width: float, style: Style) -> _Head:
    title, subtitle = wrapped(part.title, style.title, width), wrapped(part.subtitle, style.small, width)
    high = len(title) * QFontMetricsF(style.title).height() + len(subtitle) * style.small_line
    return _Head(title, subtitle, high + style.gap)


def _paint_part(painter: QPainter, rect: QRectF, part: Titled, room: float, style: Style, vector: bool) -> None:
    head = _head(part, rect.width(), style)
    below = paint_lines(painter, rect.topLeft(), head.title, style.title, style.palette.text)
    paint_lines(painter, QPointF(rect.left(), below), head.subtitle, style.small, style.palette.muted)
    part.block.paint(painter, rect.adjusted(0, room, 0, 0), vector)
