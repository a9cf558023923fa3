"""A map painted into a rectangle, for tests that look at what was painted."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.labelled_map import extent_of, paint_map, plan_within
from attention_viewer.viewer.state.specs import HeatmapSpec, Overlay
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter


def paint_heatmap(
    painter: QPainter,
    rect: QRectF,
    spec: HeatmapSpec,
    style: Style,
    overlay: Overlay = Overlay(),  # noqa: B008 - frozen
    vector: bool = False,
) -> QRectF:
    """Paint a map as large as `rect` lets it be, from its upper left corner; returns where the cells are."""
    plan = plan_within(rect.width(), rect.height(), extent_of(spec), style)
    return paint_map(painter, rect.topLeft(), spec, plan, style, vector, overlay)
