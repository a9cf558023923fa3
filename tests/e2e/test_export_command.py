"""The command export from outside: every picture and format, names, and what is said when it goes wrong."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from attention_viewer.viewer.state.exportables import FORMATS
from PySide6.QtWidgets import QApplication
from support.commands import names
from support.exports import (
    ONE,
    ONE_NAME,
    TEXT,
    Export,
    animated,
    asked_for,
    opens,
    texts,
)
from support.full_disk import full_disk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """One application for all commands of this file."""


def test_heads_are_named_by_kind_layer_and_head(export: Export, tmp_path: Path) -> None:
    assert export(TEXT, "-o", "out", "--format", "svg", "--layer", "2", "--head", "all") == 0
    encoder = [f"encoder_layer2_head{head}.svg" for head in (1, 2, 3, 4)]
    decoder = [f"{kind}_layer2_head{head}.svg" for kind in ("decoder", "cross") for head in (1, 2)]
    assert names(tmp_path / "out") == sorted([*encoder, *decoder])
    assert "Cross-attention · layer 2, head 1" in texts(tmp_path / "out" / f"{ONE_NAME}.svg")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("--grid --format pdf", ["cross_all.pdf", "decoder_all.pdf", "encoder_all.pdf"]),
        ("--picture grid --kind cross --format svg", ["cross_all.svg"]),
        ("--picture kinds --format pdf", ["kinds.pdf"]),
        ("--picture positions --format svg --steps 0", ["positions.svg"]),
        ("--picture candidates", ["candidates.png"]),
        ("--format npz", ["trace.npz"]),
        ("--format html", ["page.html"]),
    ],
)
def test_other_pictures_and_numbers_have_names_of_their_own(
    export: Export, tmp_path: Path, asked: str, expected: list[str]
) -> None:
    steps = () if "--steps" in asked else ("--steps", "3")
    assert export(TEXT, "-o", "out", *steps, *asked.split()) == 0
    assert names(tmp_path / "out") == expected


def test_kinds_shows_the_heads_that_were_asked_for(export: Export, tmp_path: Path) -> None:
    assert export(TEXT, "-o", "out", "--picture", "kinds", "--format", "svg", "--layer", "1", "--head", "2") == 0
    shown = " ".join(texts(tmp_path / "out" / "kinds.svg"))
    assert shown.count("layer 1, head 2") == 3
    assert export(TEXT, "-o", "views", "--picture", "kinds", "--format", "svg", "--layer", "1") == 0
    shown = " ".join(texts(tmp_path / "views" / "kinds.svg"))
    assert "Encoder self-attention layer 1, head 4" in shown and "Cross-attention layer 1, head 2" in shown


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_opens_and_a_full_disk_leaves_nothing_of_it(
    export: Export,
    tmp_path: Path,
    suffix: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with full_disk(monkeypatch):
        assert export(TEXT, "-o", "out", *asked_for(suffix)) == 2
    message = capsys.readouterr().err
    assert "cannot be written: the disk is full" in message and message.count("\n") == 1
    assert names(tmp_path) == []
    assert export(TEXT, "-o", "out", *asked_for(suffix)) == 0
    (written,) = (tmp_path / "out").iterdir()
    assert opens(written, suffix)
    assert capsys.readouterr().err == ""


def test_writing_that_ends_half_way_leaves_nothing(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
    try:
        assert export(TEXT, "-o", "out", "--format", "html") == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written: it would be larger" in capsys.readouterr().err and names(tmp_path) == []


def test_partly_written_is_said_with_its_own_exit_code(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with full_disk(monkeypatch, lambda name: "head1" not in name):
        assert export(TEXT, "-o", "out", "--kind", "cross", "--layer", "1") == 1
    assert "1 of 2 files had been written." in capsys.readouterr().err
    assert names(tmp_path / "out") == ["cross_layer1_head1.png"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([TEXT, "--layer", "3"], "Layer 3 does not exist: the encoder has layers 1 to 2."),
        ([TEXT, "--picture", "kinds", "--head", "3"], "Head 3 does not exist: the decoder has heads 1 to 2."),
        ([TEXT, "--colours", "red"], "--colours cannot be 'red': choose viridis, cividis, magma or ink."),
        ([TEXT, "--format", "bmp"], "'bmp'"),
        ([TEXT, *ONE, "--width", "3cm"], "needs a width of at least"),
        (["the " * 600], "512"),
        ([TEXT, "--target", "the " * 600], "512"),
        (["--input", "absent.tsv"], "absent.tsv cannot be read"),
        (["--session", "absent.avsession"], "absent.avsession cannot be read"),
    ],
)
def test_what_will_not_do_is_said_in_one_line_and_writes_nothing(
    export: Export, tmp_path: Path, asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(*asked, "-o", "out") == 2
    message = capsys.readouterr().err
    assert message.startswith("attention-viewer: ") and said in message and message.count("\n") == 1
    assert names(tmp_path) == []


def test_existing_files_are_refused_before_anything_is_computed(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "cross_layer1_head2.png"
    mine.write_bytes(b"mine")
    asked = (TEXT, "-o", "out", "--kind", "cross", "--layer", "1")
    with monkeypatch.context() as patched:
        patched.setattr("attention_viewer.viewer.cli.exporting.open_tracer", lambda model: pytest.fail("computed"))
        assert export(*asked) == 2
    assert "cross_layer1_head2.png exists already" in capsys.readouterr().err
    assert names(tmp_path / "out") == [mine.name] and mine.read_bytes() == b"mine"
    assert export(*asked, "--force") == 0
    assert len(names(tmp_path / "out")) == 2 and opens(mine, "png")


def test_a_file_that_appears_meanwhile_is_not_replaced(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "out" / "cross_layer1_head2.png"
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda part, path: (mine.write_bytes(b"mine"), replace(part, path)))
    assert export(TEXT, "-o", "out", "--kind", "cross", "--layer", "1") == 1
    assert "exists already" in capsys.readouterr().err and mine.read_bytes() == b"mine"


def test_the_bundled_model_needs_no_display(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "attention_viewer", "export", "The cat is sleeping.", "-o", str(tmp_path / "out")]
    asked = ["--kind", "cross", "--layer", "4", "--head", "8", "--format", "apng", "--steps", "3"]
    result = subprocess.run([*command, *asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert animated(tmp_path / "out" / "cross_layer4_head8.apng") == (3, 800)
