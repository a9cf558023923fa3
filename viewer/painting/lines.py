"""Weights as lines between two columns of tokens: queries on the left, keys on the right, as opaque as they are large.

Shape letters: R rows (queries), C columns (keys).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from attention_viewer.model.contract.api import Floats
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.curves import curve_colors
from attention_viewer.viewer.painting.labels import elided, shortened
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

LEAST_OPACITY = 0.02
"""Lines that would be fainter are not drawn: they could not be seen, and there are most of them."""
FAINT = 0.06
"""Opacity of what is not lit, as a share of its own, while something is."""
LEAST_ROW_EMS, MOST_ROW_EMS, NATURAL_ROW_EMS, ROOMY_ROW_EMS = 0.55, 1.9, 1.6, 1.4
MEASURED = 12
"""Labels whose width is measured, the longest ones."""
LEVELS = 24
"""Steps of opacity: lines of one step are drawn at once."""
MOST_SMOOTH = 800
"""More lines than that are drawn a pixel wide and without smoothing: what takes time, and is seen in few lines only."""
BESIDE, MOST_BESIDE = 2.4, 0.7
"""How far lines of several heads stand from each other: in strokes, and together at most in steps of tokens."""
WIDE_EMS, NATURAL_WIDE_EMS = 24.0, 18.0
"""Width between the columns of tokens, at most and where nothing else bounds it."""
ROUNDING = 0.5
"""Pixels by which a name may be wider than its room."""


@dataclass(frozen=True)
class LinesLayout:
    """Where tokens stand: the y of each row and column, the x at which lines begin and end."""

    left: float
    right: float
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    step: float

    def moved(self, down: float) -> LinesLayout:
        """The same with all lines so far down."""
        rows, columns = (tuple(y + down for y in ys) for ys in (self.rows, self.columns))
        return replace(self, rows=rows, columns=columns)

    def row_at(self, point: QPointF) -> int | None:
        """The row whose token is at a point."""
        return _nearest(self.rows, self.step, point.y()) if point.x() <= self.left else None

    def column_at(self, point: QPointF) -> int | None:
        """The column whose token is at a point."""
        return _nearest(self.columns, self.step, point.y()) if point.x() >= self.right else None


def lines_layout(rect: QRectF, spec: HeatmapSpec, style: Style) -> LinesLayout:
    """Tokens below each other in `rect`, both columns over its height, the lines between them."""
    rows, columns = spec.values.shape
    top = rect.top() + _legend_height(spec, style)
    room = max(rect.bottom() - top, 1.0)
    step = min(room / max(rows, columns, 1), MOST_ROW_EMS * style.em)
    beside, after = (_widest(labels, style) for labels in (spec.rows.labels, spec.columns.labels))
    left = rect.left() + min(beside, 0.4 * rect.width()) + style.gap
    right = min(rect.right() - min(after, 0.4 * rect.width()) - style.gap, left + WIDE_EMS * style.em)
    return LinesLayout(left, max(right, left + 1.0), _places(top, step, rows), _places(top, step, columns), step)


def lines_natural(spec: HeatmapSpec, style: Style) -> QSizeF:
    """The size at which all tokens are named, and lines have room."""
    beside, after = (_widest(labels, style) for labels in (spec.rows.labels, spec.columns.labels))
    rows = max(spec.values.shape) * NATURAL_ROW_EMS * style.em
    return QSizeF(beside + after + 2 * style.gap + NATURAL_WIDE_EMS * style.em, rows + _legend_height(spec, style))


def lines_fit(rect: QRectF, spec: HeatmapSpec, style: Style) -> bool:
    """Whether all tokens are named in `rect` and lines have room between them."""
    layout = lines_layout(rect, spec, style)
    return layout.step >= ROOMY_ROW_EMS * style.em and layout.right - layout.left >= NATURAL_WIDE_EMS * style.em


def are_cut(width: float, spec: HeatmapSpec, style: Style) -> bool:
    """Whether the name of any token is shortened where the picture is so wide."""
    rect, metrics = QRectF(0.0, 0.0, width, lines_natural(spec, style).height()), QFontMetricsF(style.mono)
    rooms = _rooms(rect, lines_layout(rect, spec, style), style)
    sides = zip((spec.rows.labels, spec.columns.labels), rooms, strict=True)
    return any(metrics.horizontalAdvance(label) > room for labels, room in sides for label in labels)


def paint_lines(
    painter: QPainter,
    rect: QRectF,
    spec: HeatmapSpec,
    style: Style,
    lit: Overlay | None = None,
    head: int | None = None,
) -> None:
    """Paint the tokens and a line for each weight, a colour for each head; what is `lit` alone where anything is.

    Lines of several heads stand beside each other in the order of their names, so that colour alone tells nothing;
    those of one of them, counted from 0, stand out where `head` says so.
    """
    layout = lines_layout(rect, spec, style)
    lit = None if lit is None or not (lit.rows or lit.columns) else lit
    painter.save()
    painter.setClipRect(rect)
    maps = spec.singles or (("", spec.values),)
    shown = [_shown(values, spec, lit) * (1.0 if head in (None, at) else FAINT) for at, (_, values) in enumerate(maps)]
    drawn = sum(int((opacity >= LEAST_OPACITY).sum()) for opacity in shown)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, drawn <= MOST_SMOOTH)
    pens = style if drawn <= MOST_SMOOTH else replace(style, stroke=0.0)
    beside = min(BESIDE * style.stroke, MOST_BESIDE * layout.step / len(maps))
    for at, (opacity, color) in enumerate(zip(shown, curve_colors(style, len(maps)), strict=True)):
        _paint_map(painter, layout.moved((at - (len(maps) - 1) / 2) * beside), opacity, color, pens)
    _paint_tokens(painter, rect, layout, spec, style, lit)
    if spec.singles:
        _paint_legend(painter, rect, spec, style, head)
    painter.restore()


def head_at(point: QPointF, rect: QRectF, spec: HeatmapSpec, style: Style) -> int | None:
    """The head whose name above the lines is at a point, counted from 0."""
    places = _legend_places(rect, spec, style)
    return next((at for at, place in enumerate(places) if place.contains(point)), None)


def _shown(values: Floats, spec: HeatmapSpec, lit: Overlay | None) -> Floats:
    """How opaque each line is, [R, C]; what points against a token as much as what points to it."""
    most = max(abs(spec.scale.low), abs(spec.scale.high), 1e-30)
    opacity = np.clip(np.abs(values) / most, 0.0, 1.0)
    if spec.mask is not None:
        opacity = np.where(spec.mask, 0.0, opacity)
    if lit is not None:
        kept = np.zeros(values.shape, dtype=np.bool_)
        kept[[row for row in lit.rows if row < values.shape[0]]] = True
        kept[:, [column for column in lit.columns if column < values.shape[1]]] = True
        opacity = np.where(kept, opacity, FAINT * opacity)
    shown: Floats = opacity.astype(np.float32)
    return shown


def _paint_map(painter: QPainter, layout: LinesLayout, opacity: Floats, color: str, style: Style) -> None:
    """The lines of one head, the faintest first, in batches of about the same opacity."""
    rows, columns = np.nonzero(opacity >= LEAST_OPACITY)
    levels = np.ceil(opacity[rows, columns] * LEVELS).astype(np.int16)
    order = np.argsort(levels, kind="stable")
    starts = [layout.rows[row] for row in rows[order]]
    ends = [layout.columns[column] for column in columns[order]]
    lines = [QLineF(layout.left, start, layout.right, end) for start, end in zip(starts, ends, strict=True)]
    bounds = np.searchsorted(levels[order], np.arange(1, LEVELS + 2)).tolist()
    for level, (first, last) in enumerate(pairwise(bounds), start=1):
        if first == last:
            continue
        pen = QColor(color)
        pen.setAlphaF(level / LEVELS)
        painter.setPen(QPen(pen, (0.6 + 1.6 * level / LEVELS) * style.stroke))
        painter.drawLines(lines[first:last])


def _paint_tokens(
    painter: QPainter, rect: QRectF, layout: LinesLayout, spec: HeatmapSpec, style: Style, lit: Overlay | None
) -> None:
    painter.setFont(style.mono)
    seen = lit or Overlay()
    every = max(1, int(np.ceil(LEAST_ROW_EMS * style.em / max(layout.step, 1e-6))))
    metrics = QFontMetricsF(style.mono)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    before, after = _rooms(rect, layout, style)
    sides = (
        (spec.rows.labels, layout.rows, rect.left(), before, right, seen.rows),
        (spec.columns.labels, layout.columns, layout.right + style.gap, after, left, seen.columns),
    )
    for labels, places, x, width, how, chosen in sides:
        for index, (label, y) in enumerate(zip(labels, places, strict=True)):
            is_lit = index in chosen
            if index % every and not is_lit:
                continue
            painter.setPen(QColor(style.palette.accent if is_lit else style.palette.text))
            box = QRectF(x, y - metrics.height(), width, 2 * metrics.height())
            fits = metrics.horizontalAdvance(label) <= width
            painter.drawText(box, how, label if fits else shortened(label, style.mono, width))


def _rooms(rect: QRectF, layout: LinesLayout, style: Style) -> tuple[float, float]:
    """How wide the tokens before and after the lines may be; what is short of a pixel counts as room."""
    before, after = layout.left - style.gap - rect.left(), rect.right() - layout.right - style.gap
    return max(before, 1.0) + ROUNDING, max(after, 1.0) + ROUNDING


def _widest(labels: tuple[str, ...], style: Style) -> float:
    """The width of the widest label, which is one of those with the most characters."""
    metrics = QFontMetricsF(style.mono)
    longest = sorted(labels, key=len)[-MEASURED:]
    return max((metrics.horizontalAdvance(elided(label, style)) for label in longest), default=0.0)


def _legend_height(spec: HeatmapSpec, style: Style) -> float:
    return 1.4 * style.small_line if spec.singles else 0.0


def _paint_legend(painter: QPainter, rect: QRectF, spec: HeatmapSpec, style: Style, head: int | None) -> None:
    """The heads by their colours, above the tokens, as many as there is room for; `head` underlined."""
    colors = curve_colors(style, len(spec.singles))
    for at, place in enumerate(_legend_places(rect, spec, style)):
        font = QFont(style.small)
        font.setUnderline(at == head)
        painter.setFont(font)
        painter.setPen(QColor(colors[at]))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, spec.singles[at][0])


def _legend_places(rect: QRectF, spec: HeatmapSpec, style: Style) -> list[QRectF]:
    """Where the names of heads stand, as many as there is room for."""
    metrics, x, places = QFontMetricsF(style.small), rect.left(), list[QRectF]()
    for name, _ in spec.singles:
        width = metrics.horizontalAdvance(name)
        if x + width > rect.right():
            break
        places.append(QRectF(x, rect.top(), width + 1.0, _legend_height(spec, style)))
        x += width + style.em
    return places


def _places(top: float, step: float, count: int) -> tuple[float, ...]:
    return tuple(top + (index + 0.5) * step for index in range(count))


def _nearest(places: tuple[float, ...], step: float, y: float) -> int | None:
    if not places:
        return None
    index = int((y - places[0]) / step + 0.5)
    return index if 0 <= index < len(places) and abs(places[index] - y) <= step else None
