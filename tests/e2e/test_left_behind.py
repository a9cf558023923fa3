"""Work that a crash left behind: it is offered, taken up or discarded, and goes only once it is safe."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import force as force_after
from attention_viewer.model.contract.hypotheses import intervene, rename_hypothesis
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.contract.refusals import FORBIDDEN, FULL
from attention_viewer.model.whole_files import WriteError
from attention_viewer.viewer.intents import hypotheses
from attention_viewer.viewer.state.filing import TAKE_UP
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.recovery_dialog import RecoveryDialog
from attention_viewer.viewer.window.app import Parts, keep_work
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot
from support.keeping import box, click, file_dialog, force, press, session
from support.waiting import SENTENCE, Open, settle, wait_for_step


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
        work.controller.run(hypotheses.rename, 0, "something else")
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
    assert session_file.read(kept).document == document


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


def test_a_crash_on_a_tour_leaves_the_readers_own_work_and_closing_asks_about_it(
    work: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    own, touring = work.controller.document, work.menu_actions.touring
    touring.show()
    qtbot.waitUntil(lambda: touring.hidden is not None)
    settle(qtbot, work)
    assert work.controller.loaded.sentence != SENTENCE
    work.menu_actions.recovery.keep()
    (kept,) = (tmp_path / "kept").glob("unsaved-*")
    assert session_file.read(kept).document == own
    work.window.close()
    assert SENTENCE in box(work).text() and work.controller.document == own
    click(box(work), "Cancel")


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
