"""What the reader had before a tour: its quiz is about that, and after it all is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.keeping import force, press
from support.waiting import SENTENCE, settle


def to_the_tour(qtbot: QtBot, parts: Parts) -> None:
    """To the tour, and along some of its stops."""
    touring = parts.menu_actions.touring
    with qtbot.waitActive(parts.window):
        parts.window.activateWindow()
    qtbot.keyClick(parts.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: touring.stop is not None)
    settle(qtbot, parts)
    for index in (1, 5, 16):
        touring.go_to(index)
        settle(qtbot, parts)
    assert parts.menu_actions.sessions.filed is None


def take_a_tour(qtbot: QtBot, parts: Parts, back: Qt.Key) -> None:
    """To the tour, and back."""
    to_the_tour(qtbot, parts)
    qtbot.keyClick(parts.window, back)
    settle(qtbot, parts)


@pytest.mark.parametrize("back", [Qt.Key.Key_F6, Qt.Key.Key_F12])
def test_a_session_has_its_file_and_its_title_and_nothing_unsaved_after_a_tour(
    work: Parts, qtbot: QtBot, tmp_path: Path, back: Qt.Key
) -> None:
    path, sessions, window = tmp_path / "lecture.avsession", work.menu_actions.sessions, work.window
    sessions.save_to(path)
    work.controller.step()
    settle(qtbot, work)
    sessions.open(path)
    settle(qtbot, work)
    document, title = work.controller.document, window.windowTitle()
    assert title.startswith("lecture.avsession") and not window.isWindowModified()
    for _ in range(2):
        take_a_tour(qtbot, work, back)
        assert work.controller.document == document
        assert (window.windowTitle(), window.isWindowModified()) == (title, False)
        assert sessions.filed is not None and sessions.filed.path == path and work.menu_actions.closing.may_close()
    force(qtbot, work)
    assert window.isWindowModified() and window.windowTitle() == title
    work.actions["save_session"].trigger()
    assert session_file.read(path).document == work.controller.document and not window.isWindowModified()


def test_work_of_no_file_is_still_unsaved_after_a_tour(work: Parts, qtbot: QtBot) -> None:
    take_a_tour(qtbot, work, Qt.Key.Key_F6)
    assert work.window.isWindowModified() and work.menu_actions.sessions.filed is None


def test_closing_on_a_tour_asks_nothing_about_a_session_that_is_saved(
    work: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    work.menu_actions.sessions.save_to(tmp_path / "lecture.avsession")
    to_the_tour(qtbot, work)
    press(work, Qt.Key.Key_Q)
    assert not work.window.isVisible()


def test_the_quiz_is_about_what_stood_there_before_the_tour(work: Parts, qtbot: QtBot) -> None:
    own, touring = work.controller.document, work.menu_actions.touring
    panel = work.window.widget("tour")
    to_the_tour(qtbot, work)
    stop = work.controller.document
    assert panel.kept.isVisible() and stop is not None and own is not None and stop.source != own.source
    touring.go_to(18)
    settle(qtbot, work)
    assert work.controller.document == own and not panel.kept.isVisible()
    assert (panel.header.subtitle.full_text(), panel.stops.currentText()[:3]) == ("question 1 of 19", "Q1.")
    touring.set_up()
    settle(qtbot, work)
    assert work.controller.document is not None and work.controller.document.source == own.source
    touring.go_to(17)
    settle(qtbot, work)
    assert panel.kept.isVisible() and work.controller.document.source == stop.source
    touring.go_to(37)
    settle(qtbot, work)
    assert work.controller.document == own, "the end is about it as well"


def test_what_was_typed_on_a_tour_is_not_said_to_be_kept_nor_replaced_by_the_quiz(work: Parts, qtbot: QtBot) -> None:
    panel = work.window.widget("tour")
    to_the_tour(qtbot, work)
    work.controller.submit("My red house is old.")
    settle(qtbot, work)
    assert not panel.kept.isVisible()
    work.menu_actions.touring.go_to(18)
    settle(qtbot, work)
    assert work.controller.loaded.sentence == "My red house is old."


def test_a_stop_without_a_sentence_is_about_what_stood_there_before(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    head = "format: attention-viewer tour\nversion: 1\ntitle: Mine\n"
    path = tmp_path / "mine.tour"
    path.write_text(f"{head}stop: one\nsentence: A cat.\ntext: x\nstop: two\nsteps: 1\ntext: y\n", encoding="utf-8")
    work.menu_actions.touring.open(path)
    settle(qtbot, work)
    assert work.controller.loaded.sentence == "A cat."
    work.menu_actions.touring.go_to(1)
    settle(qtbot, work)
    assert work.controller.loaded.sentence == SENTENCE
