"""The ranking: numbers from 1, order and selection that last, signals, and a ranking that runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, HeadId
from attention_viewer.viewer.look.theme import PALETTES, Style, apply, style_for
from attention_viewer.viewer.state.specs import HeadEffectRow, RankingSpec
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.ranking_table import COLUMNS, DIVERGENCE, KEYS, RankingTable
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

ROWS = (
    HeadEffectRow(CROSS, Head(3, 6), 0.25, -1.5, True),
    HeadEffectRow(ENCODER, Head(9, 1), 0.125, 0.25, False),
    HeadEffectRow(DECODER, Head(1, 0), 0.0625, -0.5, False),
)
OF_CROSS, OF_ENCODER, OF_DECODER = ROWS


@pytest.fixture
def ranking(qtbot: QtBot, style: Style) -> RankingTable:
    widget = RankingTable(style)
    qtbot.addWidget(widget)
    widget.resize(280, 300)
    widget.set_spec(RankingSpec(ROWS))
    widget.show()
    return widget


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[Style]:
    """The application in the program's own style sheet, and afterwards without."""
    before = qapp.font(), qapp.palette()
    yield apply(qapp, PALETTES["light"])
    qapp.setStyleSheet("")
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def texts(ranking: RankingTable, row: int) -> list[str]:
    model = ranking.table.model()
    return [model.index(row, column).data() for column in range(len(COLUMNS))]


def test_a_taught_head_is_marked_and_explained(ranking: RankingTable) -> None:
    ranking.set_spec(RankingSpec((replace(OF_CROSS, taught=True), OF_ENCODER)))
    assert [texts(ranking, row)[0] for row in (0, 1)] == ["cross †", "encoder"]
    model = ranking.table.model()
    tips = [model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 1)]
    assert "taught to align words" in tips[0] and "taught" not in tips[1]


def index_of(ranking: RankingTable, row: HeadEffectRow) -> QModelIndex:
    return ranking.table.model().index(ranking.shown().index(row), 0)


def middle(ranking: RankingTable, row: HeadEffectRow) -> QPoint:
    return ranking.table.visualRect(index_of(ranking, row)).center()


def test_layers_and_heads_count_from_one_and_changes_have_signs(ranking: RankingTable) -> None:
    assert texts(ranking, 0) == ["cross", "4", "7", "0.2500", "−1.500", "off"]
    assert texts(ranking, 1) == ["encoder", "10", "2", "0.1250", "+0.250", ""]


def test_numbers_are_sorted_as_numbers(ranking: RankingTable) -> None:
    assert ranking.shown() == (OF_CROSS, OF_ENCODER, OF_DECODER)
    ranking.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert ranking.shown() == (OF_DECODER, OF_CROSS, OF_ENCODER)
    ranking.table.sortByColumn(4, Qt.SortOrder.AscendingOrder)
    assert ranking.shown() == (OF_CROSS, OF_DECODER, OF_ENCODER)
    ranking.table.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    assert ranking.shown()[0] is OF_CROSS


def test_order_and_selection_outlast_a_new_spec(ranking: RankingTable, style: Style) -> None:
    ranking.table.sortByColumn(DIVERGENCE, Qt.SortOrder.AscendingOrder)
    ranking.table.setCurrentIndex(index_of(ranking, OF_ENCODER))
    stronger = replace(OF_ENCODER, divergence=0.5)
    ranking.set_spec(RankingSpec((stronger, OF_CROSS, OF_DECODER)))
    assert ranking.shown() == (OF_DECODER, OF_CROSS, stronger)
    assert ranking.selected() is stronger
    ranking.set_style(style_for(PALETTES["dark"], style.font))
    assert ranking.selected() is stronger
    ranking.set_spec(RankingSpec((OF_CROSS,)))
    assert ranking.selected() is None


def test_a_click_shows_a_head_and_a_double_click_switches_it(ranking: RankingTable, qtbot: QtBot) -> None:
    viewport = ranking.table.viewport()
    with qtbot.assertNotEmitted(ranking.heads_switched), qtbot.waitSignal(ranking.head_selected) as shown:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle(ranking, OF_DECODER))
    assert shown.args == [DECODER, 1, 0]
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle(ranking, OF_CROSS))
    with qtbot.waitSignal(ranking.heads_switched) as switched:
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle(ranking, OF_CROSS))
    assert switched.args == [[HeadId(CROSS, 3, 6)], False]


def test_space_switches_and_return_shows(ranking: RankingTable, qtbot: QtBot) -> None:
    ranking.table.setCurrentIndex(index_of(ranking, OF_ENCODER))
    with qtbot.waitSignal(ranking.heads_switched) as switched:
        qtbot.keyClick(ranking.table, Qt.Key.Key_Space)
    assert switched.args == [[HeadId(ENCODER, 9, 1)], True]
    with qtbot.waitSignal(ranking.head_selected) as shown:
        qtbot.keyClick(ranking.table, Qt.Key.Key_Return)
    assert shown.args == [ENCODER, 9, 1]


