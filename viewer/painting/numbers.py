"""Weights as numbers in the cells of a map, with two digits: `.83`, `1.0`; the difference of two with its sign.

Masked cells stay empty: masked is not zero.
"""

from __future__ import annotations

import math

from attention_viewer.viewer.look.colormaps import COLORMAPS, LookupTable
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.raster import color_index
from attention_viewer.viewer.state.options import Numbers
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTransform

SHARE = 0.86
"""Share of a cell's width and height that a number may take."""
SMALLEST_PIXELS = 4.0
"""Numbers that would have to be smaller are left out."""
WIDEST = "−.00"
WIDEST_UNSIGNED = ".00"
HALF_BRIGHT = 0.179
"""Relative luminance at which black and white have the same contrast."""


def paint_numbers(painter: QPainter, rect: QRectF, spec: HeatmapSpec, style: Style, enlarged: float = 1.0) -> None:
    """Write the weights into the cells, which fill `rect` in the painter's coordinates, as `spec.numbers` says.

    Letters are `enlarged` times the style's in the device's own pixels.
    """
    if spec.numbers is Numbers.OFF or not spec.values.size:
        return
    cells = painter.worldTransform().mapRect(rect)
    font = _font(spec, cells, style, enlarged)
    if font is None:
        return
    painter.save()
    # A zoomed map has coordinates of its own, in which letters would be stretched.
    painter.setWorldTransform(QTransform())
    painter.setFont(font)
    _write(painter, cells, spec)
    painter.restore()


def number_text(value: float, signed: bool = False) -> str:
    """A weight in two digits, as short as it can be: `.83`, `1.0`; a difference with its sign."""
    digits = f"{abs(value):.2f}"
    short = digits[1:] if digits.startswith("0") else digits[:3]
    return short if not signed or float(digits) == 0.0 else f"{'−' if value < 0 else '+'}{short}"


def _font(spec: HeatmapSpec, cells: QRectF, style: Style, enlarged: float) -> QFont | None:
    """The font that the numbers fit into cells with; None where they are left out."""
    rows, columns = spec.values.shape
    width, height = SHARE * cells.width() / columns, SHARE * cells.height() / rows
    font = QFont(style.small)
    font.setPixelSize(max(1, round(font.pixelSize() * enlarged)))
    metrics = QFontMetricsF(font)
    needed = metrics.horizontalAdvance(WIDEST if _is_signed(spec) else WIDEST_UNSIGNED)
    fits = min(width / needed, height / metrics.capHeight() / 1.4)
    if fits >= 1.0:
        return font
    pixels = math.floor(font.pixelSize() * fits)
    if spec.numbers is not Numbers.ALWAYS or pixels < SMALLEST_PIXELS * enlarged:
        return None
    font.setPixelSize(pixels)
    return font


def _write(painter: QPainter, cells: QRectF, spec: HeatmapSpec) -> None:
    rows, columns = spec.values.shape
    width, height = cells.width() / columns, cells.height() / rows
    seen = cells.intersected(QRectF(painter.viewport()))
    colors = COLORMAPS[spec.colormap][color_index(spec.values, spec.scale)]  # [rows, columns, 3]
    signed = _is_signed(spec)
    for row in _range(seen.top() - cells.top(), seen.bottom() - cells.top(), height, rows):
        for column in _range(seen.left() - cells.left(), seen.right() - cells.left(), width, columns):
            if spec.mask is not None and spec.mask[row, column]:
                continue
            painter.setPen(_ink(colors[row, column]))
            place = QRectF(cells.left() + column * width, cells.top() + row * height, width, height)
            text = number_text(float(spec.values[row, column]), signed)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _range(start: float, stop: float, size: float, count: int) -> range:
    """The cells between two places, by number."""
    return range(max(0, math.floor(start / size)), min(count, math.ceil(stop / size)))


def _is_signed(spec: HeatmapSpec) -> bool:
    """Whether the map shows differences."""
    return spec.scale.low < 0.0


def _ink(color: LookupTable) -> QColor:
    """Black or white, whichever is read better on a colour [3] of 0 to 255 (WCAG 2.2, relative luminance)."""
    shares = [float(each) / 255.0 for each in color]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor("#000000") if luminance > HALF_BRIGHT else QColor("#ffffff")
