"""Reading a cell: its value at the mouse, its row's ranking where it is pinned, and the keyboard's cursor, spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from attention_viewer.viewer.look.theme import COLORMAPS, PALETTES, Style, style_for
from attention_viewer.viewer.painting.tag import Tag, place_tag, tag_size
from attention_viewer.viewer.state.reading import row_ranking, spoken, value_text
from attention_viewer.viewer.state.specs import Axis, HeatmapSpec, Overlay, Scale
from attention_viewer.viewer.widgets.heatmap_view import HeatmapView
from attention_viewer.viewer.widgets.map_view import MapView
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QAccessible, QAction, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

MakeMap = Callable[..., HeatmapSpec]
LEFT, RIGHT, UP, DOWN = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.fixture
def stepped() -> list[int]:
    """What the window's own action for the arrow key was triggered with."""
    return []


@pytest.fixture
def view(qtbot: QtBot, style: Style, make_map: MakeMap, stepped: list[int]) -> Iterator[MapView]:
    """A map of 5 rows and 7 columns in a window whose right arrow means something else."""
    window = QMainWindow()
    qtbot.addWidget(window)
    step = QAction("Step", window)
    step.setShortcuts([QKeySequence(key) for key in ("Right", "Return", "Esc")])
    step.triggered.connect(lambda: stepped.append(1))
    window.addAction(step)
    place = HeatmapView("Cross-attention: selected head", style)
    window.setCentralWidget(place)
    window.resize(500, 400)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    place.set_spec(make_map(5, 7))
    place.map.clearFocus()
    yield place.map


def centre(view: MapView, row: int, column: int) -> QPoint:
    return view.cell_rect(row, column).center().toPoint()


def click(qtbot: QtBot, view: MapView, row: int, column: int) -> None:
    qtbot.mouseMove(view.viewport(), centre(view, row, column))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, row, column))


def test_the_value_stands_at_the_mouse_and_never_on_its_cell(view: MapView, qtbot: QtBot) -> None:
    room = QRectF(view.viewport().rect())
    assert view._spec is not None
    for row in range(5):
        for column in range(7):
            qtbot.mouseMove(view.viewport(), centre(view, row, column))
            ((place, tag),) = view.tags()
            assert tag.title == value_text(view._spec, row, column)
            assert room.contains(place) and not place.intersects(view.cell_rect(row, column))
            assert abs(place.center().y() - centre(view, row, column).y()) < 2 * view.cell_rect(0, 0).height()
    qtbot.mouseMove(view.viewport(), QPoint(2, 2))
    assert view.tags() == []


def test_under_a_mouse_that_rests_the_cell_is_read_that_stands_there_now(
    view: MapView, qtbot: QtBot, make_map: MakeMap
) -> None:
    told: list[object] = []
    view.cell_hovered.connect(told.append)
    at = centre(view, 3, 2)
    qtbot.mouseMove(view.viewport(), at)
    assert told == [(3, 2)]
    for rows in (9, 2):
        view.set_spec(make_map(rows, 7))
        now = view.cell_at(QPointF(at))
        assert now not in (None, (3, 2)) and view.reader.under == now and view._spec is not None
        assert [tag.title for _, tag in view.tags()] == [value_text(view._spec, *now)]
        qtbot.waitUntil(partial(lambda cell: told[-1] == cell, now))
    view.box.zoom(4.0, QPointF(0, 0))
    assert view.reader.under == view.cell_at(QPointF(at)) != now
    view.reader.begin()
    qtbot.keyClick(view, DOWN)
    view.set_spec(make_map(5, 7))
    assert view.reader.under is None and view.reader.cursor is not None, "the keyboard reads"


def test_a_tag_flips_to_where_there_is_room(style: Style) -> None:
    room, size = QRectF(0, 0, 300, 200), QSizeF(60, 20)
    for cell, side in (
        (QRectF(100, 80, 20, 20), "right"), (QRectF(270, 80, 20, 20), "left"),
        (QRectF(5, 20, 290, 20), "below"), (QRectF(5, 175, 290, 20), "above"),
    ):  # fmt: skip
        place = place_tag(size, cell, cell.center(), room, style)
        assert room.contains(place) and not place.intersects(cell)
        found = {"right": place.left() > cell.right(), "left": place.right() < cell.left(),
                 "below": place.top() > cell.bottom(), "above": place.bottom() < cell.top()}  # fmt: skip
        assert found[side], side


