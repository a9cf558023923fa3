"""From weights to pixels: quantised, coloured, enlarged or reduced without losing a thin diagonal.

Shape letters: ... any leading axes (layers, heads), R rows, C columns, h and w pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attention_viewer.model.contract.api import Booleans, Floats
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import Palette
from attention_viewer.viewer.state.specs import Scale
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

Pixels = NDArray[np.uint32]


def color_words(colormap: str) -> Pixels:
    """A colormap as 256 words 0xffRRGGBB, the way QImage stores pixels."""
    table = COLORMAPS[colormap].astype(np.uint32)
    red, green, blue = table[:, 0] << 16, table[:, 1] << 8, table[:, 2]
    return np.asarray(0xFF000000 | red | green | blue, dtype=np.uint32)


def color_index(values: Floats, scale: Scale) -> NDArray[np.uint8]:
    """Which of the 256 colours each value has, same shape."""
    index: NDArray[np.uint8] = np.rint(scale.normalise(values) * 255.0).astype(np.uint8)
    return index


def cell_colors(values: Floats, mask: Booleans | None, scale: Scale, colormap: str, palette: Palette) -> Pixels:
    """The colour of each cell [..., R, C]; masked cells have the palette's mask colour."""
    colors = color_words(colormap)[color_index(values, scale)]
    if mask is not None:
        colors[..., mask] = QColor(palette.mask).rgb()
    return colors


def fit(values: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """`values` [..., R, C] as [..., h, w]: enlarged by the nearest cell, reduced by the largest of each block."""
    return _fit_axis(_fit_axis(values, height, -2), width, -1)


def _fit_axis(values: NDArray[Any], size: int, axis: int) -> NDArray[Any]:
    count = values.shape[axis]
    if count <= size:
        nearest: NDArray[Any] = values.take(np.arange(size) * count // size, axis=axis)
        return nearest
    starts = np.arange(size) * count // size
    largest: NDArray[Any] = np.maximum.reduceat(values, starts, axis=axis)
    return largest


def image_of(colors: Pixels) -> QImage:
    """An image of the colours [h, w]; it keeps a copy."""
    height, width = colors.shape
    packed = np.ascontiguousarray(colors)
    return QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
