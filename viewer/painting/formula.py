"""Formulas as pictures: subscripts, superscripts, fractions and roots in the platform's font."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.formula import Fraction, Letters, Node, Raised, Root, parse_formula
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

SMALLER, SMALLEST_PIXELS = 0.72, 6
RAISE, LOWER = 0.42, 0.22
"""How far a superscript's and a subscript's base line stands above or below the line's, in sizes of the font."""
AXIS = 0.3
"""How far above the base line a fraction's rule stands, in sizes of the font."""
GAP = 0.12
QUANTITY = re.compile(r"(?<![A-Za-zα-ω])[A-Za-zα-ω](?![A-Za-zα-ω])")
"""A letter by itself names a quantity, and is set in italics; words are upright."""


@dataclass(frozen=True)
class Box:
    """What a piece takes: its width, and how far it reaches above and below its base line."""

    width: float
    above: float
    below: float

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.above + self.below


def formula_size(text: str, font: QFont) -> Box:
    """The room that a formula needs. Raises InputError where it is none."""
    return _measure(parse_formula(text), font)


def paint_formula(painter: QPainter, rect: QRectF, text: str, style: Style, color: str = "") -> Box:
    """Paint a formula at the left of `rect`, in the middle of its height; returns the room that it takes."""
    font = style.font
    nodes = parse_formula(text)
    box = _measure(nodes, font)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(color or style.palette.text), style.stroke))
    _draw(painter, nodes, font, QPointF(rect.left(), rect.center().y() + (box.above - box.below) / 2))
    painter.restore()
    return box


def _smaller(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(max(SMALLEST_PIXELS, round(font.pixelSize() * SMALLER)))
    return small


def _runs(text: str, font: QFont) -> Iterator[tuple[str, QFont]]:
    """The parts of a text that stand in one font."""
    italic, done = QFont(font), 0
    italic.setItalic(True)
    for found in QUANTITY.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], font
        yield found.group(), italic
        done = found.end()
    if done < len(text):
        yield text[done:], font


def _measure(nodes: Sequence[Node], font: QFont) -> Box:
    boxes = [_measure_one(node, font) for node in nodes]
    metrics = QFontMetricsF(font)
    above = max((box.above for box in boxes), default=metrics.ascent())
    below = max((box.below for box in boxes), default=metrics.descent())
    return Box(sum(box.width for box in boxes), max(above, metrics.ascent()), max(below, metrics.descent()))


def _measure_one(node: Node, font: QFont) -> Box:
    size = float(font.pixelSize())
    match node:
        case Letters(text):
            metrics = QFontMetricsF(font)
            width = sum(QFontMetricsF(each).horizontalAdvance(run) for run, each in _runs(text, font))
            return Box(width, metrics.ascent(), metrics.descent())
        case Raised(inner, up):
            box = _measure(inner, _smaller(font))
            moved = RAISE * size if up else -LOWER * size
            return Box(box.width, box.above + moved, box.below - moved)
        case Fraction(above, below):
            top, bottom = _measure(above, font), _measure(below, font)
            width = max(top.width, bottom.width) + 4 * GAP * size
            return Box(width, AXIS * size + GAP * size + top.height, bottom.height + GAP * size - AXIS * size)
        case Root(inner):
            box = _measure(inner, font)
            return Box(box.width + 0.75 * size, box.above + 2 * GAP * size, box.below)


def _draw(painter: QPainter, nodes: Sequence[Node], font: QFont, base: QPointF) -> None:
    place = QPointF(base)
    for node in nodes:
        _draw_one(painter, node, font, place)
        place.setX(place.x() + _measure_one(node, font).width)


def _draw_one(painter: QPainter, node: Node, font: QFont, base: QPointF) -> None:
    size = float(font.pixelSize())
    match node:
        case Letters(text):
            place = QPointF(base)
            for run, each in _runs(text, font):
                painter.setFont(each)
                painter.drawText(place, run)
                place.setX(place.x() + QFontMetricsF(each).horizontalAdvance(run))
        case Raised(inner, up):
            moved = -RAISE * size if up else LOWER * size
            _draw(painter, inner, _smaller(font), base + QPointF(0.0, moved))
        case Fraction(above, below):
            _draw_fraction(painter, above, below, font, base)
        case Root(inner):
            _draw_root(painter, inner, font, base)


def _draw_fraction(painter: QPainter, above: Sequence[Node], below: Sequence[Node], font: QFont, base: QPointF) -> None:
    size = float(font.pixelSize())
    top, bottom = _measure(above, font), _measure(below, font)
    width = max(top.width, bottom.width) + 2 * GAP * size
    left, rule = base.x() + GAP * size, base.y() - AXIS * size
    painter.drawLine(QLineF(left, rule, left + width, rule))
    middle = left + width / 2
    _draw(painter, above, font, QPointF(middle - top.width / 2, rule - GAP * size - top.below))
    _draw(painter, below, font, QPointF(middle - bottom.width / 2, rule + GAP * size + bottom.above))


def _draw_root(painter: QPainter, inner: Sequence[Node], font: QFont, base: QPointF) -> None:
    size = float(font.pixelSize())
    box = _measure(inner, font)
    left, top, foot = base.x(), base.y() - box.above - GAP * size, base.y() + box.below
    points = [
        QPointF(left + 0.08 * size, base.y() - 0.28 * size),
        QPointF(left + 0.2 * size, base.y() - 0.34 * size),
        QPointF(left + 0.38 * size, foot),
        QPointF(left + 0.6 * size, top),
        QPointF(left + 0.7 * size + box.width, top),
    ]
    painter.drawPolyline(points)
    _draw(painter, inner, font, base + QPointF(0.65 * size, 0.0))
