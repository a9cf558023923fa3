"""The pieces that lines of a sheet are made of: words, bars, parts of a whole, strips of colours, tiles."""

from __future__ import annotations

import numpy as np
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.formula import paint_formula
from attention_viewer.viewer.painting.plot import paint_dial, paint_plot
from attention_viewer.viewer.painting.raster import cell_colors, fit, image_of
from attention_viewer.viewer.state.sheets import Bar, Dial, Formula, Parts, Piece, Plot, Strip, Tile, Words
from attention_viewer.viewer.state.specs import Scale
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

SIGNED, TILES = "diverging", "viridis"
BAR_EMS = 0.8
NUMBER_EMS = 4.0
"""Room for a bar's text."""
WIDE_LETTER, PAD_EMS = 0.65, 0.5
"""No text has letters wider than that on average without being looked at; space around words that are wrapped."""


def wrapped_height(text: str, width: float, font: QFont) -> float:
    """The height of a text that is wrapped into some width; 0 for none."""
    if not text:
        return 0.0
    room = QRectF(0, 0, max(width, 1.0), 1e6)
    return QFontMetricsF(font).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()


def words_height(piece: Piece, width: float, style: Style) -> float:
    """The height of words that are wrapped, with some space around them; 0 for all that stands on one line."""
    if not isinstance(piece, Words) or piece.mono or piece.right or len(piece.text) * WIDE_LETTER * style.em <= width:
        return 0.0
    height = wrapped_height(piece.text, width, style.font)
    return height + PAD_EMS * style.em if height > 1.5 * style.line else 0.0


def paint_piece(painter: QPainter, box: QRectF, piece: Piece, style: Style) -> None:
    """Paint a piece into its box."""
    match piece:
        case Words():
            _paint_words(painter, box, piece, style)
        case Formula():
            paint_formula(painter, box, piece.text, style)
        case Bar():
            _paint_bar(painter, box, piece, style)
        case Parts():
            _paint_parts(painter, box, piece, style)
        case Strip():
            _paint_strip(painter, box, piece, style)
        case Tile():
            _paint_tile(painter, box, piece, style)
        case Dial():
            paint_dial(painter, box, piece, style)
        case Plot():
            paint_plot(painter, box, piece, style)


def tone_color(tone: str, style: Style) -> QColor:
    """The colour of a tone."""
    palette = style.palette
    tones = {"text": palette.text, "muted": palette.muted, "accent": palette.accent, "danger": palette.danger}
    return QColor(tones[tone])


def _paint_words(painter: QPainter, box: QRectF, words: Words, style: Style) -> None:
    font = style.mono if words.mono else style.font
    mode = Qt.TextElideMode.ElideMiddle if words.mono else Qt.TextElideMode.ElideRight
    side = Qt.AlignmentFlag.AlignRight if words.right else Qt.AlignmentFlag.AlignLeft
    painter.setFont(font)
    painter.setPen(tone_color(words.tone, style))
    if words_height(words, box.width(), style) and box.height() > 2 * style.line:
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap), words.text)
        return
    shown = QFontMetricsF(font).elidedText(words.text, mode, box.width())
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_bar(painter: QPainter, box: QRectF, bar: Bar, style: Style) -> None:
    track = QRectF(box)
    said = QFontMetricsF(style.mono).horizontalAdvance(bar.text) + 0.3 * style.em
    room = min(NUMBER_EMS * style.em, max(0.45 * box.width(), said)) if bar.text else 0.0
    track.setRight(box.right() - room)
    height = BAR_EMS * style.em
    track = QRectF(track.left(), box.center().y() - height / 2, track.width(), height)
    if bar.masked:
        painter.fillRect(track, QColor(style.palette.mask))
        painter.fillRect(track, QBrush(QColor(style.palette.hatch), Qt.BrushStyle.BDiagPattern))
    else:
        _paint_length(painter, track, bar, style)
    if bar.text:
        number = QRectF(track.right(), box.top(), box.right() - track.right(), box.height())
        painter.setFont(style.mono)
        painter.setPen(QColor(style.palette.muted))
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.text)


