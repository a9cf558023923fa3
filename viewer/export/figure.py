"""Exported figures: title, picture, and a caption that says what is shown and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from attention_viewer.viewer.export.block import Block, Device, grid_block, heatmap_block
from attention_viewer.viewer.export.picture import Paint
from attention_viewer.viewer.export.text import paint_lines, wrapped
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.figure_options import USUAL_CANDIDATES
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec
from attention_viewer.viewer.state.widths import CM_PER_INCH, PIXELS_PER_INCH
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

FIGURE_EMS = 34.0
"""A figure of natural width is at least so wide, so that captions have room."""
PADDING_EMS, TIGHT_EMS = 1.2, 0.4
"""Space around a figure: as wide as it needs, or within a given width, where a document leaves some of its own."""
LABEL_EMS, LABEL_SHARE = 60.0, 0.4
"""Labels are cut where they are wider than this, or than this share of a given width."""
CELL_EMS = 4.0
"""Cells grow up to this size where a given width leaves room."""

SMALLER = (1.0, 1.2, 1.5, 2.0, 3.0, 4.0)
"""How many times smaller than asked text becomes, where it must, to fit a slide."""
SMALL_TEXT = "letters are smaller than asked, so that all fits the slide"
SEARCHED = 16


@dataclass(frozen=True, eq=False)
class Look:
    """How a figure is to look: its `width` in pixels (None: as wide as it needs), title, caption, and for what device.

    `height` is that of a slide, None where it follows; `candidates` how many bars the next token's distribution has;
    `suffix` is added to the title.
    """

    style: Style
    width: float | None = None
    title: bool = True
    caption: bool = True
    device: Device = Device()  # noqa: RUF009 - frozen
    suffix: str = ""
    height: float | None = None
    candidates: int = USUAL_CANDIDATES

    @property
    def padding(self) -> float:
        """Space around the figure."""
        return float(round((PADDING_EMS if self.width is None else TIGHT_EMS) * self.style.em))

    @property
    def fitted(self) -> Style:
        """The style with labels that a figure of this width has room for."""
        em = self.style.em
        labels = LABEL_EMS if self.width is None else min(LABEL_EMS, LABEL_SHARE * self.width / em)
        return _fitted(self.style, labels)


@lru_cache(maxsize=32)
def _fitted(style: Style, labels: float) -> Style:
    return replace(style, label_ems=labels, cell_ems=CELL_EMS)


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


def figure(title: str, block: Block, caption: Sequence[str], look: Look, lead: str = "") -> Figure:
    """A block between its title, with a line or two below that, and its caption.

    Raises ExportError where the asked width cannot hold it.
    """
    if look.height is None:
        return _framed(title, block, caption, look, lead)
    for smaller in SMALLER:
        grown = replace(look, width=None if look.width is None else smaller * look.width, height=smaller * look.height)
        found = _framed(title, block, caption, grown, lead)
        if found.size.height() <= smaller * look.height + 1e-3:
            whole = replace(found, size=QSizeF(found.size.width(), smaller * look.height))
            return whole if smaller == 1.0 else replace(scaled(whole, 1 / smaller), notes=(*found.notes, SMALL_TEXT))
    raise ExportError("This picture does not fit a slide. Leave its caption out, or choose another width.")


def scaled(figure: Figure, share: float) -> Figure:
    """The figure enlarged or reduced with all that is in it."""
    if share == 1.0:
        return figure

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.save()
        painter.translate(rect.topLeft())
        painter.scale(share, share)
        figure.paint(painter, QRectF(QPointF(), figure.size), vector)
        painter.restore()

    return replace(figure, size=figure.size * share, paint=paint)


def _framed(title: str, block: Block, caption: Sequence[str], look: Look, lead: str) -> Figure:
    style, padding = look.style, look.padding
    inner = max(block.natural, FIGURE_EMS * style.em) if look.width is None else look.width - 2 * padding
    if inner < block.narrowest:
        least = (block.narrowest + 2 * padding) / PIXELS_PER_INCH * CM_PER_INCH
        raise ExportError(
            f"This picture needs a width of at least {least:.1f} cm ({block.narrowest + 2 * padding:.0f} pixels at "
            f"{PIXELS_PER_INCH} dpi). Choose a larger one, or let it be as wide as it needs."
        )
    heading = wrapped(f"{title}{look.suffix}", style.title, inner) if look.title else []
    titled, leading = len(heading) * QFontMetricsF(style.title).height(), wrapped(lead, style.small, inner)
    above = titled + len(leading) * style.small_line
    above += style.em if above else 0.0
    wide = block.natural if look.width is None else inner
    if look.height is not None:
        # The caption's notes follow from the width, which follows from the caption's height: once is near enough.
        spare = look.height - above - 2 * padding - _under(_below(caption, block, wide, look), inner, look)[1]
        wide = _within(block, wide, spare)
    below = _below(caption, block, wide, look)
    lines, under = _under(below, inner, look)
    picture = block.height(wide)
    aside = (inner - wide) / 2 if look.height is not None else 0.0

    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        painter.fillRect(rect, QColor(style.palette.surface))
        corner = rect.topLeft() + QPointF(padding, padding)
        below_title = QPointF(corner.x(), paint_lines(painter, corner, heading, style.title, style.palette.text))
        paint_lines(painter, below_title, leading, style.small, style.palette.muted)
        block.paint(painter, QRectF(corner.x() + aside, corner.y() + above, wide, picture), vector)
        end = QPointF(corner.x(), corner.y() + above + picture + style.em)
        paint_lines(painter, end, lines, style.small, style.palette.muted)

    size = QSizeF(inner + 2 * padding, above + picture + under + 2 * padding)
    return Figure(size, paint, block.notes(wide, look.device), title, tuple(below))


def _below(caption: Sequence[str], block: Block, wide: float, look: Look) -> list[str]:
    """The caption, and what had to be reduced in it."""
    notes = block.notes(wide, look.device)
    return [*caption, f"Note: {'; '.join(notes)}."] if notes else list(caption)


def _under(below: Sequence[str], inner: float, look: Look) -> tuple[list[str], float]:
    """The lines of a caption, and the room that they take below the picture."""
    lines = [line for text in below for line in wrapped(text, look.style.small, inner)] if look.caption else []
    return lines, len(lines) * look.style.small_line + look.style.em if lines else 0.0


def _within(block: Block, wide: float, height: float) -> float:
    """The largest width up to `wide` at which a block is no higher than `height`; its narrowest where none is."""
    if block.height(wide) <= height:
        return wide
    low, high = block.narrowest, wide
    for _ in range(SEARCHED):
        middle = (low + high) / 2
        low, high = (middle, high) if block.height(middle) <= height else (low, middle)
    return low


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
