"""Controls of sampling beside the bars: on or off, and sliders that move the bars while they are dragged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.quiet_specs import SamplingSpec
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

COLDEST, HOTTEST = 0.1, 10.0
"""Temperatures at the ends of the slider; it is logarithmic, 1 in the middle."""
HEAT_STEPS = 40
TOP_K = (0, 100, 50, 40, 30, 20, 15, 10, 8, 6, 5, 4, 3, 2, 1)
"""What the slider of top k offers, from all tokens to one."""
NUCLEUS_STEPS = 20
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
"""What moves a slider that has the focus."""
VALUE_EMS = 2.6
"""Width of the number beside a slider."""


class SamplingBox(QWidget):
    """Whether tokens are sampled; where they are, three sliders and a button for another sample.

    `tried` has the settings while a slider is dragged, `chosen` once it is let go, moved by a key, or sampling is
    switched; both carry a `Decoding`. Setters emit nothing.
    """

    tried = Signal(Decoding)
    chosen = Signal(Decoding)
    again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decoding = Decoding()
        self.sample = QCheckBox("Sample")
        self.sample.setToolTip("Draw tokens instead of taking the most probable one (Ctrl+D has all settings)")
        self.again = QToolButton()
        self.again.setText("Again")
        self.again.setToolTip("Another sample, with the next seed (Ctrl+R)")
        self.again.setAccessibleName("Sample again")
        self.heat = _slider("Temperature", HEAT_STEPS, "Below 1 sharpens the distribution, above 1 flattens it")
        self.top_k = _slider("Top k", len(TOP_K) - 1, "Draw from the k most probable tokens alone")
        self.nucleus = _slider("Nucleus (top p)", NUCLEUS_STEPS - 1, "Draw from the fewest tokens that hold this much")
        self._values = {slider: plain_label() for slider in (self.heat, self.top_k, self.nucleus)}
        self._sliders = QWidget()
        self._lay_out()
        self.sample.clicked.connect(lambda on: self._choose(method=Method.SAMPLING if on else Method.GREEDY))
        self.again.clicked.connect(self.again_requested)
        self._follow(self.heat, lambda now, place: replace(now, temperature=heat_at(place)))
        self._follow(self.top_k, lambda now, place: replace(now, top_k=TOP_K[place]))
        self._follow(self.nucleus, lambda now, place: replace(now, top_p=nucleus_at(place)))
        self.set_spec(SamplingSpec(Decoding(), "Encode a sentence first."))

    def set_spec(self, spec: SamplingSpec) -> None:
        """Show settings, or why there are none to choose; a slider that is held stays where it is."""
        self._decoding = spec.decoding
        self.setEnabled(not spec.reason)
        self.setToolTip(spec.reason)
        self.sample.setChecked(spec.on)
        self.again.setVisible(spec.on)
        self._sliders.setVisible(spec.on)
        now = spec.decoding
        _put(self.heat, place_of_heat(now.temperature))
        _put(self.top_k, place_of_top_k(now.top_k))
        _put(self.nucleus, place_of_nucleus(now.top_p))
        self._say(self.heat, f"{now.temperature:.2f}")
        self._say(self.top_k, str(now.top_k or "all"))
        self._say(self.nucleus, f"{now.top_p:.2f}")

    def set_style(self, style: Style) -> None:
        """Use another text size."""
        gap = round(0.3 * style.em)
        self._rows.setSpacing(gap)
        self._grid.setHorizontalSpacing(round(0.5 * style.em))
        self._grid.setVerticalSpacing(gap)
        for label in self._values.values():
            label.setMinimumWidth(round(VALUE_EMS * style.em))

    def _follow(self, slider: Slider, at: Callable[[Decoding, int], Decoding]) -> None:
        def moved(place: int) -> None:
            (self.tried if slider.isSliderDown() else self.chosen).emit(at(self._decoding, place))

        slider.valueChanged.connect(moved)
        slider.sliderReleased.connect(lambda: self.chosen.emit(self._decoding))

    def _choose(self, method: Method) -> None:
        self.chosen.emit(replace(self._decoding, method=method))

    def _say(self, slider: Slider, value: str) -> None:
        self._values[slider].setText(value)
        slider.setAccessibleDescription(value)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.sample)
        first.addStretch()
        first.addWidget(self.again)
        self._grid = QGridLayout(self._sliders)
        self._grid.setContentsMargins(0, 0, 0, 0)
        names = {self.heat: "T", self.top_k: "top k", self.nucleus: "top p"}
        for row, (slider, name) in enumerate(names.items()):
            label, value = plain_label(name), self._values[slider]
            label.setToolTip(slider.toolTip())
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for text in (label, value):
                text.setProperty("tone", "muted")
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(slider, row, 1)
            self._grid.addWidget(value, row, 2)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addLayout(first)
        self._rows.addWidget(self._sliders)


def heat_at(place: int) -> float:
    """The temperature at a place of the slider."""
    return round(COLDEST * math.exp(place / HEAT_STEPS * math.log(HOTTEST / COLDEST)), 2)


def place_of_heat(temperature: float) -> int:
    """The place nearest to a temperature."""
    held = max(COLDEST, min(HOTTEST, temperature))
    return round(HEAT_STEPS * math.log(held / COLDEST) / math.log(HOTTEST / COLDEST))


def place_of_top_k(count: int) -> int:
    """The place nearest to a number of tokens; 0 are all."""
    if not count:
        return 0
    return min(range(1, len(TOP_K)), key=lambda place: abs(TOP_K[place] - count))


def nucleus_at(place: int) -> float:
    """The nucleus at a place of the slider: less to the right, as top k."""
    return round(1.0 - place / NUCLEUS_STEPS, 2)


def place_of_nucleus(share: float) -> int:
    """The place nearest to a nucleus."""
    return min(NUCLEUS_STEPS - 1, round((1.0 - share) * NUCLEUS_STEPS))


class Slider(QSlider):
    """A slider whose own keys move it, whatever they are shortcuts for elsewhere."""

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move the slider from being shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)


def _slider(name: str, places: int, tip: str) -> Slider:
    slider = Slider(Qt.Orientation.Horizontal)
    slider.setRange(0, places)
    slider.setAccessibleName(name)
    slider.setToolTip(f"{name}. {tip}")
    return slider


def _put(slider: QSlider, place: int) -> None:
    if not slider.isSliderDown():
        with QSignalBlocker(slider):
            slider.setValue(place)
