"""Reading lines and checking outputs; nothing half-written, nothing replaced unasked."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attention_viewer.model.contract import plain_files
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.plain_files import ENDLESS, text_lines
from attention_viewer.model.training.data import read_pairs
from attention_viewer.viewer.cli.streams import STREAM, raw_lines
from attention_viewer.viewer.storage.files import (
    check_folder,
    check_output,
    decoded_line,
    made_folder,
    read_raw_lines,
    source_and_target,
    write_lines,
)


def test_lines_end_at_line_feeds_only_and_lose_the_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "in.txt"
    file.write_bytes("\ufeffone\r\n\ntwo\u2028still two\x0b\nlast".encode())
    lines = [decoded_line(number, raw) for number, raw in enumerate(read_raw_lines(file), 1)]
    assert lines == ["one", "", "two\u2028still two\x0b", "last"]


def test_a_line_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InputError, match=r"not valid UTF-8 \(byte 4 is 0xe9"):
        decoded_line(2, "café\n".encode("latin-1"))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.txt"):
        read_raw_lines(tmp_path / "absent.txt")
    with pytest.raises(InputError, match="directory"):
        read_raw_lines(tmp_path)


def test_a_line_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with gzip.open(tmp_path / "pairs.gz", "wb", compresslevel=1) as file:
        file.write(bytes(2 * ENDLESS))
    never = Path("/dev/zero")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(bytes(2 * ENDLESS))))
    reads: list[Callable[[], object]] = [
        lambda: read_raw_lines(never),
        lambda: read_pairs(never),
        lambda: read_pairs(tmp_path / "pairs.gz"),
        lambda: text_lines(never),
        lambda: raw_lines(STREAM),
    ]
    for read in reads:
        with pytest.raises(InputError, match=r"[lL]ine .*is longer than 8,000,000 bytes"):
            read()


def test_a_line_has_a_source_and_perhaps_a_target() -> None:
    assert source_and_target("The cat.") == ("The cat.", None)
    assert source_and_target("The cat.\tLe chat.") == ("The cat.", "Le chat.")
    for line, said in (("a\tb\tc", "3 columns"), ("\tb", "empty source"), ("a\t ", "empty target")):
        with pytest.raises(InputError, match=said):
            source_and_target(line)


def test_outputs_are_checked_before_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("kept")
    with pytest.raises(InputError, match="--force"):
        check_output(tmp_path / "there", force=False)
    check_output(tmp_path / "there", force=True)
    with pytest.raises(InputError, match=r"is a directory\. Give the name of a file in it"):
        check_output(tmp_path, force=True)
    check_output(tmp_path / "no" / "such" / "file", force=True)
    with pytest.raises(InputError, match="there is no directory"):
        check_output(tmp_path / "there" / "no" / "file", force=True)


def test_folders_are_checked_with_the_files_that_go_there(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("kept")
    with pytest.raises(InputError, match=r"b\.png exists"):
        check_folder(tmp_path, ["a.png", "b.png"], force=False)
    check_folder(tmp_path, ["a.png", "b.png"], force=True)
    check_folder(tmp_path / "new", ["a.png"], force=False)
    with pytest.raises(InputError, match="is a file"):
        check_folder(tmp_path / "b.png", ["a.png"], force=True)
    check_folder(tmp_path / "no" / "new", ["a.png"], force=True)
    with pytest.raises(InputError, match=r"b\.png is no directory"):
        check_folder(tmp_path / "b.png" / "new", ["a.png"], force=True)


def test_a_new_folder_goes_again_when_nothing_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(UserError), made_folder(folder):
        assert folder.is_dir()
        raise UserError("The disk is full.")
    assert not folder.exists()
    with made_folder(folder):
        (folder / "file").touch()
    assert (folder / "file").exists()


def test_folders_on_the_way_are_made_and_go_again_too(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with made_folder(tmp_path / "kept" / "a" / "b"):
        assert (tmp_path / "kept" / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"] and list((tmp_path / "kept").iterdir()) == []
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match=r"cannot be made: .*file is no directory"),
        made_folder(tmp_path / "file" / "new"),
    ):
        pass


def test_lines_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out.txt"

    def broken() -> Iterator[str]:
        yield "half"
        raise InputError("Line 2: too long.")

    with pytest.raises(InputError):
        write_lines(file, broken(), force=False)
    assert list(tmp_path.iterdir()) == []
    write_lines(file, ["né", ""], force=False)
    assert file.read_bytes() == b"n\xc3\xa9\n\n"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match="the disk is full"):
        write_lines(file, ["new"], force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"] and file.read_text("utf-8") == "né\n\n"


def test_links_are_followed_modes_kept_and_the_content_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target, link = elsewhere / "mine.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(Path("elsewhere") / "mine.txt")
    (tmp_path / "new.txt").symlink_to(elsewhere / "new.txt")
    flushed: list[int] = []
    flush = os.fsync

    def fsync(handle: int) -> None:
        flushed.append(os.fstat(handle).st_ino)
        flush(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_lines(link, ["new"], force=True)
    write_lines(tmp_path / "new.txt", ["new"], force=False)
    assert link.is_symlink() and target.read_text() == "new\n" and (elsewhere / "new.txt").read_text() == "new\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.stat().st_ino in flushed and sorted(os.listdir(elsewhere)) == ["mine.txt", "new.txt"]
    with pytest.raises(InputError, match="exists already"):
        write_lines(link, ["newer"], force=False)


def test_devices_and_pipes_are_written_into_and_need_no_force(tmp_path: Path) -> None:
    pipe, null = tmp_path / "pipe", tmp_path / "null"
    os.mkfifo(pipe)
    null.symlink_to("/dev/null")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_lines(pipe, ["away"], force=False)
        assert os.read(reader, 10) == b"away\n"
    finally:
        os.close(reader)
    write_lines(null, ["away"], force=True)
    with pytest.raises(UserError, match="the disk is full"):
        write_lines(Path("/dev/full"), ["away"], force=True)
    assert pipe.is_fifo() and null.is_symlink() and sorted(os.listdir(tmp_path)) == ["null", "pipe"]
    assert Path("/dev/null").is_char_device() and Path("/dev/full").is_char_device()


@pytest.mark.parametrize("read", [read_raw_lines, read_pairs, text_lines])
def test_a_pipe_is_waited_for_with_a_word(
    read: Callable[[Path], list[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, said = tmp_path / "pairs.tsv", threading.Event()
    os.mkfifo(pipe)
    told: list[str] = []

    def say(line: str) -> None:
        told.append(line)
        said.set()

    def write() -> None:
        said.wait(5)
        pipe.write_text("a cat\tun chat\n")

    monkeypatch.setattr(plain_files, "UNSAID", 0.01)
    monkeypatch.setattr(plain_files, "_say", say)
    writer = threading.Thread(target=write)
    writer.start()
    assert len(read(pipe)) == 1
    writer.join()
    assert told == [f"Waiting for another program to write into the pipe {pipe} …"]


def test_nothing_is_said_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.txt").write_text("one\n")
    monkeypatch.setattr(plain_files, "UNSAID", 0.0)
    monkeypatch.setattr(plain_files, "_say", pytest.fail)
    assert text_lines(tmp_path / "in.txt") == ["one"]
