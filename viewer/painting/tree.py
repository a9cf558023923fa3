"""The tree of a beam search: where its nodes stand, and how they are drawn.

Time runs from left to right, one column a step; every hypothesis is a straight lane as far as it is the best
continuation of its parent, and branches leave it downwards. Edges never cross.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import BeamDot, BeamSpec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

START = -1
"""Stands for the start of the sentence, from which the dots without a parent come."""
LABEL_EMS = 9.0
"""The width beyond which a piece is shortened in the middle."""
PADDING_EMS = 0.45
CHIP_EMS = 1.55
PITCH_EMS = 2.0
GAP_EMS = 1.7
MARGIN_EMS = 0.5
HEADER_EMS = 1.8
RADIUS_EMS = 0.3
BEND_EMS = 0.35
DOT_EMS = 0.6
RANK_EMS = 1.1
"""Diameter of the disc that holds the rank of a complete hypothesis."""
STRONG = 2.2
"""How much stronger than other edges the best hypothesis is drawn."""
LEAST_TEXT = 4.5
"""Text that would be smaller than this on the screen, in pixels, is left out."""


@dataclass(frozen=True, eq=False)
class TreeLayout:
    """Where every shown node stands, in pixels at zoom 1.

    `nodes` holds a chip for each dot's index and one for `START`; `columns[step]` the dots of a step from top to
    bottom, `lefts[step]` where they begin (step 0 is the start); `children` are the best first.
    """

    nodes: Mapping[int, QRectF]
    columns: tuple[tuple[int, ...], ...]
    lefts: tuple[float, ...]
    children: Mapping[int, Sequence[int]]
    best: frozenset[int]
    size: QSizeF

    def node_at(self, point: QPointF) -> int | None:
        """The index of the dot at a point."""
        column = bisect_right(self.lefts, point.x()) - 1
        if column < 1:
            return None
        return next((index for index in self.columns[column] if self.nodes[index].contains(point)), None)


def tree_layout(spec: BeamSpec, style: Style, hide_discarded: bool = False) -> TreeLayout:
    """Place the dots of a beam search, with or without the discarded ones."""
    children = _children(spec, hide_discarded)
    rows = _rows(spec, children)
    columns: list[list[int]] = [[] for _ in range(1 + max((_column(spec, index) for index in rows), default=0))]
    for index in sorted(rows, key=rows.__getitem__):
        columns[_column(spec, index)].append(index)
    widths = _widths(spec, rows, style)
    lefts = [MARGIN_EMS * style.em]
    for column in columns[:-1]:
        lefts.append(lefts[-1] + max((widths[index] for index in column), default=0.0) + GAP_EMS * style.em)
    top, height = (HEADER_EMS + MARGIN_EMS) * style.em, CHIP_EMS * style.em
    nodes = {
        index: QRectF(lefts[_column(spec, index)], top + row * PITCH_EMS * style.em, widths[index], height)
        for index, row in rows.items()
    }
    right = max(rect.right() for rect in nodes.values())
    bottom = max(rect.bottom() for rect in nodes.values())
    size = QSizeF(right + MARGIN_EMS * style.em, bottom + MARGIN_EMS * style.em)
    best = next((index for index, dot in enumerate(spec.dots) if dot.rank == 1), None)
    return TreeLayout(nodes, tuple(map(tuple, columns)), tuple(lefts), children, path_to(spec, best), size)


def path_to(spec: BeamSpec, index: int | None) -> frozenset[int]:
    """A dot and all before it; empty for None."""
    path = set()
    while index is not None:
        path.add(index)
        index = spec.dots[index].parent
    return frozenset(path)


def neighbour(layout: TreeLayout, spec: BeamSpec, index: int, key: Qt.Key) -> int:
    """The dot that an arrow key leads to: parent, best child, or the next dot of the step; `index` where there is none.

    Siblings stand one below the other, so that up and down go through them first.
    """
    if key is Qt.Key.Key_Left:
        parent = spec.dots[index].parent
        return index if parent is None else parent
    if key is Qt.Key.Key_Right:
        return next(iter(layout.children.get(index, ())), index)
    column = layout.columns[spec.dots[index].step]
    place = column.index(index) + (-1 if key is Qt.Key.Key_Up else 1)
    return column[place] if 0 <= place < len(column) else index


def paint_tree(
    painter: QPainter,
    exposed: QRectF,
    layout: TreeLayout,
    spec: BeamSpec,
    style: Style,
    cursor: int | None = None,
) -> None:
    """Paint what of the tree is in `exposed`; `cursor` is the dot that the keyboard is on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.mono)
    lit = path_to(spec, spec.selected)
    _paint_edges(painter, exposed, layout, spec, lit, style)
    legible = style.em * painter.worldTransform().m11() >= LEAST_TEXT
    for index in _exposed_nodes(exposed, layout):
        rect = layout.nodes[index]
        if index == START:
            _paint_start(painter, rect, style)
            continue
        paint_node(painter, rect, spec.dots[index], index in lit, index in layout.best, style, legible)
        if index in (cursor, spec.selected):
            _paint_ring(painter, rect, index == cursor, style)
    painter.restore()


