"""The sinusoidal positional encoding in three plots: the matrix, chosen frequencies, and dot products."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLineEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from viewer.specs import CurvesSpec, MatrixSpec
from viewer.theme import Style
from viewer.widgets.card import ElidedLabel, TitleBlock
from viewer.widgets.plots import CurvesPlot, MatrixPlot, curve_colors

SHORTEST, LONGEST = 8, 512
"""Positions that can be plotted."""
MOST_PAIRS = 8
FORMULA = (
    "Pair i is sin(pos / 10000^(2i/d)) and cos(pos / 10000^(2i/d)); here the sines are the first half of the "
    "dimensions, the cosines the second."
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
        self._length, self._pairs, self._max_pair = 0, (-1,), 0
        self._matrices: dict[MatrixPlot, MatrixSpec] = {}
        self._names: tuple[str, ...] = ()
        self.length = self._make_length()
        self.pairs = self._make_pairs()
        self.encoding = MatrixPlot("Positional encoding", style)
        self.curves = CurvesPlot("Chosen frequencies", style)
        self.dots = MatrixPlot("Dot products of positional encodings", style)
        self._legend = QLabel()
        self._legend.setProperty("role", "muted")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._readout = ElidedLabel("muted")
        self._titles = (TitleBlock(controls=[self.length]), TitleBlock(controls=[self.pairs]), TitleBlock())
        self.header = QWidget()
        self._columns: list[QHBoxLayout] = []
        self._lay_out()
        self.encoding.hovered.connect(self._read_encoding)
        self.dots.hovered.connect(self._read_dots)
        self._say(FORMULA)
        self.set_style(style)

    def set_encoding(self, spec: MatrixSpec) -> None:
        """The encoding, position x dimension."""
        self._show_matrix(self.encoding, self._titles[0], spec)

    def set_curves(self, spec: CurvesSpec) -> None:
        """The chosen frequencies over the positions."""
        self._titles[1].set_titles(spec.title, spec.subtitle)
        self.curves.set_spec(spec)
        self._names = spec.names
        self._show_legend()

    def set_dots(self, spec: MatrixSpec) -> None:
        """The dot products between the encodings of any two positions."""
        self._show_matrix(self.dots, self._titles[2], spec)

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
        for plot in (self.encoding, self.curves, self.dots):
            plot.set_style(style)
        for row in self._columns:
            row.setSpacing(round(2 * style.em))
        self.pairs.setFixedWidth(round(9 * style.em))
        self.setMinimumHeight(round(5 * style.em))
        self._show_legend()

    def readout(self) -> str:
        """What the line at the foot says."""
        return self._readout.full_text()

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
        plots = QHBoxLayout()
        drawn = QHBoxLayout()
        drawn.addWidget(self.curves, 1)
        drawn.addWidget(self._legend)
        for part, share in zip((self.encoding, drawn, self.dots), SHARES, strict=True):
            plots.addWidget(_free(part), share)
        titles = QHBoxLayout(self.header)
        titles.setContentsMargins(0, 0, 0, 0)
        for block, share in zip(self._titles, SHARES, strict=True):
            titles.addWidget(_free(block), share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(plots, 1)
        layout.addWidget(self._readout)
        self._columns = [titles, plots]

    def _show_matrix(self, plot: MatrixPlot, title: TitleBlock, spec: MatrixSpec) -> None:
        self._matrices[plot] = spec
        title.set_titles(spec.title, f"{spec.subtitle} · {spec.scale.note}")
        plot.set_spec(spec)

    def _show_legend(self) -> None:
        colors = curve_colors(self._style, len(self._names))
        lines = [
            f'<span style="color:{color}">━</span> {escape(name)}'
            for name, color in zip(self._names, colors, strict=True)
        ]
        self._legend.setText("<br>".join(lines))

    def _change_length(self, length: int) -> None:
        if length != self._length:
            self._length = length
            self.length_changed.emit(length)

    def _change_pairs(self) -> None:
        try:
            pairs = parse_pairs(self.pairs.text(), self._max_pair)
        except ValueError as error:
            self._say(str(error), role="error")
            return
        self._say(FORMULA)
        if pairs != self._pairs:
            self._pairs = pairs
            self.pairs_changed.emit(pairs)

    def _read_encoding(self, cell: tuple[int, int] | None) -> None:
        if cell is None:
            self._say(FORMULA)
            return
        spec = self._matrices[self.encoding]
        position, dimension = cell
        half = spec.values.shape[1] // 2
        wave = f"sin, pair {dimension}" if dimension < half else f"cos, pair {dimension - half}"
        self._say(f"position {position}, dimension {dimension} ({wave}): {spec.values[cell]:.4f}")

    def _read_dots(self, cell: tuple[int, int] | None) -> None:
        if cell is None:
            self._say(FORMULA)
            return
        value = self._matrices[self.dots].values[cell]
        self._say(f"PE({cell[0]}) · PE({cell[1]}) = {value:.3f}, distance {abs(cell[0] - cell[1])}")

    def _say(self, text: str, role: str = "muted") -> None:
        self._readout.set_role(role)
        self._readout.set_full_text(text)


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


def _free(part: QWidget | QLayout) -> QWidget:
    """`part` as a widget whose width is decided by its share of the room alone."""
    widget = part if isinstance(part, QWidget) else QWidget()
    if isinstance(part, QLayout):
        part.setContentsMargins(0, 0, 0, 0)
        widget.setLayout(part)
    policy = widget.sizePolicy().verticalPolicy()
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, policy)
    return widget
