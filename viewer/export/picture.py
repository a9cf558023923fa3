"""Pictures to files: PNG, SVG and PDF from one painting function, written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.viewer.export.about import PROGRAM, About
from attention_viewer.viewer.export.writing import ExportError, refuse_existing, write_bytes
from attention_viewer.viewer.state.widths import CM_PER_INCH, PIXELS_PER_INCH
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QFontMetricsF,
    QImage,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
    QPixmap,
)
from PySide6.QtSvg import QSvgGenerator

Paint = Callable[[QPainter, QRectF, bool], None]
"""Paints a picture into a rectangle; the flag asks for vector cells."""

LARGEST_SIDE = 30_000
"""Pixels of a PNG's side, at most."""
NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""Characters, in UTF-8, that a sentence may hold but an XML file may not."""
FAMILY = re.compile(rb'font-family="([^"]*)"')
HARD_EDGED = b'image-rendering="optimizeSpeed"'
"""What Qt writes of an image of cells: programs that draw read it, browsers smooth it all the same."""
TOO_LARGE = "The picture could not be made: it is too large for the memory. Use fewer dots to an inch."


NOTHING = About()
Check = Callable[[], None]
"""Called every now and then while something is painted; what it raises ends the painting."""
CHECKED = 200
"""How many things are painted between two checks."""


def go_on() -> None:
    """Let a painting go on."""


def png_bytes(paint: Paint, size: QSizeF, scale: float, about: About = NOTHING, check: Check = go_on) -> QByteArray:
    """The picture as PNG with `scale` image pixels for each pixel of `size`."""
    return _encoded(painted_image(paint, size, scale, check), about)


def painted_image(paint: Paint, size: QSizeF, scale: float, check: Check = go_on) -> QImage:
    """The picture as an image with `scale` pixels for each pixel of `size`. Raises ExportError where it is too large.

    The image knows its size on paper.
    """
    width, height = round(size.width() * scale), round(size.height() * scale)
    if max(width, height) > LARGEST_SIDE:
        raise ExportError(
            f"The picture would be {width} x {height} pixels; {LARGEST_SIDE} is the most. Use fewer dots to an "
            "inch, a smaller width, or SVG."
        )
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ExportError(TOO_LARGE)
    image.fill(Qt.GlobalColor.white)
    per_meter = round(PIXELS_PER_INCH * scale / CM_PER_INCH * 100)
    image.setDotsPerMeterX(per_meter)
    image.setDotsPerMeterY(per_meter)
    with _painting_on(image, check) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        paint(painter, QRectF(0, 0, size.width(), size.height()), False)
    return image


def svg_bytes(paint: Paint, size: QSizeF, scale: float, about: About = NOTHING, check: Check = go_on) -> QByteArray:
    """The picture as SVG, at the same size whatever `scale` says: a viewer enlarges it without loss."""
    buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(PIXELS_PER_INCH)
    generator.setSize(QSize(round(size.width()), round(size.height())))
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(about.title)
    generator.setDescription(about.description)
    with _painting_on(generator, check) as painter:
        paint(painter, QRectF(0, 0, size.width(), size.height()), True)
    # Qt escapes < and & but lets through what no reader of XML accepts.
    drawing = NOT_IN_XML.sub(b" ", bytes(buffer.data().data()))
    drawing = drawing.replace(HARD_EDGED, HARD_EDGED + b' style="image-rendering:pixelated"')
    return QByteArray(FAMILY.sub(_families, drawing))


def _families(found: re.Match[bytes]) -> bytes:
    """A font's family by its real name and by its kind: Qt's own aliases mean nothing to a browser."""
    font = QFont(found[1].decode())
    metrics = QFontMetricsF(font)
    # Measured, as some fonts of one width do not say that they are.
    kind = "monospace" if metrics.horizontalAdvance("i") == metrics.horizontalAdvance("W") else "sans-serif"
    return f'font-family="{QFontInfo(font).family()}, {kind}"'.encode()


def pdf_bytes(paint: Paint, size: QSizeF, scale: float, about: About = NOTHING, check: Check = go_on) -> QByteArray:
    """The picture as one PDF page of its own size whatever `scale` says, fonts embedded."""
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(PIXELS_PER_INCH)
    writer.setPageSize(
        QPageSize(size * (72 / PIXELS_PER_INCH), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setCreator(PROGRAM)
    writer.setTitle(about.title)
    # Qt writes neither subject nor keywords of its own.
    writer.setDocumentXmpMetadata(about.xmp)
    with _painting_on(writer, check) as painter:
        # Or cells would become JPEG, and none would keep its colour.
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        paint(painter, QRectF(0, 0, size.width(), size.height()), True)
    return buffer.data()


EXPORTERS: Mapping[str, Callable[[Paint, QSizeF, float, About, Check], QByteArray]] = MappingProxyType(
    {"png": png_bytes, "svg": svg_bytes, "pdf": pdf_bytes}
)
"""Suffix -> the function that makes the file's content."""


def save_image(image: QImage | QPixmap, path: Path, overwrite: bool = False, about: About = NOTHING) -> None:
    """Write an image as PNG.

    Raises ExportError where the file exists and may not be replaced, or cannot be written; nothing half-written is
    left.
    """
    refuse_existing(path, overwrite)
    write_bytes(path, bytes(_encoded(image, about).data()), overwrite)


class _Painter(QPainter):
    """A painter that stops where `check` raises: what takes long consists of very many rectangles, texts and images."""

    def __init__(self, device: QPaintDevice, check: Check) -> None:
        super().__init__(device)
        self._check, self._painted, self._saved = check, 0, 0

    def save(self) -> None:
        """Remember how things are painted."""
        self._saved += 1
        super().save()

    def restore(self) -> None:
        """Paint as before."""
        self._saved -= 1
        super().restore()

    def end(self) -> bool:
        """Finish, also where the painting was left half-way."""
        while self._saved:
            self.restore()
        return super().end()

    def drawRect(self, *arguments: Any) -> None:
        """Paint a rectangle."""
        self._count()
        super().drawRect(*arguments)

    def drawText(self, *arguments: Any) -> Any:
        """Write text."""
        self._count()
        return super().drawText(*arguments)

    def drawImage(self, *arguments: Any) -> None:
        """Paint an image."""
        self._count()
        super().drawImage(*arguments)

    def _count(self) -> None:
        self._painted += 1
        if self._painted % CHECKED == 0:
            self._check()


@contextmanager
def _painting_on(device: QPaintDevice, check: Check) -> Iterator[QPainter]:
    """A painter that ends whatever happens: Qt ends the process where a device goes while it is painted on."""
    painter = _Painter(device, check)
    try:
        yield painter
    finally:
        painter.end()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _encoded(image: QImage | QPixmap, about: About) -> QByteArray:
    buffer = _buffer()
    image = image.toImage() if isinstance(image, QPixmap) else image
    for name, text in about.texts:
        image.setText(name, text)
    # PySide's stub asks for bytes as the format, its code takes text.
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise ExportError(TOO_LARGE)
    return buffer.data()
