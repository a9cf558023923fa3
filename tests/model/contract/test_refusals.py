"""A file that cannot be written or read: what was wrong, and what to do, whoever asked for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from attention_viewer.model.contract import refusals
from attention_viewer.model.contract.errors import InputError, UserError
from attention_viewer.model.contract.plain_files import text_lines
from attention_viewer.model.contract.refusals import FORBIDDEN, READ_ONLY, of_reading, of_writing
from attention_viewer.model.whole_files import whole_directory, write_whole
from attention_viewer.viewer.export.writing import write_bytes
from attention_viewer.viewer.storage.files import check_output, write_lines

Write = Callable[[Path], None]
WRITERS: dict[str, Write] = {
    "a file of the model": lambda path: write_whole(path, b"x"),
    "lines, and sessions": lambda path: write_lines(path, ["x"], force=True),
    "an export": lambda path: write_bytes(path, b"x", overwrite=True),
}
NO_DIRECTORY = "{place}/no/x cannot be written: there is no directory {place}/no. Make it, or choose another place."
REFUSED = {
    errno.ENOSPC: "the disk is full. Make room on it, or choose another place.",
    errno.EDQUOT: "the disk is full. Make room on it, or choose another place.",
    errno.EACCES: "there is no permission. Allow writing there, or choose another place.",
    errno.EPERM: "there is no permission. Allow writing there, or choose another place.",
    errno.EROFS: "the disk is read-only. Choose a place on another one.",
    errno.EFBIG: "it would be larger than files may be here. Allow larger ones, or choose another place.",
    errno.EIO: "input/output error. Allow writing there, or choose another place.",
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_place_that_will_not_do_is_said_by_every_writer(write: Write, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    cases = {
        tmp_path / "no" / "x": NO_DIRECTORY.format(place=tmp_path),
        tmp_path / "file" / "x": f"{tmp_path}/file is no directory",
        tmp_path: f"{tmp_path} cannot be written: it is a directory. Give the name of a file in it.",
        tmp_path / ("x" * 300): "cannot be written: its name is too long. Choose a shorter one.",
        Path("/dev/full"): "/dev/full cannot be written: the disk is full. Make room on it, or choose another place.",
    }
    for path, said in cases.items():
        with pytest.raises(UserError) as caught:
            write(path)
        assert said in str(caught.value) and str(caught.value).endswith(".")
    assert [each.name for each in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(("number", "said"), REFUSED.items(), ids=map(errno.errorcode.get, REFUSED))
def test_what_the_system_refuses_is_said_by_every_writer(
    write: Write, number: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "map.png"
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError) as caught:
        write(path)
    assert str(caught.value) == f"{path} cannot be written: {said}" and not list(tmp_path.iterdir())
    path.write_text("mine")
    with pytest.raises(UserError) as caught:
        write(path)
    assert str(caught.value) == f"{path} cannot be written: {said} What stood there before is kept."
    assert path.read_text() == "mine"


def test_a_directory_that_cannot_be_made_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match=r"file is no directory\. Choose another place"),
        whole_directory(tmp_path / "file" / "model"),
    ):
        pass


@pytest.mark.parametrize(("flags", "refusal"), [(os.ST_RDONLY, READ_ONLY), (0, FORBIDDEN)])
def test_a_place_is_refused_before_anything_is_computed(
    flags: int, refusal: refusals.Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_output(tmp_path / "new" / "x", force=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=flags))
    with pytest.raises(InputError) as caught:
        check_output(tmp_path / "new" / "x", force=False)
    assert str(caught.value) == f"Nothing can be written into {tmp_path}: {refusal}"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    cases = {
        "absent.txt": "there is no such file. Check its name.",
        "latin.txt": "it is not UTF-8. Convert it to UTF-8.",
        ".": "it is a directory. Give the name of a file.",
    }
    for name, said in cases.items():
        with pytest.raises(InputError) as caught:
            text_lines(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name} cannot be read: {said}"
    with pytest.raises(InputError, match=r"there is no such file\. Give a file of names\."):
        text_lines(tmp_path / "absent.txt", "Give a file of names.")
    assert str(of_reading(PermissionError(errno.EACCES, "x"))) == (
        "there is no permission. Allow reading it, or choose another file."
    )


def test_words_of_a_library_are_kept_where_the_system_says_nothing() -> None:
    assert of_writing(RuntimeError("Cannot seek."), Path("x")).why == "cannot seek"
