"""The large map: where cells are, what zooming and panning do to them, and what is told of the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.look.theme import COLORMAPS, PALETTES, Style, style_for, system_font
from attention_viewer.viewer.painting.heatmap import (
    LARGEST_FILLING_EMS,
    MOST_OBLONG,
    filling_layout,
    fitting_style,
)
from attention_viewer.viewer.painting.labelled_map import extent_of, plan_within
from attention_viewer.viewer.painting.labels import all_named
from attention_viewer.viewer.state.specs import Axis, HeatmapSpec, Overlay, Pending, Scale
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.cells_item import exposed_part
from attention_viewer.viewer.widgets.heatmap_view import HeatmapView
from attention_viewer.viewer.widgets.map_view import MapView
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

MakeMap = Callable[..., HeatmapSpec]


@pytest.fixture
def view(qtbot: QtBot, style: Style, make_map: MakeMap) -> Iterator[MapView]:
    widget = HeatmapView("Cross-attention: selected head", style)
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    # A window that is not exposed yet is told of no mouse.
    with qtbot.waitExposed(widget):
        widget.show()
    widget.set_spec(make_map())
    yield widget.map


def centre(view: MapView, row: int, column: int) -> QPoint:
    return view.cell_rect(row, column).center().toPoint()


def color_at(view: MapView, point: QPoint) -> tuple[int, int, int]:
    color = view.grab().toImage().pixelColor(point)
    return color.red(), color.green(), color.blue()


def test_every_cell_has_its_own_color_and_place(view: MapView, make_map: MakeMap) -> None:
    values = make_map().values
    picture = view.grab().toImage()
    for row, column in np.ndindex(values.shape):
        point = centre(view, row, column)
        color = picture.pixelColor(point)
        expected = COLORMAPS["viridis"][round(float(values[row, column]) * 255)]
        assert (color.red(), color.green(), color.blue()) == tuple(expected), (row, column)
        assert view.cell_at(QPointF(point)) == (row, column)


def test_a_map_fills_its_room_with_cells_that_need_not_be_square(view: MapView, make_map: MakeMap) -> None:
    view.set_spec(make_map(8, 14))
    cells, room = view.cells_rect(), QRectF(view.viewport().rect())
    assert room.contains(cells)
    assert cells.bottom() > room.bottom() - 4 and cells.width() > 0.75 * room.width()
    first = view.cell_rect(0, 0)
    assert first.height() > 1.2 * first.width()


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 9), (9, 1), (2, 2), (3, 40), (60, 60)])
def test_cells_are_neither_oblong_beyond_measure_nor_giant(
    style: Style, make_map: MakeMap, rows: int, columns: int
) -> None:
    room = QRectF(0, 0, 1200, 900)
    cells = filling_layout(room, make_map(rows, columns), style).cells
    wide, high = cells.width() / columns, cells.height() / rows
    assert room.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(cells)
    assert max(wide / high, high / wide) <= MOST_OBLONG + 1e-6
    assert max(wide, high) <= LARGEST_FILLING_EMS * style.em + 1e-6
    assert wide * high > 36.0


def test_row_labels_that_shrink_leave_their_room_to_the_cells(style: Style, make_map: MakeMap) -> None:
    few, many = make_map(10, 5), make_map(60, 5)
    many = replace(many, rows=Axis("queries", ("a long label",) * 60))
    few = replace(few, rows=Axis("queries", ("a long label",) * 10))
    lefts = [filling_layout(QRectF(0, 0, 400, 400), spec, style).cells.left() for spec in (few, many)]
    assert lefts[1] < 0.9 * lefts[0]


def test_enlarged_labels_give_way_to_a_map_without_room(view: MapView, qtbot: QtBot) -> None:
    desktop = style_for(PALETTES["light"], system_font())
    large = style_for(PALETTES["light"], system_font(), 2.0)
    weights = np.full((6, 9), 1 / 9, np.float32)
    words = Axis("queries", tuple("abcdef")), Axis("keys", tuple(f"international{index}" for index in range(9)))
    spec = HeatmapSpec(CROSS, Head(), "", *words, weights, None, Scale(0.0, 1.0), "viridis")
    for width, height in ((900, 900), (480, round(7 * large.em))):
        area = QRectF(0, 0, width, height)
        assert fitting_style(spec, desktop, area).em == desktop.em
        assert desktop.em <= fitting_style(spec, large, area).em <= large.em
    assert fitting_style(spec, large, QRectF(0, 0, 900, 900)).em == large.em
    view.set_style(large)
    view.set_spec(spec)
    view.resize(480, round(7 * large.em))
    kept = plan_within(480, 7 * large.em, extent_of(spec), large)
    assert view.cell_rect(0, 0).height() > 1.5 * kept.cell


def test_letters_become_smaller_before_columns_lose_their_names(style: Style, make_map: MakeMap) -> None:
    spec = make_map(23, 24)

    def named(width: int, look: Style) -> bool:
        return all_named(filling_layout(QRectF(0, 0, width, 900), spec, look).cells.width(), 24, look)

    def fitting(width: int) -> Style:
        return fitting_style(spec, style, QRectF(0, 0, width, 900))

    widths = range(200, 900)
    plain = next(width for width in widths if named(width, style))
    smaller = next(width for width in widths if named(width, fitting(width)))
    assert smaller < 0.96 * plain and all(named(width, fitting(width)) for width in range(smaller, plain))
    sizes = [fitting(width).mono.pixelSize() for width in (smaller - 1, smaller, plain - 1, plain)]
    full = style.mono.pixelSize()
    assert sizes[0] == sizes[3] == full and sizes[1] == sizes[2] < full, "only where it helps"


def test_hovering_tells_cells_and_leaving_tells_none(view: MapView, qtbot: QtBot) -> None:
    told: list[object] = []
    view.cell_hovered.connect(told.append)
    for row, column in ((0, 0), (0, 0), (2, 4)):
        qtbot.mouseMove(view.viewport(), centre(view, row, column))
    qtbot.mouseMove(view.viewport(), QPoint(399, 299))
    assert told == [(0, 0), (2, 4), None]


def turn_wheel(view: MapView, point: QPoint, angle: int) -> None:
    event = QWheelEvent(
        QPointF(point), QPointF(view.viewport().mapToGlobal(point)), QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_the_wheel_zooms_around_the_mouse_and_back(view: MapView, make_map: MakeMap) -> None:
    view.set_spec(make_map(30, 50))
    whole = view.cell_rect(0, 0)
    point = centre(view, 14, 33)
    for _ in range(5):
        turn_wheel(view, point, 120)
    assert view.cell_rect(0, 0).width() > 1.5 * whole.width()
    assert view.cell_at(QPointF(point)) == (14, 33)
    for _ in range(9):
        turn_wheel(view, point, -120)
    assert view.cell_rect(0, 0) == whole and view.box.fitted


@pytest.mark.qt_log_ignore("not accepted by receiving widget", extend=True)
def test_a_double_click_fits_again(view: MapView, qtbot: QtBot) -> None:
    before = view.cell_rect(0, 0)
    view.box.zoom(4.0, QPointF(80, 50))
    assert view.cell_rect(0, 0) != before
    point = view.box.geometry().center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.cell_rect(0, 0) == before and view.box.fitted


def test_panning_ends_at_the_edges(view: MapView, make_map: MakeMap) -> None:
    view.set_spec(make_map(40, 60))
    view.box.zoom(6.0, QPointF(0, 0))
    view.box.pan(QPointF(1e6, 1e6))
    assert (view.box.seen.left, view.box.seen.top) == (0.0, 0.0)
    view.box.pan(QPointF(-1e6, -1e6))
    seen = view.box.seen
    assert seen.left + view.box.width() / seen.wide == pytest.approx(60)
    assert seen.top + view.box.height() / seen.high == pytest.approx(40)


def test_the_same_shape_keeps_the_zoom_and_another_does_not(view: MapView, make_map: MakeMap) -> None:
    view.box.zoom(2.0, QPointF(0, 0))
    zoomed = view.box.seen
    view.set_spec(make_map())
    assert view.box.seen == zoomed
    view.set_spec(make_map(4, 5))
    assert view.box.fitted


def test_an_overlay_frames_without_moving_or_emitting(view: MapView, qtbot: QtBot, style: Style) -> None:
    edge = view.cell_rect(1, 0).topLeft().toPoint() + QPoint(3, 0)
    before = color_at(view, edge)
    with qtbot.assertNotEmitted(view.cell_hovered):
        view.set_overlay(Overlay(rows=frozenset({1, 99})))
    assert color_at(view, edge) != before


def test_no_map_says_why_and_a_map_comes_back(qtbot: QtBot, style: Style, make_map: MakeMap) -> None:
    place = HeatmapView("Cross-attention: selected head", style)
    qtbot.addWidget(place)
    place.resize(400, 300)
    place.show()
    place.set_overlay(Overlay(rows=frozenset({0})))
    place.set_spec(Pending("Loading the model"))
    assert place.message() == place.accessibleDescription() == "Loading the model"
    loading = place.grab().toImage()
    place.set_spec(make_map())
    assert place.message() == "" and place.grab().toImage() != loading
    place.set_spec(Pending("Loading the model"))
    assert place.grab().toImage() == loading and place.spec is None


def test_only_exposed_cells_are_painted(make_map: MakeMap) -> None:
    spec: HeatmapSpec = make_map(30, 50)
    area, part = exposed_part(spec, QRectF(10.2, 5.5, 3.0, 2.0))
    assert area == QRectF(9, 4, 6, 5)
    assert np.array_equal(part.values, spec.values[4:9, 9:15])


def test_keys_reach_it(view: MapView) -> None:
    assert view.focusPolicy() is Qt.FocusPolicy.StrongFocus
    assert view.accessibleName() == "Cross-attention: selected head"


def test_marks_of_leaked_cells_move_with_their_cells(make_map: MakeMap) -> None:
    spec = make_map(9, 9)
    leaked = np.triu(np.ones((9, 9), dtype=np.bool_), 1)
    area, part = exposed_part(replace(spec, leaked=leaked), QRectF(4, 5, 2, 2))
    assert part.leaked is not None and part.leaked.shape == part.values.shape
    top, left = int(area.top()), int(area.left())
    assert part.leaked.tolist() == leaked[top : top + 4, left : left + 4].tolist()
