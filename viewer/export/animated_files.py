"""Frames to one file: GIF, APNG and WebP, of which each frame holds only what changed since the one before.

Pillow encodes every frame by itself, and what it gives is put together here: its own animations keep all frames in
memory. Formats: GIF89a specification; APNG 1.0 specification; WebP container specification.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from attention_viewer.viewer.export.about import About
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
"""[h, w, 4]: red, green, blue, and 255, or 0 where nothing changed."""

GIF_COLOURS = 255
"""One of 256 is left for what did not change."""
EXACT = 224
"""So many of them are colours of the picture itself."""
GIF_TICK = 10
"""Milliseconds; GIF counts in hundredths of a second."""
UNCHANGED = 255
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, eq=False)
class Patch:
    """What changed since the frame before: `pixels` from (`x`, `y`) on, and for how many milliseconds it stands."""

    x: int
    y: int
    pixels: Pixels
    milliseconds: int


@dataclass(frozen=True, eq=False)
class Film:
    """An endless film of `count` patches, `width` by `height`; the first is a whole picture.

    `last` is the last frame as a whole, [h, w, 3], which has every colour that is needed.
    """

    width: int
    height: int
    count: int
    patches: Iterable[Patch]
    last: Pixels
    about: About


def gif_bytes(film: Film) -> bytes:
    """The film as GIF, its colours those of the last frame as far as 255 go."""
    colours = _colours(film.last)
    table = colours.tobytes().ljust(768, b"\0")
    said = f"{film.about.title}\n{film.about.description}".encode()
    parts = [
        b"GIF89a" + struct.pack("<HHBBB", film.width, film.height, 0xF7, 0, 0) + table,
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0",
        b"\x21\xfe" + b"".join(_blocks(said)) + b"\0",
    ]
    for patch in film.patches:
        height, width = patch.pixels.shape[:2]
        indexed = np.full((height, width), UNCHANGED, np.uint8)
        changed = patch.pixels[..., 3] != 0
        indexed[changed] = _nearest(patch.pixels[changed][:, :3], colours)
        ticks = max(1, round(patch.milliseconds / GIF_TICK))
        parts.append(b"\x21\xf9\x04" + struct.pack("<BHBB", 0b101, ticks, UNCHANGED, 0))
        parts.append(b"," + struct.pack("<HHHHB", patch.x, patch.y, width, height, 0) + _lzw(indexed, table))
    return b"".join((*parts, b";"))


def apng_bytes(film: Film) -> bytes:
    """The film as animated PNG."""
    parts = [PNG_SIGNATURE]
    sequence = 0
    for index, patch in enumerate(film.patches):
        chunks = list(_chunks(_saved(patch, "PNG", compress_level=4)))
        if index == 0:
            parts.append(_chunk(b"IHDR", chunks[0][1]) + _chunk(b"acTL", struct.pack(">II", film.count, 0)))
            parts += [_chunk(b"iTXt", _international(*text)) for text in film.about.texts]
        height, width = patch.pixels.shape[:2]
        control = struct.pack(">IIIIIHHBB", sequence, width, height, patch.x, patch.y, patch.milliseconds, 1000, 0, 1)
        parts.append(_chunk(b"fcTL", control))
        sequence += 1
        for name, content in chunks:
            if name == b"IDAT" and index == 0:
                parts.append(_chunk(name, content))
            elif name == b"IDAT":
                parts.append(_chunk(b"fdAT", struct.pack(">I", sequence) + content))
                sequence += 1
    return b"".join((*parts, _chunk(b"IEND", b"")))


def webp_bytes(film: Film) -> bytes:
    """The film as animated WebP, without loss."""
    size = _three(film.width - 1) + _three(film.height - 1)
    parts = [_riff(b"VP8X", b"\x16\0\0\0" + size), _riff(b"ANIM", b"\xff\xff\xff\xff\0\0")]
    for patch in film.patches:
        height, width = patch.pixels.shape[:2]
        place = _three(patch.x // 2) + _three(patch.y // 2) + _three(width - 1) + _three(height - 1)
        saved = _saved(patch, "WEBP", lossless=True, method=2, quality=20)
        picture = b"".join(_riff(name, content) for name, content in _riffs(saved) if name == b"VP8L")
        parts.append(_riff(b"ANMF", place + _three(patch.milliseconds) + b"\0" + picture))
    body = b"WEBP" + b"".join((*parts, _riff(b"XMP ", film.about.xmp)))
    return b"RIFF" + struct.pack("<I", len(body)) + body


FILMS: Mapping[str, Callable[[Film], bytes]] = MappingProxyType(
    {"gif": gif_bytes, "apng": apng_bytes, "webp": webp_bytes}
)
"""Suffix -> the function that makes the file's content."""


