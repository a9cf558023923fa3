"""Figures of long sentences: what had to be reduced is said, and what fits is not touched."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attention_viewer.viewer.export.block import Device, heatmap_block, image_block
from attention_viewer.viewer.export.figure import Figure, Look, grid_figure, heatmap_figure
from attention_viewer.viewer.export.row import Titled, row_of
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication
from support.pictures import export_picture
from support.specs_for_tests import grid, heatmap

NARROW = 291.0
"""Pixels of 7.7 cm."""
COLUMN = 321.0
"""Pixels of 8.5 cm."""


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return style_for(PALETTES["print"], QFont())


def caption_of(figure: Figure, path: Path) -> str:
    export_picture(path, figure.paint, figure.size)
    return path.read_text()


@pytest.mark.parametrize("tokens", [1, 15, 60])
def test_nothing_is_reduced_up_to_60_tokens(style: Style, tokens: int) -> None:
    for vector in (False, True):
        look = Look(style, device=Device(2.0, vector))
        assert heatmap_figure(heatmap(tokens, tokens), look).notes == ()


def test_300_tokens_say_how_they_were_reduced(style: Style, tmp_path: Path) -> None:
    spec = heatmap(300, 290)
    drawn = heatmap_figure(spec, Look(style, device=Device(1.0, vector=True)))
    assert drawn.notes == ("its 87,000 cells are embedded as an image, more than the 40,000 drawn one by one",)
    assert "Note: its 87,000 cells" in caption_of(drawn, tmp_path / "map.svg")
    narrow = heatmap_figure(spec, Look(style, COLUMN, device=Device(1.0)))
    every, largest = narrow.notes
    assert every.startswith("every ") and every.endswith(" token is named")
    assert largest.startswith("each pixel shows the largest of about ")
    assert heatmap_figure(spec, Look(style, COLUMN, device=Device(8.0))).notes == (every,)


def test_all_heads_of_a_long_sentence_are_reduced_with_a_word(style: Style) -> None:
    spec = grid(4, 8, 300, 290)
    assert "each pixel shows the largest" in grid_figure(spec, Look(style, device=Device(2.0))).notes[0]
    assert "embedded as an image" in grid_figure(spec, Look(style, device=Device(1.0, vector=True))).notes[0]
    assert grid_figure(grid(4, 8, 15, 14), Look(style, device=Device(2.0))).notes == ()


def test_a_drawing_of_many_heads_embeds_every_cell(style: Style, tmp_path: Path) -> None:
    figure = grid_figure(grid(2, 3, 120, 110), Look(style, device=Device(1.0, vector=True)))
    sizes = re.findall(r'<image [^>]*?href="data:image/png;base64,([^"]+)"', caption_of(figure, tmp_path / "all.svg"))
    images = [QImage.fromData(base64.b64decode(each)) for each in sizes]
    assert [(image.width(), image.height()) for image in images[:6]] == [(110, 120)] * 6


def test_a_label_too_long_for_the_width_is_cut_with_a_word(style: Style) -> None:
    spec = heatmap(3, 5)
    long = replace(spec, rows=replace(spec.rows, labels=("x" * 40, "y", "z")))
    assert heatmap_figure(long, Look(style)).notes == ()
    assert heatmap_figure(long, Look(style, COLUMN)).notes == ("long tokens are shortened",)


def test_a_wider_figure_has_larger_cells_and_the_same_text(style: Style) -> None:
    block = heatmap_block(heatmap(6, 6), Look(style, 600).fitted)
    assert block.height(600) > block.height(300) > block.height(200)


def test_an_image_keeps_its_proportions(qapp: QApplication) -> None:
    block = image_block(QImage(800, 400, QImage.Format.Format_RGB32))
    assert (block.natural, block.height(200.0)) == (800, 100.0)


def test_each_part_says_what_was_reduced_in_it_where_they_differ(style: Style) -> None:
    def part(title: str, tokens: int) -> Titled:
        return Titled(f"{title} · head 1", "", heatmap_block(heatmap(tokens, tokens), style))

    device = Device(2.0)
    assert row_of([part("One", 60), part("Two", 5)], style).notes(COLUMN, device) == ("One: every 2nd token is named",)
    alike = row_of([part("One", 60), part("Two", 60)], style).notes(COLUMN, device)
    assert alike == ("every 2nd token is named",)


def test_parts_stand_side_by_side_only_where_all_can_be_read(style: Style) -> None:
    parts = [Titled(f"Part {index}", "", heatmap_block(heatmap(8, 8), style)) for index in range(3)]
    row = row_of(parts, style)
    one = parts[0].block
    assert row.natural > 3 * one.natural and row.height(row.natural) < 2 * one.height(one.natural)
    assert row.height(COLUMN) > 3 * one.height(one.readable)


def cells_of(rows: int, columns: int, style: Style, path: Path) -> tuple[float, float]:
    """Share of a narrow column's width that the cells of a map take together, and the side of one in ems."""
    figure = heatmap_figure(heatmap(rows, columns), Look(style, NARROW, device=Device(vector=True)))
    export_picture(path, figure.paint, figure.size)
    boxes = [(float(each.get("x", 0)), float(each.get("width", 0))) for each in svg_boxes(path)]
    cells = [(left, wide) for left, wide in boxes if 2.0 * style.em < wide < 0.9 * NARROW]
    assert len(cells) == rows * columns
    together = max(left + wide for left, wide in cells) - min(left for left, _ in cells)
    return together / NARROW, together / columns / style.em


def svg_boxes(path: Path) -> list[ElementTree.Element]:
    """The rectangles of a drawing."""
    return list(ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}rect"))


@pytest.mark.parametrize(
    ("rows", "columns", "share"), [(3, 3, 0.6), (5, 3, 0.58), (4, 4, 0.6), (2, 2, 0.48), (1, 1, 0.24)]
)
def test_few_columns_fill_a_narrow_figure_without_giant_cells(
    rows: int, columns: int, share: float, style: Style, tmp_path: Path
) -> None:
    found, side = cells_of(rows, columns, style, tmp_path / "map.svg")
    assert share <= found < share + 0.05 and 3.9 <= side <= 6.01


def test_a_high_map_of_few_columns_does_not_become_a_tower(style: Style, tmp_path: Path) -> None:
    assert cells_of(9, 2, style, tmp_path / "map.svg")[1] == pytest.approx(4.0)
