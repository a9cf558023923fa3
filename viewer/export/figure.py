"""Exported figures: title, picture, and a caption that says what is shown and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attention_viewer.viewer.export.block import Block, Device, grid_block, heatmap_block
from attention_viewer.viewer.export.picture import Paint
from attention_viewer.viewer.export.text import paint_lines, wrapped
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.choices import CM_PER_INCH, PIXELS_PER_INCH
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

FIGURE_EMS = 34.0
"""A figure of natural width is at least so wide, so that captions have room."""
PADDING_EMS = 1.2
LABEL_EMS, LABEL_SHARE = 60.0, 0.4
"""Labels are cut where they are wider than this, or than this share of a given width."""
CELL_EMS = 4.0
"""Cells grow up to this size where a given width leaves room."""


@dataclass(frozen=True, eq=False)
class Look:
    """How a figure is to look: its `width` in pixels (None: as wide as it needs), title, caption, and for what device.

    `suffix` is added to the title.
    """

    style: Style
    width: float | None = None
    title: bool = True
    caption: bool = True
    device: Device = Device()  # noqa: RUF009 - frozen
    suffix: str = ""

    @property
    def fitted(self) -> Style:
        """The style with labels that a figure of this width has room for."""
        em = self.style.em
        labels = LABEL_EMS if self.width is None else min(LABEL_EMS, LABEL_SHARE * self.width / em)
        return replace(self.style, label_ems=labels, cell_ems=CELL_EMS)


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture with a size in pixels, ready for any exporter; `notes` say what was reduced or left out.

    `title` and `caption` are what there is to say of it, whether or not they are drawn.
    """

    size: QSizeF
    paint: Paint
    notes: tuple[str, ...] = ()
    title: str = ""
    caption: tuple[str, ...] = ()


def heatmap_figure(spec: HeatmapSpec, look: Look, grown: HeatmapSpec | None = None) -> Figure:
    """One head's map as a figure; for `grown` see `heatmap_block`."""
    return figure(spec.title, heatmap_block(spec, look.fitted, grown), spec.caption, look)


def grid_figure(spec: GridSpec, look: Look, grown: GridSpec | None = None) -> Figure:
    """All heads of a kind as a figure; the tokens of rows and columns stand once in the caption."""
    plain = replace(spec, selected=None)
    return figure(spec.title, grid_block(plain, look.style, grown), (*spec.caption, *_token_key(spec)), look)


def figure(title: str, block: Block, caption: Sequence[str], look: Look) -> Figure:
    """A block between its title and its caption. Raises ExportError where the asked width cannot hold it."""
    style, padding = look.style, PADDING_EMS * look.style.em
    inner = max(block.natural, FIGURE_EMS * style.em) if look.width is None else look.width - 2 * padding
    if inner < block.narrowest:
        least = (block.narrowest + 2 * padding) / PIXELS_PER_INCH * CM_PER_INCH
        raise ExportError(
            f"This picture needs a width of at least {least:.1f} cm ({block.narrowest + 2 * padding:.0f} pixels at "
            f"{PIXELS_PER_INCH} dpi). Choose a larger one, or let it be as wide as it needs."
        )
    wide = block.natural if look.width is None else inner
    notes = block.notes(wide, look.device)
    below = [*caption, f"Note: {'; '.join(notes)}."] if notes else list(caption)
    heading = wrapped(f"{title}{look.suffix}", style.title, inner) if look.title else []
    lines = [line for text in below for line in wrapped(text, style.small, inner)] if look.caption else []
    above = len(heading) * QFontMetricsF(style.title).height() + style.em if heading else 0.0
    picture, under = block.height(wide), len(lines) * style.small_line + style.em if lines else 0.0

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(style.palette.surface))
        corner = rect.topLeft() + QPointF(padding, padding)
        paint_lines(painter, corner, heading, style.title, style.palette.text)
        block.paint(painter, QRectF(corner.x(), corner.y() + above, wide, picture), vector)
        end = QPointF(corner.x(), corner.y() + above + picture + style.em)
        paint_lines(painter, end, lines, style.small, style.palette.muted)

    return Figure(QSizeF(inner + 2 * padding, above + picture + under + 2 * padding), paint, notes, title, tuple(below))


def captioned(block: Block, width: float, caption: Sequence[str], look: Look) -> Figure:
    """A block without title and margin, and its caption below it."""
    style, picture = look.style, block.height(width)
    room = style.em
    lines = [line for text in caption for line in wrapped(text, style.small, width - 2 * room)]

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(style.palette.surface))
        block.paint(painter, QRectF(rect.left(), rect.top(), width, picture), vector)
        below = rect.topLeft() + QPointF(room, picture + 0.5 * room)
        paint_lines(painter, below, lines, style.small, style.palette.muted)

    size = QSizeF(width, picture + len(lines) * style.small_line + room)
    return Figure(size, paint, caption=tuple(caption))


def _token_key(spec: GridSpec) -> tuple[str, ...]:
    """Which tokens the rows and columns are, in words: the small maps have no room for labels."""
    rows = f"{spec.rows.title}, from top: {' | '.join(spec.rows.labels)}"
    columns = f"{spec.columns.title}, from left: {' | '.join(spec.columns.labels)}"
    return rows, columns
