"""The line in which the sentence is typed."""

from __future__ import annotations

import time

import pytest
from attention_viewer.viewer.look.assets import examples
from attention_viewer.viewer.state.quiet_specs import RemarkSpec
from attention_viewer.viewer.widgets.source_bar import LONGEST_SENTENCE, SourceBar, one_line
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from support.finding import child


@pytest.fixture
def bar(qtbot: QtBot) -> SourceBar:
    widget = SourceBar()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def line_of(bar: SourceBar) -> QLineEdit:
    return child(bar, QLineEdit)


def test_enter_and_button_submit_the_sentence(bar: SourceBar, qtbot: QtBot) -> None:
    bar.set_text("The cat.")
    with qtbot.waitSignal(bar.submitted) as entered:
        qtbot.keyClick(line_of(bar), Qt.Key.Key_Return)
    button = next(each for each in bar.findChildren(QPushButton) if "Encode" in each.text())
    with qtbot.waitSignal(bar.submitted) as clicked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert entered.args == clicked.args == ["The cat."]


def test_setters_do_not_submit(bar: SourceBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.submitted):
        bar.set_text("A dog.")
        bar.set_examples({"One.": "one word"})
        bar.set_recent(["Two."])
        bar.set_hint("Hm.")


def test_pasted_lines_become_one(bar: SourceBar) -> None:
    line = line_of(bar)
    line.setText("Say: ")
    QApplication.clipboard().setText("one\r\ntwo\nthree")
    line.paste()
    assert bar.text() == "Say: one two three"
    assert one_line("a\nb\n") == "a b"


def test_a_million_pasted_characters_are_refused_in_words_at_once(bar: SourceBar) -> None:
    bar.set_text("Before.")
    QApplication.clipboard().setText("word " * 200_000)
    start = time.perf_counter()
    line_of(bar).paste()
    assert time.perf_counter() - start < 1.0
    assert bar.text() == "Before."
    assert "1,000,007" in bar.hint() and f"{LONGEST_SENTENCE:,}" in bar.hint()


def test_what_fits_is_never_cut(bar: SourceBar) -> None:
    QApplication.clipboard().setText("a" * LONGEST_SENTENCE)
    line_of(bar).paste()
    assert len(bar.text()) == LONGEST_SENTENCE
    assert bar.hint() == ""


def test_the_hint_takes_room_only_when_there_is_one(bar: SourceBar) -> None:
    low = bar.sizeHint().height()
    bar.set_hint("Type a few words first.")
    assert bar.sizeHint().height() > low
    bar.set_hint("")
    assert bar.sizeHint().height() == low


def test_examples_and_recent_sentences_stand_in_one_menu(bar: SourceBar, qtbot: QtBot) -> None:
    bar.set_examples({"Salt & pepper.": "salt & more", "x" * 200: ""})
    bar.set_recent(["How are you?"])
    menu = next(each.menu() for each in bar.findChildren(QPushButton) if each.menu())
    entries = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert (entries[0], entries[3]) == ("Examples: what to look for", "Recent")
    assert entries[1] == "Salt && pepper.  ·  salt && more" and len(entries[2]) < 100 and entries[4] == "How are you?"
    headings = [action.text() for action in menu.actions() if not (action.isSeparator() or action.isEnabled())]
    assert headings == ["Examples: what to look for", "Recent"]
    with qtbot.waitSignal(bar.submitted) as chosen:
        next(action for action in menu.actions() if action.text() == entries[1]).trigger()
    assert chosen.args == ["Salt & pepper."]
    assert bar.text() == "Salt & pepper."


def test_a_reason_stops_submitting(bar: SourceBar, qtbot: QtBot) -> None:
    bar.set_text("The cat.")
    bar.set_enabled_reason("No model is open.")
    with qtbot.assertNotEmitted(bar.submitted):
        qtbot.keyClick(line_of(bar), Qt.Key.Key_Return)
    assert bar.hint() == "No model is open."
    bar.set_enabled_reason(None)
    with qtbot.waitSignal(bar.submitted):
        qtbot.keyClick(line_of(bar), Qt.Key.Key_Return)
    assert bar.hint() == ""


def test_a_remark_is_said_and_what_helps_is_offered(bar: SourceBar, qtbot: QtBot) -> None:
    bar.show()
    bar.set_remark(RemarkSpec("Long.", offers_root=True))
    assert bar.remark() == "Long." and bar.root.isVisible()
    with qtbot.waitSignal(bar.root_requested):
        qtbot.keyClick(bar.root, Qt.Key.Key_Space)
    bar.set_remark(RemarkSpec("Odd."))
    assert bar.remark() == "Odd." and not bar.root.isVisible()
    height = bar.sizeHint().height()
    bar.set_remark(RemarkSpec())
    assert bar.sizeHint().height() < height, "it takes no room where there is nothing to say"


def test_every_example_says_what_to_look_for() -> None:
    assert len(examples()) == 8 and all(examples().values())
