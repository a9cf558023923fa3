"""What an export will look like: its figure as an image, and its size in words."""

from __future__ import annotations

from attention_viewer.viewer.export.figure import Figure
from attention_viewer.viewer.export.job import figure_of
from attention_viewer.viewer.export.picture import painted_image
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.exportables import ANIMATIONS
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.widths import CM_PER_INCH, PIXELS_PER_INCH
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

LARGEST_SIDE = 4000
"""Pixels of a preview's side; larger figures are reduced."""


MOST_ENLARGED = 4.0
"""A small figure is not blown up beyond this."""


def preview(scene: Scene, options: FigureOptions, ratio: float = 1.0, room: QSizeF | None = None) -> tuple[QImage, str]:
    """The figure as an image with `ratio` pixels to one of its own, and what to say of its size.

    Where there is `room`, the image fills it, with `ratio` pixels to each of its own.

    Raises ExportError with the reason where there is nothing to picture.
    """
    figure = figure_of(scene, options)
    longest = max(figure.size.width(), figure.size.height())
    # As the file will be but for its pixels: reduced cells would look the same on the screen anyway.
    if room is not None and not room.isEmpty():
        fits = min(room.width() / figure.size.width(), room.height() / figure.size.height())
        ratio *= min(fits, MOST_ENLARGED)
    image = painted_image(figure.paint, figure.size, min(ratio, LARGEST_SIDE / longest))
    return image, _about(figure, scene, options)


def _about(figure: Figure, scene: Scene, options: FigureOptions) -> str:
    size = figure.size
    to_cm = CM_PER_INCH / PIXELS_PER_INCH
    paper = f"{size.width() * to_cm:.1f} × {size.height() * to_cm:.1f} cm"
    if options.vector:
        found = paper
    else:
        found = f"{size.width() * options.scale:,.0f} × {size.height() * options.scale:,.0f} pixels, {paper}"
    if options.format in ANIMATIONS:
        found = f"{scene.rows} frames of {found}; the last one is shown"
    return " · ".join((found, *figure.notes))
