"""Both stacks as one picture: blocks from bottom to top, skip paths around them, the encoder's output between."""

from __future__ import annotations

from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.spots import Spot
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec, Block, Shape
from attention_viewer.viewer.state.sheets import Hit
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

BLOCK_EMS, GAP_EMS, HEAD_EMS = 2.0, 1.45, 2.0
SKIP_EMS, BUS_EMS = 1.8, 4.2
"""Room for skip paths at the left of a column, and for the encoder's output between the columns."""
LEAST_EMS = 26.0


@dataclass(frozen=True)
class ArchitectureLayout:
    """Where the blocks of both columns stand, from bottom to top; `bus` is the x of the encoder's output."""

    encoder: tuple[QRectF, ...]
    decoder: tuple[QRectF, ...]
    bus: float


def architecture_height(width: float, spec: ArchitectureSpec, style: Style) -> float:
    """The height that the taller column needs."""
    blocks = max(len(spec.encoder), len(spec.decoder))
    return (HEAD_EMS + blocks * (BLOCK_EMS + GAP_EMS) + 0.4) * style.em


def architecture_width(spec: ArchitectureSpec, style: Style) -> float:
    """The least width in which the words have room."""
    return LEAST_EMS * style.em


def architecture_layout(rect: QRectF, spec: ArchitectureSpec, style: Style) -> ArchitectureLayout:
    """Two columns that stand on the bottom of the picture, at the top of `rect` if that is higher."""
    em = style.em
    height = min(rect.height(), architecture_height(rect.width(), spec, style)) or architecture_height(0, spec, style)
    bottom = rect.top() + height - 0.4 * em
    width = min((rect.width() - (2 * SKIP_EMS + BUS_EMS) * em) / 2, 26 * em)

    def column(left: float, blocks: tuple[Block, ...]) -> tuple[QRectF, ...]:
        pitch = (BLOCK_EMS + GAP_EMS) * em
        return tuple(
            QRectF(left, bottom - BLOCK_EMS * em - index * pitch, width, BLOCK_EMS * em) for index in range(len(blocks))
        )

    whole = 2 * width + (2 * SKIP_EMS + BUS_EMS) * em
    first = rect.left() + max(0.0, (rect.width() - whole) / 2) + SKIP_EMS * em
    second = first + width + (BUS_EMS + SKIP_EMS) * em
    return ArchitectureLayout(column(first, spec.encoder), column(second, spec.decoder), first + width + 1.6 * em)


def architecture_spots(rect: QRectF, spec: ArchitectureSpec, style: Style) -> tuple[Spot, ...]:
    """The blocks that can be opened or say more: the encoder's, then the decoder's, from the top."""
    layout = architecture_layout(rect, spec, style)
    columns = [zip(spec.encoder, layout.encoder, strict=True), zip(spec.decoder, layout.decoder, strict=True)]
    placed = [each for column in columns for each in reversed(list(column))]
    return tuple(Spot(box, block.hit, block.tip, block.opened) for block, box in placed if block.hit or block.tip)


def paint_architecture(
    painter: QPainter, rect: QRectF, spec: ArchitectureSpec, style: Style, pointed: Hit = ()
) -> ArchitectureLayout:
    """Paint the picture; `pointed` is what the mouse or the keyboard is on."""
    layout = architecture_layout(rect, spec, style)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for name, blocks, boxes in (("encoder", spec.encoder, layout.encoder), ("decoder", spec.decoder, layout.decoder)):
        lit = spec.lit == name
        for index, (block, box) in enumerate(zip(blocks, boxes, strict=True)):
            if index + 1 < len(blocks):
                _paint_arrow(painter, box, boxes[index + 1], block.leaving, lit, style)
            if block.skip:
                _paint_skip(painter, boxes, index, block.skip, lit, style)
        for block, box in zip(blocks, boxes, strict=True):
            _paint_block(painter, box, block, bool(pointed) and block.hit == pointed, lit, style)
    _paint_memory(painter, spec, layout, style)
    _paint_heads(painter, rect, layout, style)
    painter.restore()
    return layout


def _pen(lit: bool, style: Style) -> QPen:
    palette = style.palette
    return QPen(QColor(palette.accent if lit else palette.muted), (1.8 if lit else 1.0) * style.stroke)


def _paint_arrow(painter: QPainter, below: QRectF, above: QRectF, shape: str, lit: bool, style: Style) -> None:
    """From a block to the one above it, with the shape of what goes there."""
    x = below.center().x()
    _arrow(painter, QPointF(x, below.top()), QPointF(x, above.bottom()), lit, style)
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    room = QRectF(x + 0.5 * style.em, above.bottom(), below.right() - x, below.top() - above.bottom())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shape)


def _arrow(painter: QPainter, start: QPointF, end: QPointF, lit: bool, style: Style) -> None:
    """A line with a head at its end; level or upright."""
    size = 0.35 * style.em
    painter.setPen(_pen(lit, style))
    painter.drawLine(QLineF(start, end))
    way = end - start
    along = QPointF(
        0 if not way.x() else size * (1 if way.x() > 0 else -1), 0 if not way.y() else size * (1 if way.y() > 0 else -1)
    )
    across = QPointF(along.y(), along.x()) * 0.6
    painter.setBrush(_pen(lit, style).color())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([end, end - along + across, end - along - across]))