def paint_steps(painter: QPainter, exposed: QRectF, top: float, layout: TreeLayout, style: Style) -> None:
    """Paint the numbers of the steps in a strip from `top` on, over what is there."""
    palette = style.palette
    strip = QRectF(exposed.left(), top, exposed.width(), HEADER_EMS * style.em)
    painter.save()
    painter.fillRect(strip, QColor(palette.surface))
    painter.setPen(QPen(QColor(palette.border), style.stroke))
    painter.drawLine(strip.bottomLeft(), strip.bottomRight())
    painter.setFont(style.small)
    painter.setPen(QColor(palette.muted))
    for step in _exposed_columns(exposed, layout):
        place = QRectF(layout.lefts[step], strip.top(), 6 * style.em, strip.height())
        if step > 0:
            place.translate(PADDING_EMS * style.em, 0.0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(step) if step else "Step")
    painter.restore()


def paint_node(
    painter: QPainter, rect: QRectF, dot: BeamDot, lit: bool, best: bool, style: Style, legible: bool = True
) -> None:
    """One chip: filled where it went on, outlined where it was discarded, ringed and numbered where it is complete."""
    palette = style.palette
    kept, finished = dot.fate != "discarded", dot.fate == "finished"
    radius = RADIUS_EMS * style.em
    outline = palette.accent if lit else palette.text if finished or best else palette.hatch
    pen = QPen(QColor(outline), style.stroke)
    painter.setPen(Qt.PenStyle.NoPen if kept and not (finished or best or lit) else pen)
    painter.setBrush(QColor(palette.accent_soft if lit else palette.chip if kept else palette.surface))
    painter.drawRoundedRect(rect, radius, radius)
    if finished:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outer = 2.2 * style.stroke
        painter.drawRoundedRect(rect.adjusted(-outer, -outer, outer, outer), radius + outer, radius + outer)
    if not legible:
        return
    room = rect.adjusted(PADDING_EMS * style.em, 0, -PADDING_EMS * style.em, 0)
    painter.setPen(QColor(palette.text if kept else palette.muted))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown_label(dot.label, QFontMetricsF(style.mono), style))
    if dot.rank:
        _paint_rank(painter, room, dot.rank, style)


def shown_label(label: str, metrics: QFontMetricsF, style: Style) -> str:
    """What is written on a chip."""
    return metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, LABEL_EMS * style.em)


def _column(spec: BeamSpec, index: int) -> int:
    return 0 if index == START else spec.dots[index].step


def _children(spec: BeamSpec, hide_discarded: bool) -> dict[int, list[int]]:
    """The shown children of every shown dot and of the start, the best first."""
    children: dict[int, list[int]] = {START: []}
    for index, dot in enumerate(spec.dots):
        parent = START if dot.parent is None else dot.parent
        if parent in children and not (hide_discarded and dot.fate == "discarded"):
            children[parent].append(index)
            children[index] = []
    worth = _worth(spec)
    for siblings in children.values():
        siblings.sort(key=worth.__getitem__, reverse=True)
    return children


def _worth(spec: BeamSpec) -> list[tuple[float, int, float]]:
    """How good the best hypothesis through each dot is: by rank, then by how far it goes, then by probability."""
    worth = [(-float(dot.rank or len(spec.dots) + 1), dot.step, dot.log_probability) for dot in spec.dots]
    for index in range(len(spec.dots) - 1, -1, -1):
        parent = spec.dots[index].parent
        if parent is not None:
            worth[parent] = max(worth[parent], worth[index])
    return worth


