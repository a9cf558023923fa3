"""The next-token distribution as bars: token, bar, probability; hollow bars stand for the time before switches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.labels import elided
from attention_viewer.viewer.painting.pieces import wrapped_height
from attention_viewer.viewer.state.specs import Bar, BarsSpec, probability_text
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

ROW_EMS = 1.75
"""Height of a bar's row."""
BAR_EMS = 0.85
HOLLOW_EMS = 1.15
"""Height of a hollow bar, and the share of it that the solid bar inside takes."""
SOLID_SHARE = 0.55
NARROW_TRACK_EMS = 6.0
"""Bars that would have less room than this beside their token stand below it instead, over the whole width."""
UNDER_ROW_EMS, UNDER_EMS = 2.1, 0.8
"""Height of their rows, and of the foot of a row that such a bar stands at the top of."""
UNDER_SHARE = 0.45
"""Share of that foot's height that the bar takes."""
ENDLESS = 1e6
INSET_EMS = 0.4
"""Space between a row's end and its text, so that a lit row has a margin around it."""


@dataclass(frozen=True)
class BarsLayout:
    """Where the rows stand: `count` of them, from the top of `area`, `pitch` apart, and `footer` below them.

    A row holds, from left to right and `gap` apart: label, track (the room of a bar of probability 1), rank (only
    where `rank_width` is not 0) and number; `inset` is left free at both ends. Where `under` is not 0, the track is so
    high and below the others.
    """

    area: QRectF
    count: int
    pitch: float
    label_width: float
    rank_width: float
    number_width: float
    inset: float
    gap: float
    footer: QRectF
    under: float = 0.0

    def row(self, index: int) -> QRectF:
        """The rectangle of one row."""
        return QRectF(self.area.left(), self.area.top() + index * self.pitch, self.area.width(), self.pitch)

    def label(self, index: int) -> QRectF:
        """Where a row's token stands."""
        row = self.row(index)
        return QRectF(row.left() + self.inset, row.top(), self.label_width, row.height() - self.under)

    def number(self, index: int) -> QRectF:
        """Where a row's probability stands."""
        row = self.row(index)
        left = row.right() - self.inset - self.number_width
        return QRectF(left, row.top(), self.number_width, row.height() - self.under)

    def rank(self, index: int) -> QRectF:
        """Where a row's rank stands; empty where no row has one."""
        number = self.number(index)
        gap = self.gap if self.rank_width else 0.0
        return QRectF(number.left() - gap - self.rank_width, number.top(), self.rank_width, number.height())

    def track(self, index: int) -> QRectF:
        """The room of a row's bar: all of it for probability 1."""
        row = self.row(index)
        if self.under:
            inside = row.adjusted(self.inset, 0.0, -self.inset, 0.0)
            return QRectF(round(inside.left()), row.bottom() - self.under, inside.width(), UNDER_SHARE * self.under)
        # On a whole pixel, or the thinnest bars would be smeared over two.
        left, right = round(self.label(index).right() + self.gap), self.rank(index).left() - self.gap
        return QRectF(left, row.top(), max(0.0, right - left), row.height())


def bars_layout(rect: QRectF, spec: BarsSpec, style: Style) -> BarsLayout:
    """Rows from the top of `rect`; the longest label may take half of the width, less where ranks are shown.

    Where that leaves little to the bars, they stand below their tokens.
    """
    mono, small = QFontMetricsF(style.mono), QFontMetricsF(style.small)
    labels = max((mono.horizontalAdvance(elided(bar.label, style)) for bar in spec.bars), default=0.0)
    ranks = max((small.horizontalAdvance(rank_text(i, bar)) for i, bar in enumerate(spec.bars)), default=0.0)
    below = _footer_height(spec, rect.width(), style)
    if rect.height() - below < style.line:
        below = 0.0
    label = min(max(labels, 4.5 * style.em), 0.5 * rect.width() - 0.6 * ranks)
    number = mono.horizontalAdvance(probability_text(0.0, spec.digits))
    inset, gap = INSET_EMS * style.em, style.gap
    beside = rect.width() - 2 * inset - number - (gap + ranks if ranks else 0.0) - gap
    room = (rect.height() - below) / max(1, len(spec.bars))
    is_under = beside - gap - label < NARROW_TRACK_EMS * style.em and room >= _lowest(True, style)
    pitch = max(1.0, min((UNDER_ROW_EMS if is_under else ROW_EMS) * style.em, room))
    bottom = rect.top() + len(spec.bars) * pitch
    return BarsLayout(
        area=rect,
        count=len(spec.bars),
        pitch=pitch,
        label_width=max(0.0, beside) if is_under else label,
        rank_width=ranks,
        number_width=number,
        inset=inset,
        gap=gap,
        footer=QRectF(rect.left(), bottom, rect.width(), below),
        under=UNDER_EMS * style.em if is_under else 0.0,
    )


def bars_that_fit(spec: BarsSpec, width: float, height: float, style: Style) -> BarsSpec:
    """As many of the bars, best first, as have room for their text in `height` pixels; one at least."""
    room = height - _footer_height(spec, width, style)
    # Fewer bars that can be compared say more than many that cannot.
    is_under = bars_layout(QRectF(0, 0, width, ENDLESS), spec, style).under > 0.0
    return replace(spec, bars=spec.bars[: max(1, int(room / _lowest(is_under, style)))])


def _lowest(is_under: bool, style: Style) -> float:
    """The height of a row that its text, and a bar below it, can do with."""
    return style.line + (UNDER_EMS * style.em if is_under else 0.0)


