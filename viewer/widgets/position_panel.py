"""The sinusoidal positional encoding in three plots: the matrix, chosen frequencies, and dot products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.specs import CurvesSpec, MatrixSpec
from attention_viewer.viewer.widgets.card import ElidedLabel, TitleBlock
from attention_viewer.viewer.widgets.colorbar_line import ColorbarLine
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from attention_viewer.viewer.widgets.position_plots import PositionPlots

SHORTEST, LONGEST = 8, 512
"""Positions that can be plotted."""
MOST_PAIRS = 8
SHORT_EMS = 8.0
"""A panel no higher than this has no line at its foot; what it says stands in a subtitle instead."""
FORMULA = (
    "Pair i is sin(ωᵢ · pos) and cos(ωᵢ · pos), ωᵢ from 1 down to nearly 1/10,000; here the sines are the first half "
    "of the dimensions, the cosines the second."
)
SHARES = (5, 5, 3)
"""Of the width: encoding, curves, dot products."""


class PositionPanel(QWidget):
    """Three plots, the number of positions, and the sine-cosine pairs whose curves are drawn."""

    length_changed = Signal(int)
    pairs_changed = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._length, self._max_pair = 0, 0
        self._pairs: tuple[int, ...] = (-1,)
        self._encoding: MatrixSpec | None = None
        self._curves: CurvesSpec | None = None
        self._dots: MatrixSpec | None = None
        self._plots: PositionPlots | None = None
        self.length = self._make_length()
        self.pairs = self._make_pairs()
        self._readout = ElidedLabel("muted")
        self._bars = ColorbarLine("Encoding: colours", style), ColorbarLine("Dot products: colours", style)
        label = plain_label("pairs")
        label.setProperty("tone", "muted")
        label.setBuddy(self.pairs)
        self._titles = (
            _block([self.length], self._bars[0]),
            TitleBlock(controls=[label, self.pairs]),
            _block([], self._bars[1]),
        )
        for block in self._titles:
            block.title.setToolTip(FORMULA)
        self._subtitles = ["", "", ""]
        self.header = QWidget()
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.timeout.connect(self._make_plots)
        self._lay_out()
        self._say(FORMULA)
        self.set_style(style)

    def set_encoding(self, spec: MatrixSpec) -> None:
        """The encoding, position x dimension."""
        self._encoding = spec
        self._set_titles(0, spec.title, spec.subtitle)
        self._bars[0].set_scale(spec.scale, spec.colormap)
        if self._plots is not None:
            self._plots.encoding.set_spec(spec)

    def set_curves(self, spec: CurvesSpec) -> None:
        """The chosen frequencies over the positions."""
        self._curves = spec
        self._set_titles(1, spec.title, spec.subtitle)
        if self._plots is not None:
            self._plots.set_curves(spec)

    def set_dots(self, spec: MatrixSpec) -> None:
        """The dot products between the encodings of any two positions."""
        self._dots = spec
        self._set_titles(2, spec.title, spec.subtitle)
        self._bars[1].set_scale(spec.scale, spec.colormap)
        if self._plots is not None:
            self._plots.dots.set_spec(spec)

    def set_controls(self, length: int, pairs: tuple[int, ...], max_pair: int) -> None:
        """Show the number of positions and the chosen pairs (0 to `max_pair`) without emitting."""
        self._length, self._pairs, self._max_pair = length, tuple(pairs), max_pair
        self.length.setValue(length)
        self.pairs.setText(", ".join(str(pair) for pair in pairs))
        self.pairs.setToolTip(f"Sine-cosine pairs i to draw, from 0 (fastest) to {max_pair} (slowest)")
        self._say(FORMULA)

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        self._style = style
        for part in (*self._titles, *self._bars):
            part.set_style(style)
        self._title_row.setSpacing(self._spacing())
        if self._plots is not None:
            self._plots.set_style(style, self._spacing())
        self.length.lineEdit().setTextMargins(round(0.4 * style.em), 0, 0, 0)
        self.pairs.setFixedWidth(round(9 * style.em))
        self.setMinimumHeight(round(5 * style.em))

    @property
    def plots(self) -> PositionPlots:
        """The plots themselves, made when first needed or after the window has first been painted."""
        return self._make_plots()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Make the plots once the window stands."""
        if self._plots is None:
            self._painted.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the foot's room to the plots where there is little; the formula is in their titles' tool tips too."""
        super().resizeEvent(event)
        self._readout.setVisible(self._has_foot())

    def readout(self) -> str:
        """What is being said about the cell under the mouse, or about the pairs."""
        return self._readout.full_text()

    def _make_plots(self) -> PositionPlots:
        if self._plots is not None:
            return self._plots
        # Importing pyqtgraph takes as long as painting the whole window for the first time.
        from attention_viewer.viewer.widgets.position_plots import PositionPlots

        self._plots = plots = PositionPlots(self._style, SHARES)
        plots.set_style(self._style, self._spacing())
        plots.encoding.hovered.connect(self._read_encoding)
        plots.curves.hovered.connect(self._read_curves)
        plots.dots.hovered.connect(self._read_dots)
        if self._encoding is not None:
            plots.encoding.set_spec(self._encoding)
        if self._curves is not None:
            plots.set_curves(self._curves)
        if self._dots is not None:
            plots.dots.set_spec(self._dots)
        self._column.insertWidget(0, plots, 1)
        return plots

    def _make_length(self) -> QSpinBox:
        box = QSpinBox()
        box.setRange(SHORTEST, LONGEST)
        box.setSuffix(" positions")
        box.setKeyboardTracking(False)
        box.setToolTip(f"How many positions to plot, {SHORTEST} to {LONGEST}")
        box.setAccessibleName("Number of positions")
        box.valueChanged.connect(self._change_length)
        return box

    def _make_pairs(self) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText("pairs: 0, 8, 16")
        line.setAccessibleName("Sine-cosine pairs")
        line.editingFinished.connect(self._change_pairs)
        return line

    def _lay_out(self) -> None:
        self._title_row = QHBoxLayout(self.header)
        self._title_row.setContentsMargins(0, 0, 0, 0)
        for block, share in zip(self._titles, SHARES, strict=True):
            # The width is decided by the share alone, so that each title stands above its plot.
            block.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._title_row.addWidget(block, share)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch()
        self._column.addWidget(self._readout)

    def _spacing(self) -> int:
        return round(2 * self._style.em)

    def _set_titles(self, column: int, title: str, subtitle: str) -> None:
        self._subtitles[column] = subtitle
        self._titles[column].set_titles(title, subtitle)

    def _change_length(self, length: int) -> None:
        if length != self._length:
            self._length = length
            self.length_changed.emit(length)

    def _change_pairs(self) -> None:
        try:
            pairs = parse_pairs(self.pairs.text(), self._max_pair)
        except ValueError as error:
            self._say(str(error), column=1, role="error")
            return
        self._say(FORMULA, column=1)
        if pairs != self._pairs:
            self._pairs = pairs
            self.pairs_changed.emit(pairs)

    def _read_encoding(self, cell: tuple[int, int] | None) -> None:
        if cell is None or self._encoding is None:
            self._say(FORMULA, column=0)
            return
        position, dimension = cell
        half = self._encoding.values.shape[1] // 2
        wave = f"sin, pair {dimension}" if dimension < half else f"cos, pair {dimension - half}"
        value = self._encoding.values[cell]
        self._say(f"position {position}, dimension {dimension} ({wave}): {value:.4f}", column=0)

    def _read_dots(self, cell: tuple[int, int] | None) -> None:
        if cell is None or self._dots is None:
            self._say(FORMULA, column=2)
            return
        distance = abs(cell[0] - cell[1])
        self._say(f"PE({cell[0]}) · PE({cell[1]}) = {self._dots.values[cell]:.3f}, distance {distance}", column=2)

    def _read_curves(self, position: int | None) -> None:
        if position is None or self._curves is None:
            self._say(FORMULA, column=1)
            return
        named = zip(self._curves.names, self._curves.curves[:, position], strict=True)
        values = " · ".join(f"{name.partition(',')[0]}: {value:+.3f}" for name, value in named)
        self._say(f"position {position} · {values}", column=1)

    def _has_foot(self) -> bool:
        return self.height() > SHORT_EMS * self._style.em

    def _say(self, text: str, column: int = 0, role: str = "muted") -> None:
        """Put `text` at the foot, or in the subtitle of a column where the panel is too low for a foot."""
        self._readout.set_role(role)
        self._readout.set_full_text(text)
        subtitle = self._titles[column].subtitle
        in_subtitle = text != FORMULA and not self._has_foot()
        subtitle.set_role(role if in_subtitle else "muted")
        subtitle.set_full_text(text if in_subtitle else self._subtitles[column])


def _block(controls: list[QWidget], bar: ColorbarLine) -> TitleBlock:
    """A title with a colour bar at the end of the line below it."""
    below, subtitle = QWidget(), ElidedLabel("muted")
    row = QHBoxLayout(below)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(subtitle, 1)
    row.addWidget(bar)
    return TitleBlock("", controls, below, subtitle)


def parse_pairs(text: str, max_pair: int) -> tuple[int, ...]:
    """The pairs that a text such as "0, 8, 16" names, in order, each once.

    Raises ValueError with a sentence for the user.
    """
    pairs: list[int] = []
    for word in text.replace(",", " ").split():
        if not (word.isascii() and word.isdigit()):
            raise ValueError(f"“{word[:20]}” is not a pair: write whole numbers such as 0, 8, 16.")
        pair = int(word[:9])
        if pair > max_pair:
            raise ValueError(f"Pair {word[:9]} does not exist: choose from 0 to {max_pair}.")
        if pair not in pairs:
            pairs.append(pair)
    if len(pairs) > MOST_PAIRS:
        raise ValueError(f"{len(pairs)} pairs are too many to tell apart: choose at most {MOST_PAIRS}.")
    return tuple(pairs)
