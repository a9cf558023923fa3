"""One panel: choosing heads, becoming active, and what it shows while there is no map."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from viewer.specs import GridSpec, HeatmapSpec, Overlay, Pending
from viewer.theme import Style
from viewer.widgets.attention_panel import AttentionPanel
from viewer.widgets.readout import Readout

MakeMap = Callable[..., HeatmapSpec]


@pytest.fixture
def panel(qtbot: QtBot, style: Style, heads: GridSpec, make_map: MakeMap) -> AttentionPanel:
    widget = AttentionPanel(style, "Cross-attention")
    qtbot.addWidget(widget)
    qtbot.addWidget(widget.header)
    widget.resize(360, 480)
    widget.set_head_counts(2, 4)
    widget.set_selected(1, 2)
    widget.set_grid(heads)
    widget.set_heatmap(make_map())
    widget.show()
    widget.header.show()
    return widget


def test_setters_emit_nothing(panel: AttentionPanel, heads: GridSpec, make_map: MakeMap, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.head_selected), qtbot.assertNotEmitted(panel.cell_hovered):
        panel.set_selected(0, 3)
        panel.set_head_counts(6, 8)
        panel.set_selected(5, 7)
        panel.set_grid(heads)
        panel.set_heatmap(make_map())
        panel.set_overlay(Overlay(rows=frozenset({1})))
    assert (panel.layer.currentText(), panel.head.currentText()) == ("layer 6", "head 8")


def test_layer_and_head_are_chosen_from_the_lists(panel: AttentionPanel, qtbot: QtBot) -> None:
    assert (panel.layer.currentText(), panel.head.currentText()) == ("layer 2", "head 3")
    with qtbot.waitSignal(panel.head_selected) as chosen:
        qtbot.keyClick(panel.head, Qt.Key.Key_Down)
    assert chosen.args == [1, 3]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        qtbot.keyClick(panel.layer, Qt.Key.Key_Up)
    assert chosen.args == [0, 3]


def test_fewer_heads_keep_a_choice_that_exists(panel: AttentionPanel) -> None:
    panel.set_head_counts(1, 2)
    assert (panel.layer.count(), panel.head.count()) == (1, 2)
    assert (panel.layer.currentIndex(), panel.head.currentIndex()) == (0, 1)


def test_a_thumbnail_selects_and_a_cell_is_told(panel: AttentionPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.grid.selected.emit(0, 1)
    assert chosen.args == [0, 1]
    with qtbot.waitSignal(panel.cell_hovered) as hovered:
        qtbot.mouseMove(panel.map.map.viewport(), panel.map.map.cell_rect(2, 3).center().toPoint())
    assert hovered.args == [(2, 3)]


def test_clicking_anywhere_activates_once(panel: AttentionPanel, qtbot: QtBot) -> None:
    told: list[bool] = []
    panel.activated.connect(lambda: told.append(True))
    panel.activated.connect(lambda: panel.set_active(True))
    for part in (panel.map.map.viewport(), panel.grid, panel.header):
        panel.set_active(False)
        qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
    assert len(told) == 3
    assert panel.header.title.property("tone") == "active"
    panel.set_active(False)
    assert panel.header.title.property("tone") == "title"


def test_while_there_is_no_map_the_reason_stands_once(panel: AttentionPanel, heads: GridSpec) -> None:
    panel.set_grid(Pending("Loading the model"))
    panel.set_heatmap(Pending("Loading the model"))
    assert not panel.grid.isVisible() and panel.map.message() == "Loading the model"
    assert not panel.layer.isEnabled()


def test_a_low_panel_leaves_its_room_to_the_map(panel: AttentionPanel, style: Style, qtbot: QtBot) -> None:
    assert panel.grid.isVisible()
    panel.resize(360, round(10 * style.em))
    assert not panel.grid.isVisible()
    qtbot.waitUntil(lambda: panel.map.height() > 7 * style.em)
    panel.resize(360, 480)
    assert panel.grid.isVisible()


def test_the_readout_is_rich_text_and_does_not_widen_the_panel(panel: AttentionPanel) -> None:
    width = panel.minimumSizeHint().width()
    panel.set_readout("layer 1 head 1 · <b>le → chat</b> attends to <b>cat</b>: 0.8312 " * 4)
    label = next(each for each in panel.findChildren(QLabel) if "<b>" in each.text())
    assert label.textFormat() is Qt.TextFormat.RichText
    assert panel.minimumSizeHint().width() == width


def test_a_readout_without_room_keeps_its_end(qtbot: QtBot) -> None:
    readout = Readout("layer 1 head 1 · <b>le → chat</b> attends to <b>cat</b>: 0.8312")
    qtbot.addWidget(readout)
    readout.resize(2000, 20)
    readout.show()
    assert not readout.is_cut() and readout.text_rect().left() == 0 and readout.toolTip() == ""
    readout.resize(120, 20)
    assert readout.is_cut() and readout.text_rect().left() < 0
    assert readout.text_rect().right() == readout.rect().right()
    assert readout.toolTip() == readout.text()
    readout.set_text("hover")
    assert not readout.is_cut() and readout.toolTip() == ""


def test_a_readout_follows_the_font(qtbot: QtBot) -> None:
    readout = Readout("attends to <b>cat</b>: 0.8312")
    qtbot.addWidget(readout)
    readout.resize(readout.sizeHint().width(), 20)
    readout.show()
    assert not readout.is_cut()
    readout.setStyleSheet("QLabel { font-size: 40px; }")
    qtbot.waitUntil(lambda: readout.text_rect().left() < 0)
    assert readout.text_rect().right() == readout.rect().right()


def test_everything_has_a_name(panel: AttentionPanel) -> None:
    for part in (panel, panel.grid, panel.map, panel.layer, panel.head):
        assert panel.accessibleName() in part.accessibleName() != ""