def _paint_skip(painter: QPainter, boxes: tuple[QRectF, ...], index: int, skip: int, lit: bool, style: Style) -> None:
    """The skip path: out of the stream below the sub-layer, around it, into the left of the sum."""
    box, below = boxes[index], boxes[index - skip]
    start = QPointF(below.center().x(), below.bottom() + 0.55 * GAP_EMS * style.em)
    left = box.left() - 0.9 * style.em
    painter.setPen(_pen(lit, style))
    painter.drawPolyline([start, QPointF(left, start.y()), QPointF(left, box.center().y())])
    _arrow(painter, QPointF(left, box.center().y()), QPointF(box.left(), box.center().y()), lit, style)


def _paint_block(painter: QPainter, box: QRectF, block: Block, pointed: bool, lit: bool, style: Style) -> None:
    palette, em = style.palette, style.em
    ground = palette.accent_soft if block.fresh else palette.surface
    strong = pointed or block.opened
    painter.setPen(
        QPen(QColor(palette.accent if strong or lit else palette.border), (2.0 if strong else 1.0) * style.stroke)
    )
    painter.setBrush(QColor(palette.chip if block.shape is Shape.TOKENS else ground))
    radius = box.height() / 2 if block.shape is Shape.SUM else 0.35 * em
    painter.drawRoundedRect(box, radius, radius)
    if block.shape is Shape.FOLDED:
        inner = box.adjusted(0.25 * em, 0.25 * em, -0.25 * em, -0.25 * em)
        painter.drawRoundedRect(inner, radius, radius)
    inside = box.adjusted(0.8 * em, 0, -0.8 * em, 0)
    if block.shape is Shape.SUM:
        _paint_plus(painter, QPointF(box.left() + 0.5 * box.height(), box.center().y()), style)
        inside.setLeft(box.left() + box.height() + 0.2 * em)
    painter.setFont(style.small)
    painter.setPen(QColor(palette.muted))
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, block.runs)
    inside.setRight(inside.right() - QFontMetricsF(style.small).horizontalAdvance(block.runs) - 0.4 * em)
    font = style.mono if block.shape is Shape.TOKENS else style.font
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    metrics = QFontMetricsF(font)
    title = block.short if block.short and metrics.horizontalAdvance(block.title) > inside.width() else block.title
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, inside.width())
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_plus(painter: QPainter, middle: QPointF, style: Style) -> None:
    """The circled plus of a sum."""
    radius = 0.6 * style.em
    painter.setPen(QPen(QColor(style.palette.text), style.stroke))
    painter.setBrush(QColor(style.palette.surface))
    painter.drawEllipse(middle, radius, radius)
    arm = 0.55 * radius
    painter.drawLine(QLineF(middle.x() - arm, middle.y(), middle.x() + arm, middle.y()))
    painter.drawLine(QLineF(middle.x(), middle.y() - arm, middle.x(), middle.y() + arm))


def _paint_memory(painter: QPainter, spec: ArchitectureSpec, layout: ArchitectureLayout, style: Style) -> None:
    """The encoder's output: once out of the encoder, and into every decoder layer as keys and values."""
    source = layout.encoder[-1]
    taken = [box.center().y() for block, box in zip(spec.decoder, layout.decoder, strict=True) if block.reads]
    if not taken:
        return
    ends = [source.center().y(), *taken]
    painter.setPen(_pen(True, style))
    painter.drawLine(QLineF(source.right(), source.center().y(), layout.bus, source.center().y()))
    painter.drawLine(QLineF(layout.bus, min(ends), layout.bus, max(ends)))
    for block, box in zip(spec.decoder, layout.decoder, strict=True):
        if block.reads:
            y = box.center().y()
            _arrow(painter, QPointF(layout.bus, y), QPointF(box.left(), y), True, style)
            painter.setFont(style.small)
            painter.setPen(QColor(style.palette.accent))
            painter.drawText(QPointF(layout.bus + 0.4 * style.em, y - 0.3 * style.em), "K, V")
    above = QRectF(source.left(), source.top() - 3.4 * style.em, source.width() + 1.2 * style.em, 3.2 * style.em)
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.accent))
    painter.drawText(above, int(Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap), spec.memory)


def _paint_heads(painter: QPainter, rect: QRectF, layout: ArchitectureLayout, style: Style) -> None:
    painter.setFont(style.title)
    painter.setPen(QColor(style.palette.text))
    for name, boxes in (("Encoder", layout.encoder), ("Decoder", layout.decoder)):
        top = boxes[-1].top() - (5.4 if name == "Encoder" else 1.6) * style.em
        head = QRectF(boxes[0].left(), max(rect.top(), top), boxes[0].width(), 1.4 * style.em)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, name)
