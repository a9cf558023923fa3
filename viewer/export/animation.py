"""The decoding as an animation: GIF, APNG and WebP, one frame a step."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attention_viewer.viewer.export.about import About
from attention_viewer.viewer.export.figure import Figure
from attention_viewer.viewer.export.picture import painted_image
from attention_viewer.viewer.export.writing import ExportError
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "gif": {"format": "GIF", "optimize": False, "disposal": 1},
        "apng": {"format": "PNG"},
        "webp": {"format": "WEBP", "lossless": True},
    }
)
"""Suffix -> what Pillow's `save` is told."""
LAST_FRAME = 3
"""How many frame times the last frame stands, before all begins anew."""
GIF_COLOURS = 256
GIF_TICK = 10
"""Milliseconds; GIF counts in hundredths of a second."""


def animation_bytes(
    frames: Sequence[Figure],
    suffix: str,
    frame: int,
    scale: float,
    ground: str,
    about: About,
    painted: Callable[[int], None] = lambda count: None,
) -> bytes:
    """An endless animation of figures, `frame` milliseconds each, `scale` image pixels to a pixel of a figure.

    All frames have the size of the largest; `ground` is the colour around smaller ones; `about` is said in the file.
    `painted` is told how many frames are done; what it raises ends the work.
    """
    if not frames:
        raise ExportError("There is no step to animate. Take a step first.")
    width = max(figure.size.width() for figure in frames)
    height = max(figure.size.height() for figure in frames)

    def image(index: int) -> Image:
        painted(index)
        return _image(frames[index], QSizeF(width, height), scale, ground, suffix)

    others = _Images(image, range(1, len(frames)))
    return _encoded(image(0), others, suffix, _durations(len(frames), frame, suffix), about)


@dataclass(frozen=True)
class _Images:
    """Images that are painted when they are asked for: Pillow goes through them once or twice, and keeps few."""

    image: Callable[[int], Image]
    indices: range

    def __iter__(self) -> Iterator[Image]:
        return map(self.image, self.indices)


def _durations(count: int, frame: int, suffix: str) -> list[int]:
    each = max(GIF_TICK, round(frame / GIF_TICK) * GIF_TICK) if suffix == "gif" else frame
    return [each] * (count - 1) + [each * LAST_FRAME]


def _encoded(first: Image, others: Iterable[Image], suffix: str, durations: list[int], about: About) -> bytes:
    buffer = io.BytesIO()
    settings = {**ENCODERS[suffix], **_said(about, suffix)}
    try:
        first.save(buffer, save_all=True, append_images=others, duration=durations, loop=0, **settings)
    except (ValueError, MemoryError) as error:
        raise ExportError(f"The animation could not be made: {error}. Use a smaller width or fewer dpi.") from None
    return buffer.getvalue()


def _said(about: About, suffix: str) -> dict[str, Any]:
    """What Pillow's `save` is told of the file's contents: a comment, text chunks, or an XMP packet."""
    if suffix == "gif":
        return {"comment": f"{about.title}\n{about.description}".encode()}
    if suffix == "webp":
        return {"xmp": about.xmp}
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    for name, text in about.texts:
        chunks.add_itxt(name, text)
    return {"pnginfo": chunks}


def _image(figure: Figure, size: QSizeF, scale: float, ground: str, suffix: str) -> Image:
    from PIL import Image

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(ground))
        figure.paint(painter, QRectF(rect.topLeft(), figure.size), vector)

    pixels = painted_image(paint, size, scale).convertToFormat(QImage.Format.Format_RGB888)
    image = Image.frombuffer(
        "RGB", (pixels.width(), pixels.height()), bytes(pixels.constBits()), "raw", "RGB", pixels.bytesPerLine(), 1
    )
    if suffix == "gif":
        return image.quantize(GIF_COLOURS, dither=Image.Dither.NONE)
    return image
