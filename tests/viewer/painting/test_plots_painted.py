"""The positional plots as pictures: colours where the numbers are, true ticks, nothing beyond the edge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.viewer.export.picture import export_picture
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.curves import curve_colors, curves_layout, paint_curves
from attention_viewer.viewer.painting.heatmap import VECTOR_CELLS
from attention_viewer.viewer.painting.matrix import matrix_layout, paint_matrix
from attention_viewer.viewer.painting.scales import nice_ticks, tick_text
from attention_viewer.viewer.state.specs import CurvesSpec, MatrixSpec, Scale
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

RECT = QRectF(0, 0, 360, 260)
MARGIN = 40
OUTSIDE = 0xFFFF00FF
"""A colour that no picture has."""
SVG = "{http://www.w3.org/2000/svg}"
Paint = Callable[[QPainter, QRectF], object]
FONTS = (9, 10, 12)


@pytest.fixture(params=sorted(PALETTES))
def style(request: pytest.FixtureRequest, qapp: QApplication) -> Style:
    return style_for(PALETTES[request.param], QFont())


@pytest.fixture
def printed(qapp: QApplication) -> Style:
    return style_for(PALETTES["print"], QFont())


def sized(pixels: int) -> Style:
    """The print style with text of so many pixels."""
    font = QFont()
    font.setPixelSize(pixels)
    return style_for(PALETTES["print"], font)


def matrix(rows: int = 4, columns: int = 7, marked: int = 2, square: bool = False) -> MatrixSpec:
    """Cell (r, c) has the value -1 + 2 (r * columns + c) / (rows * columns - 1): no two are alike."""
    values = np.linspace(-1.0, 1.0, rows * columns, dtype=np.float32).reshape(rows, columns)
    return MatrixSpec("Title", "subtitle", "position", "dimension", values, Scale(-1.0, 1.0), "viridis", marked, square)


def flat(*levels: float, positions: int = 24, marked: int = 5) -> CurvesSpec:
    """Curves that each stay at a level."""
    curves = np.repeat(np.array(levels, dtype=np.float32)[:, None], positions, axis=1).reshape(len(levels), positions)
    return CurvesSpec("Title", "subtitle", tuple(f"i = {i}, level" for i in range(len(levels))), curves, marked)


def painted(paint: Paint, style: Style, rect: QRectF = RECT) -> QImage:
    image = QImage(int(rect.right()), int(rect.bottom()), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint(painter, rect)
    painter.end()
    return image


def expected(value: float) -> str:
    """The colour of a value between -1 and 1."""
    index = int(np.rint((np.float32(value) + np.float32(1)) / np.float32(2) * np.float32(255)))
    return QColor(*COLORMAPS["viridis"][index].tolist()).name()


def ink_beyond(paint: Paint, rect: QRectF) -> int:
    """How many pixels outside of `rect` are painted."""
    width, height = int(np.ceil(rect.width())), int(np.ceil(rect.height()))
    image = QImage(width + 2 * MARGIN, height + 2 * MARGIN, QImage.Format.Format_RGB32)
    image.fill(OUTSIDE)
    painter = QPainter(image)
    painter.translate(MARGIN, MARGIN)
    paint(painter, rect)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()
    assert (pixels != OUTSIDE).sum() > 100
    pixels[MARGIN : MARGIN + height, MARGIN : MARGIN + width] = OUTSIDE
    return int((pixels != OUTSIDE).sum())


def svg_of(paint: Paint, directory: Path, rect: QRectF = RECT) -> ElementTree.Element:
    path = directory / "plot.svg"

    def picture(painter: QPainter, room: QRectF, vector: bool) -> None:
        paint(painter, room)

    export_picture(path, picture, QSizeF(rect.width(), rect.height()))
    return ElementTree.parse(path).getroot()


def svg_texts(root: ElementTree.Element) -> list[str]:
    return [(element.text or "").strip() for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("low", "high", "most", "wanted"),
    [
        (0, 63, 8, (0, 10, 20, 30, 40, 50, 60)),
        (0, 63, 6, (0, 20, 40, 60)),
        (0, 511, 6, (0, 100, 200, 300, 400, 500)),
        (-1, 1, 3, (-1, 0, 1)),
        (-1, 1, 5, (-1, -0.5, 0, 0.5, 1)),
        (0, 1, 11, (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)),
        (0.003, 0.011, 5, (0.004, 0.006, 0.008, 0.01)),
        (7, 7, 5, (7,)),
        (0, 1, 0, ()),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, most: int, wanted: tuple[float, ...]) -> None:
    assert nice_ticks(low, high, most) == pytest.approx(wanted)


def test_positions_are_never_cut_into_halves() -> None:
    assert nice_ticks(0, 3, 50) != (0, 1, 2, 3)
    assert nice_ticks(0, 3, 50, smallest=1) == (0, 1, 2, 3)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 40))
def test_there_are_as_many_ticks_as_there_may_be(low: float, span: float, most: int) -> None:
    high = low + span
    ticks = nice_ticks(low, high, most)
    assert len(ticks) <= most
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in ticks)
    if len(ticks) > 2:
        step = ticks[1] - ticks[0]
        assert np.allclose(np.diff(ticks), step, rtol=1e-3)
        digit = step / 10 ** np.floor(np.log10(step * (1 + 1e-6)))
        assert min(abs(digit - each) for each in (1, 2, 5)) < 1e-3
        # A step two and a half times as fine would make too many of them.
        assert span / (step / 2.5) + 1 > most


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.0, "0"), (10.0, "10"), (0.1 + 0.2, "0.3"), (-1, "-1"), (100000.0, "100000")]
)
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert tick_text(value) == text


@pytest.mark.parametrize("vector", [False, True])
@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (1, 30), (30, 1), (40, 100)])
def test_every_cell_has_the_colour_of_its_value(style: Style, vector: bool, shape: tuple[int, int]) -> None:
    spec = matrix(*shape, marked=0)
    image = painted(lambda painter, rect: paint_matrix(painter, rect, spec, style, vector), style)
    cells = matrix_layout(RECT, spec, style).cells
    for row, column in np.ndindex(*shape):
        x = cells.left() + (column + 0.5) * cells.width() / shape[1]
        y = cells.top() + (row + 0.5) * cells.height() / shape[0]
        assert image.pixelColor(int(x), int(y)).name() == expected(float(spec.values[row, column]))


def test_cells_fill_the_picture_but_for_axes_and_colour_bar(style: Style) -> None:
    layout = matrix_layout(RECT, matrix(3, 9), style)
    assert layout.cells.width() > 0.65 * RECT.width() and layout.cells.height() > 0.7 * RECT.height()
    assert layout.row_title.right() < layout.cells.left() and layout.cells.bottom() < layout.column_title.top()
    assert layout.cells.right() < layout.colorbar.left() < layout.colorbar.right() <= RECT.right()
    assert layout.colorbar.top() == layout.cells.top() and layout.colorbar.bottom() == layout.cells.bottom()


@pytest.mark.parametrize(("marked", "square"), [(2, False), (2, True), (99, True)])
@pytest.mark.parametrize("vector", [False, True])
def test_the_frame_surrounds_the_sentence(style: Style, marked: int, square: bool, vector: bool) -> None:
    spec = matrix(6, 9, marked, square)
    image = painted(lambda painter, rect: paint_matrix(painter, rect, spec, style, vector), style)
    cells = matrix_layout(RECT, spec, style).cells
    right = round(cells.left() + cells.width() * (min(marked, 9) / 9 if square else 1))
    bottom = round(cells.top() + cells.height() * min(marked, 6) / 6)
    accent = style.palette.accent
    found = {
        (x, y)
        for x in range(int(cells.left()) - 4, int(cells.right()) + 5)
        for y in range(int(cells.top()) - 4, int(cells.bottom()) + 5)
        if image.pixelColor(x, y).name() == accent
    }
    middle_x, middle_y = (int(cells.left()) + right) // 2, (int(cells.top()) + bottom) // 2
    for x, y in ((cells.left(), middle_y), (right, middle_y), (middle_x, cells.top()), (middle_x, bottom)):
        assert any(abs(x - at_x) <= 1 and abs(y - at_y) <= 1 for at_x, at_y in found)
    on_edges = {
        (x, y)
        for x, y in found
        if min(abs(x - cells.left()), abs(x - right), abs(y - cells.top()), abs(y - bottom)) <= 2
    }
    assert on_edges == found and max(x for x, _ in found) <= right + 2 and max(y for _, y in found) <= bottom + 2


def test_without_a_sentence_there_is_no_frame(style: Style) -> None:
    spec = matrix(marked=0)
    image = painted(lambda painter, rect: paint_matrix(painter, rect, spec, style), style)
    assert matrix_layout(RECT, spec, style).frame is None
    assert style.palette.accent not in {image.pixelColor(x, y).name() for x in range(360) for y in range(0, 260, 3)}


def test_ticks_stand_at_the_middles_of_cells(style: Style) -> None:
    layout = matrix_layout(RECT, matrix(64, 512), style)
    assert [tick.text for tick in layout.row_ticks] == ["0", "10", "20", "30", "40", "50", "60"]
    assert [tick.text for tick in layout.column_ticks][:3] == ["0", "100", "200"]
    for tick in layout.row_ticks:
        assert tick.place == pytest.approx(layout.cells.top() + (int(tick.text) + 0.5) * layout.cells.height() / 64)
    for tick in layout.column_ticks:
        assert tick.place == pytest.approx(layout.cells.left() + (int(tick.text) + 0.5) * layout.cells.width() / 512)


@pytest.mark.parametrize("shape", [(3, 4), (2, 1), (1, 2)])
def test_there_are_no_ticks_between_two_cells(style: Style, shape: tuple[int, int]) -> None:
    layout = matrix_layout(QRectF(0, 0, 900, 900), matrix(*shape), style)
    assert [tick.text for tick in layout.row_ticks] == [str(row) for row in range(shape[0])]
    assert [tick.text for tick in layout.column_ticks] == [str(column) for column in range(shape[1])]


def test_numbers_are_painted_beside_their_ticks(style: Style) -> None:
    spec = matrix(64, 100, marked=0)
    image = painted(lambda painter, rect: paint_matrix(painter, rect, spec, style), style)
    layout = matrix_layout(RECT, spec, style)
    left = layout.cells.left() - 0.6 * style.em
    surface = style.palette.surface

    def has_ink(x: float, y: float) -> bool:
        return any(
            image.pixelColor(int(x) + dx, int(y) + dy).name() != surface for dx in range(-4, 5) for dy in range(-2, 3)
        )

    for tick, following in zip(layout.row_ticks, layout.row_ticks[1:], strict=False):
        assert has_ink(left - 4, tick.place) and not has_ink(left - 4, (tick.place + following.place) / 2)
    below = layout.cells.bottom() + 0.6 * style.em + style.small_line / 2
    for tick, following in zip(layout.column_ticks, layout.column_ticks[1:], strict=False):
        assert has_ink(tick.place, below) and not has_ink((tick.place + following.place) / 2, below)


SIZES = [(250, 150), (250, 400), (360.7, 260.3), (900, 151)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("vector", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (4, 7), (64, 300), (300, 300)])
@pytest.mark.parametrize("font", FONTS)
def test_a_matrix_stays_in_its_rectangle(
    qapp: QApplication, size: tuple[float, float], vector: bool, shape: tuple[int, int], font: int
) -> None:
    style = sized(font)
    spec = replace(matrix(*shape, marked=shape[0], square=True), row_title="gjpqy| too long " * 9)
    spec = replace(spec, column_title=spec.row_title, scale=Scale(-1234.56, 1000.0))
    assert ink_beyond(lambda painter, rect: paint_matrix(painter, rect, spec, style, vector), QRectF(0, 0, *size)) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [0, 1, 4, 8, 40])
@pytest.mark.parametrize("positions", [1, 8, 512])
@pytest.mark.parametrize("font", FONTS)
def test_curves_stay_in_their_rectangle(
    qapp: QApplication, size: tuple[float, float], count: int, positions: int, font: int
) -> None:
    style = sized(font)
    spec = flat(*np.linspace(-1, 1, count).tolist(), positions=positions, marked=positions)
    spec = replace(spec, names=tuple(f"i = {index}, wavelength {10**index}" for index in range(count)))
    rect = QRectF(0, 0, *size)
    assert ink_beyond(lambda painter, room: paint_curves(painter, room, spec, style), rect) == 0


@pytest.mark.parametrize("origin", [(0.0, 0.0), (17.0, 9.0), (3.4, 5.6)])
def test_plots_follow_their_rectangle(printed: Style, origin: tuple[float, float]) -> None:
    rect = QRectF(*origin, 300, 200)
    for layout in (matrix_layout(rect, matrix(), printed), curves_layout(rect, flat(0.5), printed)):
        for value in vars(layout).values():
            if isinstance(value, QRectF):
                assert rect.adjusted(-0.01, -0.01, 0.01, 0.01).contains(value)


@pytest.mark.parametrize("height", [200.0, 260.0, 260.6])
def test_plots_side_by_side_have_one_height(style: Style, height: float) -> None:
    rect = QRectF(0, 0, 600, height)
    cells, area = matrix_layout(rect, matrix(), style).cells, curves_layout(rect, flat(0.5), style).area
    assert (cells.top(), cells.bottom()) == (area.top(), area.bottom())


def at_least_once(image: QImage, place: QPointF, color: str) -> bool:
    x, y = int(place.x()), int(place.y())
    return any(image.pixelColor(x + dx, y + dy).name() == color for dx in range(-2, 3) for dy in range(-2, 3))


@pytest.mark.parametrize("theme", sorted(PALETTES))
def test_curves_go_through_their_points_in_their_colours(qapp: QApplication, theme: str) -> None:
    large = style_for(PALETTES[theme], QFont(), 2.0)
    rect = QRectF(0, 0, 700, 520)
    levels = (0.8, 0.3, -0.55)
    spec = flat(*levels)
    image = painted(lambda painter, room: paint_curves(painter, room, spec, large), large, rect)
    layout = curves_layout(rect, spec, large)
    colors = curve_colors(large, 3)
    assert colors == list(large.palette.curves[:3])
    for level, color in zip(levels, colors, strict=True):
        assert all(at_least_once(image, layout.point(position, level), color) for position in (0, 7, 23))
        assert not any(at_least_once(image, layout.point(7, -level), color) for color in colors)
    assert layout.point(3, 0.8).y() < layout.point(3, -0.8).y() and layout.point(3, 0).x() < layout.point(4, 0).x()


def test_a_curve_is_a_line_from_value_to_value(qapp: QApplication) -> None:
    large = style_for(PALETTES["light"], QFont(), 2.0)
    rect = QRectF(0, 0, 700, 520)
    spec = replace(flat(0.0, positions=3, marked=0), curves=np.array([[-1.0, 1.0, 0.5]], dtype=np.float32))
    image = painted(lambda painter, room: paint_curves(painter, room, spec, large), large, rect)
    layout = curves_layout(rect, spec, large)
    for position, value in ((0, -1.0), (0.25, -0.5), (0.75, 0.5), (1, 1.0), (1.5, 0.75), (2, 0.5)):
        assert at_least_once(image, layout.point(position, value), large.palette.curves[0])


def test_more_curves_than_colours_begin_again(style: Style) -> None:
    count = len(style.palette.curves)
    assert curve_colors(style, count + 2) == [*style.palette.curves, *style.palette.curves[:2]]


def test_the_sentence_lies_on_a_tinted_ground(style: Style) -> None:
    spec = flat(0.9, marked=5)
    image = painted(lambda painter, rect: paint_curves(painter, rect, spec, style), style)
    layout = curves_layout(RECT, spec, style)
    # All of these lie between the thin lines of the grid.
    for position in (-0.4, 3.5, 4.3):
        assert image.pixelColor(layout.point(position, 0.5).toPoint()).name() == style.palette.accent_soft
    for position in (4.9, 6.5, 22.5):
        assert image.pixelColor(layout.point(position, 0.5).toPoint()).name() == style.palette.surface
    assert curves_layout(RECT, replace(spec, marked=0), style).ground is None


def test_thin_lines_stand_at_the_ticks(style: Style) -> None:
    spec = flat(0.9, marked=0, positions=64)
    image = painted(lambda painter, rect: paint_curves(painter, rect, spec, style), style)
    layout = curves_layout(RECT, spec, style)
    assert [tick.text for tick in layout.y_ticks] == ["-1", "0", "1"]
    assert [tick.text for tick in layout.x_ticks] == ["0", "10", "20", "30", "40", "50", "60"]
    for tick in layout.x_ticks:
        assert tick.place == pytest.approx(layout.point(int(tick.text), 0).x())
        assert at_least_once(image, QPointF(tick.place, layout.area.center().y() + 20), style.palette.border)
    for tick in layout.y_ticks:
        assert tick.place == pytest.approx(layout.point(0, int(tick.text)).y())
        assert at_least_once(image, QPointF(layout.area.left() + 12, tick.place), style.palette.border)


@pytest.mark.parametrize(("size", "beside"), [((700, 200), True), ((300, 400), False), ((250, 150), True)])
def test_the_legend_goes_where_there_is_room(printed: Style, size: tuple[int, int], beside: bool) -> None:
    spec = flat(*np.linspace(-1, 1, 6).tolist())
    spec = replace(spec, names=tuple(f"i = {index}, wavelength 12345.6" for index in range(6)))
    rect = QRectF(0, 0, *size)
    layout = curves_layout(rect, spec, printed)
    assert len(layout.legend) == 6
    for box, following in zip(layout.legend, layout.legend[1:], strict=False):
        assert box.bottom() <= following.top() + 0.01 and rect.contains(box)
    if beside:
        assert layout.legend[0].left() > layout.area.right()
    else:
        assert layout.legend[0].top() > layout.x_title.bottom()
    assert layout.area.width() > 0.4 * rect.width() and layout.area.height() > 0.4 * rect.height()


def test_a_name_stands_beside_a_line_of_its_colour(style: Style) -> None:
    spec = flat(0.8, 0.3, -0.55)
    image = painted(lambda painter, rect: paint_curves(painter, rect, spec, style), style)
    for box, color in zip(curves_layout(RECT, spec, style).legend, curve_colors(style, 3), strict=True):
        middle = QPointF(box.left() + 0.8 * style.em, box.center().y())
        near = [image.pixelColor(int(middle.x()), int(middle.y()) + dy) for dy in (-1, 0, 1)]
        wanted = QColor(color)
        assert min(abs(one.red() - wanted.red()) + abs(one.blue() - wanted.blue()) for one in near) < 60


def test_a_vector_matrix_has_a_rectangle_for_each_cell(printed: Style, tmp_path: Path) -> None:
    spec = matrix(5, 9, marked=2)
    root = svg_of(lambda painter, rect: paint_matrix(painter, rect, spec, printed, True), tmp_path)
    wanted = [expected(float(value)) for value in spec.values.flat]
    fills = [fill for group in root.iter(f"{SVG}g") if (fill := group.get("fill")) and list(group)]
    first = fills.index(wanted[0])
    assert fills[first : first + len(wanted)] == wanted, "cells stand row by row"
    boxes = [rect for group in root.iter(f"{SVG}g") if group.get("fill") in wanted for rect in group.iter(f"{SVG}rect")]
    cells = matrix_layout(RECT, spec, printed).cells
    inside = [box for box in boxes if float(box.get("x", "-1")) < cells.right()]
    assert len(inside) == 45
    assert not list(root.iter(f"{SVG}image"))


def test_a_large_vector_matrix_has_an_image_for_all_cells(printed: Style, tmp_path: Path) -> None:
    spec = matrix(201, 200)
    assert spec.values.size > VECTOR_CELLS
    root = svg_of(lambda painter, rect: paint_matrix(painter, rect, spec, printed, True), tmp_path)
    assert len(list(root.iter(f"{SVG}image"))) == 1 and len(list(root.iter(f"{SVG}rect"))) < 100


def test_texts_of_an_svg_are_texts(printed: Style, tmp_path: Path) -> None:
    spec = matrix(64, 100)
    texts = svg_texts(svg_of(lambda painter, rect: paint_matrix(painter, rect, spec, printed, True), tmp_path))
    for text in ("0", "10", "60", "80", "position", "dimension", "-1", "0.5"):
        assert text in texts
    assert texts.count("position") == 1 and "64" not in texts
    (tmp_path / "plot.svg").unlink()
    lines = flat(0.8, -0.4, positions=64)
    texts = svg_texts(svg_of(lambda painter, rect: paint_curves(painter, rect, lines, printed), tmp_path))
    for text in ("-1", "0", "1", "10", "60", "position", "i = 0, level", "i = 1, level"):
        assert text in texts


def test_the_row_title_reads_upwards(printed: Style, tmp_path: Path) -> None:
    root = svg_of(lambda painter, rect: paint_matrix(painter, rect, matrix(), printed, True), tmp_path)
    titled = [group for group in root.iter(f"{SVG}g") if any((text.text or "") == "position" for text in group)]
    turned = re.fullmatch(r"matrix\(([-\d.e]+),([-\d.e]+),([-\d.e]+),([-\d.e]+),.*\)", titled[-1].get("transform", ""))
    assert turned is not None
    assert [round(float(part)) for part in turned.groups()] == [0, -1, 1, 0]


def test_texts_of_a_pdf_are_texts(printed: Style, tmp_path: Path) -> None:
    from pypdf import PdfReader

    spec, lines = matrix(64, 100), flat(0.8, -0.4, positions=64)

    def both(painter: QPainter, rect: QRectF, vector: bool) -> None:
        paint_matrix(painter, rect.adjusted(0, 0, -rect.width() / 2, 0), spec, printed, vector)
        paint_curves(painter, rect.adjusted(rect.width() / 2, 0, 0, 0), lines, printed)

    export_picture(tmp_path / "plot.pdf", both, QSizeF(800, 260))
    page: Any = PdfReader(tmp_path / "plot.pdf").pages[0]
    words = " ".join(page.extract_text().split())
    for text in ("60", "80", "dimension", "position", "i = 0, level", "i = 1, level"):
        assert text in words