def bar_at(point: QPointF, rect: QRectF, spec: BarsSpec, style: Style) -> int | None:
    """The index of the bar at a point of the picture in `rect`."""
    pitch = bars_layout(rect, spec, style).pitch
    index = int((point.y() - rect.top()) // pitch)
    return index if rect.contains(point) and 0 <= index < len(spec.bars) else None


def rank_text(index: int, bar: Bar) -> str:
    """The rank in the whole distribution, where it is not the bar's place in the picture anyway."""
    return f"#{bar.rank}" if bar.rank > 0 and bar.rank != index + 1 else ""


def footer_lines(spec: BarsSpec) -> tuple[str, ...]:
    """What stands under the bars: what was drawn, what hollow bars mean, where there are some, and the note."""
    legend = spec.legend if any(bar.before is not None for bar in spec.bars) else ""
    return tuple(line for line in (*spec.drawn, legend, spec.note) if line)


def paint_bars(
    painter: QPainter,
    rect: QRectF,
    spec: BarsSpec,
    style: Style,
    lit: int | None = None,
    selected: int | None = None,
) -> BarsLayout:
    """Paint the bars; the whole bar width stands for probability 1. Returns where the rows are.

    `lit` is the row under the mouse, `selected` the one that the keyboard would choose.
    """
    layout = bars_layout(rect, spec, style)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, bar in enumerate(spec.bars):
        if index in (lit, selected):
            _paint_ground(painter, layout.row(index), index == selected, style)
        track = layout.track(index)
        if layout.under:
            _paint_track(painter, track, style)
        if bar.before is None:
            height = track.height() if layout.under else min(BAR_EMS * style.em, 0.7 * layout.pitch)
            _paint_solid(painter, track, bar, height, style)
        else:
            height = 1.5 * track.height() if layout.under else min(HOLLOW_EMS * style.em, 0.8 * layout.pitch)
            _paint_hollow(painter, track, bar.before, height, style)
            _paint_solid(painter, track, bar, SOLID_SHARE * height, style)
        _paint_texts(painter, index, bar, layout, spec.digits, style)
    _paint_footer(painter, layout.footer, footer_lines(spec), style)
    painter.restore()
    return layout


def _footer_height(spec: BarsSpec, width: float, style: Style) -> float:
    texts = footer_lines(spec)
    return style.gap + sum(_text_height(text, width, style) for text in texts) if texts else 0.0


def _text_height(text: str, width: float, style: Style) -> float:
    """The height of a text of the footer, which is broken into as many lines as it needs."""
    wrapped = wrapped_height(text, width - 2 * INSET_EMS * style.em, style.small)
    return max(1, round(wrapped / QFontMetricsF(style.small).lineSpacing())) * style.small_line


def _paint_ground(painter: QPainter, row: QRectF, selected: bool, style: Style) -> None:
    """What lies behind a row that is pointed at."""
    inset = 0.5 * style.stroke
    painter.setPen(QPen(QColor(style.palette.accent), style.stroke) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.chip))
    radius = 0.3 * style.em
    painter.drawRoundedRect(row.adjusted(inset, inset, -inset, -inset), radius, radius)


def _paint_track(painter: QPainter, track: QRectF, style: Style) -> None:
    """A faint ground of the length of probability 1, which also tells whose bar a very short one is."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.border))
    painter.drawRoundedRect(track, 0.15 * style.em, 0.15 * style.em)


def _paint_solid(painter: QPainter, track: QRectF, bar: Bar, height: float, style: Style) -> None:
    length = max(track.width() * bar.probability, 1.5 * style.stroke)
    box = QRectF(track.left(), track.center().y() - height / 2, length, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.palette.accent if bar.chosen else style.palette.accent_rest))
    radius = min(0.15 * style.em, box.width() / 2)
    painter.drawRoundedRect(box, radius, radius)


def _paint_hollow(painter: QPainter, track: QRectF, probability: float, height: float, style: Style) -> None:
    """An outline whose outer right edge stands at `probability`, as a solid bar's would; a mere line for almost 0."""
    length = max(track.width() * probability, style.stroke)
    box = QRectF(track.left(), round(track.center().y() - height / 2), length, round(height))
    if length < 3.0 * style.stroke:
        painter.fillRect(box, QColor(style.palette.muted))
        return
    inset = 0.5 * style.stroke
    painter.setPen(QPen(QColor(style.palette.muted), style.stroke))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = min(0.15 * style.em, box.width() / 4)
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)


def _paint_texts(painter: QPainter, index: int, bar: Bar, layout: BarsLayout, digits: int, style: Style) -> None:
    centred = Qt.AlignmentFlag.AlignVCenter
    right = centred | Qt.AlignmentFlag.AlignRight
    label = QFontMetricsF(style.mono).elidedText(bar.label, Qt.TextElideMode.ElideMiddle, layout.label_width)
    painter.setFont(style.mono)
    painter.setPen(QColor(style.palette.text))
    painter.drawText(layout.label(index), centred, label)
    painter.setPen(QColor(style.palette.muted))
    painter.drawText(layout.number(index), right, probability_text(bar.probability, digits))
    painter.setFont(style.small)
    painter.drawText(layout.rank(index), right, rank_text(index, bar))


def _paint_footer(painter: QPainter, footer: QRectF, texts: tuple[str, ...], style: Style) -> None:
    if footer.height() <= 0.0:
        return
    inset, top = INSET_EMS * style.em, footer.top() + style.gap
    painter.setFont(style.small)
    painter.setPen(QColor(style.palette.muted))
    for text in texts:
        height = _text_height(text, footer.width(), style)
        box = QRectF(footer.left() + inset, top, footer.width() - 2 * inset, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), text)
        top += height
