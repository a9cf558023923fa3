"""Parts that forms are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attention_viewer.viewer.state.figure_options import LONGEST_FRAME, MOST_CANDIDATES, SHORTEST_FRAME, TEXT_SIZES
from attention_viewer.viewer.state.options import Option
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.widgets.plain import set_tip
from attention_viewer.viewer.widgets.width_box import indent
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)


def drop_down(name: str, values: Mapping[str, str], chosen: str) -> QComboBox:
    """A list of named values, with one chosen."""
    combo = QComboBox()
    combo.setAccessibleName(name)
    for value, text in values.items():
        combo.addItem(text, value)
    combo.setCurrentIndex(combo.findData(chosen))
    return combo


REASON = Qt.ItemDataRole.UserRole + 1
"""Why an entry of a list cannot be chosen."""
WIDEST_LIST = 0.9
"""Width that a list with reasons has at most, as a share of the screen."""


class WithReasons(QStyledItemDelegate):
    """Entries of a list; those that cannot be chosen say why behind their text."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The text with the reason."""
        super().initStyleOption(option, index)
        if reason := index.data(REASON):
            option.text = f"{option.text}  –  {shown_text(reason)}"


def disable(combo: QComboBox, reasons: Mapping[str, str]) -> None:
    """Leave out what has a reason against it, which its entry says, and choose another where it was chosen."""
    model = combo.model()
    assert isinstance(model, QStandardItemModel)
    for value, reason in reasons.items():
        item = model.item(combo.findData(value))
        item.setEnabled(False)
        item.setData(reason, REASON)
        set_tip(item, reason)
    if reasons:
        combo.setItemDelegate(WithReasons(combo))
        bar = combo.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width = combo.view().sizeHintForColumn(0) + 2 * bar
        combo.view().setMinimumWidth(min(width, round(WIDEST_LIST * combo.screen().availableSize().width())))
    if combo.currentData() in reasons:
        left = (index for index in range(combo.count()) if combo.itemData(index) not in reasons)
        combo.setCurrentIndex(next(left, combo.currentIndex()))


def tick(text: str, ticked: bool) -> QCheckBox:
    """A box to tick."""
    box = QCheckBox(text)
    box.setChecked(ticked)
    return box


def frame_time(milliseconds: int) -> QSpinBox:
    """How long a frame of an animation stands."""
    box = QSpinBox()
    box.setRange(SHORTEST_FRAME, LONGEST_FRAME)
    box.setSingleStep(100)
    box.setSuffix(" ms")
    box.setValue(milliseconds)
    box.setAccessibleName("Frame time")
    indent(box)
    return box


def text_size(points: float | None) -> QDoubleSpinBox:
    """The size of a figure's text in points; the least value stands for what is usual."""
    box = QDoubleSpinBox()
    least, most = TEXT_SIZES
    box.setRange(least - 0.5, most)
    box.setSingleStep(0.5)
    box.setDecimals(1)
    box.setSuffix(" pt")
    box.setSpecialValueText("as usual")
    box.setValue(points or box.minimum())
    box.setAccessibleName("Text size")
    indent(box)
    return box


def points_in(box: QDoubleSpinBox) -> float | None:
    """What a box for the size of text holds; None for what is usual."""
    return None if box.value() < TEXT_SIZES[0] else box.value()


def candidate_count(count: int) -> QSpinBox:
    """How many next tokens are pictured at most."""
    box = QSpinBox()
    box.setRange(1, MOST_CANDIDATES)
    box.setPrefix("bars: ")
    box.setValue(count)
    box.setAccessibleName("Candidates")
    indent(box)
    return box


def reserve(label: QLabel, lines: int) -> None:
    """Keep room for some muted lines, so that nothing moves when they come."""
    label.setProperty("tone", "muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())


def letters(*texts: str) -> set[str]:
    """The mnemonics that some texts have, in small letters."""
    return {text[text.index("&") + 1].lower() for text in texts if "&" in text}


def mnemonic(text: str, taken: set[str]) -> str:
    """The text with a mnemonic that is not `taken` yet, which it is from then on; as it was where none is left."""
    for place, letter in enumerate(text):
        if letter.isalpha() and letter.lower() not in taken:
            taken.add(letter.lower())
            return f"{text[:place]}&{text[place:]}"
    return text


def look_of(option: Option[Any], view: ViewState) -> QComboBox:
    """A list of the values of an option of how maps are shown."""
    return drop_down(option.title, {str(each.value): each.title for each in option.values}, str(view[option]))
