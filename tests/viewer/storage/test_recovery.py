"""Unsaved work is found again after a crash, and only then."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.refusals import FULL
from attention_viewer.model.whole_files import WriteError
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.storage.recovery import MOST_READ, Found, LeftBehind, Recovery
from attention_viewer.viewer.storage.session_file import LARGEST, SavedSession, to_text

KEEPER = """
import sys
from pathlib import Path
from attention_viewer.viewer.storage.recovery import Recovery
recovery = Recovery(Path(sys.argv[1]))
recovery.keep(sys.argv[2])
recovery.keep(sys.argv[3])
print("kept", flush=True)
sys.stdin.readline()
recovery.clear()
"""


def session(sentence: str) -> str:
    return to_text(SavedSession(Document(sentence), ViewState()))


def sentences(recovery: Recovery) -> list[str]:
    return [work.saved.document.source for work in recovery.left_behind().works]


@contextmanager
def keeper(directory: Path, sentence: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps a sentence, then the same one changed, until it is told to clear up."""
    command = [sys.executable, "-c", KEEPER, str(directory), session(sentence), session(f"{sentence}, changed")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "kept\n"
        try:
            yield process
        finally:
            process.kill()


def test_what_a_killed_process_kept_is_left_behind_newest_first(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep(session("mine"))
    for text in ("first", "second"):
        with keeper(tmp_path, text) as process:
            assert process.pid not in _pids(recovery.left_behind().works)
            assert (tmp_path / f"unsaved-{process.pid}.avsession").exists()
            process.kill()
            assert process.wait(30) == -9
    found = recovery.left_behind().works
    assert sentences(recovery) == ["second, changed", "first, changed"]
    assert [work.when for work in found] == [work.path.stat().st_mtime for work in found]
    recovery.discard(found[0].path)
    assert recovery.left_behind().works == found[1:]


def test_a_process_that_clears_up_leaves_nothing(tmp_path: Path) -> None:
    with keeper(tmp_path, "text") as process:
        process.communicate("\n", timeout=30)
        assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_own_file_is_replaced_removed_and_never_offered(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path / "new" / "folder")
    assert recovery.left_behind().works == ()
    recovery.keep("one")
    recovery.keep("zwei é")
    file = tmp_path / "new" / "folder" / f"unsaved-{os.getpid()}.avsession"
    assert list(file.parent.iterdir()) == [file] and file.read_text("utf-8") == "zwei é"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    recovery.keep(session("one"))
    assert recovery.left_behind().works == () == Recovery(file.parent).left_behind().works
    recovery.clear()
    recovery.clear()
    assert list(file.parent.iterdir()) == []
    recovery.keep("three")
    assert file.read_text("utf-8") == "three"
    recovery.clear()


def test_the_work_of_a_dead_process_with_the_same_number_is_not_overwritten(tmp_path: Path) -> None:
    old = tmp_path / f"unsaved-{os.getpid()}.avsession"
    old.write_text(session("of yesterday"))
    recovery = Recovery(tmp_path)
    recovery.keep(session("of today"))
    assert sentences(recovery) == ["of yesterday"]
    recovery.clear()
    assert list(tmp_path.iterdir()) == [old]


def test_a_full_disk_leaves_what_was_kept_before_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recovery = Recovery(tmp_path)
    recovery.keep(session("before"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(WriteError) as caught:
            recovery.keep(session("after"))
    assert caught.value.refusal == FULL
    (file,) = tmp_path.iterdir()
    assert file.read_text() == session("before") and recovery.left_behind().works == ()
    recovery.clear()
    assert not file.exists()


@pytest.mark.parametrize("name", ["file/folder", "file"])
def test_where_nothing_can_be_written_that_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recovery = Recovery(tmp_path / name)
    with pytest.raises(WriteError):
        recovery.keep("text")
    assert recovery.left_behind().works == ()
    recovery.discard(tmp_path / name / "unsaved-1.avsession")
    recovery.clear()
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_is_damaged_is_set_aside_once_and_blocks_nothing(tmp_path: Path) -> None:
    (tmp_path / "unsaved-1.avsession").write_text(session("whole"))
    (tmp_path / "unsaved-2.avsession").write_bytes(b"\x80 garbage")
    (tmp_path / "unsaved-3.avsession").mkdir()
    os.mkfifo(tmp_path / "unsaved-4.avsession")
    (tmp_path / "unsaved-5.avsession").symlink_to("/dev/zero")
    (tmp_path / "unsaved-6.avsession").write_bytes(b" " * (LARGEST + 1))
    (tmp_path / "unsaved-7.avsession").write_text("[" * 100_000)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "unsaved-2.avsession").write_text("of an earlier time")
    recovery = Recovery(tmp_path)
    found = recovery.left_behind()
    assert [work.saved.document.source for work in found.works] == ["whole"] and found.set_aside == 6
    assert sorted(os.listdir(tmp_path)) == ["damaged", "unsaved-1.avsession"]
    aside = sorted(os.listdir(tmp_path / "damaged"))
    assert aside == sorted([*(f"unsaved-{n}.avsession" for n in range(2, 8)), "unsaved-2-2.avsession"])
    assert (tmp_path / "damaged" / "unsaved-2.avsession").read_text() == "of an earlier time"
    again = recovery.left_behind()
    assert again.works == found.works and again.set_aside == 0


def test_what_cannot_be_set_aside_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "unsaved-1.avsession").write_text("garbage")
    (tmp_path / "damaged").write_text("in the way")
    assert Recovery(tmp_path).left_behind() == Found()
    assert (tmp_path / "unsaved-1.avsession").read_text() == "garbage"


def test_only_the_newest_are_read_and_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MOST_READ + 3):
        file = tmp_path / f"unsaved-{number}.avsession"
        file.write_text(session(f"sentence {number}") if number != 20 else "garbage")
        os.utime(file, (1e9 + number, 1e9 + number))
    recovery = Recovery(tmp_path)
    recovery.keep(session("mine, which is not one of them"))
    found = recovery.left_behind()
    wanted = [f"sentence {number}" for number in range(MOST_READ + 2, 2, -1) if number != 20]
    assert [work.saved.document.source for work in found.works] == wanted
    assert (found.set_aside, found.unread) == (1, 3)
    monkeypatch.setattr("attention_viewer.viewer.storage.recovery.MOST_READ", 60)
    assert len(recovery.left_behind().works) == MOST_READ + 2 and recovery.left_behind().unread == 0
    recovery.clear()


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    recovery, folder = Recovery(tmp_path), tmp_path / "unsaved-1.avsession"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(WriteError, match=r"unsaved-1.avsession cannot be removed: it is a directory\. Remove"):
        recovery.discard(folder)
    recovery.discard(tmp_path / "unsaved-2.avsession")
    assert folder.exists()


def test_the_work_of_a_later_version_stays_for_that(tmp_path: Path) -> None:
    file = tmp_path / "unsaved-1.avsession"
    file.write_text(session("later").replace('"version": 2', '"version": 3'))
    assert Recovery(tmp_path).left_behind() == Found() and file.exists()


def _pids(works: Iterable[LeftBehind]) -> set[int]:
    return {int(work.path.stem.split("-")[1]) for work in works}
