"""The positional laboratory: what makes a good encoding, a shift, layouts, and what layers cost."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.resolve.pages import LABORATORY
from attention_viewer.viewer.state.part_controls import LaboratoryControls
from attention_viewer.viewer.widgets.pages_panel import PagesPanel
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSpinBox

LONGEST_SHIFT = 100
MEASURE, CANCEL = "Measure", "Cancel"


class EncodingsPanel(PagesPanel):
    """Emits what was chosen; setters emit nothing."""

    shift_changed = Signal(int)
    measure_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, style: Style) -> None:
        self.shift, self.measure = QSpinBox(), QPushButton(MEASURE)
        self._measuring, self._shift = False, 0
        super().__init__("Positional laboratory", style, LABORATORY, (self.shift, self.measure))
        self.shift.setRange(1, LONGEST_SHIFT)
        self.shift.setPrefix("shift by ")
        self.shift.setSuffix(" positions")
        self.shift.setAccessibleName("Shift")
        self.measure.setToolTip("Time self-attention, a recurrent and a convolutional layer on this machine")
        self.shift.valueChanged.connect(self._change_shift)
        self.measure.clicked.connect(self._press)

    def set_controls(self, shown: LaboratoryControls) -> None:
        """Show what can be chosen on the open page."""
        self._measuring, self._shift = shown.measuring, shown.shift
        self.set_page(shown.page)
        self.shift.setVisible(shown.page == "rotation")
        self.shift.setValue(shown.shift)
        self.measure.setVisible(shown.page == "cost")
        self.measure.setText(CANCEL if shown.measuring else MEASURE)

    def _press(self) -> None:
        (self.cancel_requested if self._measuring else self.measure_requested).emit()

    def _change_shift(self, shift: int) -> None:
        if shift != self._shift:
            self.shift_changed.emit(shift)
