"""Choosing a candidate by mouse and keyboard, and the line that filters the vocabulary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.painting.bars import bars_layout
from attention_viewer.viewer.state.specs import Bar, BarsSpec, Pending, Unavailable
from attention_viewer.viewer.widgets.candidates import CandidatesPanel
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from support.finding import child

BARS = BarsSpec(
    "Next token",
    "softmax after “le”",
    tuple(Bar(f"t{index}", 0.5 / (index + 1), index == 0, f"tip {index}", token=100 + index) for index in range(11)),
)
CHATS = BarsSpec("Next token", "", (Bar("chat", 0.1, False, token=7, rank=12), Bar("chats", 0.01, False, token=8)))
NOBODY = replace(BARS, bars=(Bar("t", 0.5, True, "tip"),))


class Heard:
    """The tokens chosen and the filters told, in their order."""

    def __init__(self, panel: CandidatesPanel) -> None:
        self.tokens: list[int] = []
        self.filters: list[str] = []
        panel.token_chosen.connect(self.tokens.append)
        panel.filter_changed.connect(self.filters.append)


@pytest.fixture
def panel(qtbot: QtBot, style: Style) -> CandidatesPanel:
    widget = CandidatesPanel(style)
    qtbot.addWidget(widget)
    widget.resize(240, 400)
    widget.set_spec(BARS)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


@pytest.fixture
def heard(panel: CandidatesPanel) -> Heard:
    return Heard(panel)


def row(panel: CandidatesPanel, index: int, style: Style, spec: BarsSpec = BARS) -> QPoint:
    return bars_layout(panel.bars.rect().toRectF(), spec, style).row(index).center().toPoint()


def type_text(qtbot: QtBot, panel: CandidatesPanel, text: str) -> None:
    panel.focus_filter()
    qtbot.keyClicks(panel.line, text)


def test_clicking_a_row_chooses_its_token(panel: CandidatesPanel, heard: Heard, style: Style, qtbot: QtBot) -> None:
    for index in (3, 0):
        qtbot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=row(panel, index, style))
    qtbot.mouseClick(panel.bars, Qt.MouseButton.RightButton, pos=row(panel, 2, style))
    qtbot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=QPoint(20, panel.bars.height() - 2))
    assert heard.tokens == [103, 100]


def test_a_press_that_ends_on_another_row_chooses_nothing(
    panel: CandidatesPanel, heard: Heard, style: Style, qtbot: QtBot
) -> None:
    qtbot.mousePress(panel.bars, Qt.MouseButton.LeftButton, pos=row(panel, 1, style))
    qtbot.mouseRelease(panel.bars, Qt.MouseButton.LeftButton, pos=row(panel, 2, style))
    qtbot.mousePress(panel.bars, Qt.MouseButton.LeftButton, pos=row(panel, 1, style))
    panel.set_spec(CHATS)
    qtbot.mouseRelease(panel.bars, Qt.MouseButton.LeftButton, pos=row(panel, 1, style))
    assert heard.tokens == []


def test_arrows_select_and_enter_chooses(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    assert panel.bars.selected() is None
    before = panel.bars.grab().toImage()
    panel.bars.setFocus(Qt.FocusReason.TabFocusReason)
    assert panel.bars.selected() == 0 and panel.bars.grab().toImage() != before
    keys = Qt.Key
    for key in (keys.Key_Down, keys.Key_Down, keys.Key_Up, keys.Key_Return, keys.Key_Up, keys.Key_Up, keys.Key_Enter):
        qtbot.keyClick(panel.bars, key)
    assert heard.tokens == [101, 100]
    assert "Selected: t0" in panel.bars.accessibleDescription()
    for _ in range(30):
        qtbot.keyClick(panel.bars, keys.Key_Down)
    assert panel.bars.selected() == 10


def test_digits_choose_the_first_ten_rows_that_are_there(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    panel.bars.setFocus()
    qtbot.keyClicks(panel.bars, "1390")
    qtbot.keyClick(panel.bars, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert heard.tokens == [100, 102, 108, 109]
    panel.set_spec(CHATS)
    qtbot.keyClicks(panel.bars, "32")
    assert heard.tokens[4:] == [8]


def test_the_menu_of_a_row_is_asked_for_by_mouse_and_by_key(panel: CandidatesPanel, style: Style) -> None:
    asked: list[int] = []
    panel.menu_requested.connect(lambda token, where: asked.append(token))
    reasons = QContextMenuEvent.Reason
    for reason, at in ((reasons.Mouse, row(panel, 1, style)), (reasons.Keyboard, QPoint(0, 0))):
        QApplication.sendEvent(panel.bars, QContextMenuEvent(reason, at, panel.bars.mapToGlobal(at)))
        panel.bars.setFocus()
    assert asked == [BARS.bars[1].token] * 2, "the key asks for the row that is selected"


def test_the_bars_keep_their_keys_from_shortcuts_and_no_others(panel: CandidatesPanel) -> None:
    for key, own in ((Qt.Key.Key_Up, True), (Qt.Key.Key_7, True), (Qt.Key.Key_Right, False), (Qt.Key.Key_Space, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(panel.bars, event)
        assert event.isAccepted() == own, key


def test_the_selection_follows_its_token_and_never_leaves_the_bars(panel: CandidatesPanel) -> None:
    panel.bars.setFocus()
    panel.bars.select(4)
    panel.set_spec(replace(BARS, bars=BARS.bars[2:]))
    assert panel.bars.selected() == 2
    panel.set_spec(CHATS)
    assert panel.bars.selected() == 0
    panel.set_spec(Pending("Decoding"))
    assert panel.bars.selected() is None


def test_only_rows_that_can_be_chosen_invite(panel: CandidatesPanel, heard: Heard, style: Style, qtbot: QtBot) -> None:
    point = row(panel, 1, style)
    qtbot.mouseMove(panel.bars, point)
    assert panel.bars.lit() == 1
    assert panel.bars.cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert panel.bars.tip_at(QPointF(point)) == "tip 1\nclick to force it here, right-click for more"
    panel.set_choosable("The causal mask is off.")
    assert panel.bars.lit() is None
    assert panel.bars.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert panel.bars.tip_at(QPointF(point)) == "tip 1\nThe causal mask is off."
    panel.bars.setFocus()
    qtbot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=point)
    qtbot.keyClicks(panel.bars, "1\r")
    assert heard.tokens == []
    panel.set_choosable(None)
    assert panel.bars.lit() == 1
    QApplication.sendEvent(panel.bars, QEvent(QEvent.Type.Leave))
    assert panel.bars.lit() is None


def test_a_bar_without_a_token_is_never_chosen(
    panel: CandidatesPanel, heard: Heard, style: Style, qtbot: QtBot
) -> None:
    panel.set_spec(NOBODY)
    panel.bars.setFocus()
    point = row(panel, 0, style, NOBODY)
    qtbot.mouseMove(panel.bars, point)
    qtbot.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=point)
    qtbot.keyClicks(panel.bars, "1\r")
    assert heard.tokens == [] and panel.bars.lit() is None
    assert panel.bars.tip_at(QPointF(point)) == "tip"


def test_the_filter_is_told_once_typing_pauses(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    type_text(qtbot, panel, "cha")
    assert heard.filters == []
    qtbot.waitUntil(lambda: heard.filters == ["cha"])
    child(panel.line, QToolButton).click()
    qtbot.waitUntil(lambda: heard.filters == ["cha", ""])


def test_setting_the_filter_tells_nothing(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    panel.set_filter("chat")
    assert panel.line.text() == "chat"
    type_text(qtbot, panel, "s")
    panel.set_filter("chat")
    assert panel.line.text() == "s"
    panel.set_filter("")
    qtbot.wait(120)
    assert panel.line.text() == "" and heard.filters == []


def test_escape_empties_the_line_at_once_and_goes_to_the_bars(
    panel: CandidatesPanel, heard: Heard, qtbot: QtBot
) -> None:
    panel.set_filter("chat")
    type_text(qtbot, panel, "x")
    qtbot.keyClick(panel.line, Qt.Key.Key_Escape)
    assert heard.filters == [""] and panel.line.text() == ""
    assert panel.bars.hasFocus()
    qtbot.wait(120)
    assert heard.filters == [""]


def test_down_goes_from_the_line_to_the_first_bar(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    panel.bars.select(3)
    panel.focus_filter()
    assert panel.line.hasFocus()
    qtbot.keyClick(panel.line, Qt.Key.Key_Down)
    assert panel.bars.hasFocus() and panel.bars.selected() == 0
    assert heard.tokens == []


def test_enter_in_the_line_chooses_the_first_bar(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    panel.filter_changed.connect(lambda text: panel.set_spec(CHATS))
    type_text(qtbot, panel, "chat")
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    assert (heard.filters, heard.tokens) == (["chat"], [7])
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    assert heard.tokens == [7, 7]


def test_enter_waits_for_the_bars_of_what_was_typed(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    type_text(qtbot, panel, "chat")
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    panel.set_spec(Pending("Decoding"))
    assert heard.tokens == []
    panel.set_spec(CHATS)
    panel.set_spec(BARS)
    assert heard.tokens == [7]


def test_typing_on_takes_an_enter_back(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    type_text(qtbot, panel, "chat")
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.line, "s")
    panel.set_spec(CHATS)
    assert heard.tokens == []


def test_a_filter_that_nothing_passes_says_so(panel: CandidatesPanel, heard: Heard, qtbot: QtBot) -> None:
    type_text(qtbot, panel, "qqq")
    qtbot.waitUntil(lambda: heard.filters == ["qqq"])
    panel.set_spec(replace(BARS, bars=()))
    assert panel.message() == "No piece of the vocabulary contains “qqq”."
    assert panel.line.isEnabled() and panel.line.hasFocus()
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    assert heard.tokens == []
    panel.set_filter("")
    panel.set_spec(BARS)
    assert panel.message() == ""


def test_there_is_nothing_to_filter_before_there_is_a_distribution(panel: CandidatesPanel) -> None:
    panel.bars.setFocus()
    panel.set_spec(Unavailable("Encode a sentence first"))
    assert not panel.line.isEnabled()
    panel.set_spec(BARS)
    assert panel.line.isEnabled() and panel.line.accessibleName() == "Filter the vocabulary"
    panel.focus_filter()
    panel.set_spec(Pending("Decoding"))
    assert panel.line.isEnabled() and panel.line.hasFocus()


def test_the_note_can_be_read_whole_and_heard(panel: CandidatesPanel) -> None:
    noted = replace(CHATS, bars=(replace(CHATS.bars[0], before=0.25),), note="KL(before ‖ after) = 0.043 nats")
    panel.set_spec(noted)
    assert panel.bars.tip_at(QPointF(20, panel.bars.height() - 2)) == noted.note
    assert "chat 0.10 (before 0.25)" in panel.bars.accessibleDescription()
    assert noted.note in panel.bars.accessibleDescription()
