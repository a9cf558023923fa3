"""Pictures made of lines: headings, formulas, bars, strips of colours and words in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.formula import formula_size, paint_formula
from attention_viewer.viewer.painting.pieces import paint_piece, words_height, wrapped_height
from attention_viewer.viewer.painting.spots import Spot
from attention_viewer.viewer.state.sheets import Column, Hit, Line, Section, SheetSpec, height_in_lines
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

LINE_EMS = 1.65
SECTION_EMS = 0.9
"""Height of a line, and the space above a section."""
TIGHTEST = 0.72
"""What share of their widths columns are content with where there is little room."""
GAP_EMS = 0.6
"""Between columns."""


@dataclass(frozen=True)
class PlacedLine:
    """A line, and where it stands; a box for each column."""

    line: Line
    rect: QRectF
    boxes: tuple[QRectF, ...]


@dataclass(frozen=True)
class PlacedSection:
    """A section, and where its parts stand; empty rectangles for those that it has not."""

    section: Section
    heading: QRectF
    formula: QRectF
    titles: tuple[QRectF, ...]
    lines: tuple[PlacedLine, ...]
    note: QRectF


def sheet_layout(rect: QRectF, spec: SheetSpec, style: Style) -> tuple[PlacedSection, ...]:
    """Sections from the top of `rect`, as wide as it; they may reach below it."""
    placed, top = [], rect.top()
    for section in spec.sections:
        each = _place(section, rect, top, style)
        placed.append(each)
        top = each.note.bottom() + SECTION_EMS * style.em
    return tuple(placed)


def sheet_height(width: float, spec: SheetSpec, style: Style) -> float:
    """The height that a sheet of some width needs."""
    placed = sheet_layout(QRectF(0, 0, width, 0), spec, style)
    return placed[-1].note.bottom() + 0.3 * style.em if placed else 0.0


def sheet_width(spec: SheetSpec, style: Style) -> float:
    """The least width of a sheet in which nothing overlaps, with its columns as narrow as they may be."""
    return max((_wanted(section.columns, style, TIGHTEST) for section in spec.sections), default=0.0)


def sheet_spots(rect: QRectF, spec: SheetSpec, style: Style) -> tuple[Spot, ...]:
    """The lines that can be chosen or say more, from top to bottom, of the picture in `rect`."""
    placed = _lines(sheet_layout(rect, spec, style))
    return tuple(Spot(each.rect, each.line.hit, each.line.tip) for each in placed if each.line.hit or each.line.tip)


def paint_sheet(
    painter: QPainter, rect: QRectF, spec: SheetSpec, style: Style, pointed: Hit = ()
) -> tuple[PlacedSection, ...]:
    """Paint the sections; `pointed` is what the mouse or the keyboard is on. Returns where things are."""
    placed = sheet_layout(rect, spec, style)
    seen = painter.clipBoundingRect() if painter.hasClipping() else None
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for section in placed:
        _paint_head(painter, section, style)
        for line in section.lines:
            if seen is not None and not seen.intersects(line.rect):
                continue
            _paint_ground(painter, line, bool(pointed) and line.line.hit == pointed, style)
            for piece, box in zip(line.line.pieces, line.boxes, strict=True):
                paint_piece(painter, box, piece, style)
        if section.section.note:
            painter.setFont(style.small)
            painter.setPen(QColor(style.palette.muted))
            painter.drawText(section.note, int(Qt.TextFlag.TextWordWrap), section.section.note)
    painter.restore()
    return placed


def _lines(placed: tuple[PlacedSection, ...]) -> Iterator[PlacedLine]:
    return (line for section in placed for line in section.lines)


def _place(section: Section, rect: QRectF, top: float, style: Style) -> PlacedSection:
    width, left = rect.width(), rect.left()
    heading = QRectF(left, top, width, wrapped_height(section.heading, width, style.title))
    top = heading.bottom()
    height = formula_size(section.formula, style.font).height + 0.5 * style.em if section.formula else 0.0
    formula = QRectF(left, top, width, height)
    top = formula.bottom()
    columns = _columns(section.columns, left, width, style)
    small = style.small
    tallest = (wrapped_height(c.title, w, small) for c, (_, w) in zip(section.columns, columns, strict=True))
    titled = max(tallest, default=0.0) + (0.2 * style.em if section.heading and not section.formula else 0.0)
    titles = tuple(QRectF(x, top, w, titled) for x, w in columns)
    top += titled
    lines = []
    for index, line in enumerate((*section.lines, *section.key)):
        top += 0.4 * style.em if index == len(section.lines) else 0.0
        height = LINE_EMS * style.em * max(map(height_in_lines, line.pieces), default=1.0)
        wrapped = (words_height(piece, w, style) for piece, (_, w) in zip(line.pieces, columns, strict=True))
        height = max(height, *wrapped)
        boxes = tuple(QRectF(x, top, w, height) for x, w in columns)
        lines.append(PlacedLine(line, QRectF(left, top, width, height), boxes))
        top += height
    room = wrapped_height(section.note, width, style.small)
    note = QRectF(left, top + (0.25 * style.em if room else 0.0), width, room)
    return PlacedSection(section, heading, formula, titles, tuple(lines), note)


def _columns(columns: tuple[Column, ...], left: float, width: float, style: Style) -> list[tuple[float, float]]:
    """Left edge and width of each column; a gap is left after each. All are narrower where there is little room."""
    scarce = min(1.0, max(TIGHTEST, width / max(1.0, _wanted(columns, style))))
    gap = scarce * GAP_EMS * style.em
    free = width - gap * len(columns) - sum(_least(column, style, scarce) for column in columns if column.ems)
    shares = sum(column.share for column in columns if not column.ems) or 1.0
    # Those that need more than their share take it from the others.
    tight = [each for each in columns if not each.ems and _least(each, style, scarce) > free * each.share / shares]
    free -= sum(_least(each, style, scarce) for each in tight)
    shares = shares - sum(each.share for each in tight) or 1.0
    found, x = [], left + 0.3 * style.em
    for column in columns:
        least = _least(column, style, scarce)
        own = least if column.ems else max(least, free * column.share / shares)
        found.append((x, own))
        x += own + gap
    return found


def _wanted(columns: tuple[Column, ...], style: Style, scarce: float = 1.0) -> float:
    """The width that columns need, or where room is `scarce`, a share of that."""
    return sum(_least(each, style, scarce) + scarce * GAP_EMS * style.em for each in columns) + 0.3 * style.em


@lru_cache(maxsize=512)
def _least(column: Column, style: Style, scarce: float) -> float:
    """The least width of a column, in which every word of its title stands whole."""
    words = (QFontMetricsF(style.small).horizontalAdvance(word) + 1.0 for word in column.title.split())
    return max((column.ems or column.least) * style.em * scarce, *words, 0.0)


def _paint_head(painter: QPainter, placed: PlacedSection, style: Style) -> None:
    section = placed.section
    if section.heading:
        painter.setFont(style.title)
        painter.setPen(QColor(style.palette.text))
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(placed.heading, flags, section.heading)
    if section.formula:
        paint_formula(painter, placed.formula, section.formula, style, style.palette.muted)
    painter.setFont(QFont(style.small))
    painter.setPen(QColor(style.palette.muted))
    for column, box in zip(section.columns, placed.titles, strict=True):
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        flags = int(side | Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(box, flags, column.title)


def _paint_ground(painter: QPainter, placed: PlacedLine, pointed: bool, style: Style) -> None:
    if not (pointed or placed.line.lit):
        return
    inset = 0.5 * style.stroke
    painter.setPen(QPen(QColor(style.palette.accent), style.stroke) if pointed else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.accent_soft if placed.line.lit else style.palette.chip))
    painter.drawRoundedRect(placed.rect.adjusted(inset, inset, -inset, -inset), 0.3 * style.em, 0.3 * style.em)
