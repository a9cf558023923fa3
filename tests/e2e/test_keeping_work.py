"""Nothing of the user's is lost or written where it was not asked for: closing, sessions, drops, crashes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import force as force_after
from attention_viewer.model.contract.hypotheses import intervene, rename_hypothesis
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.contract.refusals import FORBIDDEN, FULL
from attention_viewer.model.whole_files import WriteError
from attention_viewer.viewer.state.filing import TAKE_UP
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.recovery_dialog import RecoveryDialog
from attention_viewer.viewer.window.app import Parts, keep_work
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.dropping import Action, drag_events, drop
from support.waiting import PATIENCE, SENTENCE, Open, settle, wait_for_step

OTHER = "I love you."


@pytest.fixture
def work(toy_window: Parts, qtbot: QtBot, tmp_path: Path) -> Iterator[Parts]:
    """A window that loses nothing, with a token forced. What is kept and asked is the same for every model."""
    (tmp_path / "kept").mkdir()
    keep_work(toy_window, Recovery(tmp_path / "kept"))
    force(qtbot, toy_window)
    yield toy_window
    toy_window.window.set_close_guard(lambda: True)


def force(qtbot: QtBot, parts: Parts) -> Document:
    """Force a token at the first place."""
    parts.actions["step"].trigger()
    settle(qtbot, parts)
    trace = parts.controller.loaded.trace
    assert trace is not None
    chosen = {token.id for token in trace.output_tokens}
    ids = [candidate.token.id for candidate in trace.steps[-1].candidates]
    parts.menu_actions.laboratory.force(next(each for each in ids if each not in chosen))
    settle(qtbot, parts)
    assert parts.controller.document is not None
    return parts.controller.document


def press(parts: Parts, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier) -> None:
    # Without a window manager nothing activates the window again once a dialog has gone.
    parts.window.activateWindow()
    assert QTest.qWaitForWindowActive(parts.window)
    QTest.keyClick(parts.window, key, modifiers)


def box(parts: Parts) -> QMessageBox:
    (found,) = [each for each in parts.window.findChildren(QMessageBox) if each.isVisible()]
    return found


def click(dialog: QDialog | QWidget, text: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def file_dialog(parts: Parts) -> QFileDialog:
    (found,) = [each for each in parts.window.findChildren(QFileDialog) if each.isVisible()]
    return found


def choose(parts: Parts, path: Path) -> None:
    dialog = file_dialog(parts)
    dialog.selectFile(str(path))
    dialog.accept()


def session(path: Path, document: Document) -> bytes:
    session_file.write(path, SavedSession(document, ViewState()))
    return path.read_bytes()


def sentence_of(path: Path) -> str:
    return session_file.read(path).document.source


def opened(qtbot: QtBot, parts: Parts, path: Path) -> None:
    parts.menu_actions.sessions.open(path)
    settle(qtbot, parts)


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
    assert replace(session_file.read(path).document, checkpoint="") == work.controller.document


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


def test_a_file_that_cannot_be_written_keeps_the_window(work: Parts, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "mine.avsession"
    path.parent.mkdir()
    work.menu_actions.sessions.save_to(path)
    path.unlink()
    path.parent.rmdir()
    work.menu_actions.laboratory.rename_hypothesis(0, "changed")
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
    work.menu_actions.laboratory.delete_hypothesis(1)
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
    work.menu_actions.laboratory.rename_hypothesis(0, "changed")
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


# What a crash left


@pytest.fixture
def crashed(work: Parts, tmp_path: Path) -> Callable[[], list[str]]:
    """Three works left behind, the newest first; gives the names of what is left."""
    folder = tmp_path / "kept"
    now = time.time()
    two = rename_hypothesis(Document("<b>Two</b>\nlines " + "x" * 300, step=1), 0, "mine")
    forced = force_after(Document(SENTENCE, step=1), [(5, How.GREEDY)], 7, [(6, How.GREEDY)])
    three = intervene(forced, Interventions(hidden=frozenset({0})))
    for number, document in ((1, Document("One.", step=1)), (2, two), (3, three)):
        session(folder / f"unsaved-{number}.avsession", document)
        os.utime(folder / f"unsaved-{number}.avsession", (now - 600 * number, now - 600 * number))
    return lambda: sorted(path.name for path in folder.glob("unsaved-?.avsession"))


def recovery_dialog(parts: Parts) -> RecoveryDialog:
    (found,) = [each for each in parts.window.findChildren(RecoveryDialog) if each.isVisible()]
    return found


def test_escape_in_the_recovery_dialog_touches_nothing(work: Parts, crashed: Callable[[], list[str]]) -> None:
    work.menu_actions.recovery.offer()
    dialog = recovery_dialog(work)
    rows = dialog.findChild(QTreeWidget)
    assert isinstance(rows, QTreeWidget) and rows.topLevelItemCount() == 3
    texts = [item.text(0) for row in range(3) if (item := rows.topLevelItem(row)) is not None]
    assert texts[0] == "One." and texts[2] == SENTENCE
    assert texts[1].startswith("<b>Two</b> lines xxx") and len(texts[1]) == 200
    holds = [item.text(1) for row in range(3) if (item := rows.topLevelItem(row)) is not None]
    assert holds == ["only the sentence", "1 name", "2 hypotheses, 1 forced token, 1 intervention"]
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    assert not dialog.isVisible() and len(crashed()) == 3
    work.menu_actions.recovery.offer()
    click(recovery_dialog(work), "Later")
    assert len(crashed()) == 3


def test_discard_touches_what_is_selected(work: Parts, crashed: Callable[[], list[str]]) -> None:
    work.menu_actions.recovery.offer()
    dialog = recovery_dialog(work)
    rows = dialog.findChild(QTreeWidget)
    assert isinstance(rows, QTreeWidget)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    click(dialog, "Discard")
    assert crashed() == ["unsaved-1.avsession", "unsaved-3.avsession"] and dialog.isVisible()
    rows.selectAll()
    take = next(each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == "Take up")
    assert not take.isEnabled()
    click(dialog, "Discard")
    assert crashed() == [] and not dialog.isVisible()


def test_what_cannot_be_discarded_stays_listed_and_is_said(
    work: Parts, crashed: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = Recovery.discard

    def keep_two(recovery: Recovery, path: Path) -> None:
        if path.name == "unsaved-2.avsession":
            raise WriteError(f"{path} cannot be removed: {FORBIDDEN}", FORBIDDEN)
        remove(recovery, path)

    work.menu_actions.recovery.offer()
    dialog = recovery_dialog(work)
    rows = dialog.findChild(QTreeWidget)
    assert isinstance(rows, QTreeWidget)
    with monkeypatch.context() as patched:
        patched.setattr(Recovery, "discard", keep_two)
        rows.selectAll()
        click(dialog, "Discard")
        assert crashed() == ["unsaved-2.avsession"] and dialog.isVisible() and rows.topLevelItemCount() == 1
        said = [label for label in dialog.findChildren(QLabel) if "there is no permission" in label.text()]
        assert len(said) == 1 and said[0].isVisible() and said[0].textFormat() is Qt.TextFormat.PlainText
        click(dialog, "Discard")
        assert rows.topLevelItemCount() == 1 and dialog.isVisible()
    click(dialog, "Discard")
    assert crashed() == [] and not dialog.isVisible()


def test_older_works_than_are_listed_are_said(
    work: Parts, crashed: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attention_viewer.viewer.storage.recovery.MOST_READ", 1)
    work.menu_actions.recovery.offer()
    dialog = recovery_dialog(work)
    assert any("Older ones, 2 in number" in label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()
    assert len(crashed()) == 3


def test_work_taken_up_belongs_to_no_file_and_its_copy_goes_only_when_it_is_safe(
    work: Parts, qtbot: QtBot, tmp_path: Path, crashed: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, folder = tmp_path / "mine.avsession", tmp_path / "kept"
    document = force(qtbot, work)
    work.menu_actions.sessions.save_to(mine)
    before = mine.read_bytes()
    left = session(folder / "unsaved-3.avsession", document)
    with monkeypatch.context() as patched:
        patched.setattr(Recovery, "keep", full_disk)
        newest = Recovery(folder).left_behind().works[0]
        assert newest.path.name == "unsaved-3.avsession"
        work.menu_actions.laboratory.rename_hypothesis(0, "something else")
        settle(qtbot, work)
        work.menu_actions.recovery.take_up(newest)
        settle(qtbot, work)
        assert work.controller.history.undo_name == TAKE_UP and work.controller.document == document
        assert not work.menu_actions.sessions.is_saved and work.window.isWindowModified()
        assert (folder / "unsaved-3.avsession").read_bytes() == left
        assert work.window.source_bar.hint().startswith("Unsaved work cannot be kept through a crash")
    press(work, Qt.Key.Key_S)
    file_dialog(work).reject()
    assert mine.read_bytes() == before
    work.menu_actions.recovery.keep()
    assert crashed() == ["unsaved-1.avsession", "unsaved-2.avsession"]
    (kept,) = folder.glob(f"unsaved-{os.getpid()}*.avsession")
    assert replace(session_file.read(kept).document, checkpoint="") == document


def full_disk(*_: object) -> None:
    raise WriteError("There is no room.", FULL)


def test_work_taken_up_and_saved_is_left_no_longer(
    work: Parts, qtbot: QtBot, tmp_path: Path, crashed: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recovery, "keep", full_disk)
    work.menu_actions.recovery.offer()
    QTest.keyClick(recovery_dialog(work), Qt.Key.Key_Return)
    settle(qtbot, work)
    assert work.controller.loaded.sentence == "One." and len(crashed()) == 3
    work.menu_actions.sessions.save_to(tmp_path / "one.avsession")
    assert crashed() == ["unsaved-2.avsession", "unsaved-3.avsession"]


def test_damaged_files_are_said_once(work: Parts, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    (folder / "unsaved-1.avsession").mkdir()
    os.mkfifo(folder / "unsaved-2.avsession")
    work.menu_actions.recovery.offer()
    assert work.window.source_bar.hint() == f"2 damaged files of unsaved work were moved to {folder}/damaged."
    assert not work.window.findChildren(RecoveryDialog)
    work.window.source_bar.set_hint("")
    work.menu_actions.recovery.offer()
    assert work.window.source_bar.hint() == ""


def test_settings_that_are_not_read_are_said_once(work: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work.menu_actions.recovery, "_settings", Settings(MemoryStore("Settings are not read.")))
    for said in ("Settings are not read.", ""):
        work.window.source_bar.set_hint("")
        work.menu_actions.recovery.offer()
        work.menu_actions.recovery.keep()
        assert work.window.source_bar.hint() == said


def test_a_place_that_cannot_be_written_to_is_said_once(work: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    work.menu_actions.recovery.set_recovery(Recovery(tmp_path / "file" / "folder"))
    work.menu_actions.recovery.keep()
    assert "cannot be kept through a crash" in work.window.source_bar.hint()
    work.window.source_bar.set_hint("")
    work.menu_actions.recovery.keep()
    assert work.window.source_bar.hint() == ""


def test_what_is_to_be_said_outlives_the_first_answer(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "unsaved-1.avsession").mkdir()
    parts = open_window()
    keep_work(parts, Recovery(tmp_path))
    parts.controller.submit(SENTENCE)
    parts.menu_actions.recovery.offer()
    wait_for_step(qtbot, parts, 0)
    assert "A damaged file of unsaved work was moved" in parts.window.source_bar.hint()