def _rows(spec: BeamSpec, children: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The row of every node: lanes as high as there is room for their whole length.

    A branch begins below its lane's next node, and so below where it leaves the lane. The branches of a lane are
    placed from its right end to its left, so that no edge crosses another.
    """
    free = [0] * (2 + max((dot.step for dot in spec.dots), default=0))
    rows: dict[int, int] = {}
    waiting = [START]
    while waiting:
        lane = [waiting.pop()]
        while children[lane[-1]]:
            lane.append(children[lane[-1]][0])
        row = max(free[_column(spec, index)] for index in lane)
        for index in lane:
            rows[index] = row
            free[_column(spec, index)] = row + 1
            waiting.extend(reversed(children[index][1:]))
    return rows


def _widths(spec: BeamSpec, shown: Iterable[int], style: Style) -> dict[int, float]:
    """The width of every chip."""
    metrics = QFontMetricsF(style.mono)
    measured: dict[str, float] = {}
    widths: dict[int, float] = {}
    for index in shown:
        if index == START:
            widths[index] = QFontMetricsF(style.small).horizontalAdvance("Step")
            continue
        dot = spec.dots[index]
        if dot.label not in measured:
            measured[dot.label] = metrics.horizontalAdvance(shown_label(dot.label, metrics, style))
        rank = (RANK_EMS + 0.3) * style.em if dot.rank else 0.0
        widths[index] = max(measured[dot.label] + rank + 2 * PADDING_EMS * style.em, CHIP_EMS * style.em)
    return widths


def _exposed_columns(exposed: QRectF, layout: TreeLayout) -> range:
    first = max(0, bisect_right(layout.lefts, exposed.left()) - 1)
    return range(first, bisect_right(layout.lefts, exposed.right()))


def _exposed_nodes(exposed: QRectF, layout: TreeLayout) -> list[int]:
    room = exposed.adjusted(-4, -4, 4, 4)
    columns = _exposed_columns(exposed, layout)
    return [index for step in columns for index in layout.columns[step] if layout.nodes[index].intersects(room)]


def _paint_edges(
    painter: QPainter, exposed: QRectF, layout: TreeLayout, spec: BeamSpec, lit: frozenset[int], style: Style
) -> None:
    """The exposed edges, the stronger ones over the others."""
    palette = style.palette
    edges: dict[str, QPainterPath] = {kind: QPainterPath() for kind in ("discarded", "kept", "best", "lit")}
    columns = _exposed_columns(exposed, layout)
    for step in range(max(1, columns.start), min(len(layout.columns), columns.stop + 1)):
        for index in layout.columns[step]:
            dot = spec.dots[index]
            begin, end = layout.nodes[START if dot.parent is None else dot.parent], layout.nodes[index]
            if end.bottom() < exposed.top() or begin.top() > exposed.bottom():
                continue
            kind = "discarded" if dot.fate == "discarded" else "kept"
            kind = "lit" if index in lit else "best" if index in layout.best else kind
            _add_edge(edges[kind], begin, end, layout.lefts[step], style)
    pens = {
        "discarded": QPen(QColor(palette.hatch), style.stroke),
        "kept": QPen(QColor(palette.muted), style.stroke),
        "best": QPen(QColor(palette.text), STRONG * style.stroke),
        "lit": QPen(QColor(palette.accent), STRONG * style.stroke),
    }
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for kind, path in edges.items():
        painter.strokePath(path, pens[kind])


def _add_edge(path: QPainterPath, begin: QRectF, end: QRectF, left: float, style: Style) -> None:
    """A line from chip to chip, with a round bend down to its row before the column that begins at `left`."""
    from_y, to_y = begin.center().y(), end.center().y()
    path.moveTo(begin.right(), from_y)
    if to_y - from_y < 1.0:
        path.lineTo(end.left(), to_y)
        return
    trunk, bend = left - 0.6 * GAP_EMS * style.em, BEND_EMS * style.em
    path.lineTo(trunk - bend, from_y)
    path.quadTo(trunk, from_y, trunk, from_y + bend)
    path.lineTo(trunk, to_y - bend)
    path.quadTo(trunk, to_y, trunk + bend, to_y)
    path.lineTo(end.left(), to_y)


def _paint_start(painter: QPainter, rect: QRectF, style: Style) -> None:
    side = DOT_EMS * style.em
    painter.setPen(QPen(QColor(style.palette.muted), style.stroke))
    painter.drawLine(QPointF(rect.left() + side / 2, rect.center().y()), QPointF(rect.right(), rect.center().y()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.muted))
    painter.drawEllipse(QRectF(rect.left(), rect.center().y() - side / 2, side, side))


def _paint_rank(painter: QPainter, room: QRectF, rank: int, style: Style) -> None:
    side = RANK_EMS * style.em
    disc = QRectF(room.right() - side, room.center().y() - side / 2, side, side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.accent if rank == 1 else style.palette.muted))
    painter.drawEllipse(disc)
    painter.save()
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.on_accent))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(rank))
    painter.restore()


def _paint_ring(painter: QPainter, rect: QRectF, has_cursor: bool, style: Style) -> None:
    """Mark the dot the keyboard is on, or, more thinly, the selected one."""
    out = (3.6 if has_cursor else 1.4) * style.stroke
    radius = RADIUS_EMS * style.em + out
    painter.setPen(QPen(QColor(style.palette.accent), 1.6 * style.stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(-out, -out, out, out), radius, radius)
