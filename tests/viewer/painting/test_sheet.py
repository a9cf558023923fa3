"""Sheets: their columns share the room there is, and none is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from attention_viewer.viewer.look.theme import LIGHT, style_for
from attention_viewer.viewer.painting.sheet import sheet_layout, sheet_width
from attention_viewer.viewer.state.sheets import Column, Section, SheetSpec
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

COLUMNS = (Column("a", 13.0), Column("b", least=4.0), Column("c", least=7.0), Column("d", 9.0, right=True))


@pytest.mark.parametrize("ems", [0.0, 30.0, 36.0, 44.0, 80.0])
def test_no_column_is_cut_in_any_room_from_the_least_on(qapp: QApplication, ems: float) -> None:
    style = style_for(LIGHT, QFont())
    spec = SheetSpec("", "", (Section("", columns=COLUMNS),))
    width = max(ems * style.em, sheet_width(spec, style))
    (placed,) = sheet_layout(QRectF(0, 0, width, 100), spec, style)
    assert all(left.right() < right.left() for left, right in pairwise(placed.titles))
    assert placed.titles[-1].right() <= width and placed.titles[1].width() >= 0.7 * 4.0 * style.em


def test_a_heading_longer_than_the_sheet_goes_on_below(qapp: QApplication) -> None:
    style = style_for(LIGHT, QFont())
    spec = SheetSpec("", "", (Section("What the row would predict after each layer", columns=COLUMNS),))
    rooms = (QRectF(0, 0, ems * style.em, 100) for ems in (60.0, 12.0))
    wide, narrow = (sheet_layout(room, spec, style)[0] for room in rooms)
    assert narrow.heading.height() > 1.9 * wide.heading.height()
    assert all(title.top() >= narrow.heading.bottom() for title in narrow.titles)
