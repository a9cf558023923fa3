"""How large a picture is: its width, and how many dots make an inch."""

from __future__ import annotations

from attention_viewer.viewer.state.figure_options import LEAST_DPI, MOST_DPI
from attention_viewer.viewer.state.widths import BOUNDS, PRESETS, Width
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

UNITS = {"cm": "Centimetres", "mm": "Millimetres", "in": "Inches", "pt": "Points", "px": "Pixels"}
FIRST_AMOUNTS = {"cm": 12.0, "mm": 120.0, "in": 5.0, "pt": 360.0, "px": 1200.0}
"""What is offered when a unit is chosen for the first time."""
DECIMALS = {"cm": 2, "mm": 1, "in": 3, "pt": 2, "px": 0}
STEPS = {"cm": 0.5, "mm": 5.0, "in": 0.25, "pt": 10.0, "px": 50.0}
INDENT_EMS = 0.5
USUAL = "&Usual"
USUAL_DPI = {96: "screen", 192: "sharp screen", 300: "print", 600: "fine print"}


class WidthBox(QWidget):
    """A choice of named widths, or an amount in a unit.

    `chosen` follows another way to give the width, `typed` another amount; a label's buddy is `ways`.
    """

    chosen = Signal()
    typed = Signal()

    def __init__(self, width: Width | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ways = QComboBox()
        self.ways.setAccessibleName("Width")
        for name, preset in PRESETS.items():
            self.ways.addItem(preset.title, name)
        for unit, title in UNITS.items():
            self.ways.addItem(f"{title} …", unit)
        self._amounts = {unit: AmountBox(unit) for unit in UNITS}
        self._nothing = AmountBox("cm")
        self._nothing.setEnabled(False)
        self._nothing.setSpecialValueText("–")
        self._nothing.setValue(self._nothing.minimum())
        self._nothing.setAccessibleName("No width: it follows from the content")
        self._stack = QStackedWidget()
        self._lay_out()
        self._choose(width)
        self._show_amount()
        self.ways.currentIndexChanged.connect(self._follow)
        for box in self._amounts.values():
            box.valueChanged.connect(self.typed)

    def value(self) -> Width | None:
        """The width; None where it follows from the content."""
        way = self.ways.currentData()
        return Width(self._amounts[way].value(), way) if way in UNITS else PRESETS[way].width

    def _choose(self, width: Width | None) -> None:
        way = next((name for name, preset in PRESETS.items() if preset.width == width), None)
        if way is None:
            assert width is not None
            way = width.unit
            self._amounts[way].setValue(width.amount)
        self.ways.setCurrentIndex(self.ways.findData(way))

    def _follow(self) -> None:
        self._show_amount()
        self.chosen.emit()

    def _show_amount(self) -> None:
        """Show the amount, which can be changed where no name stands for it."""
        way, width = self.ways.currentData(), self.value()
        if width is not None:
            self._amounts[width.unit].setValue(width.amount)
        for unit, box in self._amounts.items():
            box.setEnabled(unit == way)
        self._stack.setCurrentWidget(self._nothing if width is None else self._amounts[width.unit])

    def _lay_out(self) -> None:
        for page in (self._nothing, *self._amounts.values()):
            self._stack.addWidget(page)
        self._stack.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.ways, 1)
        row.addWidget(self._stack)


class AmountBox(QDoubleSpinBox):
    """A length in a unit of BOUNDS, written with as many decimals as it needs."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.setDecimals(DECIMALS[unit])
        self.setRange(*BOUNDS[unit])
        self.setSingleStep(STEPS[unit])
        self.setSuffix(f" {unit}")
        self.setValue(FIRST_AMOUNTS[unit])
        self.setAccessibleName(f"Width in {UNITS[unit].lower()}")
        indent(self)

    def textFromValue(self, value: float) -> str:
        """The number without zeros at its end."""
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class ResolutionBox(QWidget):
    """Dots to an inch, with a menu of usual values; `typed` follows another number; a label's buddy is `dpi`."""

    typed = Signal()

    def __init__(self, dpi: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dpi = QSpinBox()
        self.dpi.setRange(LEAST_DPI, MOST_DPI)
        self.dpi.setSuffix(" dpi")
        self.dpi.setValue(dpi)
        self.dpi.setAccessibleName("Resolution in dots to an inch")
        indent(self.dpi)
        self.dpi.valueChanged.connect(self.typed)
        usual = QPushButton(USUAL)
        usual.setAccessibleName("Usual resolutions")
        # Enter is to choose the file, also where the focus is here.
        usual.setAutoDefault(False)
        usual.setMenu(self._menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.dpi, 1)
        row.addWidget(usual)

    def value(self) -> int:
        """Dots to an inch."""
        return self.dpi.value()

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for dpi, use in USUAL_DPI.items():
            menu.addAction(f"{dpi} dpi, {use}").triggered.connect(lambda _=False, dpi=dpi: self.dpi.setValue(dpi))
        return menu


def indent(box: QAbstractSpinBox) -> None:
    """Begin the number where the text of a combo box begins: Qt leaves out the padding of the style sheet."""
    box.lineEdit().setTextMargins(round(INDENT_EMS * box.fontInfo().pixelSize()), 0, 0, 0)
