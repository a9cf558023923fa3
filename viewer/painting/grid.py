"""All layers and heads of a kind as small maps: layers downwards, heads to the right.

Shape letters: L layers, H heads, R rows, C columns, h and w pixels of a small map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.heatmap import VECTOR_CELLS, badge_size, paint_badge, paint_rectangles
from attention_viewer.viewer.painting.raster import Pixels, cell_colors, fit, image_of
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import GridSpec, scale_for
from attention_viewer.viewer.state.view_state import Head
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

GUTTER_EMS = 0.3
"""Space between two small maps."""
DIMMED = 0.5
"""How much of the ground covers the small map of a head that is off; its weights stay visible underneath."""
OFF = "off"


@dataclass(frozen=True)
class GridLayout:
    """Where the small maps stand: `area` divided into `layers` x `heads` slots with `gutter` between."""

    area: QRectF
    layers: int
    heads: int
    gutter: float

    def slot(self, layer: int, head: int) -> QRectF:
        """The rectangle of one small map."""
        width = (self.area.width() - (self.heads - 1) * self.gutter) / self.heads
        height = (self.area.height() - (self.layers - 1) * self.gutter) / self.layers
        x = self.area.left() + head * (width + self.gutter)
        y = self.area.top() + layer * (height + self.gutter)
        return QRectF(x, y, max(width, 1.0), max(height, 1.0))

    def head_at(self, point: QPointF) -> Head | None:
        """The head whose small map is at a point."""
        for layer in range(self.layers):
            for head in range(self.heads):
                if self.slot(layer, head).contains(point):
                    return Head(layer, head)
        return None


def grid_layout(rect: QRectF, spec: GridSpec, style: Style) -> GridLayout:
    """The layout in `rect`, with room for L1, H1 and the selection's frame."""
    layers, heads = spec.values.shape[:2]
    metrics = QFontMetricsF(style.small)
    left = metrics.horizontalAdvance(f"L{layers}") + style.gap
    top = metrics.height()
    frame = 2.0 * style.stroke
    area = QRectF(rect.left() + left, rect.top() + top, rect.width() - left - frame, rect.height() - top - frame)
    return GridLayout(area, layers, heads, GUTTER_EMS * style.em)


def paint_grid(painter: QPainter, rect: QRectF, spec: GridSpec, style: Style, vector: bool = False) -> GridLayout:
    """Paint all the small maps, which are off, and the frame of the selected one; returns where they are."""
    layout = grid_layout(rect, spec, style)
    _paint_names(painter, rect, layout, style)
    if vector and spec.values.size <= VECTOR_CELLS:
        for layer in range(layout.layers):
            for head in range(layout.heads):
                paint_rectangles(painter, layout.slot(layer, head), _colors(spec, layer, head, style))
    else:
        _paint_mosaic(painter, layout, spec, style, vector)
    for off in spec.off:
        if off.layer < layout.layers and off.head < layout.heads:
            _paint_off(painter, layout.slot(off.layer, off.head), style)
    for each in spec.summed:
        if each.layer < layout.layers and each.head < layout.heads and len(spec.summed) < layout.layers * layout.heads:
            _paint_summed(painter, layout.slot(each.layer, each.head), style)
    if spec.selected is not None:
        pen = QPen(QColor(style.palette.accent), 2.0 * style.stroke)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.save()
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        around = style.stroke
        slot = layout.slot(spec.selected.layer, spec.selected.head)
        painter.drawRect(slot.adjusted(-around, -around, around, around))
        painter.restore()
    return layout


def _colors(spec: GridSpec, layer: int, head: int, style: Style) -> Pixels:
    values = spec.values[layer, head]
    scale = spec.scale or scale_for(spec.color_range, values)
    return cell_colors(values, spec.mask, scale, spec.colormap, style.palette)


def _paint_mosaic(painter: QPainter, layout: GridLayout, spec: GridSpec, style: Style, vector: bool) -> None:
    """The small maps in the device's own pixels (in a drawing a pixel for each cell), coloured all at once."""
    on_device = painter.deviceTransform().mapRect(layout.slot(0, 0))
    height, width = max(1, round(on_device.height())), max(1, round(on_device.width()))
    if vector:
        height, width = spec.values.shape[2:]
    values = spec.values
    if spec.scale is not None:
        scale = spec.scale
    elif spec.color_range is ColorRange.MAXIMUM:
        highest = values.max(axis=(2, 3), keepdims=True, initial=np.finfo(np.float32).tiny)
        values = values / highest
        scale = scale_for(ColorRange.UNIT, values)
    else:
        scale = scale_for(spec.color_range, values)
    mask = None if spec.mask is None else ~fit(~spec.mask, height, width)
    colors = cell_colors(fit(values, height, width), mask, scale, spec.colormap, style.palette)  # [L, H, h, w]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for layer in range(layout.layers):
        for head in range(layout.heads):
            painter.drawImage(layout.slot(layer, head), image_of(colors[layer, head]))
    painter.restore()


def _paint_off(painter: QPainter, slot: QRectF, style: Style) -> None:
    """Dim a small map and say that its head is off, in its upper right corner or over all of a tiny one."""
    veil = QColor(style.palette.surface)
    veil.setAlphaF(DIMMED)
    painter.fillRect(slot, veil)
    width, height = badge_size(OFF, style)
    scale = min(1.0, slot.width() / width, slot.height() / height)
    badge = QRectF(0.0, 0.0, width * scale, height * scale)
    badge.moveTopRight(slot.topRight())
    paint_badge(painter, badge, OFF, style)


def _paint_summed(painter: QPainter, slot: QRectF, style: Style) -> None:
    """A thin frame around a small map that is one of those shown as one."""
    pen = QPen(QColor(style.palette.accent), style.stroke, Qt.PenStyle.DashLine)
    painter.save()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(slot)
    painter.restore()


def _paint_names(painter: QPainter, rect: QRectF, layout: GridLayout, style: Style) -> None:
    painter.save()
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for layer in range(layout.layers):
        slot = layout.slot(layer, 0)
        box = QRectF(rect.left(), slot.top(), slot.left() - rect.left() - 0.5 * style.gap, slot.height())
        painter.drawText(box, right, f"L{layer + 1}")
    metrics = QFontMetricsF(style.small)
    every = 1 + int(metrics.horizontalAdvance(f"H{layout.heads} ") / (layout.slot(0, 0).width() + layout.gutter))
    for head in range(0, layout.heads, every):
        slot = layout.slot(0, head)
        box = QRectF(slot.left() - style.em, rect.top(), slot.width() + 2 * style.em, slot.top() - rect.top())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"H{head + 1}")
    painter.restore()
