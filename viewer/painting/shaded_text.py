"""Weights as text: the queries as a line of tokens, below them the keys, shaded by what the chosen queries look at.

Shape letters: R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

PAD_EMS, GAP_EMS, LINE_EMS = 0.35, 0.3, 1.9
DARK = 0.5
"""Lightness below which text on a colour is white."""


@dataclass(frozen=True)
class TextLayout:
    """Where the tokens stand, and the heading of either part."""

    rows: tuple[QRectF, ...]
    columns: tuple[QRectF, ...]
    row_heading: QRectF
    column_heading: QRectF

    def row_at(self, point: QPointF) -> int | None:
        """The row whose token is at a point."""
        return next((index for index, box in enumerate(self.rows) if box.contains(point)), None)


def text_layout(rect: QRectF, spec: HeatmapSpec, style: Style) -> TextLayout:
    """Queries and keys as two paragraphs in `rect`, broken where there is no room."""
    heading = QRectF(rect.left(), rect.top(), rect.width(), 1.4 * style.small_line)
    rows, below = _paragraph(rect, heading.bottom(), spec.rows.labels, style)
    second = QRectF(rect.left(), below + 0.6 * style.em, rect.width(), 1.4 * style.small_line)
    columns, _ = _paragraph(rect, second.bottom(), spec.columns.labels, style)
    return TextLayout(rows, columns, heading, second)


def text_fits(rect: QRectF, spec: HeatmapSpec, style: Style) -> bool:
    """Whether both paragraphs have room in `rect`."""
    layout = text_layout(rect, spec, style)
    return all(rect.contains(box) for box in (*layout.rows[-1:], *layout.columns[-1:]))


def looked_at(spec: HeatmapSpec, chosen: Sequence[int]) -> Floats:
    """What the chosen rows look at, averaged over them (all rows where none is chosen): [C]."""
    rows = [row for row in chosen if row < len(spec.values)] or range(len(spec.values))
    found: Floats = spec.values[list(rows)].mean(axis=0)
    return found


def heading(spec: HeatmapSpec, chosen: Sequence[int]) -> str:
    """What the shades are, in words."""
    return f"{spec.columns.title}, shaded by {_shaded_by(spec, chosen)}"


def _shaded_by(spec: HeatmapSpec, chosen: Sequence[int]) -> str:
    rows = [row for row in chosen if row < len(spec.values)]
    if not rows:
        return f"the mean of all {len(spec.values)} rows"
    return f"what ‘{spec.rows.labels[rows[0]]}’ looks at" if len(rows) == 1 else f"the mean of {len(rows)} rows"


def _fitting(style: Style, width: float, *texts: str) -> str:
    """The first text that fits a width; the last is shortened where none does."""
    metrics = QFontMetricsF(style.small)
    fitting = (text for text in texts if metrics.horizontalAdvance(text) <= width)
    return next(fitting, metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, width))


def paint_shaded(
    painter: QPainter, rect: QRectF, spec: HeatmapSpec, style: Style, chosen: Sequence[int] = ()
) -> TextLayout:
    """Paint both paragraphs; `chosen` are the rows whose weights shade the keys. Returns where the tokens stand."""
    layout = text_layout(rect, spec, style)
    painter.save()
    painter.setClipRect(rect)
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    said = heading(spec, chosen), f"shaded by {_shaded_by(spec, chosen)}", _shaded_by(spec, chosen)
    painter.drawText(layout.row_heading, left, _fitting(style, rect.width(), spec.rows.title))
    painter.drawText(layout.column_heading, left, _fitting(style, rect.width(), *said))
    painter.setFont(style.mono)
    for index, (box, label) in enumerate(zip(layout.rows, spec.rows.labels, strict=True)):
        _paint_token(painter, box, label, style.palette.chip, style.palette.text)
        if index in chosen:
            painter.setPen(QPen(QColor(style.palette.accent), 1.5 * style.stroke))
            painter.drawRect(box)
    weights = looked_at(spec, chosen)
    masked = _masked(spec, chosen)
    colors = COLORMAPS[spec.colormap]
    grounds = colors[np.rint(spec.scale.normalise(weights) * (len(colors) - 1)).astype(np.int16)].tolist()
    for index, (box, label) in enumerate(zip(layout.columns, spec.columns.labels, strict=True)):
        if masked[index]:
            _paint_token(painter, box, label, style.palette.mask, style.palette.muted)
            continue
        ground = QColor(*grounds[index])
        _paint_token(painter, box, label, ground.name(), "#ffffff" if ground.lightnessF() < DARK else "#000000")
    painter.restore()
    return layout


def _masked(spec: HeatmapSpec, chosen: Sequence[int]) -> Booleans:
    """Keys that none of the chosen rows may look at, [C]."""
    if spec.mask is None:
        return np.zeros(spec.values.shape[1], dtype=np.bool_)
    rows = [row for row in chosen if row < len(spec.values)] or range(len(spec.values))
    found: Booleans = np.all(spec.mask[list(rows)], axis=0)
    return found


def _paint_token(painter: QPainter, box: QRectF, label: str, ground: str, ink: str) -> None:
    painter.fillRect(box, QColor(ground))
    painter.setPen(QColor(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


def _paragraph(rect: QRectF, top: float, labels: Sequence[str], style: Style) -> tuple[tuple[QRectF, ...], float]:
    """Where each token of a paragraph stands, and where the paragraph ends."""
    metrics = QFontMetricsF(style.mono)
    x, y, line = rect.left(), top, LINE_EMS * style.em
    boxes = []
    for label in labels:
        width = metrics.horizontalAdvance(label) + 2 * PAD_EMS * style.em
        if x > rect.left() and x + width > rect.right():
            x, y = rect.left(), y + line
        boxes.append(QRectF(x, y, width, line - GAP_EMS * style.em))
        x += width + GAP_EMS * style.em
    return tuple(boxes), y + line
