"""The positional encoding: controls that tell only what the user changed, and an exact readout."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from attention_viewer.model.contract.positional import sinusoidal_encoding
from attention_viewer.viewer.look.theme import COLORMAPS, Style
from attention_viewer.viewer.resolve import resolve_positions as resolve
from attention_viewer.viewer.resolve.resolve_positions import Given
from attention_viewer.viewer.state.view_state import PositionView
from attention_viewer.viewer.widgets.card import ElidedLabel
from attention_viewer.viewer.widgets.position_panel import PositionPanel, parse_pairs
from attention_viewer.viewer.widgets.position_plots import PositionPlots
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPicture
from pytestqt.qtbot import QtBot

D_MODEL = 32
POSITIONS = PositionView(20, (0, 3))


@pytest.fixture
def panel(qtbot: QtBot, style: Style) -> PositionPanel:
    widget = PositionPanel(style)
    qtbot.addWidget(widget)
    qtbot.addWidget(widget.header)
    widget.resize(1000, 220)
    fill(widget)
    widget.show()
    qtbot.waitUntil(lambda: widget.findChildren(PositionPlots) != [])
    return widget


def fill(panel: PositionPanel, marked: int = 4) -> None:
    panel.set_encoding(resolve.encoding(POSITIONS, D_MODEL, Given(marked)))
    panel.set_curves(resolve.curves(POSITIONS, D_MODEL, Given(marked)))
    panel.set_dots(resolve.dots(POSITIONS, D_MODEL, Given(marked), "viridis"))
    panel.set_controls(POSITIONS.length, POSITIONS.pairs, D_MODEL // 2 - 1)


def test_setters_emit_nothing(panel: PositionPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.length_changed), qtbot.assertNotEmitted(panel.pairs_changed):
        fill(panel, marked=0)
        panel.set_controls(33, (1, 2), 15)
    assert (panel.length.value(), panel.pairs.text()) == (33, "1, 2")


def test_the_user_changes_length_and_pairs(panel: PositionPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.length_changed) as length:
        qtbot.keyClick(panel.length, Qt.Key.Key_Up)
    assert length.args == [21]
    panel.pairs.setText("5 7, 5")
    with qtbot.waitSignal(panel.pairs_changed) as pairs:
        qtbot.keyClick(panel.pairs, Qt.Key.Key_Return)
    assert pairs.args == [(5, 7)]
    with qtbot.assertNotEmitted(panel.pairs_changed):
        qtbot.keyClick(panel.pairs, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "part"),
    [("0, 99", "Pair 99 does not exist"), ("a", "“a” is not a pair"), ("-1", "“-1”"), ("² 3", "“²”"),
     ("0 1 2 3 4 5 6 7 8", "9 pairs are too many")],
)  # fmt: skip
def test_pairs_that_will_not_do_are_refused_in_words(panel: PositionPanel, qtbot: QtBot, text: str, part: str) -> None:
    panel.pairs.setText(text)
    with qtbot.assertNotEmitted(panel.pairs_changed):
        qtbot.keyClick(panel.pairs, Qt.Key.Key_Return)
    assert part in panel.readout()
    panel.pairs.setText("1")
    qtbot.keyClick(panel.pairs, Qt.Key.Key_Return)
    assert part not in panel.readout()


def test_no_pairs_are_a_choice_too() -> None:
    assert parse_pairs(" ", 15) == ()


def test_the_readout_names_position_dimension_wave_and_value(panel: PositionPanel) -> None:
    encoding = sinusoidal_encoding(20, D_MODEL)
    panel.plots.encoding.hovered.emit((12, 5))
    assert panel.readout() == f"position 12, dimension 5 (sin, pair 5): {encoding[12, 5]:.4f}"
    panel.plots.encoding.hovered.emit((3, 21))
    assert panel.readout() == f"position 3, dimension 21 (cos, pair 5): {encoding[3, 21]:.4f}"
    panel.plots.dots.hovered.emit((2, 7))
    assert panel.readout() == f"PE(2) · PE(7) = {encoding[2] @ encoding[7]:.3f}, distance 5"
    panel.plots.dots.hovered.emit(None)
    assert "sin(ωᵢ · pos)" in panel.readout()


def test_the_cell_under_the_mouse_is_the_one_drawn_there(panel: PositionPanel) -> None:
    box = panel.plots.encoding.getViewBox()
    for row, column in ((0, 0), (7, 30), (19, 31)):
        point = box.mapViewToScene(QPointF(column, row))
        assert panel.plots.encoding.cell_at(point) == (row, column)
    top, bottom = box.mapViewToScene(QPointF(0, 0)).y(), box.mapViewToScene(QPointF(0, 19)).y()
    assert top < bottom
    assert panel.plots.encoding.cell_at(QPointF(0, 0)) is None


def test_each_cell_has_the_color_of_its_value(panel: PositionPanel) -> None:
    spec = resolve.encoding(POSITIONS, D_MODEL, Given(0))
    panel.set_encoding(spec)
    picture = panel.plots.encoding.grab().toImage()
    box = panel.plots.encoding.getViewBox()
    indices = np.rint(spec.scale.normalise(spec.values) * 255).astype(int)
    for cell in ((0, 1), (5, 2), (19, 30), (7, 17)):
        color = picture.pixelColor(box.mapViewToScene(QPointF(cell[1] - 0.3, cell[0] - 0.3)).toPoint())
        expected = COLORMAPS[spec.colormap][indices[cell]].astype(int)
        assert np.abs(expected - (color.red(), color.green(), color.blue())).max() <= 3, cell


def test_no_tick_lies_on_the_picture(panel: PositionPanel) -> None:
    spec = resolve.encoding(POSITIONS, D_MODEL, Given(0))
    panel.set_encoding(spec)
    picture = panel.plots.encoding.grab().toImage()
    box = panel.plots.encoding.getViewBox()
    indices = np.rint(spec.scale.normalise(spec.values) * 255).astype(int)
    lowest = box.mapViewToScene(QPointF(0, 19.5)).y() - 3
    for column in range(1, D_MODEL):
        color = picture.pixelColor(round(box.mapViewToScene(QPointF(column, 0)).x()), round(lowest))
        expected = COLORMAPS[spec.colormap][indices[19, column]].astype(int)
        assert np.abs(expected - (color.red(), color.green(), color.blue())).max() <= 3, column


def test_position_zero_is_labelled(panel: PositionPanel, style: Style) -> None:
    many = PositionView(128, (0, 3))
    panel.set_encoding(resolve.encoding(many, 256, Given(4)))
    panel.set_curves(resolve.curves(many, 256, Given(4)))
    panel.set_dots(resolve.dots(many, 256, Given(4), "viridis"))
    for plot in (panel.plots.encoding, panel.plots.curves, panel.plots.dots):
        picture = plot.grab().toImage()
        box = plot.getViewBox()
        zero = box.mapViewToScene(QPointF(0, 0)).x()
        below = round(box.sceneBoundingRect().bottom() + 0.6 * style.em)
        ground = picture.pixelColor(0, picture.height() - 1)
        columns = range(max(0, round(zero - 0.4 * style.em)), round(zero + 0.4 * style.em))
        inked = [x for x in columns for y in range(below, picture.height()) if picture.pixelColor(x, y) != ground]
        assert inked, plot.accessibleName()


def test_numbers_beside_the_curves_stand_apart_in_a_low_plot(panel: PositionPanel, style: Style, qtbot: QtBot) -> None:
    panel.resize(1000, round(5 * style.em))

    def stand_apart() -> None:
        boxes = number_boxes(panel, style)
        assert [text for _, text in boxes] == ["-1", "0", "1"]
        assert all(lower.top() > upper.bottom() for (lower, _), (upper, _) in pairwise(boxes))

    qtbot.waitUntil(stand_apart)


def number_boxes(panel: PositionPanel, style: Style) -> list[tuple[QRectF, str]]:
    """The numbers beside the curves and where they stand, from the lowest up."""
    picture = QPicture()
    painter = QPainter(picture)
    painter.setFont(style.small)
    _, _, texts = panel.plots.curves.getAxis("left").generateDrawSpecs(painter)
    painter.end()
    return [(box, text) for box, _, text in texts]


def test_a_low_panel_says_it_in_a_subtitle(panel: PositionPanel, style: Style) -> None:
    panel.resize(1000, round(6 * style.em))
    subtitles = [label.full_text() for label in panel.header.findChildren(ElidedLabel)]
    panel.plots.dots.hovered.emit((2, 7))
    assert any("PE(2) · PE(7)" in label.full_text() for label in panel.header.findChildren(ElidedLabel))
    panel.plots.dots.hovered.emit(None)
    assert [label.full_text() for label in panel.header.findChildren(ElidedLabel)] == subtitles


def test_curves_are_named_and_replaced(panel: PositionPanel) -> None:
    assert "i = 3" in panel.plots.curves.accessibleDescription()
    panel.set_curves(resolve.curves(PositionView(20, (1,)), D_MODEL, Given(0)))
    assert "i = 3" not in panel.plots.curves.accessibleDescription()
    assert len(panel.plots.curves.getPlotItem().listDataItems()) == 1


def test_names_of_the_controls(panel: PositionPanel) -> None:
    for part in (panel.length, panel.pairs, panel.plots.encoding, panel.plots.curves, panel.plots.dots):
        assert part.accessibleName()
