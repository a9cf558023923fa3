"""The large map in each of its views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.shaded_text import text_layout
from attention_viewer.viewer.state.specs import Overlay, Unavailable
from attention_viewer.viewer.state.view_state import MapView
from attention_viewer.viewer.widgets.map_stack import MapStack
from attention_viewer.viewer.widgets.map_views import ROW_EMS, LinesView, TextView, ValuesTable
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from support.specs_for_tests import heatmap


@pytest.fixture
def stack(qtbot: QtBot, style: Style) -> MapStack:
    stack = MapStack("cross", style)
    qtbot.addWidget(stack)
    stack.resize(500, 400)
    stack.set_spec(heatmap(3, 4))
    stack.show()
    return stack


def test_a_view_is_made_when_asked_for_and_told_what_is_shown(stack: MapStack, qtbot: QtBot) -> None:
    assert stack.shown() is stack.map
    with qtbot.waitSignal(stack.made):
        stack.set_view(MapView.LINES)
    lines = stack.shown()
    assert isinstance(lines, LinesView) and lines.message() == "" and "lines" in lines.accessibleName()
    stack.set_overlay(Overlay(rows=frozenset({1})))
    assert lines.lit() == Overlay(rows=frozenset({1}))
    stack.set_view(MapView.MAP)
    stack.set_view(MapView.LINES)
    assert stack.shown() is lines
    stack.set_spec(Unavailable("Type a sentence."))
    assert stack.shown() is stack.map and stack.map.message() == "Type a sentence."


def test_queries_are_kept_by_click_and_key(stack: MapStack, qtbot: QtBot) -> None:
    stack.set_view(MapView.TEXT)
    text = stack.shown()
    assert isinstance(text, TextView)
    layout = text_layout(text._area(), heatmap(3, 4), text._look)
    for row in (0, 2):
        qtbot.mouseClick(text, Qt.MouseButton.LeftButton, pos=layout.rows[row].center().toPoint())
    assert text.chosen() == (0, 2) and "mean of 2 rows" in text.accessibleDescription()
    qtbot.mouseClick(text, Qt.MouseButton.LeftButton, pos=layout.rows[0].center().toPoint())
    assert text.chosen() == (2,)
    qtbot.keyClick(text, Qt.Key.Key_Left)
    assert text.chosen() == (1,)
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    qtbot.mouseMove(text, QPoint(480, 390))
    assert text.chosen() == ()


def test_values_are_exact_and_sorted_by_a_key(stack: MapStack) -> None:
    values = np.array([[0.25, 0.1], [0.5, 0.2], [0.125, 0.3]], np.float32)
    mask = np.array([[False, False], [True, False], [False, False]])
    spec = heatmap(3, 2)
    stack.set_spec(replace(spec, values=values, mask=mask))
    stack.set_view(MapView.TABLE)
    table = stack.shown()
    assert isinstance(table, ValuesTable)

    def column(index: int) -> list[str]:
        return [str(table.model().index(row, index).data()) for row in range(3)]

    assert column(0) == ["0.2500", "masked", "0.1250"]
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert column(0) == ["0.2500", "0.1250", "masked"] and column(1) == ["0.1000", "0.3000", "0.2000"]
    assert table.model().headerData(1, Qt.Orientation.Vertical) is not None


@pytest.mark.parametrize("view", [MapView.LINES, MapView.TEXT, MapView.TABLE])
def test_text_grows_where_a_map_has_much_room_and_only_there(stack: MapStack, style: Style, view: MapView) -> None:
    def size() -> float:
        shown = stack.shown()
        if isinstance(shown, ValuesTable):
            return shown.verticalHeader().defaultSectionSize() / ROW_EMS
        assert isinstance(shown, LinesView | TextView)
        return shown._style(heatmap(3, 4)).em

    stack.set_view(view)
    assert size() == pytest.approx(style.em, rel=0.05)
    stack.resize(1500, 900)
    assert 1.5 * style.em < size() <= 2.1 * style.em
    stack.resize(1500, 200)
    assert size() == pytest.approx(style.em, rel=0.05)


def test_a_query_is_kept_where_it_stands_in_grown_text_and_too_many_do_not_grow(stack: MapStack, qtbot: QtBot) -> None:
    stack.set_view(MapView.TEXT)
    stack.resize(1500, 900)
    text, spec = stack.shown(), heatmap(3, 4)
    assert isinstance(text, TextView)
    place = text_layout(text._area(), spec, text._style(spec)).rows[2].center()
    assert text_layout(text._area(), spec, text._look).row_at(place) != 2
    qtbot.mouseClick(text, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert text.chosen() == (2,)
    assert text._style(heatmap(200, 300)).em < text._style(spec).em
