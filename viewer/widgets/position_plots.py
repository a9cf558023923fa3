"""The three plots of the positional encoding, side by side.

Importing this imports pyqtgraph; `position_panel` does so only after the window has been painted.
"""

from __future__ import annotations

from html import escape

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.curves import curve_colors
from attention_viewer.viewer.state.specs import CurvesSpec
from attention_viewer.viewer.widgets.plots import CurvesPlot, MatrixPlot
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget


class PositionPlots(QWidget):
    """Encoding, curves with their legend, and dot products; `shares` are their parts of the width."""

    def __init__(self, style: Style, shares: tuple[int, int, int], tip: str) -> None:
        super().__init__()
        self._look = style
        self._names: tuple[str, ...] = ()
        self.encoding = MatrixPlot("Positional encoding", style)
        self.curves = CurvesPlot("Chosen frequencies", style)
        self.dots = MatrixPlot("Dot products of positional encodings", style)
        self._legend = QLabel()
        self._legend.setProperty("tone", "muted")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        for plot in (self.encoding, self.curves):
            plot.setToolTip(tip)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        parts: tuple[QWidget, ...] = (self.encoding, self._drawn(), self.dots)
        for part, share in zip(parts, shares, strict=True):
            self._row.addWidget(part, share)

    def set_curves(self, spec: CurvesSpec) -> None:
        """The chosen frequencies over the positions, and what they are called."""
        self.curves.set_spec(spec)
        self._names = spec.names
        self._show_legend()

    def set_style(self, style: Style, spacing: int) -> None:
        """Use another theme or text size; `spacing` stands between the plots."""
        self._look = style
        for plot in (self.encoding, self.curves, self.dots):
            plot.set_style(style)
        self._row.setSpacing(spacing)
        self._show_legend()

    def _drawn(self) -> QWidget:
        drawn = QWidget()
        drawn.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        row = QHBoxLayout(drawn)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.curves, 1)
        row.addWidget(self._legend)
        return drawn

    def _show_legend(self) -> None:
        colors = curve_colors(self._look, len(self._names))
        lines = [
            f'<span style="color:{color}">━</span> {escape(name)}'
            for name, color in zip(self._names, colors, strict=True)
        ]
        self._legend.setText("<br>".join(lines))
