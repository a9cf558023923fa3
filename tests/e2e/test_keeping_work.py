"""Nothing of the user's is lost or written where it was not asked for: closing, sessions, drops."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents import hypotheses
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.state.plain_text import shown_folder
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.window.app import Parts, keep_work
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
)
from pytestqt.qtbot import QtBot
from support.dropping import Action, drag_events, drop
from support.keeping import box, choose, click, file_dialog, force, opened, press, sentence_of, session
from support.waiting import PATIENCE, SENTENCE, settle

OTHER = "I love you."


# Closing


def test_without_work_the_window_closes_silently(window: Parts, tmp_path: Path) -> None:
    keep_work(window, Recovery(tmp_path))
    press(window, Qt.Key.Key_Q)
    assert not window.window.isVisible() and list(tmp_path.iterdir()) == []


def test_cancel_and_escape_keep_the_window_and_the_work(work: Parts, qtbot: QtBot) -> None:
    document = work.controller.document
    press(work, Qt.Key.Key_Q)
    question = box(work)
    assert SENTENCE in question.text() and question.textFormat() is Qt.TextFormat.PlainText
    click(question, "Cancel")
    assert work.window.isVisible() and not question.isVisible()
    press(work, Qt.Key.Key_Q)
    QTest.keyClick(box(work), Qt.Key.Key_Escape)
    work.window.close()
    assert work.window.isVisible() and box(work) is not None and work.controller.document == document
    click(box(work), "Discard")


def test_discard_closes_and_leaves_nothing_behind(work: Parts, tmp_path: Path) -> None:
    work.menu_actions.recovery.keep()
    assert len(list((tmp_path / "kept").iterdir())) == 1
    press(work, Qt.Key.Key_Q)
    click(box(work), "Discard")
    assert not work.window.isVisible() and list((tmp_path / "kept").iterdir()) == []


def test_save_closes_once_the_work_is_in_its_file(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mine.avsession"
    work.menu_actions.sessions.save_to(path)
    force(qtbot, work)
    press(work, Qt.Key.Key_Q)
    QTest.keyClick(box(work), Qt.Key.Key_Return)
    assert not work.window.isVisible()
    assert session_file.read(path).document == work.controller.document


def test_save_of_what_has_no_file_asks_for_one_first(work: Parts, tmp_path: Path) -> None:
    press(work, Qt.Key.Key_Q)
    click(box(work), "Save")
    file_dialog(work).reject()
    assert work.window.isVisible()
    press(work, Qt.Key.Key_Q)
    click(box(work), "Save")
    choose(work, tmp_path / "missing" / "mine.avsession")
    assert work.window.isVisible()
    for each in (*work.window.findChildren(QFileDialog), *work.window.findChildren(QMessageBox)):
        each.close()
    press(work, Qt.Key.Key_Q)
    click(box(work), "Save")
    choose(work, tmp_path / "mine.avsession")
    assert not work.window.isVisible() and sentence_of(tmp_path / "mine.avsession") == SENTENCE


def test_a_session_has_its_suffix_whatever_dots_are_in_its_name(work: Parts, tmp_path: Path) -> None:
    precious = tmp_path / "trial 1.2.avsession"
    precious.write_text("precious")
    for agreed in (False, True):
        work.menu_actions.sessions.save_as()
        choose(work, tmp_path / "trial 1.2")
        assert "trial 1.2.avsession exists already" in box(work).text()
        click(box(work), "Replace" if agreed else "No")
        assert (precious.read_text() == "precious") is not agreed
    assert sentence_of(precious) == SENTENCE and [each.name for each in tmp_path.glob("trial*")] == [precious.name]


def test_a_file_that_cannot_be_written_keeps_the_window(work: Parts, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "mine.avsession"
    path.parent.mkdir()
    work.menu_actions.sessions.save_to(path)
    path.unlink()
    path.parent.rmdir()
    work.controller.run(hypotheses.rename, 0, "changed")
    press(work, Qt.Key.Key_Q)
    click(box(work), "Save")
    error = box(work)
    said = f"cannot be written: there is no directory {path.parent}. Make it, or choose another place."
    assert work.window.isVisible() and error.text().endswith(said)
    error.close()


def test_what_is_saved_closes_silently_wherever_one_stands(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    work.menu_actions.sessions.save_to(tmp_path / "mine.avsession")
    work.actions["step"].trigger()
    settle(qtbot, work)
    press(work, Qt.Key.Key_Q)
    assert not work.window.isVisible()


def test_a_hypothesis_deleted_from_what_was_saved_is_marked_and_asked_about(
    work: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    work.menu_actions.sessions.save_to(tmp_path / "mine.avsession")
    assert not work.window.isWindowModified()
    work.controller.run(hypotheses.delete, 1)
    settle(qtbot, work)
    assert work.controller.document is not None and not holdings(work.controller.document)
    assert work.window.isWindowModified() and work.window.windowTitle().startswith("mine.avsession[*]")
    press(work, Qt.Key.Key_Q)
    click(box(work), "Save")
    assert not work.window.isVisible() and len(session_file.read(tmp_path / "mine.avsession").document.hypotheses) == 1


def test_another_model_is_asked_about_where_work_would_be_dropped(work: Parts, qtbot: QtBot, bundled: Path) -> None:
    asked: list[str] = []
    work.controller._worker.loading.connect(asked.append)
    work.menu_actions.models.open(str(bundled))
    click(box(work), "Cancel")
    qtbot.wait(100)
    assert asked == []
    work.menu_actions.models.open_bundled()
    click(box(work), "Discard")
    qtbot.waitUntil(lambda: bool(asked), timeout=PATIENCE)
    settle(qtbot, work)


# Files


def test_a_session_that_is_cancelled_leaves_path_title_and_file_as_they_were(
    work: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.avsession"
    before = session(theirs, Document(OTHER, checkpoint="0" * 64))
    title = work.window.windowTitle()
    work.menu_actions.sessions.open(theirs)
    click(box(work), "Cancel")
    assert work.window.windowTitle() == title == f"{SENTENCE}[*] – Attention Viewer"
    press(work, Qt.Key.Key_S)
    file_dialog(work).reject()
    assert theirs.read_bytes() == before and work.window.isWindowModified()


def test_a_session_replayed_on_another_model_is_not_written_over_the_first(
    work: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.avsession"
    before = session(theirs, Document(OTHER, checkpoint="0" * 64))
    work.menu_actions.sessions.open(theirs)
    click(box(work), "Replay")
    settle(qtbot, work)
    assert work.controller.loaded.sentence == OTHER
    press(work, Qt.Key.Key_S)
    file_dialog(work).reject()
    assert theirs.read_bytes() == before


def test_a_session_that_the_model_refuses_settles_nothing(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.avsession", tmp_path / "theirs.avsession"
    work.menu_actions.sessions.save_to(mine)
    before = session(theirs, Document("word " * 600))
    opened(qtbot, work, theirs)
    assert work.window.source_bar.hint() and work.window.windowTitle().startswith("mine.avsession[*]")
    force(qtbot, work)
    press(work, Qt.Key.Key_S)
    assert theirs.read_bytes() == before and sentence_of(mine) == SENTENCE and work.menu_actions.sessions.is_saved


def test_opening_is_undone_with_the_file_that_the_work_had(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.avsession", tmp_path / "theirs.avsession"
    work.menu_actions.sessions.save_to(mine)
    document = work.controller.document
    assert document is not None
    before = session(theirs, Document(SENTENCE, step=2))
    opened(qtbot, work, theirs)
    assert work.window.windowTitle().startswith("theirs.avsession[*]") and not work.window.isWindowModified()
    assert "Open session theirs.avsession" in work.actions["undo"].text()
    press(work, Qt.Key.Key_Z)
    settle(qtbot, work)
    assert work.controller.document == document and work.window.windowTitle().startswith("mine.avsession[*]")
    work.controller.run(hypotheses.rename, 0, "changed")
    settle(qtbot, work)
    assert work.window.isWindowModified()
    press(work, Qt.Key.Key_S)
    assert theirs.read_bytes() == before and session_file.read(mine).document.hypotheses[0].name == "changed"
    assert not work.window.isWindowModified()


def test_another_sentence_is_not_written_over_the_session_before_it(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    mine = tmp_path / "mine.avsession"
    work.menu_actions.sessions.save_to(mine)
    before = mine.read_bytes()
    work.controller.submit(OTHER)
    settle(qtbot, work)
    assert work.window.windowTitle().startswith(OTHER) and not work.window.isWindowModified()
    press(work, Qt.Key.Key_S)
    file_dialog(work).reject()
    assert mine.read_bytes() == before


def test_the_next_session_is_saved_where_the_last_one_was(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    work.menu_actions.sessions.save_to(folder / "one.avsession")
    assert work.window._foot.doing.full_text() == f"Saved one.avsession to {shown_folder(folder)}"
    work.controller.submit("Another one.")
    settle(qtbot, work)
    press(work, Qt.Key.Key_S)
    assert Path(file_dialog(work).directory().absolutePath()) == folder
    file_dialog(work).reject()


def test_a_session_saved_through_a_link_keeps_the_link(work: Parts, tmp_path: Path) -> None:
    target, link = tmp_path / "target.avsession", tmp_path / "link.avsession"
    target.touch(0o600)
    link.symlink_to(target)
    work.menu_actions.sessions.save_to(link)
    assert link.is_symlink() and sentence_of(target) == SENTENCE and target.stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_neither_read_nor_written(work: Parts, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.avsession"
    os.mkfifo(pipe)
    for act in (work.menu_actions.sessions.open, work.menu_actions.sessions.save_to):
        act(pipe)
        error = box(work)
        assert "is a pipe" in error.text()
        error.close()


# Drops


def test_a_dropped_session_is_copied_and_undo_brings_the_work_back(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    document, theirs = work.controller.document, tmp_path / "theirs.avsession"
    session(theirs, Document(OTHER))
    assert drop(work, str(theirs)) == [Action.CopyAction] * 3
    settle(qtbot, work)
    assert work.controller.loaded.sentence == OTHER and theirs.exists()
    assert work.window.windowTitle().startswith("theirs.avsession")
    work.actions["undo"].trigger()
    settle(qtbot, work)
    assert work.controller.document == document


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("/a.avsession", "/b.avsession"), "2 files were dropped: drop one at a time"),
        (("/far/<b>picture</b>\n.png",), "‘b> .png’ is nothing that opens here"),
        (("https://example.org/a.avsession",), "is not on this computer"),
    ],
)
def test_an_unsuitable_drop_is_said(work: Parts, names: tuple[str, ...], said: str) -> None:
    document = work.controller.document
    assert drop(work, *names) == [Action.CopyAction] * 3
    assert said in work.window.source_bar.hint() and work.controller.document == document


def test_a_file_dropped_onto_the_sentence_opens_and_is_not_typed(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.avsession"
    session(theirs, Document(OTHER))
    line = work.window.source_bar.findChild(QLineEdit)
    native = work.window.windowHandle()
    assert line is not None and line.acceptDrops() and native is not None
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(theirs))])
    # As file managers do, for lines that know no better.
    data.setText(str(theirs))
    where = line.mapTo(work.window, line.rect().center())
    assert work.window.childAt(where) is line
    for event in drag_events(data, where, Action.MoveAction | Action.CopyAction):
        event.ignore()
        QApplication.sendEvent(native, event)
        assert event.isAccepted() and event.dropAction() is Action.CopyAction
        assert theirs.name not in line.text()
    settle(qtbot, work)
    assert line.text() == OTHER and work.window.windowTitle().startswith("theirs.avsession")


def test_text_dropped_onto_the_sentence_is_typed(work: Parts) -> None:
    line = work.window.source_bar.findChild(QLineEdit)
    native = work.window.windowHandle()
    assert line is not None and native is not None
    data = QMimeData()
    data.setText("dropped")
    for event in drag_events(data, line.mapTo(work.window, line.rect().center()), Action.CopyAction):
        QApplication.sendEvent(native, event)
    assert "dropped" in line.text()


def test_what_can_only_be_moved_is_not_taken(work: Parts, tmp_path: Path) -> None:
    assert drop(work, str(tmp_path / "a.avsession"), actions=Action.MoveAction) == [None]
