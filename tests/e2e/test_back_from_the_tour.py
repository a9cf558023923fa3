"""A session that was opened from a file is the same one after a tour."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.keeping import force, press
from support.waiting import settle


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
