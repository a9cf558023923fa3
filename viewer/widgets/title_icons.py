"""The signs on the buttons in a panel's title, drawn in the theme's colours."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

SUPERSAMPLING = 3.0
THIN = 0.09
"""Width of a line, in the icon's side."""
CORNERS = ((0.12, 0.12, 1, 1), (0.88, 0.12, -1, 1), (0.12, 0.88, 1, -1), (0.88, 0.88, -1, -1))
ARM = 0.24
DOTS = (0.08, 0.39, 0.70)


def title_icon(name: str, style: Style) -> QIcon:
    """The sign "large" (corners of a frame), "back" (corners inwards), "dock", "heads" (a mosaic), "lock" or "help"."""
    pixels = round(style.em * SUPERSAMPLING)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels, pixels)
    pen = QPen(QColor(style.palette.muted), THIN)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    SIGNS[name](painter, style)
    painter.end()
    pixmap.setDevicePixelRatio(SUPERSAMPLING)
    return QIcon(pixmap)


def _corners(painter: QPainter, style: Style) -> None:
    for x, y, right, down in CORNERS:
        painter.drawPolyline(QPolygonF([QPointF(x + right * ARM, y), QPointF(x, y), QPointF(x, y + down * ARM)]))


def _corners_inwards(painter: QPainter, style: Style) -> None:
    for x, y, right, down in CORNERS:
        inner = QPointF(x + right * ARM, y + down * ARM)
        painter.drawPolyline(QPolygonF([QPointF(x, inner.y()), inner, QPointF(inner.x(), y)]))


def _dock(painter: QPainter, style: Style) -> None:
    painter.drawRect(QRectF(0.12, 0.12, 0.76, 0.76))
    painter.fillRect(QRectF(0.12, 0.55, 0.76, 0.33), QColor(style.palette.muted))


def _mosaic(painter: QPainter, style: Style) -> None:
    for x in DOTS:
        for y in DOTS:
            painter.fillRect(QRectF(x, y, 0.22, 0.22), QColor(style.palette.muted))


def _lock(painter: QPainter, style: Style) -> None:
    painter.drawArc(QRectF(0.27, 0.08, 0.46, 0.62), 0, 180 * 16)
    painter.fillRect(QRectF(0.16, 0.42, 0.68, 0.5), QColor(style.palette.muted))


def _question(painter: QPainter, style: Style) -> None:
    """A question mark: a hook, a stem, and a point."""
    painter.drawArc(QRectF(0.30, 0.10, 0.40, 0.40), 170 * 16, -200 * 16)
    painter.drawPolyline(QPolygonF([QPointF(0.66, 0.42), QPointF(0.50, 0.55), QPointF(0.50, 0.68)]))
    painter.fillRect(QRectF(0.445, 0.79, 0.11, 0.11), QColor(style.palette.muted))


SIGNS = {"large": _corners, "back": _corners_inwards, "dock": _dock, "heads": _mosaic, "lock": _lock, "help": _question}