def test_a_click_pins_the_rows_ranking_until_esc_or_another_click(view: MapView, qtbot: QtBot) -> None:
    spec = view._spec
    assert spec is not None
    click(qtbot, view, 2, 3)
    qtbot.waitUntil(lambda: view.reader.pinned == (2, 3))
    ((_, tag),) = view.tags()
    order = np.argsort(-spec.values[2])[:5]
    assert [label for label, _ in tag.lines[:5]] == [f"{place} col{key}" for place, key in enumerate(order, start=1)]
    assert tag.title == "row2 attends to" and tag.marked is not None and "col3" in tag.lines[tag.marked][0]
    assert [float(number) for _, number in tag.lines[:5]] == pytest.approx(spec.values[2][order], abs=1e-4)
    qtbot.mouseMove(view.viewport(), centre(view, 4, 6))
    assert len(view.tags()) == 2
    click(qtbot, view, 4, 6)
    qtbot.waitUntil(lambda: view.reader.pinned == (4, 6))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.reader.pinned is view.reader.cursor is None


def test_a_click_leaves_the_arrows_to_the_steps_until_up_or_down_begins_to_walk(
    view: MapView, qtbot: QtBot, stepped: list[int]
) -> None:
    click(qtbot, view, 2, 3)
    qtbot.waitUntil(lambda: view.reader.pinned == (2, 3))
    qtbot.keyClick(view, RIGHT)
    assert stepped == [1] and view.reader.cell == (2, 3)
    qtbot.keyClick(view, DOWN)
    qtbot.keyClick(view, RIGHT)
    assert stepped == [1] and view.reader.cursor == (3, 4)
    view.clearFocus()
    click(qtbot, view, 1, 1)
    qtbot.waitUntil(lambda: view.reader.pinned == (1, 1))
    qtbot.keyClick(view, RIGHT)
    assert stepped == [1, 1], "a cursor of before is gone"


def test_the_ranking_of_a_pinned_row_stands_away_from_the_cell_and_not_on_its_row(view: MapView, qtbot: QtBot) -> None:
    view.window().resize(700, 600)
    spec = view._spec
    assert spec is not None
    view.set_spec(replace(spec, values=np.tile(spec.values, (4, 3)), rows=Axis("queries", ("row",) * 20),
                          columns=Axis("keys", ("col",) * 21)))  # fmt: skip
    room = QRectF(view.viewport().rect())
    for row, column in ((1, 1), (1, 19), (18, 1), (18, 19), (9, 10)):
        view.reader.pin((row, column))
        ((place, _),) = view.tags()
        line = view.cell_rect(row, 0).united(view.cell_rect(row, 20))
        assert room.contains(place) and not place.intersects(line), (row, column)
        beside = view.cell_rect(max(row - 2, 0), max(column - 2, 0)).united(view.cell_rect(row + 1, column + 1))
        assert not place.intersects(beside), (row, column)


def test_a_pinned_cell_stays_as_long_as_its_map_has_it(view: MapView, qtbot: QtBot, make_map: MakeMap) -> None:
    click(qtbot, view, 4, 2)
    qtbot.waitUntil(lambda: view.reader.pinned == (4, 2))
    qtbot.mouseMove(view.viewport(), QPoint(2, 2))
    view.set_spec(make_map(6, 7))
    assert view.reader.pinned == (4, 2)
    view.set_spec(make_map(3, 7))
    assert view.reader.pinned is view.reader.cursor is None and view.tags() == []


def test_dragging_pins_nothing(view: MapView, qtbot: QtBot) -> None:
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, 1, 1))
    for step in range(1, 6):
        qtbot.mouseMove(view.viewport(), centre(view, 1, 1) + QPoint(20 * step, 10 * step))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, 1, 1) + QPoint(100, 50))
    assert view.reader.pinned is None


