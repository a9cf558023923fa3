"""Drawings parsed back: every cell in its place and colour, every token beside its row or above its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.viewer.export.figure import Figure, Look, grid_figure, heatmap_figure
from attention_viewer.viewer.export.picture import export_picture
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, style_for
from attention_viewer.viewer.state.specs import HeatmapSpec
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication
from support.specs_for_tests import grid, heatmap

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Rectangle:
    color: str
    x: float
    y: float


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(style_for(PALETTES["print"], QFont()))


def cell_color(weight: float) -> str:
    return QColor(*COLORMAPS["viridis"][int(np.rint(np.float32(weight) * np.float32(255)))].tolist()).name()


def svg_rectangles(path: Path) -> list[Rectangle]:
    groups = ElementTree.parse(path).iter(f"{SVG}g")
    return [
        Rectangle(group.get("fill", ""), float(box.get("x", 0)), float(box.get("y", 0)))
        for group in groups
        for box in group.findall(f"{SVG}rect")
    ]


def svg_texts(path: Path) -> Iterator[tuple[str, float, float]]:
    """Each text with the place where it begins."""
    for group in ElementTree.parse(path).iter(f"{SVG}g"):
        shift = [float(each) for each in re.findall(r"[-\d.e]+", group.get("transform", "").partition("(")[2])]
        for text in group.findall(f"{SVG}text"):
            x, y = float(text.get("x", 0)), float(text.get("y", 0))
            a, b, c, d, e, f = shift or [1, 0, 0, 1, 0, 0]
            yield (text.text or "").strip(), a * x + c * y + e, b * x + d * y + f


def pdf_rectangles(path: Path) -> list[Rectangle]:
    """Filled rectangles of the first page in the order of painting, in the page's own coordinates."""
    from pypdf import PdfReader

    page: Any = PdfReader(path).pages[0]
    color = ""
    pending: list[tuple[float, float]] = []
    found: list[Rectangle] = []
    for operands, operator in page.get_contents().operations:
        if operator == b"scn":
            color = QColor.fromRgbF(*(float(each) for each in operands[:3])).name()
        elif operator == b"re":
            pending.append((float(operands[0]), float(operands[1])))
        elif operator in (b"f", b"f*"):
            found += [Rectangle(color, x, y) for x, y in pending]
            pending = []
        elif operator in (b"n", b"S", b"W"):
            pending = []
    return found


def check_cells(rectangles: list[Rectangle], spec: HeatmapSpec) -> None:
    """Each weight's rectangle stands right of the one before in its row, and below the one above."""
    rows, columns = spec.values.shape
    wanted = [[cell_color(float(weight)) for weight in row] for row in spec.values]
    assert len({color for row in wanted for color in row}) == rows * columns, "the map tells all its cells apart"
    # The colour bar repeats some colours, but stands right of all cells and is painted after them.
    first = {each.color: each for each in reversed(rectangles)}
    cells = [[first[color] for color in row] for row in wanted]
    assert all(len({cell.y for cell in row}) == 1 for row in cells)
    assert all(len({row[column].x for row in cells}) == 1 for column in range(columns))
    assert [cell.x for cell in cells[0]] == sorted(cell.x for cell in cells[0]) and cells[0][0].x < cells[0][-1].x
    assert [row[0].y for row in cells] == sorted(row[0].y for row in cells) and cells[0][0].y < cells[-1][0].y


def written(figure: Figure, path: Path) -> Path:
    export_picture(path, figure.paint, figure.size)
    return path


@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (7, 2), (9, 11)])
def test_svg_cells_stand_where_they_belong(look: Look, tmp_path: Path, rows: int, columns: int) -> None:
    spec = heatmap(rows, columns)
    check_cells(svg_rectangles(written(heatmap_figure(spec, look), tmp_path / "map.svg")), spec)


@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (7, 2), (9, 11)])
def test_pdf_cells_stand_where_they_belong(look: Look, tmp_path: Path, rows: int, columns: int) -> None:
    spec = heatmap(rows, columns)
    check_cells(pdf_rectangles(written(heatmap_figure(spec, look), tmp_path / "map.pdf")), spec)


def test_a_transposed_map_is_told_from_the_right_one(look: Look, tmp_path: Path) -> None:
    spec = heatmap(5, 5)
    swapped = replace(spec, values=np.ascontiguousarray(spec.values.T))
    path = written(heatmap_figure(swapped, look), tmp_path / "map.svg")
    with pytest.raises(AssertionError):
        check_cells(svg_rectangles(path), spec)


def test_svg_labels_stand_beside_their_row_and_above_their_column(look: Look, tmp_path: Path) -> None:
    spec = heatmap(4, 6)
    path = written(heatmap_figure(spec, look), tmp_path / "map.svg")
    places = {text: (x, y) for text, x, y in svg_texts(path)}
    cells = {each.color: each for each in reversed(svg_rectangles(path))}
    for row, label in enumerate(spec.rows.labels):
        cell = cells[cell_color(float(spec.values[row, 0]))]
        below = cells[cell_color(float(spec.values[row + 1, 0]))].y if row < 3 else cell.y + 30
        assert cell.y < places[label][1] < below and places[label][0] < cell.x
    for column, label in enumerate(spec.columns.labels):
        cell = cells[cell_color(float(spec.values[0, column]))]
        assert cell.x < places[label][0] < cell.x + 30 and places[label][1] < cell.y
        assert label not in spec.rows.labels


def test_every_token_of_a_long_map_is_named_and_whole(look: Look, tmp_path: Path) -> None:
    spec = heatmap(60, 58)
    names = tuple(f"anticonstitutionnellement{index} → incompréhensibilité{index}" for index in range(60))
    spec = replace(spec, rows=replace(spec.rows, labels=names))
    figure = heatmap_figure(spec, look)
    texts = [text for text, _, _ in svg_texts(written(figure, tmp_path / "map.svg"))]
    assert set(names) | set(spec.columns.labels) <= set(texts) and figure.notes == ()


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
def test_a_figure_of_all_heads_has_every_cell(look: Look, tmp_path: Path, suffix: str) -> None:
    spec = grid(2, 3, 4, 5)
    path = written(grid_figure(spec, look), tmp_path / f"all.{suffix}")
    found = svg_rectangles(path) if suffix == "svg" else pdf_rectangles(path)
    wanted = [cell_color(float(weight)) for weight in spec.values.flat]
    runs = [wanted[index] for index in range(len(wanted)) if index % 5 == 0 or wanted[index] != wanted[index - 1]]
    colors = [each.color for each in found]
    start = colors.index(runs[0], 1)
    assert colors[start : start + len(runs)] == runs


def test_fonts_of_an_svg_are_real_ones_with_a_kind_to_fall_back_on(look: Look, tmp_path: Path) -> None:
    text = written(heatmap_figure(heatmap(), look), tmp_path / "map.svg").read_text()
    families = set(re.findall(r'font-family="([^"]*)"', text))
    assert families and all(family.endswith((", sans-serif", ", monospace")) for family in families)
    assert not any(family.startswith(("Sans Serif", "Monospace", "monospace")) for family in families)