def test_several_heads_are_switched_at_once_and_kept_as_a_set(ranking: RankingTable, qtbot: QtBot) -> None:
    ranking.resize(400, 400)
    assert not ranking.sets.switch.isEnabled() and not ranking.sets.keep.isEnabled()
    viewport, left = ranking.table.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseClick(viewport, left, pos=middle(ranking, OF_CROSS))
    assert ranking.sets.switch.text() == "Switch head on", "it is off"
    qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.ShiftModifier, middle(ranking, OF_DECODER))
    both = [HeadId(each.kind, each.head.layer, each.head.head) for each in ranking.shown()]
    assert ranking.heads() == both and ranking.sets.switch.text() == "Switch 3 heads off"
    with qtbot.waitSignal(ranking.heads_switched) as switched:
        qtbot.mouseClick(ranking.sets.switch, left)
    assert switched.args == [both, True]
    ranking.set_spec(RankingSpec(tuple(replace(each, off=True) for each in ROWS)))
    assert ranking.heads() == both, "the selection outlives what it did"
    with qtbot.waitSignal(ranking.heads_switched) as switched:
        qtbot.keyClick(ranking.table, Qt.Key.Key_Space)
    assert switched.args == [both, False]
    with qtbot.waitSignal(ranking.heads_kept) as kept:
        qtbot.mouseClick(ranking.sets.keep, left)
    assert kept.args == [both]
    ranking.set_sets(["copying & co"])
    menu = ranking.sets.sets.menu()
    assert menu is not None
    with qtbot.waitSignal(ranking.set_used) as used:
        menu.actions()[0].trigger()
    assert used.args == ["copying & co"]
    ranking.set_sets([])
    assert not ranking.sets.sets.isEnabled()


@pytest.mark.parametrize(("key", "own"), [(Qt.Key.Key_Space, True), (Qt.Key.Key_Home, True), (Qt.Key.Key_F5, False)])
def test_keys_that_step_the_decoder_elsewhere_belong_to_the_table(
    ranking: RankingTable, key: Qt.Key, own: bool
) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(ranking.table, event)
    assert event.isAccepted() == own


def test_setting_specs_emits_nothing(ranking: RankingTable, qtbot: QtBot) -> None:
    ranking.table.setCurrentIndex(index_of(ranking, OF_ENCODER))
    with qtbot.assertNotEmitted(ranking.head_selected), qtbot.assertNotEmitted(ranking.heads_switched):
        ranking.set_spec(RankingSpec(ROWS[::-1]))
        ranking.set_spec(RankingSpec())


def test_a_ranking_that_runs_can_be_cancelled(ranking: RankingTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(ranking.rank_requested):
        qtbot.mouseClick(ranking.rank, Qt.MouseButton.LeftButton)
    ranking.set_spec(RankingSpec(ROWS, (17, 96)))
    assert (ranking.progress.value(), ranking.progress.maximum()) == (17, 96)
    assert ranking.progress.isVisible() and not ranking.rank.isVisible()
    ranking.set_spec(RankingSpec(ROWS, (18, 96), "Encode a sentence first."))
    with qtbot.waitSignal(ranking.rank_cancelled):
        qtbot.mouseClick(ranking.cancel, Qt.MouseButton.LeftButton)
    ranking.set_spec(RankingSpec(ROWS, None, "Encode a sentence first."))
    assert ranking.rank.isVisible() and not ranking.rank.isEnabled() and not ranking.table.isEnabled()
    assert ranking.hint() == "Encode a sentence first."
    assert not ranking.progress.isVisible() and not ranking.cancel.isVisible()


def test_every_column_fits_a_narrow_panel(dressed: Style, qtbot: QtBot) -> None:
    ranking = RankingTable(dressed)
    qtbot.addWidget(ranking)
    ranking.set_spec(RankingSpec(ROWS * 12))
    ranking.resize(round(21 * dressed.em), 300)
    ranking.show()
    assert not ranking.table.horizontalScrollBar().isVisible()
    for column in range(len(COLUMNS)):
        assert ranking.table.columnWidth(column) >= ranking.table.sizeHintForColumn(column)
    # The arrow that tells the order stands above the heading, and takes no room from it.
    header = ranking.table.horizontalHeader()
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        images = []
        for column in (0, DIVERGENCE):
            ranking.table.sortByColumn(column, order)
            images.append(header.grab().toImage())
        left, width = header.sectionPosition(DIVERGENCE), header.sectionSize(DIVERGENCE)
        words = [image.copy(left, header.height() // 3, width, header.height() // 2) for image in images]
        assert words[0] == words[1]


def test_it_says_with_which_heads_off_it_was_ranked(ranking: RankingTable) -> None:
    ranking.set_spec(RankingSpec(ROWS, ranked="Ranked with all heads on."))
    assert ranking.hint() == f"Ranked with all heads on. {KEYS}"
    ranking.set_spec(RankingSpec(ROWS))
    assert ranking.hint() == KEYS


def test_an_empty_table_says_what_the_button_does(ranking: RankingTable) -> None:
    ranking.set_spec(RankingSpec())
    assert not ranking.table.isVisible()
    assert "one at a time" in ranking.hint()
    ranking.set_spec(RankingSpec(ROWS))
    assert ranking.table.isVisible() and "double click" in ranking.hint()
