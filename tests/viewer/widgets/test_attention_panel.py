"""One panel: choosing heads, becoming active, and what it shows while there is no map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.grid import grid_layout
from attention_viewer.viewer.state.specs import GridSpec, HeatmapSpec, Overlay, Pending, Scale
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.attention_panel import HINT, AttentionPanel
from attention_viewer.viewer.widgets.card import Card, ElidedLabel
from attention_viewer.viewer.widgets.readout import Readout
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

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
    with qtbot.waitSignal(panel.layer_selected) as chosen:
        qtbot.keyClick(panel.layer, Qt.Key.Key_Up)
    assert chosen.args == [0]


@pytest.mark.parametrize("several", [("mean of", "11 heads"), ("", "mean of 4")])
def test_the_lists_say_of_how_many_heads_the_map_is(
    panel: AttentionPanel, make_map: MakeMap, qtbot: QtBot, several: tuple[str, str]
) -> None:
    panel.set_heatmap(replace(make_map(), several=several))
    shown = [each.currentText() or each.placeholderText() for each in (panel.layer, panel.head)]
    assert shown == [several[0] or "layer 2", several[1]]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.head.activated.emit(2)
    assert chosen.args == [1, 2], "also the one that is selected already"
    panel.set_heatmap(make_map())
    assert (panel.layer.currentText(), panel.head.currentText()) == ("layer 2", "head 3")


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


def test_thumbnails_stand_where_there_is_room_or_where_they_were_asked_for(
    panel: AttentionPanel, style: Style, qtbot: QtBot
) -> None:
    assert not panel.grid.isVisible() and not panel.thumbnails.isChecked()
    with qtbot.waitSignal(panel.thumbnails_requested) as asked:
        panel.thumbnails.click()
    panel.set_thumbnails(asked.args[0])
    assert panel.grid.isVisible() and panel.grid.width() > 300 and panel.grid.height() < 0.4 * panel.height()
    panel.set_thumbnails(False)
    assert not panel.grid.isVisible()
    panel.resize(round(40 * style.em), round(45 * style.em))
    assert panel.grid.isVisible() and panel.thumbnails.isChecked()
    panel.set_thumbnails(False)
    assert not panel.grid.isVisible()


def test_the_title_has_the_room_of_its_lines_at_every_height(style: Style, qtbot: QtBot) -> None:
    """One line leaves the map more room: that room must not call for two lines again."""
    panel = AttentionPanel(style, "Cross-attention")
    window, card = QMainWindow(), Card("cross", "Cross-attention", panel.header, panel)
    qtbot.addWidget(window)
    window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, card)
    card.set_style(style)
    window.show()
    lines = set()
    for height in (*range(20, 26), *range(26, 19, -1)):
        for share in (0.0, 0.3, 0.6):
            window.resize(round(40 * style.em), round((height + share) * style.em))
            for _ in range(3):
                QApplication.processEvents()
            needed = panel.header.minimumSizeHint().height()
            lines.add(needed)
            assert panel.header.height() >= needed, (height, share)
    assert len(lines) == 2, "both forms were seen"


def test_thumbnails_stand_beside_the_map_in_a_panel_wider_than_high(panel: AttentionPanel, qtbot: QtBot) -> None:
    panel.resize(1200, 500)
    panel.set_thumbnails(True)
    qtbot.waitUntil(lambda: panel.map.width() > 700)
    assert panel.grid.isVisible() and panel.grid.geometry().right() < panel.stack.geometry().left()
    assert panel.grid.width() > 60


def test_the_readout_is_rich_text_and_does_not_widen_the_panel(panel: AttentionPanel) -> None:
    panel.set_axes("queries: source · keys: source")
    width = panel.header.minimumSizeHint().width()
    panel.set_readout("layer 1 head 1 · <b>le → chat</b> attends to <b>cat</b>: 0.8312 " * 4)
    label = next(each for each in panel.header.findChildren(QLabel) if "<b>" in each.text())
    assert label.textFormat() is Qt.TextFormat.RichText and label.isVisible()
    assert not panel.header.subtitle.isVisible()
    assert panel.header.minimumSizeHint().width() == width
    panel.set_readout(HINT)
    assert panel.header.subtitle.isVisible() and not label.isVisible()


def test_the_colour_bar_says_what_the_colours_mean(panel: AttentionPanel, make_map: MakeMap) -> None:
    bar = panel.colorbar
    plain = bar.width()
    assert bar.accessibleDescription() == bar.toolTip() == make_map().scale.note and plain > 40
    panel.set_heatmap(replace(make_map(), scale=Scale(0.0, 1.0, square_root=True, note="square root")))
    assert bar.sizeHint().width() > plain and bar.toolTip() == "square root"
    panel.set_heatmap(Pending("Computing"))
    assert bar.sizeHint().width() == 0


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
    whole = QLabel("<b>le → chat</b> attends to <b>cat</b>: 0.8312").sizeHint().width()
    readout.resize(whole + 2, 20)
    assert not readout.is_cut() and readout.text_rect().left() == 0, "the place alone is left out"
    assert readout.toolTip() == readout.text()
    readout.set_text("hover")
    assert not readout.is_cut() and readout.toolTip() == ""


def test_a_readout_comes_to_rest(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[int] = []
    place = Readout._place

    def count(readout: Readout) -> None:
        placed.append(1)
        place(readout)

    monkeypatch.setattr(Readout, "_place", count)
    readout = Readout("layer 1 head 1 · <b>le → chat</b> attends to <b>cat</b>: 0.8312")
    qtbot.addWidget(readout)
    readout.resize(280, 20)
    readout.show()
    for _ in range(50):
        QApplication.processEvents()
    assert 0 < len(placed) < 10


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


def centre(panel: AttentionPanel, heads: GridSpec, style: Style, layer: int, head: int) -> QPoint:
    return grid_layout(panel.grid.rect().toRectF(), heads, style).slot(layer, head).center().toPoint()


def ask_for_menu(panel: AttentionPanel, reason: QContextMenuEvent.Reason, point: QPoint) -> bool:
    event = QContextMenuEvent(reason, point, panel.grid.mapToGlobal(point))
    QApplication.sendEvent(panel.grid, event)
    return event.isAccepted()


def test_a_right_click_asks_for_the_menu_of_a_head(
    panel: AttentionPanel, heads: GridSpec, style: Style, qtbot: QtBot
) -> None:
    point = centre(panel, heads, style, 0, 3)
    with qtbot.assertNotEmitted(panel.head_selected), qtbot.waitSignal(panel.head_menu_requested) as asked:
        qtbot.mouseClick(panel.grid, Qt.MouseButton.RightButton, pos=point)
        assert ask_for_menu(panel, QContextMenuEvent.Reason.Mouse, point)
    assert asked.args == [0, 3, panel.grid.mapToGlobal(point)]


def test_beside_the_thumbnails_there_is_no_menu(panel: AttentionPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.head_menu_requested):
        ask_for_menu(panel, QContextMenuEvent.Reason.Mouse, QPoint(1, 1))
        panel.set_grid(Pending("Loading the model"))
        ask_for_menu(panel, QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))


def test_the_menu_key_means_the_selected_head(
    panel: AttentionPanel, heads: GridSpec, style: Style, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.head_menu_requested) as asked:
        assert ask_for_menu(panel, QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))
    assert asked.args == [1, 2, panel.grid.mapToGlobal(centre(panel, heads, style, 1, 2))]


SEVERAL = " · Ctrl+click to show several as one"


def test_the_tool_tip_of_a_thumbnail_says_how_to_switch_it(
    panel: AttentionPanel, heads: GridSpec, style: Style
) -> None:
    panel.set_grid(replace(heads, off=frozenset({Head(1, 2), Head(0, 1)})))
    on, off = (QPointF(centre(panel, heads, style, *head)) for head in ((0, 0), (1, 2)))
    assert panel.grid.tip_at(on) == f"layer 1, head 1 · right-click to switch it off{SEVERAL}"
    assert panel.grid.tip_at(off) == f"layer 2, head 3, off · right-click to switch it on again{SEVERAL}"
    assert panel.grid.tip_at(QPointF(1, 1)) == ""
    panel.set_grid(replace(heads, taught=Head(0, 0)))
    assert panel.grid.tip_at(on).startswith("layer 1, head 1, taught to align words · ")
    assert "taught" not in panel.grid.tip_at(off)
    panel.set_grid(replace(heads, off=frozenset({Head(1, 2), Head(0, 1)})))
    assert "Off: layer 1 head 2, layer 2 head 3." in panel.grid.accessibleDescription()


def test_a_head_that_is_off_has_a_badge_beside_the_title(panel: AttentionPanel, make_map: MakeMap) -> None:
    assert not panel.badge.isVisible()
    panel.set_heatmap(replace(make_map(), badge="off"))
    assert panel.badge.isVisible() and panel.badge.text() == "off"
    panel.set_heatmap(Pending("Computing"))
    assert not panel.badge.isVisible()


def test_a_line_has_shorter_words_where_there_is_little_room(qtbot: QtBot) -> None:
    label = ElidedLabel("muted")
    qtbot.addWidget(label)
    texts = ("queries: reads → predicts · keys: source (encoder output)", "reads → predicts · source", "reads")
    label.set_full_text(*texts)
    label.show()
    for text in texts:
        label.resize(label.fontMetrics().horizontalAdvance(text) + 4, 20)
        assert label.text() == text and label.toolTip() == ("" if text == texts[0] else texts[0])
    label.resize(label.fontMetrics().horizontalAdvance("re…") + 2, 20)
    assert label.text().endswith("…") and label.full_text() == label.accessibleName() == texts[0]
