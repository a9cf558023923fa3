"""Numbers in cells: which, where, how large, and in which ink."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.numbers import number_text
from attention_viewer.viewer.state.options import Numbers
from attention_viewer.viewer.state.specs import Axis, HeatmapSpec, Scale
from attention_viewer.viewer.state.view_state import Head
from PySide6.QtCore import QBuffer, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from support.heatmaps import paint_heatmap

VALUES = np.array([[0.834, 0.0, 1.0], [0.1, 0.256, 0.004]], dtype=np.float32)
MASK = np.array([[False, True, False], [False, False, False]])


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return style_for(PALETTES["print"], qapp.font())


def spec(numbers: Numbers, values: np.ndarray = VALUES, mask: np.ndarray | None = MASK) -> HeatmapSpec:
    rows, columns = values.shape
    axes = (Axis("rows", tuple(map(str, range(rows)))), Axis("columns", tuple(map(str, range(columns)))))
    scale = Scale(-1.0, 1.0) if values.min() < 0 else Scale(0.0, 1.0)
    colormap = "diverging" if values.min() < 0 else "viridis"
    return HeatmapSpec(CROSS, Head(), "t", *axes, values, mask, scale, colormap, numbers=numbers)


def drawn(shown: HeatmapSpec, style: Style, width: int = 600) -> list[tuple[str, str]]:
    """The texts of the picture that are numbers, with their ink."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(width, width))
    painter = QPainter(generator)
    paint_heatmap(painter, QRectF(0, 0, width, width), replace(shown, rows=Axis("", ("a",) * len(shown.rows.labels)),
                  columns=Axis("", ("b",) * len(shown.columns.labels))), style, vector=True)  # fmt: skip
    painter.end()
    found = []
    for group in ElementTree.fromstring(bytes(buffer.data().data())).iter("{http://www.w3.org/2000/svg}g"):
        for text in group.findall("{http://www.w3.org/2000/svg}text"):
            if text.text and text.text.lstrip("+−").startswith((".", "1.")) and len(text.text) <= 4:
                found.append((text.text, text.get("fill", "")))
    return found


def test_each_cell_shows_its_own_weight_and_masked_cells_show_nothing(style: Style) -> None:
    assert [text for text, _ in drawn(spec(Numbers.AUTOMATIC), style)][:5] == [".83", "1.0", ".10", ".26", ".00"]


def test_off_shows_none(style: Style) -> None:
    assert drawn(spec(Numbers.OFF), style) == [text for text in drawn(spec(Numbers.OFF), style) if text[0] in ("1",)]
    assert ".83" not in [text for text, _ in drawn(spec(Numbers.OFF), style)]


def test_automatic_gives_way_where_two_digits_do_not_fit_and_always_shrinks(style: Style) -> None:
    many = np.full((20, 20), 0.5, dtype=np.float32)
    assert ".50" not in [text for text, _ in drawn(spec(Numbers.AUTOMATIC, many, None), style, 320)]
    assert [text for text, _ in drawn(spec(Numbers.ALWAYS, many, None), style, 320)].count(".50") >= 400


def test_always_stops_where_nothing_could_be_read(style: Style) -> None:
    many = np.full((200, 200), 0.5, dtype=np.float32)
    assert ".50" not in [text for text, _ in drawn(spec(Numbers.ALWAYS, many, None), style, 320)]


def test_the_ink_stands_out_from_the_cell(style: Style) -> None:
    inks = dict(drawn(spec(Numbers.AUTOMATIC), style))
    assert inks["1.0"] == "#000000" and inks[".10"] == "#ffffff"


def test_differences_have_a_sign(style: Style) -> None:
    values = np.array([[0.25, -0.5], [0.0, -1.0]], dtype=np.float32)
    assert [text for text, _ in drawn(spec(Numbers.ALWAYS, values, None), style)][:3] == ["+.25", "−.50", ".00"]


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [(0.0, False, ".00"), (0.996, False, "1.0"), (0.994, False, ".99"), (-0.001, True, ".00"), (-0.996, True, "−1.0")],
)
def test_numbers_have_two_digits(value: float, signed: bool, text: str) -> None:
    assert number_text(value, signed) == text
