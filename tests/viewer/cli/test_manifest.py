"""What files were made of: written line by line, read back whatever became of the last one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import WriteFailed
from attention_viewer.viewer.cli.manifest import NAME, UNKNOWN, Made, Manifest, change, digest, read_manifest

MADE = Made("Où ?\u2028", None, "0123", "abcd")
FORCED = Made("Hi.", "Salut.", "0123", "abcd")


def test_what_is_added_is_read_back_and_the_last_one_counts(tmp_path: Path) -> None:
    with Manifest(tmp_path, {"kept.npz": MADE}) as manifest:
        manifest.add("00001.npz", MADE)
        manifest.add("00002.npz", FORCED)
        manifest.add("00001.npz", FORCED)
        assert read_manifest(tmp_path) == {"kept.npz": MADE, "00001.npz": FORCED, "00002.npz": FORCED}
    with Manifest(tmp_path, {"00002.npz": FORCED}):
        pass
    assert read_manifest(tmp_path) == {"00002.npz": FORCED}


def test_an_empty_manifest_is_not_left(tmp_path: Path) -> None:
    with Manifest(tmp_path, {}):
        assert read_manifest(tmp_path) == {}
    assert read_manifest(tmp_path) is None and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "end", ['{"file": "00002.np', "[" * 100_000, "[]", '{"file": 2}', '{"file": "x", "sentence": "a"}', "\0"]
)
def test_a_line_that_was_not_finished_is_left_out(tmp_path: Path, end: str) -> None:
    with Manifest(tmp_path, {}) as manifest:
        manifest.add("00001.npz", MADE)
    with (tmp_path / NAME).open("a") as file:
        file.write(end)
    assert read_manifest(tmp_path) == {"00001.npz": MADE}


@pytest.mark.parametrize("content", ["", "mine\n", '{"format": "other"}\n', '{"file": "00001.npz"}\n'])
def test_a_file_of_somebody_else_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)
    with pytest.raises(InputError, match=r"manifest\.jsonl is no manifest"):
        read_manifest(tmp_path)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with Manifest(tmp_path, {"kept.npz": MADE}) as manifest, Path("/dev/full").open("ab", buffering=0) as full:
        manifest._file.close()
        manifest._file = full
        with pytest.raises(WriteFailed, match=r"manifest\.jsonl cannot be written: the disk is full"):
            manifest.add("00001.npz", MADE)
    assert read_manifest(tmp_path) == {"kept.npz": MADE}


def test_every_change_is_told_apart() -> None:
    assert change(MADE, MADE) is None and change(None, MADE) == UNKNOWN
    for name, value in (("sentence", "x"), ("target", "x"), ("options", "x"), ("model", "x")):
        said = change(replace(MADE, **{name: value}), MADE)
        assert said is not None and ("translation" if name == "target" else name) in said


def test_a_digest_knows_values_and_not_their_order() -> None:
    assert digest({"a": 1, "b": None}) == digest({"b": None, "a": 1}) != digest({"a": 2, "b": None})
