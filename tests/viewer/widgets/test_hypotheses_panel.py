"""The table of hypotheses: what it shows, and what keys, clicks and the menu ask for."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.specs import HypothesesSpec, HypothesisRow, Pending, Unavailable
from attention_viewer.viewer.widgets.hypotheses_panel import HypothesesPanel
from attention_viewer.viewer.widgets.hypotheses_table import (
    HOW,
    LOG_PROBABILITY,
    MARK,
    NAME,
    TEXT,
    TOKENS,
    log_probability_text,
)
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from support.finding import child

ROWS = (
    HypothesisRow("", "Le chat", -4.306, 3, "greedy", True, True),
    HypothesisRow("on the mat", "La chatte", -7.0, 5, "forced at 1", False, False),
    HypothesisRow("", "", None, 2, "", False, False),
)
SPEC = HypothesesSpec(ROWS)
SIGNALS = ("chosen", "renamed", "deleted", "compare_requested")


@pytest.fixture
def panel(qtbot: QtBot, style: Style) -> HypothesesPanel:
    widget = HypothesesPanel(style)
    qtbot.addWidget(widget)
    qtbot.addWidget(widget.header)
    widget.resize(800, 240)
    widget.set_spec(SPEC)
    widget.show()
    widget.activateWindow()
    qtbot.waitExposed(widget)
    return widget


def cell(panel: HypothesesPanel, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return panel.model.data(panel.model.index(row, column), role)


def place(panel: HypothesesPanel, row: int, column: int) -> QPoint:
    return panel.table.visualRect(panel.model.index(row, column)).center()


def editor(panel: HypothesesPanel) -> QLineEdit:
    return child(panel.table.viewport(), QLineEdit)


def double_click(panel: HypothesesPanel, qtbot: QtBot, column: int) -> None:
    for press in (qtbot.mouseClick, qtbot.mouseDClick):
        press(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place(panel, 0, column))


def entry(menu: QMenu, text: str) -> int:
    return [action.text() for action in menu.actions()].index(text)


def go_to(panel: HypothesesPanel, row: int) -> None:
    panel.table.setCurrentIndex(panel.model.index(row, TEXT))


def test_rows_say_what_the_hypotheses_are(panel: HypothesesPanel) -> None:
    shown = [[cell(panel, row, column) for column in range(6)] for row in range(3)]
    assert shown == [
        ["●", "1", "Le chat", "3", "−4.31", "greedy"],
        ["", "on the mat", "La chatte …", "5", "−7.00", "forced at 1"],
        ["", "3", "…", "2", "…", ""],
    ]
    assert "Le chat" in str(cell(panel, 0, TEXT, Qt.ItemDataRole.ToolTipRole))
    assert cell(panel, 0, MARK, Qt.ItemDataRole.AccessibleTextRole) == "current"
    assert log_probability_text(-0.5) == "−0.50"
    assert panel.header.subtitle.full_text() == "3 kept"
    assert panel.note.isHidden()


def test_what_holds_kept_tokens_is_slanted_and_its_tip_says_what_they_were_chosen_under(panel: HypothesesPanel) -> None:
    rows = (ROWS[0], replace(ROWS[1], kept="kept: chosen greedily with encoder positions off."))
    panel.set_spec(HypothesesSpec(rows))

    def slanted(row: int) -> list[bool]:
        fonts = (cell(panel, row, column, Qt.ItemDataRole.FontRole) for column in (NAME, TEXT, TOKENS, HOW))
        return [isinstance(font, QFont) and font.italic() for font in fonts]

    assert slanted(0) == [False] * 4 and slanted(1) == [False, True, False, True]
    assert "with encoder positions off" in str(cell(panel, 1, TEXT, Qt.ItemDataRole.ToolTipRole))
    assert "kept" not in str(cell(panel, 0, TEXT, Qt.ItemDataRole.ToolTipRole))


def test_a_number_is_muted_and_a_name_is_not(panel: HypothesesPanel, style: Style) -> None:
    colors = [cell(panel, row, NAME, Qt.ItemDataRole.ForegroundRole) for row in (1, 2)]
    assert colors == [style.palette.text, style.palette.muted]


def test_what_is_compared_is_called_a_and_b(panel: HypothesesPanel) -> None:
    rows = (replace(ROWS[0], side="A"), ROWS[1], replace(ROWS[2], side="B"))
    panel.set_spec(HypothesesSpec(rows, "B is 3. A and B part at token 1."))
    assert [cell(panel, row, MARK) for row in range(3)] == ["A", "", "B"]
    assert panel.note.full_text() == "B is 3. A and B part at token 1." and panel.note.isVisible()


def test_a_click_goes_to_another_hypothesis(panel: HypothesesPanel, qtbot: QtBot) -> None:
    viewport = panel.table.viewport()
    with qtbot.waitSignal(panel.chosen) as chosen:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(panel, 1, TEXT))
    assert chosen.args == [1]
    with qtbot.assertNotEmitted(panel.chosen):
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(panel, 0, TEXT))
        qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=place(panel, 2, TEXT))


def test_the_keyboard_goes_to_another_hypothesis(panel: HypothesesPanel, qtbot: QtBot) -> None:
    assert panel.table.currentIndex().row() == 0
    with qtbot.assertNotEmitted(panel.chosen):
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
        qtbot.keyClick(panel.table, Qt.Key.Key_Down)
        qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.chosen) as chosen:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert chosen.args == [2]


def test_f2_renames_and_enter_does_not_go_there(panel: HypothesesPanel, qtbot: QtBot) -> None:
    go_to(panel, 1)
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    assert editor(panel).text() == "on the mat"
    with qtbot.assertNotEmitted(panel.chosen, wait=50), qtbot.waitSignal(panel.renamed) as renamed:
        editor(panel).selectAll()
        qtbot.keyClicks(editor(panel), "the bus ")
        qtbot.keyClick(editor(panel), Qt.Key.Key_Return)
    assert renamed.args == [1, "the bus"]


def test_a_double_click_on_a_name_edits_it_and_nothing_else_does(panel: HypothesesPanel, qtbot: QtBot) -> None:
    viewport = panel.table.viewport()
    for column in (TEXT, TOKENS, LOG_PROBABILITY, HOW, MARK):
        double_click(panel, qtbot, column)
        assert not viewport.findChildren(QLineEdit)
    qtbot.keyClicks(panel.table, "x")
    assert not viewport.findChildren(QLineEdit)
    double_click(panel, qtbot, NAME)
    assert editor(panel).isVisible()


def test_escape_or_no_change_renames_nothing(panel: HypothesesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.renamed, wait=50):
        for end in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            qtbot.keyClick(panel.table, Qt.Key.Key_F2)
            if end == Qt.Key.Key_Escape:
                qtbot.keyClicks(editor(panel), "no")
            qtbot.keyClick(editor(panel), end)
            qtbot.waitUntil(lambda: not panel.table.viewport().findChildren(QLineEdit))


def test_a_new_spec_leaves_a_name_that_is_being_typed_alone(panel: HypothesesPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(panel), "half a na")
    panel.set_spec(HypothesesSpec((replace(ROWS[0], log_probability=-1.0), *ROWS[1:])))
    assert editor(panel).text() == "half a na"
    with qtbot.waitSignal(panel.renamed) as renamed:
        qtbot.keyClick(editor(panel), Qt.Key.Key_Return)
    assert renamed.args == [0, "half a na"]


def test_delete_deletes_but_not_the_only_one(panel: HypothesesPanel, qtbot: QtBot) -> None:
    go_to(panel, 2)
    with qtbot.waitSignal(panel.deleted) as deleted:
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert deleted.args == [2]
    panel.set_spec(HypothesesSpec(ROWS[:1]))
    go_to(panel, 0)
    with (
        patch("attention_viewer.viewer.widgets.hypotheses_panel.show_tip") as tip,
        qtbot.assertNotEmitted(panel.deleted),
    ):
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert "only hypothesis" in tip.call_args.args[1]


def test_the_menu_does_the_same(panel: HypothesesPanel, qtbot: QtBot) -> None:
    menu = panel.menu(1)
    for text, signal in (
        ("Go there", panel.chosen),
        ("Compare with the current one", panel.compare_requested),
        ("Delete", panel.deleted),
    ):
        with qtbot.waitSignal(signal) as emitted:
            menu.actions()[entry(menu, text)].trigger()
        assert emitted.args == [1]
    menu.actions()[entry(menu, "Rename")].trigger()
    assert editor(panel).text() == "on the mat"


def test_the_menu_offers_only_what_can_be_done(panel: HypothesesPanel) -> None:
    def offered(row: int) -> set[str]:
        return {action.text() for action in panel.menu(row).actions() if action.isEnabled() and action.text()}

    assert offered(1) == {"Go there", "Rename", "Compare with the current one", "Delete"}
    assert offered(0) == {"Rename", "Delete"}
    panel.set_spec(HypothesesSpec(ROWS[:1]))
    assert offered(0) == {"Rename"}


@pytest.mark.parametrize("reason", list(QContextMenuEvent.Reason)[:2])
def test_the_menu_is_that_of_the_row_under_the_mouse_or_the_keyboard(
    panel: HypothesesPanel, qtbot: QtBot, reason: QContextMenuEvent.Reason
) -> None:
    go_to(panel, 2)
    point = place(panel, 1, TEXT)
    event = QContextMenuEvent(reason, point, panel.table.viewport().mapToGlobal(point))
    with patch.object(panel, "menu") as menu:
        QApplication.sendEvent(panel.table.viewport(), event)
    by_key = reason is QContextMenuEvent.Reason.Keyboard
    menu.assert_called_once_with(2 if by_key else 1)


def test_a_changed_spec_keeps_selection_and_scroll_place_and_is_silent(panel: HypothesesPanel, qtbot: QtBot) -> None:
    heard: list[str] = []
    for name in SIGNALS:
        getattr(panel, name).connect(lambda *_, name=name: heard.append(name))
    many = tuple(replace(ROWS[1], name=f"h{number}", current=number == 3) for number in range(40))
    panel.set_spec(HypothesesSpec(many))
    go_to(panel, 20)
    bar = panel.table.verticalScrollBar()
    bar.setValue(7)
    assert bar.value() == 7
    for rows in (many, (replace(many[0], text="other"), *many[1:]), many[:-1], (*many, ROWS[0])):
        panel.set_spec(HypothesesSpec(rows))
        assert (panel.table.currentIndex().row(), bar.value()) == (20, 7)
    panel.set_spec(Pending("Translating"))
    panel.set_spec(HypothesesSpec(many))
    panel.set_style(style_for(PALETTES["dark"], panel.font()))
    assert panel.table.currentIndex().row() == 20 and heard == []
    assert cell(panel, 0, TEXT) == "La chatte …"


def test_the_table_is_told_what_changed_and_only_that(panel: HypothesesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.model.dataChanged):
        panel.set_spec(HypothesesSpec(tuple(replace(row) for row in ROWS)))
    with qtbot.waitSignal(panel.model.dataChanged):
        panel.set_spec(HypothesesSpec((replace(ROWS[0], text="Un chien"), *ROWS[1:])))


def test_shortcuts_leave_the_tables_keys_alone_and_it_leaves_theirs(panel: HypothesesPanel) -> None:
    def claimed(key: Qt.Key) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(panel.table, event)
        return event.isAccepted()

    assert all(map(claimed, (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Up)))
    assert not claimed(Qt.Key.Key_Space) and not claimed(Qt.Key.Key_Right)


def test_a_narrow_panel_leaves_out_how(panel: HypothesesPanel, style: Style) -> None:
    assert not panel.table.isColumnHidden(HOW)
    assert panel.minimumSizeHint().height() <= 5 * style.em
    panel.resize(300, 240)
    assert panel.table.isColumnHidden(HOW) and not panel.table.isColumnHidden(LOG_PROBABILITY)


def test_an_empty_panel_says_why(panel: HypothesesPanel) -> None:
    assert panel.message() == ""
    for spec in (Pending("Loading the model"), Unavailable("Encode a sentence first")):
        panel.set_spec(spec)
        assert panel.message() == spec.reason
        assert not panel.table.isVisible() and panel.header.subtitle.full_text() == ""
    panel.set_spec(SPEC)
    assert panel.table.isVisible() and panel.message() == ""
