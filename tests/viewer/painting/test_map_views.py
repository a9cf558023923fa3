"""Lines and shaded text: where tokens stand, what is drawn how strongly, and what the shades are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.curves import curve_colors
from attention_viewer.viewer.painting.lines import head_at, lines_layout, paint_lines
from attention_viewer.viewer.painting.shaded_text import heading, looked_at, paint_shaded, text_layout
from attention_viewer.viewer.state.specs import Overlay
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from support.specs_for_tests import heatmap

AREA = QRectF(0, 0, 400, 300)


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return style_for(PALETTES["light"], QFont())


def ink(style: Style, values: np.ndarray[tuple[int, int], np.dtype[np.float32]], lit: Overlay | None = None) -> QImage:
    """The lines of a map of 3 queries and 4 keys."""
    spec = replace(heatmap(3, 4), values=values.astype(np.float32))
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint_lines(painter, AREA, spec, style, lit)
    painter.end()
    return image


def strength(image: QImage, style: Style, row: int, column: int) -> float:
    """How far the middle of a line is from the ground, 0 to 255."""
    layout = lines_layout(AREA, heatmap(3, 4), style)
    x = (layout.left * 2 + layout.right) / 3
    y = (2 * layout.rows[row] + layout.columns[column]) / 3
    ground = QColor(style.palette.surface)
    near = [QColor(image.pixel(round(x), round(y) + offset)) for offset in (-1, 0, 1)]
    return max(abs(each.red() - ground.red()) for each in near)


def test_a_line_is_as_strong_as_its_weight(style: Style) -> None:
    weights = np.zeros((3, 4), np.float32)
    weights[0, 3], weights[2, 1], weights[1, 0] = 1.0, 0.4, 0.01
    image = ink(style, weights)
    full, half, least = (strength(image, style, *cell) for cell in ((0, 3), (2, 1), (1, 0)))
    assert full > half > 5 and least == 0


def test_what_is_lit_stands_alone(style: Style) -> None:
    weights = np.zeros((3, 4), np.float32)
    weights[0, 3] = weights[2, 1] = 1.0
    image = ink(style, weights, Overlay(rows=frozenset({2})))
    assert strength(image, style, 2, 1) > 100 > 30 > strength(image, style, 0, 3)
    by_key = ink(style, weights, Overlay(columns=frozenset({3})))
    assert strength(by_key, style, 0, 3) > 100 > 30 > strength(by_key, style, 2, 1)


def test_masked_cells_have_no_line(style: Style) -> None:
    spec = heatmap(3, 3, masked=True)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    paint_lines(painter, AREA, replace(spec, values=np.ones((3, 3), np.float32)), style)
    painter.end()
    layout = lines_layout(AREA, spec, style)
    near_end = QPointF(layout.left + 0.9 * (layout.right - layout.left), 0)
    y = layout.rows[0] + 0.9 * (layout.columns[2] - layout.rows[0])
    assert image.pixelColor(round(near_end.x()), round(y)) == QColor(style.palette.surface)


def test_tokens_are_found_where_they_stand(style: Style) -> None:
    layout = lines_layout(AREA, heatmap(3, 4), style)
    assert layout.row_at(QPointF(layout.left - 5, layout.rows[1])) == 1
    assert layout.column_at(QPointF(layout.right + 5, layout.columns[3])) == 3
    assert layout.row_at(QPointF(layout.right, layout.rows[1])) is None
    assert layout.row_at(QPointF(0, 290)) is None


@pytest.mark.parametrize(
    ("chosen", "words"),
    [((), "mean of all 3 rows"), ((1,), "‘row1’ looks at"), ((0, 2), "mean of 2 rows"), ((0, 9), "‘row0’ looks at")],
)
def test_the_shades_are_said(chosen: tuple[int, ...], words: str) -> None:
    spec = replace(heatmap(3, 4), rows=replace(heatmap(3, 4).rows, labels=("row0", "row1", "row2")))
    assert words in heading(spec, chosen)
    rows = [row for row in chosen if row < 3] or [0, 1, 2]
    np.testing.assert_allclose(looked_at(spec, chosen), spec.values[rows].mean(axis=0))


def test_the_key_that_is_looked_at_most_has_the_colour_of_its_weight(style: Style) -> None:
    values = np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], np.float32)
    spec = replace(heatmap(3, 4), values=values)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter(image)
    layout = paint_shaded(painter, AREA, spec, style, (0,))
    painter.end()
    colors = [image.pixelColor(box.topLeft().toPoint() + QPointF(2, 2).toPoint()).name() for box in layout.columns]
    assert colors[0] == colors[1] == colors[3] != colors[2]
    assert text_layout(AREA, spec, style).row_at(layout.rows[1].center()) == 1


def test_lines_of_several_heads_stand_beside_each_other_and_one_stands_out(style: Style) -> None:
    weights = np.zeros((3, 4), np.float32)
    weights[1, 1] = 1.0
    spec = replace(heatmap(3, 4), values=weights, singles=(("1.1", weights), ("1.2", weights), ("2.1", weights)))
    colors = [QColor(each) for each in curve_colors(style, 3)]

    def columns(head: int | None) -> list[str]:
        """The colours that a line down the middle of the picture meets, from the top."""
        image = QImage(400, 300, QImage.Format.Format_RGB32)
        image.fill(QColor(style.palette.surface))
        painter = QPainter(image)
        paint_lines(painter, AREA, spec, style, head=head)
        painter.end()
        layout = lines_layout(AREA, spec, style)
        x = round((layout.left + layout.right) / 2)
        found = [QColor(image.pixel(x, y)) for y in range(300)]
        near = [[index for index, each in enumerate(colors) if _apart(each, color) < 60] for color in found]
        return [str(index) for index, *_ in filter(None, near)]

    assert "".join(dict.fromkeys(columns(None))) == "012"
    assert set(columns(1)) == {"1"}
    at = QPointF(AREA.left() + 2, AREA.top() + 3)
    assert head_at(at, AREA, spec, style) == 0 and head_at(QPointF(at.x(), 200), AREA, spec, style) is None
    assert head_at(at, AREA, replace(spec, singles=()), style) is None


def _apart(one: QColor, other: QColor) -> int:
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()), abs(one.blue() - other.blue()))
