"""One export from options to a file: pictures, animations, numbers and pages, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.export.about import PROGRAM, About, about
from attention_viewer.viewer.export.animation import Frames, animation_bytes, reduced_note
from attention_viewer.viewer.export.block import Device
from attention_viewer.viewer.export.data import WRITERS
from attention_viewer.viewer.export.figure import Figure, Look, scaled
from attention_viewer.viewer.export.meta import meta
from attention_viewer.viewer.export.picture import EXPORTERS
from attention_viewer.viewer.export.pictures import Scene, make_figure
from attention_viewer.viewer.export.tables import table_bytes
from attention_viewer.viewer.export.writing import ExportError, refuse_existing, write_bytes
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for, system_font
from attention_viewer.viewer.state.exportables import ANIMATIONS, PICTURES
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.widths import PIXELS_PER_INCH, POINTS_PER_INCH
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFontInfo

Advance = Callable[[int, int], None]
"""Told how far an export has come (done, total); it may raise ExportCancelled."""


class ExportCancelled(UserError):
    """The user changed their mind while something was being made."""


def still(done: int, total: int) -> None:
    """Let an export go on without telling anybody."""


def export_file(
    scene: Scene, options: FigureOptions, path: Path, overwrite: bool = False, advance: Advance = still
) -> tuple[str, ...]:
    """Write one file; returns notes on what had to be reduced.

    Raises ExportError where there is nothing to export, or it cannot be written; ExportCancelled from `advance`. The
    file is then as it was before.
    """
    refuse_existing(path, overwrite)
    content, notes = encoded(scene, options, advance)
    advance(1, 1)
    write_bytes(path, content, overwrite)
    return notes


def encoded(scene: Scene, options: FigureOptions, advance: Advance = still) -> tuple[bytes, tuple[str, ...]]:
    """The content of the file, and notes on what had to be reduced."""
    advance(0, 1)
    if options.format in PICTURES:
        figure = figure_of(scene, options)
        said = about_of(figure, scene, options)
        content = EXPORTERS[options.format](figure.paint, figure.size, options.scale, said, lambda: advance(0, 1))
        return bytes(content.data()), figure.notes
    if options.format in ANIMATIONS:
        return _animation(scene, options, advance)
    if options.what.listed:
        return table_bytes(options.subject, options.format, scene.loaded, scene.view), ()
    return _numbers(scene, options.format), ()


def figure_of(scene: Scene, options: FigureOptions, grown: Scene | None = None, suffix: str = "") -> Figure:
    """The figure that a picture or a frame shows. Raises ExportError with the reason where there is none."""
    pixels = options.points * PIXELS_PER_INCH / POINTS_PER_INCH
    # Letters are whole pixels high; what is missing to the size that was asked for is had by enlarging all of it.
    share = pixels / round(pixels)
    look = Look(
        style=_style(options.theme, round(pixels), system_font().key()),
        width=None if options.room is None else options.room / share,
        title=options.title,
        caption=options.caption,
        device=Device(options.scale * share, options.vector),
        suffix=suffix,
        height=None if options.height is None else options.height / share,
        candidates=options.candidates,
    )
    return scaled(make_figure(options.subject, scene, look, grown), share)


@lru_cache(maxsize=8)
def _style(theme: str, pixels: int, font: str) -> Style:
    """The style of figures; the same for all frames of an animation, so that these are laid out once."""
    base = system_font()
    return style_for(PALETTES[theme], base, pixels / QFontInfo(base).pixelSize())


def about_of(figure: Figure, scene: Scene, options: FigureOptions) -> About:
    """What the file of a figure says of itself."""
    return about(scene.loaded, scene.view, options.subject, figure.title or PROGRAM, figure.caption)


def _animation(scene: Scene, options: FigureOptions, advance: Advance) -> tuple[bytes, tuple[str, ...]]:
    trace = scene.loaded.trace
    if trace is not None and not trace.causal:
        raise ExportError("Without the causal mask there are no steps to animate. Switch it on, or export a picture.")
    rows = scene.rows
    figures = []
    for row in range(1, rows + 1):
        advance(row - 1, 2 * rows)
        figures.append(figure_of(scene.at(row), options, scene, f" · step {row} of {rows}"))

    if not figures:
        raise ExportError("There is no step to animate. Take a step first.")
    size = QSizeF(max(each.size.width() for each in figures), max(each.size.height() for each in figures))
    frames = Frames(rows, size, figures.__getitem__, PALETTES[options.theme].surface)
    said, asked = about_of(figures[-1], scene, options), (size, rows, options.format, options.scale)
    content = animation_bytes(
        frames, options.format, options.frame, options.scale, said, lambda done: advance(rows + done, 2 * rows)
    )
    return content, (*figures[-1].notes, *reduced_note(*asked))


def _numbers(scene: Scene, suffix: str) -> bytes:
    loaded = scene.loaded
    if loaded.trace is None or loaded.document is None or loaded.info is None:
        raise ExportError(loaded.waiting.reason)
    about = meta(loaded.info, loaded.document, loaded.trace, loaded.translation)
    return WRITERS[suffix](loaded.trace, about)
