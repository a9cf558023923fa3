"""The decoding as an animation: GIF, APNG and WebP, one frame a step, within bounds of size, memory and time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from attention_viewer.viewer.export.about import About
from attention_viewer.viewer.export.animated_files import FILMS, Film, Patch, Pixels
from attention_viewer.viewer.export.figure import Figure
from attention_viewer.viewer.export.picture import painted_image
from attention_viewer.viewer.export.writing import ExportError
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter

LAST_FRAME = 3
"""How many frame times the last frame stands, before all begins anew."""
LARGEST_SIDE = 2_000
"""Pixels of a frame's width and height."""
MOST_PIXELS: Mapping[str, float] = MappingProxyType({"gif": 3e8, "apng": 2e8, "webp": 1e8})
"""Of all frames together, by suffix: what takes some 20 seconds to compress."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The figures of an animation, made when they are asked for: `count` of them, all `size` large.

    `ground` is the colour around smaller ones.
    """

    count: int
    size: QSizeF
    figure: Callable[[int], Figure]
    ground: str


def frame_scale(size: QSizeF, count: int, suffix: str, scale: float) -> float:
    """Image pixels to a pixel of a figure: as asked, as far as the bounds on frames let it be."""
    area = MOST_PIXELS[suffix] / max(1, count)
    side = LARGEST_SIDE / max(size.width(), size.height())
    return min(scale, side, math.sqrt(area / (size.width() * size.height())))


def reduced_note(size: QSizeF, count: int, suffix: str, scale: float) -> tuple[str, ...]:
    """That frames have fewer pixels than were asked for, where they have."""
    found = frame_scale(size, count, suffix, scale)
    if found >= scale:
        return ()
    wide, asked = round(size.width() * found), round(size.width() * scale)
    return (f"its frames are {wide:,} pixels wide in place of {asked:,}: more would be too much for {count} of them",)


def animation_bytes(
    frames: Frames,
    suffix: str,
    frame: int,
    scale: float,
    about: About,
    painted: Callable[[int], None] = lambda count: None,
) -> bytes:
    """An endless animation, `frame` milliseconds each figure; `about` is said in the file.

    `painted` is told how many frames are done; what it raises ends the work.
    """
    if not frames.count:
        raise ExportError("There is no step to animate. Take a step first.")
    scale = frame_scale(frames.size, frames.count, suffix, scale)
    last = _pixels(frames, frames.count - 1, scale)
    height, width = last.shape[:2]
    patches = _patches(frames, frame, scale, painted)
    try:
        return FILMS[suffix](Film(width, height, frames.count, patches, last[..., :3].copy(), about))
    except (ValueError, MemoryError) as error:
        raise ExportError(f"The animation could not be made: {error}. Use a smaller width or fewer dpi.") from None


def _patches(frames: Frames, frame: int, scale: float, painted: Callable[[int], None]) -> Iterator[Patch]:
    before: Pixels | None = None
    for index in range(frames.count):
        painted(index)
        now = _pixels(frames, index, scale)
        milliseconds = frame * LAST_FRAME if index == frames.count - 1 else frame
        yield _changed(before, now, milliseconds)
        before = now


def _changed(before: Pixels | None, now: Pixels, milliseconds: int) -> Patch:
    """What of a frame differs from the one before, its place even, as WebP wants it."""
    if before is None:
        return Patch(0, 0, now, milliseconds)
    differs = (now.view(np.uint32) != before.view(np.uint32))[..., 0]
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return Patch(0, 0, np.zeros((1, 1, 4), np.uint8), milliseconds)
    top, left = int(rows[0]) // 2 * 2, int(columns[0]) // 2 * 2
    place = slice(top, int(rows[-1]) + 1), slice(left, int(columns[-1]) + 1)
    pixels = now[place] * differs[place][..., None]
    return Patch(left, top, pixels, milliseconds)


def _pixels(frames: Frames, index: int, scale: float) -> Pixels:
    """A frame as red, green, blue and 255."""
    figure = frames.figure(index)

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(frames.ground))
        figure.paint(painter, QRectF(rect.topLeft(), figure.size), vector)

    image = painted_image(paint, frames.size, scale)
    words = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    pixels = words[:, : image.width(), [2, 1, 0, 3]]
    pixels[..., 3] = 255
    return np.ascontiguousarray(pixels)
