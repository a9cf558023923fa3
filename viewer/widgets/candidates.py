"""The next-token distribution: linear, then softmax, and the most probable tokens as bars."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.painting.bars import bar_at, paint_bars
from viewer.specs import BarsSpec, Pending, Unavailable
from viewer.theme import Style
from viewer.widgets.canvas import Canvas
from viewer.widgets.card import TitleBlock

TITLE = "Next token"


class CandidatesPanel(Canvas[BarsSpec]):
    """Shows the bars; hovering one tells its probability exactly. Title and subtitle stand in `header`."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, style, parent)
        self.header = TitleBlock(TITLE)
        self.header.set_style(style)

    def set_spec(self, spec: BarsSpec | Pending | Unavailable) -> None:
        """Show other candidates, or why there are none."""
        super().set_spec(spec)
        if isinstance(spec, BarsSpec):
            self.header.set_titles(spec.title, spec.subtitle)
        else:
            self.header.set_titles(TITLE, "")

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        super().set_style(style)
        self.header.set_style(style)

    def tip_at(self, point: QPointF) -> str:
        """The tool tip at a point of this widget; "" where there is no bar."""
        if self._spec is None:
            return ""
        index = bar_at(point, self._area(), self._fitting(self._spec), self._look)
        return "" if index is None else self._spec.bars[index].tooltip

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the bar under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _paint(self, painter: QPainter, area: QRectF, spec: BarsSpec) -> None:
        paint_bars(painter, area, self._fitting(spec), self._look)

    def _fitting(self, spec: BarsSpec) -> BarsSpec:
        """As many of the bars, best first, as have room for their text."""
        return replace(spec, bars=spec.bars[: max(1, int(self.height() / self._look.line))])

    def _describe(self, spec: BarsSpec) -> str:
        return f"{spec.subtitle}: " + ", ".join(f"{bar.label} {bar.probability:.2f}" for bar in spec.bars)
