"""The parts between the maps, opened: a page for each, with token, layer and temperature chosen above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attention_viewer.model.contract.maps import STACKS
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.part_controls import PartControls
from attention_viewer.viewer.widgets.pages_panel import PagesPanel
from attention_viewer.viewer.widgets.plain import plain_label
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSlider, QSpinBox, QWidget

PER_UNIT = 100
"""Steps of the slider for a temperature of 1."""
COLDEST, HOTTEST = 0.05, 3.0


class PartPanel(PagesPanel):
    """Emits what was chosen; setters emit nothing. Layers and positions count from 0 in signals."""

    side_changed = Signal(str)
    layer_changed = Signal(int)
    token_changed = Signal(int)
    temperature_changed = Signal(float)

    def __init__(self, title: str, style: Style, pages: Mapping[str, str]) -> None:
        self.side, self.layer, self.token = QComboBox(), QSpinBox(), QComboBox()
        self.temperature, self._degrees = QSlider(Qt.Orientation.Horizontal), plain_label()
        self._token_label, self._heat_label = plain_label("token"), plain_label("temperature τ")
        self._shown = PartControls("")
        controls = (
            self.side, self.layer, self._token_label, self.token, self._heat_label, self.temperature, self._degrees,
        )  # fmt: skip
        super().__init__(title, style, pages, controls)
        for label in (self._token_label, self._heat_label):
            label.setProperty("tone", "muted")
        self._token_label.setBuddy(self.token)
        self._heat_label.setBuddy(self.temperature)
        for name in STACKS:
            self.side.addItem(name.capitalize(), name)
        self.side.setAccessibleName("Encoder or decoder")
        self.layer.setAccessibleName("Layer")
        self.layer.setPrefix("layer ")
        self.token.setAccessibleName("Token")
        self.token.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.token.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.temperature.setRange(round(COLDEST * PER_UNIT), round(HOTTEST * PER_UNIT))
        self.temperature.setAccessibleName("Temperature")
        self.temperature.setToolTip("Drag: below 1 sharpens the distribution, above 1 flattens it")
        self.side.activated.connect(lambda index: self.side_changed.emit(self.side.itemData(index)))
        self.layer.valueChanged.connect(self._change_layer)
        self.token.activated.connect(self.token_changed)
        self.temperature.valueChanged.connect(self._change_temperature)

    def set_controls(self, shown: PartControls) -> None:
        """Show what can be chosen on the open page, and what is."""
        self._shown = shown
        self.set_page(shown.page)
        self.side.setVisible(bool(shown.side))
        self.side.setCurrentIndex(max(0, self.side.findData(shown.side)))
        self.layer.setVisible(bool(shown.layers))
        self.layer.setRange(1, max(1, shown.layers))
        self.layer.setValue(shown.layer + 1)
        words = [f"{number}: {text}" for number, text in enumerate(shown.tokens, 1)]
        if words != [self.token.itemText(index) for index in range(self.token.count())]:
            self.token.clear()
            self.token.addItems(words)
        self.token.setCurrentIndex(shown.token)
        _show((self.token, self._token_label), bool(shown.tokens))
        _show((self.temperature, self._heat_label, self._degrees), bool(shown.temperature))
        self.temperature.setValue(round(shown.temperature * PER_UNIT))
        self._degrees.setText(f"{shown.temperature:.2f}")

    def set_style(self, style: Style) -> None:
        """Use another theme or text size."""
        super().set_style(style)
        self.temperature.setMaximumWidth(round(12 * style.em))
        self.temperature.setMinimumWidth(round(4 * style.em))
        self.token.setMaximumWidth(round(14 * style.em))

    def _change_layer(self, number: int) -> None:
        if self._shown.layers and number - 1 != self._shown.layer:
            self.layer_changed.emit(number - 1)

    def _change_temperature(self, step: int) -> None:
        if self._shown.temperature and step != round(self._shown.temperature * PER_UNIT):
            self.temperature_changed.emit(step / PER_UNIT)


def _show(widgets: Sequence[QWidget], shown: bool) -> None:
    for widget in widgets:
        widget.setVisible(shown)
