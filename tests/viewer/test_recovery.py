"""Unsaved work is found again after a crash, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from viewer.recovery import Recovery

KEEPER = """
import sys
from pathlib import Path
from viewer.recovery import Recovery
recovery = Recovery(Path(sys.argv[1]))
recovery.keep(sys.argv[2])
recovery.keep(sys.argv[2] + ", changed")
print("kept", flush=True)
sys.stdin.readline()
recovery.clear()
"""


@contextmanager
def keeper(directory: Path, text: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps `text` until it is told to clear up."""
    command = [sys.executable, "-c", KEEPER, str(directory), text]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "kept\n"
        try:
            yield process
        finally:
            process.kill()


def test_what_a_killed_process_kept_is_left_behind_newest_first(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep("mine")
    for text in ("first", "second"):
        with keeper(tmp_path, text) as process:
            assert process.pid not in _pids(recovery.left_behind())
            assert (tmp_path / f"unsaved-{process.pid}.avsession").exists()
            process.kill()
            assert process.wait(30) == -9
    found = recovery.left_behind()
    assert [path.read_text() for path in found] == ["second, changed", "first, changed"]
    recovery.discard(found[0])
    assert recovery.left_behind() == found[1:]


def test_a_process_that_clears_up_leaves_nothing(tmp_path: Path) -> None:
    with keeper(tmp_path, "text") as process:
        process.communicate("\n", timeout=30)
        assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_own_file_is_replaced_removed_and_never_offered(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path / "new" / "folder")
    assert recovery.left_behind() == []
    recovery.keep("one")
    recovery.keep("zwei é")
    file = tmp_path / "new" / "folder" / f"unsaved-{os.getpid()}.avsession"
    assert list(file.parent.iterdir()) == [file] and file.read_text("utf-8") == "zwei é"
    assert recovery.left_behind() == [] == Recovery(file.parent).left_behind()
    recovery.clear()
    recovery.clear()
    assert list(file.parent.iterdir()) == []
    recovery.keep("three")
    assert file.read_text("utf-8") == "three"
    recovery.clear()


def test_the_work_of_a_dead_process_with_the_same_number_is_not_overwritten(tmp_path: Path) -> None:
    old = tmp_path / f"unsaved-{os.getpid()}.avsession"
    old.write_text("of yesterday")
    recovery = Recovery(tmp_path)
    recovery.keep("of today")
    assert recovery.left_behind() == [old] and old.read_text() == "of yesterday"
    recovery.clear()
    assert list(tmp_path.iterdir()) == [old]


def test_a_full_disk_leaves_what_was_kept_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    recovery = Recovery(tmp_path)
    recovery.keep("before")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        recovery.keep("after")
    (file,) = tmp_path.iterdir()
    assert file.read_text() == "before" and recovery.left_behind() == []
    recovery.clear()
    assert not file.exists()


@pytest.mark.parametrize("name", ["file/folder", "file"])
def test_where_nothing_can_be_written_there_is_no_recovery(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recovery = Recovery(tmp_path / name)
    recovery.keep("text")
    assert recovery.left_behind() == []
    recovery.discard(tmp_path / name / "unsaved-1.avsession")
    recovery.clear()
    assert (tmp_path / "file").read_text() == "in the way"


def _pids(paths: list[Path]) -> set[int]:
    return {int(path.stem.split("-")[1]) for path in paths}
