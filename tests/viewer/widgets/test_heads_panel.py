"""The table of heads: sorted by a heading, chosen by click and key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.heads_spec import HeadsSpec
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.table_spec import Cell, Column, Sorting, TableSpec
from attention_viewer.viewer.widgets.heads_panel import HeadsPanel
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

ENTROPIES = (0.5, 2.0, 10.0)
SPEC = TableSpec(
    (Column("Head"), Column("Entropy", "nats", numeric=True, name="entropy")),
    tuple((Cell(f"Cross 1.{head + 1}", float(head)), Cell(f"{n:.2f}", n)) for head, n in enumerate(ENTROPIES)),
    tuple(("cross", 0, head) for head in range(3)),
    ("cross", 0, 1),
    "a note",
)


@pytest.fixture
def panel(qtbot: QtBot, style: Style) -> HeadsPanel:
    panel = HeadsPanel(style)
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    panel.set_spec(HeadsSpec(SPEC))
    panel.show()
    return panel


def test_numbers_are_sorted_as_numbers_and_stay_so(panel: HeadsPanel, qtbot: QtBot) -> None:
    table = panel.table
    assert [row[0] for row in table.shown()] == ["Cross 1.1", "Cross 1.2", "Cross 1.3"]
    with qtbot.waitSignal(table.sorted) as told:
        table.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert told.args == [Sorting("entropy", descending=True)]
    assert [row[1] for row in table.shown()] == ["10.00", "2.00", "0.50"]
    rows = (SPEC.rows[0], (SPEC.rows[1][0], Cell("20.00", 20.0)), SPEC.rows[2])
    with qtbot.assertNotEmitted(table.sorted):
        panel.set_spec(HeadsSpec(replace(SPEC, rows=rows, sorting=told.args[0])))
    assert [row[1] for row in table.shown()] == ["20.00", "10.00", "0.50"]
    with qtbot.assertNotEmitted(table.sorted):
        panel.set_spec(HeadsSpec(replace(SPEC, sorting=Sorting("entropy"))))
    assert [row[1] for row in table.shown()] == ["0.50", "2.00", "10.00"]


def test_a_table_that_was_sorted_shows_its_top(panel: HeadsPanel, qtbot: QtBot) -> None:
    rows = tuple((Cell(f"Cross 1.{n + 1}", float(n)), Cell(f"{n:.2f}", float(n))) for n in range(40))
    many = replace(SPEC, rows=rows, keys=tuple(("cross", 0, n) for n in range(40)), selected=("cross", 0, 20))
    panel.set_spec(HeadsSpec(many))
    panel.table.sorted.connect(lambda sorting: panel.set_spec(HeadsSpec(replace(many, sorting=sorting))))
    table = panel.table.table
    table.scrollTo(table.currentIndex())
    assert table.verticalScrollBar().value() > 0, "the selected head is in sight"
    headings = table.horizontalHeader()
    for first in ("0.00", "39.00"):
        where = QPoint(headings.sectionViewportPosition(1) + 5, headings.height() // 2)
        qtbot.mouseClick(headings.viewport(), Qt.MouseButton.LeftButton, pos=where)
        qtbot.wait(20)
        assert panel.table.shown()[0][1] == first and table.verticalScrollBar().value() == 0
        assert table.row_of(table.currentIndex()) == 20, "which is selected still"


def test_a_click_or_return_shows_a_head(panel: HeadsPanel, qtbot: QtBot) -> None:
    table = panel.table.table
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    with qtbot.waitSignal(panel.head_selected) as clicked:
        place = table.visualRect(table.model().index(0, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == ["cross", 0, 2]
    with qtbot.waitSignal(panel.head_selected) as pressed:
        qtbot.keyClick(table, Qt.Key.Key_Down)
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert pressed.args == ["cross", 0, 1]


def test_the_selected_head_is_marked_and_reasons_are_said(panel: HeadsPanel) -> None:
    table = panel.table
    assert table.table.currentIndex().row() == 1 and table.note.text() == "a note"
    panel.set_spec(HeadsSpec(replace(SPEC, selected=("cross", 0, 2))))
    assert table.table.currentIndex().row() == 2
    panel.set_spec(HeadsSpec(Pending("Measuring …")))
    assert table.note.text() == "Measuring …" and not table.table.isVisible()


def test_what_can_be_done_is_offered_and_nothing_else(panel: HeadsPanel, qtbot: QtBot) -> None:
    bar = panel.bar
    offered = (bar.draw, bar.copy, bar.role, bar.file, bar.stop, bar.back)
    assert [each.isVisible() for each in offered] == [False, False, False, True, False, False]
    panel.set_spec(HeadsSpec(SPEC, "Aligns words best: Cross 1.2", "</s>", 3, of_file=True))
    assert [each.isVisible() for each in offered] == [True, True, True, True, False, True]
    assert bar.role.text() == "Same role as one (3)" and "</s>" in bar.role.toolTip()
    panel.set_spec(HeadsSpec(SPEC, progress="2 of 9 sentences measured …"))
    assert [each.isVisible() for each in offered] == [False, False, False, False, True, False]
    assert bar.progress.text() == "2 of 9 sentences measured …"
    panel.set_spec(HeadsSpec(SPEC, "Aligns words best: Cross 1.2", "</s>", 3, of_file=True))
    panel.resize(500, 300)
    qtbot.waitUntil(lambda: bar.file.y() > bar.role.y())
    shown = [each for each in offered if each.isVisible()]
    assert all(each.width() >= each.sizeHint().width() for each in shown), "no words of a button are cut"
    panel.resize(900, 300)
    qtbot.waitUntil(lambda: bar.file.y() == bar.role.y())
    panel.set_spec(HeadsSpec(SPEC, progress="2 of 9 sentences measured …"))
    with qtbot.waitSignal(bar.file_stopped):
        qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    panel.set_spec(HeadsSpec(SPEC, no_file="There is no model."))
    assert not bar.file.isEnabled() and bar.file.toolTip() == "There is no model."


def test_columns_share_the_room_there_is_and_are_never_cut(panel: HeadsPanel) -> None:
    table = panel.table.table
    widths = {}
    for width in (700, 150, 700):
        panel.resize(width, 300)
        widths[width] = [table.columnWidth(column) for column in range(2)]
        assert sum(widths[width]) > 0.98 * table.viewport().width()
    assert all(table.sizeHintForColumn(column) <= least for column, least in enumerate(widths[150]))
    assert sum(widths[700]) <= table.viewport().width()