def _paint_length(painter: QPainter, track: QRectF, bar: Bar, style: Style) -> None:
    start = track.center().x() if bar.signed else track.left()
    room = track.width() / 2 if bar.signed else track.width()
    length = room * float(np.clip(bar.share, -1.0 if bar.signed else 0.0, 1.0))
    color = QColor(style.palette.danger) if bar.share < 0 else tone_color(bar.tone, style)
    shown = QRectF(min(start, start + length), track.top(), max(abs(length), 1.5 * style.stroke), track.height())
    painter.fillRect(shown, color)
    if bar.signed:
        painter.setPen(QPen(QColor(style.palette.border), style.stroke))
        painter.drawLine(QLineF(start, track.top(), start, track.bottom()))
    if bar.hollow is not None:
        inset = 0.5 * style.stroke
        outline = QRectF(track.left(), track.top(), track.width() * min(max(bar.hollow, 0.0), 1.0), track.height())
        painter.setPen(QPen(QColor(style.palette.muted), style.stroke))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(outline.adjusted(inset, inset, -inset, -inset))


def _paint_parts(painter: QPainter, box: QRectF, parts: Parts, style: Style) -> None:
    """Side by side from the left; a negative part is drawn in outline, over what it takes away."""
    height = BAR_EMS * style.em
    top, left = box.center().y() - height / 2, box.left()
    whole = sum(share for share in parts.shares if share > 0.0) or 1.0
    for share, color in zip(parts.shares, style.palette.curves, strict=False):
        length = box.width() * abs(share) / whole
        if share < 0.0:
            painter.setPen(QPen(QColor(color), 2 * style.stroke))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(left - length, top, length, height))
            continue
        painter.fillRect(QRectF(left, top, length, height), QColor(color))
        left += length


def _paint_strip(painter: QPainter, box: QRectF, strip: Strip, style: Style) -> None:
    """Numbers as colours; where there are more than pixels, the largest in size of each pixel's."""
    values = strip.values if strip.values.ndim == 2 else strip.values[None, :]
    if not values.size:
        return
    high = max(strip.high, 1e-9)
    inset = 0.12 * style.em if strip.lines == 1.0 else 0.0
    area = box.adjusted(0, inset, 0, -inset)
    height, width = max(1, round(area.height())), max(1, round(area.width()))
    shown = fit(values, height if len(values) > 1 else 1, min(width, max(values.shape[1], 1)))
    lowest = -fit(-values, shown.shape[0], shown.shape[1])
    shown = np.where(np.abs(lowest) > np.abs(shown), lowest, shown)
    colors = cell_colors(shown.astype(np.float32), None, Scale(-high, high), SIGNED, style.palette)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(area, image_of(colors))
    painter.setPen(QPen(QColor(style.palette.border), style.stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    painter.restore()


def _paint_tile(painter: QPainter, box: QRectF, tile: Tile, style: Style) -> None:
    area = box.adjusted(0, style.stroke, 0, -style.stroke)
    red, green, blue = (int(each) for each in COLORMAPS[TILES][round(255 * min(max(tile.share, 0.0), 1.0))])
    ground = QColor(red, green, blue)
    painter.fillRect(area, ground)
    if tile.framed:
        painter.setPen(QPen(QColor(style.palette.danger), 2 * style.stroke))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(style.stroke, style.stroke, -style.stroke, -style.stroke))
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    painter.setFont(style.mono)
    painter.setPen(QColor("#000000" if bright > 120 else "#ffffff"))
    inner = area.adjusted(0.3 * style.em, 0, -0.3 * style.em, 0)
    shown = QFontMetricsF(style.mono).elidedText(tile.text, Qt.TextElideMode.ElideMiddle, inner.width())
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
