"""The other views of a map as figures: lines between tokens, shaded text, word links."""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.viewer.export.block import SHORTENED, Block, Device
from attention_viewer.viewer.export.figure import Figure, Look, figure
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.colorbar import colorbar_width, paint_colorbar
from attention_viewer.viewer.painting.lines import are_cut, lines_natural, paint_lines
from attention_viewer.viewer.painting.shaded_text import paint_shaded, text_layout
from attention_viewer.viewer.resolve.other_views import as_lines, as_text
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

TEXT_EMS, NARROWEST_EMS = 40.0, 14.0
BAR_EMS = 7.0
"""Height of a colour bar beside text, at most."""


def lines_figure(spec: HeatmapSpec, look: Look) -> Figure:
    """Queries and keys as two columns, with a line for each weight."""
    told = as_lines(spec)
    return figure(spec.title, _lines_block(told, look.fitted), told.caption, look)


def links_figure(spec: HeatmapSpec, look: Look) -> Figure:
    """Word links as lines, with their own caption."""
    return figure(spec.title, _lines_block(spec, look.fitted), spec.caption, look)


def text_figure(spec: HeatmapSpec, look: Look, chosen: Sequence[int]) -> Figure:
    """Queries and keys as two paragraphs, the keys shaded by what the `chosen` rows look at, all where none is."""
    told = as_text(spec)
    return figure(spec.title, _text_block(told, look.style, chosen), told.caption, look)


def _lines_block(spec: HeatmapSpec, style: Style) -> Block:
    size = lines_natural(spec, style)

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_lines(painter, rect, spec, style)

    def notes(width: float, device: Device) -> tuple[str, ...]:
        return (SHORTENED,) if are_cut(width, spec, style) else ()

    least = min(size.width(), NARROWEST_EMS * style.em)
    return Block(size.width(), size.width(), least, lambda width: size.height(), paint, notes)


def _text_block(spec: HeatmapSpec, style: Style, chosen: Sequence[int]) -> Block:
    bar = style.em + colorbar_width(spec.scale, style)

    def height(width: float) -> float:
        layout = text_layout(QRectF(0, 0, width - bar, 0), spec, style)
        return max((box.bottom() for box in layout.columns), default=0.0) + 0.3 * style.em

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_shaded(painter, rect.adjusted(0, 0, -bar, 0), spec, style, chosen)
        high = min(BAR_EMS * style.em, rect.height() - style.em)
        place = QRectF(rect.right() - bar + style.em, rect.top() + 0.5 * style.em, bar - style.em, high)
        paint_colorbar(painter, place, spec.scale, spec.colormap, style, vector)

    natural, least = TEXT_EMS * style.em, NARROWEST_EMS * style.em
    return Block(natural, natural, least, height, paint)
