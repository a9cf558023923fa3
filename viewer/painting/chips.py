"""Tokens as chips: where they stand, and how a chip shows its state and how it came there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Palette, Style
from attention_viewer.viewer.state.specs import Chip
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

GAP_EMS = 0.35
RADIUS_EMS = 0.3
LINE_EMS = 1.9
"""Height of a chip, in ems of the body text."""
HATCH_EMS = 0.45
"""Distance of the hatching's lines on a chip that nothing may look at."""
SIGN_EMS = 0.13
"""Thickness of the line under a chip's text, its distance from the chip's sides, and that from its lower edge."""
SIGN_INSET_EMS = 0.35
SIGN_RISE_EMS = 0.38
SIGN_DASHES: dict[str, tuple[float, ...]] = {
    "forced": (),
    "surprising": (),
    "sampled": (0.01, 2.2),
    "beam": (2.4, 2.2),
    "kept": (2.4, 2.2, 0.01, 2.2),
}
"""What the line under a marked chip looks like, in its thickness: dashes and gaps, or () for one stroke."""


@dataclass(frozen=True)
class PlacedChip:
    """Where a chip stands; `starts` and `ends` say whether a word begins or ends with it."""

    rect: QRectF
    starts: bool
    ends: bool


def place_chips(chips: Sequence[Chip], widths: Sequence[float], room: float, style: Style) -> list[PlacedChip]:
    """Chips from left to right and line by line in `room` pixels; words are kept whole where they fit a line."""
    gap, line = GAP_EMS * style.em, LINE_EMS * style.em
    placed: list[PlacedChip] = []
    x = y = 0.0
    for first, last in words(chips):
        word = sum(widths[first : last + 1])
        if x > 0 and x + word > room:
            x, y = 0.0, y + line + gap
        for index in range(first, last + 1):
            if x > 0 and x + widths[index] > room:
                x, y = 0.0, y + line + gap
            placed.append(PlacedChip(QRectF(x, y, widths[index], line), index == first, index == last))
            x += widths[index]
        x += gap
    return placed


def words(chips: Sequence[Chip]) -> list[tuple[int, int]]:
    """First and last index of each word."""
    starts = [index for index, chip in enumerate(chips) if index == 0 or not chip.joined]
    stops = [start - 1 for start in starts[1:]] + [len(chips) - 1]
    return list(zip(starts, stops, strict=False))


def chip_text(chip: Chip) -> str:
    """What is written on a chip."""
    return f"{chip.text} {chip.badge}" if chip.badge else chip.text


def paint_chip(painter: QPainter, chip: Chip, placed: PlacedChip, lit: bool, style: Style) -> None:
    """One chip in its place; the painter's font is the chips' font."""
    palette = style.palette
    accented = lit or chip.state == "prediction"
    path = _outline(placed, RADIUS_EMS * style.em)
    painter.setOpacity(0.5 if chip.state == "ahead" else 1.0)
    painter.fillPath(path, _ground(chip, accented, palette))
    if chip.state == "hidden":
        _paint_hatching(painter, path, style)
    _paint_edge(painter, chip, placed, path, accented, style)
    painter.setPen(_ink(chip, accented, palette))
    painter.drawText(placed.rect, Qt.AlignmentFlag.AlignCenter, chip_text(chip))
    if chip.mark in SIGN_DASHES:
        _paint_sign(painter, chip.mark, placed.rect, style)
    painter.setOpacity(1.0)


def sign_color(mark: str, palette: Palette) -> QColor:
    """The colour of the line under a marked chip."""
    colors = {
        "surprising": palette.danger,
        "sampled": palette.curves[3],
        "beam": palette.curves[2],
        "kept": palette.muted,
    }
    return QColor(colors.get(mark, palette.accent))


def sign_rect(rect: QRectF, style: Style) -> QRectF:
    """Where the line under the text of a marked chip in `rect` stands."""
    thickness, inset = SIGN_EMS * style.em, SIGN_INSET_EMS * style.em
    return QRectF(rect.left() + inset, rect.bottom() - SIGN_RISE_EMS * style.em, rect.width() - 2 * inset, thickness)


def _ground(chip: Chip, accented: bool, palette: Palette) -> QColor:
    return QColor(palette.accent_soft if accented else palette.mask if chip.state == "hidden" else palette.chip)


def _ink(chip: Chip, accented: bool, palette: Palette) -> QColor:
    if chip.mark == "surprising":
        return QColor(palette.danger)
    quiet = chip.state in ("special", "ahead", "hidden")
    return QColor(palette.accent if accented else palette.muted if quiet else palette.text)


def _paint_edge(
    painter: QPainter, chip: Chip, placed: PlacedChip, path: QPainterPath, accented: bool, style: Style
) -> None:
    if accented or chip.mark == "surprising":
        pen = QPen(QColor(style.palette.accent if accented else style.palette.danger), style.stroke)
        if chip.state == "prediction":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.strokePath(path, pen)
    elif not placed.starts:
        painter.setPen(QPen(QColor(style.palette.border), style.stroke))
        painter.drawLine(placed.rect.topLeft(), placed.rect.bottomLeft())


def _paint_sign(painter: QPainter, mark: str, rect: QRectF, style: Style) -> None:
    """The line that says how the token came here."""
    box = sign_rect(rect, style)
    pen = QPen(sign_color(mark, style.palette), box.height())
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if SIGN_DASHES[mark]:
        pen.setDashPattern(SIGN_DASHES[mark])
    painter.setPen(pen)
    painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))


def _paint_hatching(painter: QPainter, path: QPainterPath, style: Style) -> None:
    """Lines from lower left to upper right, as over the masked cells of a map."""
    box, step = path.boundingRect(), HATCH_EMS * style.em
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(QColor(style.palette.hatch), style.stroke))
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()))
        x += step
    painter.restore()


def _outline(placed: PlacedChip, radius: float) -> QPainterPath:
    """A rectangle, rounded where a word begins or ends."""
    rect = placed.rect.adjusted(0.5, 0.5, -0.5, -0.5)
    left, right = radius if placed.starts else 0.0, radius if placed.ends else 0.0
    path = QPainterPath(QPointF(rect.left() + left, rect.top()))
    path.lineTo(rect.right() - right, rect.top())
    path.arcTo(QRectF(rect.right() - 2 * right, rect.top(), 2 * right, 2 * right), 90, -90)
    path.lineTo(rect.right(), rect.bottom() - right)
    path.arcTo(QRectF(rect.right() - 2 * right, rect.bottom() - 2 * right, 2 * right, 2 * right), 0, -90)
    path.lineTo(rect.left() + left, rect.bottom())
    path.arcTo(QRectF(rect.left(), rect.bottom() - 2 * left, 2 * left, 2 * left), 270, -90)
    path.lineTo(rect.left(), rect.top() + left)
    path.arcTo(QRectF(rect.left(), rect.top(), 2 * left, 2 * left), 180, -90)
    path.closeSubpath()
    return path
