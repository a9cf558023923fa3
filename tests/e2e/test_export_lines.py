"""The command export on the lines of a file: numbers, bad lines, stopping and going on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attention_viewer.viewer.cli.main import main
from PySide6.QtWidgets import QApplication
from support.checkpoints import MakeCheckpoint
from support.commands import names
from support.exports import (
    ONE,
    ONE_NAME,
    TARGET,
    TEXT,
    Export,
    opens,
    texts,
)
from support.full_disk import full_disk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """One application for all commands of this file."""


def test_a_batch_numbers_its_files_by_line(
    export: Export, lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export("--input", lines.name, "-o", "out", *ONE, "--format", "svg", "--steps", "3") == 0
    assert names(tmp_path / "out") == [f"{number}_{ONE_NAME}.svg" for number in ("00001", "00002", "00004")]
    assert capsys.readouterr().err == ""
    forced = texts(tmp_path / "out" / f"00002_{ONE_NAME}.svg")
    assert "<start> → ▁a" in forced and "▁a → ▁dog" in forced
    assert export("--input", lines.name, "-o", "out", "--format", "json") == 0
    content = json.loads((tmp_path / "out" / "00002_trace.json").read_text("utf-8"))
    assert content["meta"]["sentence"] == TEXT and content["meta"]["translation"] == TARGET


def test_bad_lines_are_listed_at_the_end_and_the_others_written(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.tsv"
    good, long = TEXT.encode(), b"the " * 600
    file.write_bytes(b"\n".join([b"caf\xe9", good, long, b"a\tb\tc", b"", b"\tx", good + b"\t" + long, good]) + b"\n")
    assert export("--input", file.name, "-o", "out", *ONE, "--steps", "1") == 1
    assert names(tmp_path / "out") == [f"0000{number}_{ONE_NAME}.png" for number in (2, 8)]
    *listed, summary = capsys.readouterr().err.splitlines()
    expected = [(1, "UTF-8"), (3, "512"), (4, "3 columns"), (6, "empty source"), (7, "512")]
    for line, (number, said) in zip(listed, expected, strict=True):
        assert line.startswith(f"Line {number}: ") and said in line
    assert summary == "attention-viewer: lines.tsv: 2 of 7 lines exported, 5 could not be."


def test_a_picture_that_cannot_be_made_is_a_bad_line(
    export: Export, lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export("--input", lines.name, "-o", "out", *ONE, "--width", "3cm") == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said[:-1]] == ["Line 1", "Line 2", "Line 4"]
    assert "needs a width of at least" in said[0] and "0 of 3 lines exported, 3 could not be" in said[-1]
    assert names(tmp_path) == [lines.name]


@pytest.mark.parametrize("content", ["", "\n \n", "a\tb\tc\n"])
def test_a_file_without_a_good_line_is_a_failure(
    export: Export, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines.tsv").write_text(content, encoding="utf-8")
    assert export("--input", "lines.tsv", "-o", "out") == 1
    said = capsys.readouterr().err
    assert ("3 columns" if content.strip() else "holds no sentence") in said and names(tmp_path) == ["lines.tsv"]


def test_a_batch_goes_on_where_it_was_stopped(
    export: Export,
    lines: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("--input", lines.name, "-o", "out", "--kind", "cross", "--layer", "1", "--steps", "2")
    with full_disk(monkeypatch, lambda name: name == "00002_cross_layer1_head2.png"):
        assert export(*asked) == 1
    said = capsys.readouterr().err
    assert "cannot be written: the disk is full" in said and said.count("\n") == 1
    assert said.endswith("1 of 3 lines exported; the same command with --resume goes on.\n")
    written = names(tmp_path / "out")
    assert written == [
        f"{number}_cross_layer1_head{head}.png" for number, head in (("00001", 1), ("00001", 2), ("00002", 1))
    ]
    assert export(*asked) == 2
    said = capsys.readouterr().err
    assert f"{written[0]} exists already" in said and "--resume" in said and "--force" in said
    times = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in written}
    assert export(*asked, "--resume") == 0
    assert len(names(tmp_path / "out")) == 6
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in written} == times
    first = tmp_path / "out" / written[0]
    first.write_bytes(b"old")
    assert export(*asked, "--force") == 0 and opens(first, "png")
    monkeypatch.setattr("attention_viewer.viewer.cli.exporting.open_tracer", lambda model: pytest.fail("computed"))
    assert export(*asked, "--resume") == 0


def test_a_folder_that_vanishes_stops_a_batch(
    export: Export, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace = os.replace

    def replace_and_move(part: Path, path: Path) -> None:
        replace(part, path)
        if path.suffix == ".png":
            (tmp_path / "out").rename(tmp_path / "gone")

    monkeypatch.setattr(os, "replace", replace_and_move)
    assert export("--input", lines.name, "-o", "out", *ONE, "--force") == 1
    said = capsys.readouterr().err
    assert "there is no directory out" in said
    assert "1 of 3 lines exported; the same command with --resume in place of --force writes what is missing." in said


def test_notes_of_a_batch_name_the_file(export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence, target = " ".join(["the cat"] * 60), " ".join(["a dog"] * 60)
    (tmp_path / "lines.tsv").write_text(f"\n{sentence}\t{target}\n", encoding="utf-8")
    assert export("--input", "lines.tsv", "-o", "out", *ONE, "--width", "column") == 0
    assert capsys.readouterr().err.startswith(f"attention-viewer: 00002_{ONE_NAME}.png: every ")


def test_ctrl_c_in_an_animation_leaves_nothing_of_it(
    export: Export, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from attention_viewer.viewer.cli.progress import Bar

    def part(bar: Bar, done: int, total: int) -> None:
        if done == 3 and (tmp_path / "out" / f"00001_{ONE_NAME}.gif").exists():
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Bar, "part", part)
    asked = ("--input", lines.name, "-o", "out", *ONE, "--steps", "4", "--format", "gif", "--dpi", "48")
    assert export(*asked) == 130
    said = capsys.readouterr().err
    assert said == "attention-viewer: Stopped: 1 of 3 lines exported; the same command with --resume goes on.\n"
    assert names(tmp_path / "out") == [f"00001_{ONE_NAME}.gif"]


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_ctrl_c_ends_a_batch_cleanly_and_resume_completes_it(make_checkpoint: MakeCheckpoint, tmp_path: Path) -> None:
    model = make_checkpoint("interrupted")
    (tmp_path / "lines.txt").write_text(f"{TEXT}\n" * 60, encoding="utf-8")
    arguments = ["export", "--model", str(model), "--input", str(tmp_path / "lines.txt"), "-o", str(tmp_path / "out")]
    asked = [*arguments, *ONE, "--steps", "2"]
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "attention_viewer", *asked]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while not (tmp_path / "out").exists() or len(names(tmp_path / "out")) < 2:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait() == 130
    written = names(tmp_path / "out")
    assert 2 <= len(written) < 60
    assert said == (
        f"attention-viewer: Stopped: {len(written)} of 60 lines exported; the same command with --resume goes on.\n"
    )
    assert written == [f"{number:05d}_{ONE_NAME}.png" for number in range(1, len(written) + 1)]
    assert all(opens(tmp_path / "out" / name, "png") for name in written)
    assert main([*asked, "--resume"]) == 0
    assert names(tmp_path / "out") == [f"{number:05d}_{ONE_NAME}.png" for number in range(1, 61)]