def _colours(picture: Pixels) -> Pixels:
    """Up to 255 colours [n, 3] of a picture: the most frequent as they are, of the others an average.

    Cells and ground keep their colours so; what gives way are the edges of letters.
    """
    from PIL import Image

    words = picture.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, counts = np.unique(words, return_counts=True)
    order = found[np.argsort(-counts, kind="stable")]
    exact, rest = _channels(order[:EXACT]), _channels(order[EXACT:])
    if not len(rest):
        return exact
    averaged = Image.fromarray(rest[None]).quantize(GIF_COLOURS - len(exact), dither=Image.Dither.NONE).getpalette()
    return np.concatenate([exact, np.array(averaged, np.uint8).reshape(-1, 3)])[:GIF_COLOURS]


def _channels(words: NDArray[np.uint32]) -> Pixels:
    return np.stack([words >> 16, words >> 8 & 255, words & 255], axis=-1).astype(np.uint8)


def _nearest(pixels: Pixels, colours: Pixels) -> Pixels:
    """The index of the nearest of `colours` [n, 3] for each of `pixels` [m, 3]."""
    words = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, inverse = np.unique(words, return_inverse=True)
    distances = ((_channels(found)[:, None].astype(int) - colours[None].astype(int)) ** 2).sum(axis=-1)
    nearest: Pixels = distances.argmin(axis=1).astype(np.uint8)[inverse]
    return nearest


def _saved(patch: Patch, format: str, **settings: object) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(patch.pixels).save(buffer, format, **settings)
    return buffer.getvalue()


def _blocks(content: bytes) -> Iterator[bytes]:
    """Parts of at most 255 bytes, each after its length."""
    for start in range(0, len(content), 255):
        part = content[start : start + 255]
        yield bytes([len(part)]) + part


def _lzw(indexed: Pixels, table: bytes) -> bytes:
    """The compressed indices of a GIF's picture."""
    picture = _indexed(indexed, table)
    buffer = io.BytesIO()
    picture.save(buffer, "GIF", optimize=False, interlace=False)
    content = buffer.getvalue()
    place = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    while content[place] == 0x21:
        place += 2
        while content[place]:
            place += 1 + content[place]
        place += 1
    flags = content[place + 9]
    return content[place + 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0) : -1]


def _indexed(indexed: Pixels, table: bytes) -> Image:
    from PIL import Image

    height, width = indexed.shape
    picture = Image.frombytes("P", (width, height), np.ascontiguousarray(indexed).tobytes())
    picture.putpalette(table)
    return picture


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG, by name."""
    place = len(PNG_SIGNATURE)
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length


def _international(name: str, text: str) -> bytes:
    """A text of a PNG in any script, neither compressed nor translated."""
    return name.encode("latin-1", "replace") + b"\0\0\0\0\0" + text.encode()


def _riff(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _riffs(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a WebP, by name."""
    place = 12
    while place < len(content):
        (length,) = struct.unpack("<I", content[place + 4 : place + 8])
        yield content[place : place + 4], content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _three(number: int) -> bytes:
    return struct.pack("<I", number)[:3]