def test_arrows_move_a_cursor_once_the_map_has_one(view: MapView, qtbot: QtBot, stepped: list[int]) -> None:
    view.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.keyClick(view, RIGHT)
    assert stepped == [1] and view.reader.cursor is None
    view.clearFocus()
    told: list[object] = []
    view.cell_hovered.connect(told.append)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (RIGHT, RIGHT, DOWN, LEFT, UP, UP, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(view, key)
    assert told == [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (0, 1), (0, 6), (0, 0)]
    assert stepped == [1]
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view.reader.pinned == (0, 0) and stepped == [1]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.reader.pinned is view.reader.cursor is None and stepped == [1]
    qtbot.keyClick(view, RIGHT)
    assert stepped == [1, 1]


def test_a_zoomed_map_follows_the_cursor(view: MapView, qtbot: QtBot, make_map: MakeMap) -> None:
    view.set_spec(make_map(40, 60))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.box.zoom(6.0, QPointF(0, 0))
    for _ in range(30):
        qtbot.keyClick(view, DOWN)
    assert view.box.geometry().adjusted(-1, -1, 1, 1).contains(view.cell_rect(30, 0))
    assert not view.box.geometry().contains(view.cell_rect(0, 0))


def test_the_cursor_is_spoken_as_name_and_value(view: MapView, qtbot: QtBot) -> None:
    plain = view.accessibleName()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, RIGHT)
    assert view._spec is not None
    said = spoken(view._spec, 0, 1)
    assert said == f"row0 attends to col1: {value_text(view._spec, 0, 1)} · row 1 of 5, column 2 of 7"
    assert view.accessibleName() == f"{plain}: {said}"
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None and interface.text(QAccessible.Text.Name) == view.accessibleName()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.accessibleName() == plain


def test_masked_cells_and_differences_are_read_as_such(make_map: MakeMap) -> None:
    spec = make_map(3, 3)
    masked = replace(spec, mask=np.triu(np.ones((3, 3), dtype=np.bool_), 1))
    assert value_text(masked, 0, 2) == "masked" and "may not look at col2" in spoken(masked, 0, 2)
    assert [each.column for each in row_ranking(masked, 0)] == [0]
    signed = replace(spec, values=np.array([[0.1, -0.4, 0.2]] * 3, np.float32), scale=Scale(-0.4, 0.4), says="A − B")
    assert value_text(signed, 0, 1) == "-0.4000" and "A − B: -0.4000" in spoken(signed, 0, 1)
    assert [each.column for each in row_ranking(signed, 0)] == [1, 2, 0]


def test_what_is_lit_shows_on_every_colour(view: MapView, make_map: MakeMap) -> None:
    """Some line of the frame differs from the cells by a contrast of 3 at least, in every colormap and both themes."""
    for theme in ("light", "dark"):
        view.set_style(style_for(PALETTES[theme], view.font()))
        for colormap in COLORMAPS:
            for value in (0.0, 0.5, 1.0):
                spec = make_map(5, 7)
                view.set_spec(replace(spec, values=np.full((5, 7), value, np.float32), colormap=colormap))
                view.set_overlay(Overlay())
                plain = line_above(view.grab().toImage(), view)
                view.set_overlay(Overlay(rows=frozenset({2})))
                lit = line_above(view.grab().toImage(), view)
                ground = plain[0]
                assert max(contrast(ground, color) for color in lit) >= 3.0, (theme, colormap, value)


def line_above(picture: QImage, view: MapView) -> list[tuple[int, int, int]]:
    """The pixels downwards through the upper edge of row 2, in the middle of a cell."""
    x, edge = centre(view, 2, 3).x(), round(view.cell_rect(2, 3).top())
    colors = [picture.pixelColor(x, y) for y in range(edge - 6, edge + 7)]
    return [(color.red(), color.green(), color.blue()) for color in colors]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    def light(color: tuple[int, int, int]) -> float:
        parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_shortened_label_is_whole_in_its_tool_tip(view: MapView, make_map: MakeMap) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
    spec = make_map(3, 3)
    axis = Axis("keys", ("a", long, "b"))
    view.set_spec(replace(spec, rows=axis, columns=axis))
    beside = QPointF(view.box.geometry().left() - 20, centre(view, 1, 0).y())
    assert view.tip_at(beside) == long
    assert view.tip_at(QPointF(beside.x(), centre(view, 0, 0).y())) == ""
    above = QPointF(centre(view, 0, 1).x() + 7, view.box.geometry().top() - 10)
    assert view.tip_at(above) == long


def test_a_tag_has_room_for_what_it_says(style: Style) -> None:
    small, large = Tag("0.1"), Tag("0.1", (("1 cat", "0.8"), ("2 mat", "0.1")), 0, "Esc lets go")
    assert tag_size(large, style).height() > tag_size(small, style).height() + 2 * style.line
    assert tag_size(large, style).width() > tag_size(small, style).width()


def test_the_focus_still_rings_and_tells(view: MapView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.activated):
        view.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is view
