"""Numbered files of the lines of a file: what is made, what is kept, what is said; with a writer made up for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.cli.batch import Line
from attention_viewer.viewer.cli.folder_batch import FolderBatch, Output, numbered, run_in_folder, write_file
from attention_viewer.viewer.cli.manifest import NAME, read_manifest
from attention_viewer.viewer.cli.progress import Watch
from support.checkpoints import MakeCheckpoint
from support.commands import names

ENDINGS = {"_a.txt": "options", "_b.txt": "options"}


@pytest.fixture
def batch(tmp_path: Path, tiny: Path) -> FolderBatch:
    """Two files for each of two lines."""
    (tmp_path / "lines.tsv").write_text("one\n\nthree\ttrois\n", encoding="utf-8")
    return FolderBatch(tmp_path / "lines.tsv", tmp_path / "out", tiny, ENDINGS, "written")


def made(batch: FolderBatch, stop_at: str = "") -> tuple[int, list[str]]:
    """The exit code of a batch, and the names of the files that it made."""
    written: list[str] = []

    def write(line: Line, files: Mapping[str, Output], watch: Watch) -> Iterator[str]:
        if "bad" in line.source:
            raise InputError("It is bad.")
        for ending, output in files.items():
            if output.path.name == stop_at:
                raise KeyboardInterrupt
            write_file(output, f"{line.source} {line.target} {ending}".encode())
            written.append(output.path.name)
            yield ending

    return run_in_folder(batch, lambda: write), written


def test_names_begin_with_five_digits() -> None:
    assert numbered(Line(7, "x"), "_page.html") == "00007_page.html"
    assert numbered(Line(123456, "x"), ".npz") == "123456.npz"


def test_every_line_has_its_files_under_its_number(batch: FolderBatch, capsys: pytest.CaptureFixture[str]) -> None:
    four = ["00001_a.txt", "00001_b.txt", "00003_a.txt", "00003_b.txt"]
    assert made(batch) == (0, four) and names(batch.folder) == four
    assert (batch.folder / "00003_b.txt").read_text() == "three trois _b.txt"
    assert capsys.readouterr().err == ""
    known = read_manifest(batch.folder)
    assert known is not None and known["00003_a.txt"].target == "trois" and len(known["00003_a.txt"].model) == 64


def test_files_that_exist_are_kept_or_replaced_on_purpose(batch: FolderBatch) -> None:
    assert made(batch)[0] == 0
    with pytest.raises(InputError, match=r"00001_a\.txt exists already: add --resume .* --force"):
        made(batch)
    assert made(replace(batch, resume=True)) == (0, [])
    assert len(made(replace(batch, force=True))[1]) == 4


def test_files_of_unknown_origin_are_not_kept(batch: FolderBatch) -> None:
    batch.folder.mkdir()
    (batch.folder / "00001_a.txt").write_text("mine")
    with pytest.raises(InputError, match=r"no manifest of what they were made of.*--force"):
        made(replace(batch, resume=True))
    assert (batch.folder / "00001_a.txt").read_text() == "mine" and len(names(batch.folder)) == 1


def test_what_was_stopped_goes_on(batch: FolderBatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        made(batch, stop_at="00003_b.txt")
    said = capsys.readouterr().err
    assert said == "attention-viewer: Stopped: 1 of 2 lines written; the same command with --resume goes on.\n"
    assert made(replace(batch, resume=True)) == (0, ["00003_b.txt"])
    assert capsys.readouterr().err == ""


def test_what_has_changed_is_made_anew_and_said(
    batch: FolderBatch, capsys: pytest.CaptureFixture[str], make_checkpoint: MakeCheckpoint
) -> None:
    again = replace(batch, resume=True)
    assert made(batch)[0] == 0
    batch.source.write_text("other\n\nthree\ttrois\n")
    assert made(again) == (0, ["00001_a.txt", "00001_b.txt"])
    assert (batch.folder / "00001_a.txt").read_text() == "other None _a.txt"
    said = capsys.readouterr().err
    assert said == "attention-viewer: 00001_a.txt and 00001_b.txt are made anew: the sentence has changed.\n"
    batch.source.write_text("other\n\nthree\tdrei\n")
    assert made(again)[1] == ["00003_a.txt", "00003_b.txt"]
    assert "the translation to force has changed" in capsys.readouterr().err
    other = replace(again, endings={**ENDINGS, "_b.txt": "others"})
    assert made(other)[1] == ["00001_b.txt", "00003_b.txt"]
    assert "00001_b.txt and 00003_b.txt are made anew: the options have changed" in capsys.readouterr().err
    assert made(replace(other, model=make_checkpoint("other", seed=5)))[1] == [
        "00001_a.txt", "00001_b.txt", "00003_a.txt", "00003_b.txt",
    ]  # fmt: skip
    assert "00001_a.txt, 00001_b.txt and 2 more are made anew: the model has" in capsys.readouterr().err


def test_a_file_that_was_being_replaced_when_it_was_stopped_is_made_anew(batch: FolderBatch) -> None:
    assert made(batch)[0] == 0
    batch.source.write_text("other\n\nthree\ttrois\n")
    with pytest.raises(KeyboardInterrupt):
        made(replace(batch, resume=True), stop_at="00001_a.txt")
    batch.source.write_text("one\n\nthree\ttrois\n")
    assert made(replace(batch, resume=True))[1] == ["00001_a.txt", "00001_b.txt"]


def test_files_of_other_commands_stay_known_and_those_of_lost_lines_are_said(
    batch: FolderBatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made(batch)[0] == 0
    other = replace(batch, endings={".txt": "others"}, resume=True)
    assert made(other) == (0, ["00001.txt", "00003.txt"])
    assert capsys.readouterr().err == ""
    batch.source.write_text("one\n")
    assert made(replace(batch, resume=True)) == (0, [])
    said = capsys.readouterr().err
    assert "00003_a.txt and 00003_b.txt are left over from lines" in said and "00003.txt" not in said


def test_bad_lines_are_listed_and_the_others_written(batch: FolderBatch, capsys: pytest.CaptureFixture[str]) -> None:
    batch.source.write_text("a\tb\tc\nbad\ngood\n")
    assert made(batch) == (1, ["00003_a.txt", "00003_b.txt"])
    *listed, summary = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in listed] == ["Line 1", "Line 2"]
    assert summary.endswith("lines.tsv: 1 of 3 lines written, 2 could not be.")
    assert made(replace(batch, resume=True)) == (1, [])
    assert "1 of 3 lines written (1 of them earlier), 2 could not be." in capsys.readouterr().err


@pytest.mark.parametrize("content", ["bad\n", "a\tb\tc\n", "", "\n \n"])
def test_where_nothing_is_written_no_folder_is_left(batch: FolderBatch, content: str) -> None:
    batch.source.write_text(content)
    assert made(batch) == (1, []) and not batch.folder.exists()


def test_what_cannot_be_written_stops_the_rest(batch: FolderBatch, capsys: pytest.CaptureFixture[str]) -> None:
    def write(line: Line, files: Mapping[str, Output], watch: Watch) -> Iterator[str]:
        write_file(Output(batch.folder / "none" / "x", False), b"")
        yield ""

    assert run_in_folder(replace(batch, force=True), lambda: write) == 1
    said = capsys.readouterr().err
    assert "x cannot be written: there is no directory" in said and said.count("\n") == 1
    assert "0 of 2 lines written; the same command with --resume in place of --force writes what is missing." in said
    assert not batch.folder.exists()


def test_a_folder_where_a_file_should_go_is_refused(batch: FolderBatch) -> None:
    (batch.folder / "00001_a.txt").mkdir(parents=True)
    with pytest.raises(InputError, match="is a directory"):
        made(replace(batch, force=True))
    assert not (batch.folder / NAME).exists()
