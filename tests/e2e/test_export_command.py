"""The command export from outside: every picture and format, names, batches, and what is said when it goes wrong."""

from __future__ import annotations

import csv
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.contract.api import How, Kind
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import force, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.session import Session
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.state.choices import FORMATS, Choices, Width
from attention_viewer.viewer.state.view_state import ColorRange, Head, RowLabels, ViewState
from attention_viewer.viewer.storage.session_file import SavedSession, read, write
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from support.checkpoints import MakeCheckpoint

ROOT = Path(__file__).resolve().parents[2]
TEXT = "the old cat sees a bird."
TARGET = "a dog follows the cat."
ONE = ("--kind", "cross", "--layer", "2", "--head", "1")
ONE_NAME = "cross_layer2_head1"
TRACES = ("npz", "csv", "json", "html")
Export = Callable[..., int]


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """One application for all commands of this file."""


@pytest.fixture
def export(tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Export:
    """Runs the command with the tiny model, in an empty directory; returns the exit code."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["export", "--model", str(tiny), *arguments])


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file with three good lines, the second with a target, and a blank one between."""
    file = tmp_path / "lines.tsv"
    file.write_text(f"{TEXT}\n{TEXT}\t{TARGET}\n\nthe river.\n", encoding="utf-8")
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def texts(path: Path) -> list[str]:
    """The texts of a drawing, in order."""
    elements = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return [(element.text or "").strip() for element in elements]


def centimetres(image: QImage) -> float:
    return image.width() / image.dotsPerMeterX() * 100


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
    assert "Encoder self-attention · layer 1, head 4" in shown and "Cross-attention · layer 1, head 2" in shown


def animated(path: Path) -> tuple[int, int]:
    """How many frames there are, and the time of the first in milliseconds."""
    with Image.open(path) as image:
        frames = int(getattr(image, "n_frames", 1))
        image.seek(0)
        image.load()
        return frames, int(image.info["duration"])


def opens(path: Path, suffix: str) -> bool:
    """Whether a file of three decoder rows is whole, read by a program that knows its format."""
    if suffix == "png":
        return not QImage(str(path)).isNull()
    if suffix == "svg":
        return ElementTree.parse(path).getroot().tag.endswith("svg")
    if suffix == "pdf":
        from pypdf import PdfReader

        return len(PdfReader(path).pages) == 1
    if suffix in ("gif", "apng", "webp"):
        return animated(path) == (3, 200)
    if suffix == "npz":
        with np.load(path, allow_pickle=False) as file:
            return bool(file["cross_attention"].shape[2] == 3)
    if suffix == "csv":
        with path.open(encoding="utf-8", newline="") as table:
            return {row["query_index"] for row in csv.DictReader(table) if row["kind"] == "cross"} == {"0", "1", "2"}
    if suffix == "json":
        return len(json.loads(path.read_text("utf-8"))["steps"]) == 3
    page = path.read_text("utf-8")
    return page.lower().startswith("<!doctype html") and TEXT in page and page.rstrip().endswith("</html>")


def asked_for(suffix: str) -> tuple[str, ...]:
    """Options for one small file of a format, of three rows."""
    if suffix in TRACES:
        return ("--format", suffix, "--steps", "3")
    moving = ("--frame", "200", "--dpi", "48") if suffix in ("gif", "apng", "webp") else ()
    return ("--format", suffix, "--steps", "3", *ONE, *moving)


def full_disk(hits: Callable[[str], bool]) -> Callable[[Path, Path], None]:
    """Puts complete files in their places, but for those whose name `hits`: the disk is full for them."""
    replace_file = os.replace

    def replace_or_fail(part: Path, path: Path) -> None:
        if hits(path.name):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(part, path)

    return replace_or_fail


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_opens_and_a_full_disk_leaves_nothing_of_it(
    export: Export,
    tmp_path: Path,
    suffix: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full_disk(lambda name: True))
        assert export(TEXT, "-o", "out", *asked_for(suffix)) == 2
    message = capsys.readouterr().err
    assert "could not be written" in message and message.count("\n") == 1
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
    assert "could not be written" in capsys.readouterr().err and names(tmp_path) == []


def test_partly_written_is_said_with_its_own_exit_code(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "replace", full_disk(lambda name: "head1" not in name))
    assert export(TEXT, "-o", "out", "--kind", "cross", "--layer", "1") == 1
    assert "1 of 2 files had been written." in capsys.readouterr().err
    assert names(tmp_path / "out") == ["cross_layer1_head1.png"]


@pytest.mark.parametrize("dpi", [96, 300])
def test_a_column_is_as_wide_on_paper_as_it_says(export: Export, tmp_path: Path, dpi: int) -> None:
    assert export(TEXT, "-o", "out", *ONE, "--width", "column", "--dpi", str(dpi)) == 0
    image = QImage(str(tmp_path / "out" / f"{ONE_NAME}.png"))
    assert image.width() == round(8.5 / 2.54 * dpi)
    assert image.dotsPerMeterX() == round(dpi / 2.54 * 100)
    assert centimetres(image) == pytest.approx(8.5, abs=0.03)


def test_a_scale_is_a_resolution(export: Export, tmp_path: Path) -> None:
    widths = []
    for scale in ("1", "2.5"):
        assert export(TEXT, "-o", scale, *ONE, "--scale", scale) == 0
        image = QImage(str(tmp_path / scale / f"{ONE_NAME}.png"))
        assert image.dotsPerMeterX() == round(96 * float(scale) / 2.54 * 100)
        widths.append(image.width())
    assert widths[1] == pytest.approx(2.5 * widths[0], abs=1)


def test_the_look_of_a_drawing_is_as_asked(export: Export, tmp_path: Path) -> None:
    asked = (TEXT, *ONE, "--format", "svg", "--target", TARGET)
    assert export(*asked, "-o", "plain") == 0
    look = (
        "--theme",
        "dark",
        "--no-title",
        "--no-caption",
        "--colours",
        "ink",
        "--range",
        "maximum",
        "--rows",
        "reads",
    )
    assert export(*asked, "-o", "asked", *look) == 0
    plain, other = (tmp_path / folder / f"{ONE_NAME}.svg" for folder in ("plain", "asked"))
    before, after = (" ".join(texts(path)) for path in (plain, other))
    assert "layer 2, head 1" in before and TEXT in before and "<start> → a" in before
    assert "layer 2, head 1" not in after and TEXT not in after and "→" not in after and "<start>" in after
    drawing = other.read_text("utf-8").lower()
    assert "#{:02x}{:02x}{:02x}".format(*COLORMAPS["ink"][255]) in drawing, "the largest weight has the last colour"
    assert "#1d2127" in drawing


def test_the_scale_of_colours_is_as_asked(export: Export, tmp_path: Path) -> None:
    for word, said in (("unit", "0 to 1"), ("maximum", "maximum"), ("root", "square root")):
        assert export(TEXT, "-o", word, *ONE, "--format", "svg", "--range", word) == 0
        assert said in " ".join(texts(tmp_path / word / f"{ONE_NAME}.svg")), word


def test_a_long_sentence_is_exported_and_said_to_be_reduced(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = " ".join(["the cat"] * 150), " ".join(["a dog"] * 150)
    asked = ("-o", "out", "--target", target, "--width", "column", *ONE, "--format")
    for suffix in ("png", "svg"):
        assert export(source, *asked, suffix) == 0
        said = capsys.readouterr().err
        assert said.startswith(f"attention-viewer: {ONE_NAME}.{suffix}: every ") and "token is named" in said
        assert said.endswith(".\n") and said.count("\n") == 1
    assert centimetres(QImage(str(tmp_path / "out" / f"{ONE_NAME}.png"))) == pytest.approx(8.5, abs=0.03)
    named = [text for text in texts(tmp_path / "out" / f"{ONE_NAME}.svg") if "→" in text and "Cross" not in text]
    assert 5 < len(named) < 150


@pytest.fixture
def saved(tiny_session: Session, tmp_path: Path) -> Path:
    """A session of three rows, its second token forced and a head off, in a view of its own."""
    vocabulary = {token.piece: token.id for token in tiny_session.vocabulary()}
    document = Document(TEXT, checkpoint=tiny_session.info.content_hash)
    first = tiny_session.trace(go_to(document, 1)).output_tokens[0].id
    forced = go_to(force(document, [(first, How.GREEDY)], vocabulary["▁river"]), 3)
    document = intervene(forced, Interventions(heads_off=frozenset({HeadId(Kind.CROSS, 1, 0)})))
    heads = MappingProxyType({**ViewState().heads, Kind.CROSS: Head(1, 0)})
    view = ViewState(heads=heads, color_range=ColorRange.MAXIMUM, colormap="magma", row_labels=RowLabels.READS)
    path = tmp_path / "cat.avsession"
    write(path, SavedSession(document, view))
    return path


def test_a_session_is_shown_as_it_was_looked_at(export: Export, saved: Path, tmp_path: Path) -> None:
    asked = ("--session", saved.name, "--format", "svg")
    assert export(*asked, "-o", "out", *ONE) == 0
    picture = tmp_path / "out" / f"{ONE_NAME}.svg"
    shown = " ".join(texts(picture))
    assert "token read" in shown and "river" in texts(picture) and "→ river" not in shown and "off" in shown
    assert "maximum" in shown and "#fcfdbf" in picture.read_text("utf-8").lower()
    assert export(*asked, "-o", "kinds", "--picture", "kinds") == 0
    assert "Cross-attention · layer 2, head 1" in " ".join(texts(tmp_path / "kinds" / "kinds.svg"))


def test_options_go_before_what_a_session_looked_like(export: Export, saved: Path, tmp_path: Path) -> None:
    look = ("--rows", "predicts", "--colours", "viridis", "--range", "unit")
    assert export("--session", saved.name, "-o", "out", "--format", "svg", *ONE, *look) == 0
    picture = tmp_path / "out" / f"{ONE_NAME}.svg"
    shown = " ".join(texts(picture))
    assert "token predicted" in shown and "0 to 1" in shown
    assert "#fcfdbf" not in picture.read_text("utf-8").lower()


def test_a_session_brings_the_look_of_its_figures(export: Export, saved: Path, tmp_path: Path) -> None:
    choices = Choices("positions", "pdf", "dark", Width(12, "cm"), 300, title=False)
    write(saved, replace(read(saved), export=choices))
    asked = ("--session", saved.name, "--format", "png", *ONE)
    assert export(*asked, "-o", "plain") == 0 and export(*asked, "-o", "light", "--theme", "light", "--dpi", "96") == 0
    for folder, theme, dpi in (("plain", "dark", 300), ("light", "light", 96)):
        picture = QImage(str(tmp_path / folder / f"{ONE_NAME}.png"))
        assert picture.width() == round(12 / 2.54 * dpi)
        assert picture.pixelColor(2, 2).name() == PALETTES[theme].surface


def test_a_session_at_step_zero_has_no_decoder_to_export(
    export: Export, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(saved, step=0)
    for asked in (["--grid"], ["--picture", "candidates"], ["--picture", "kinds"]):
        assert export("--session", saved.name, "-o", "out", *asked) == 2
        message = capsys.readouterr().err
        assert "cat.avsession" in message and "step 0" in message and names(tmp_path) == [saved.name]
    encoder = ("--kind", "encoder", "--layer", "1", "--head", "2", "--format", "svg")
    for asked in ([*encoder], ["--format", "npz"], ["--picture", "positions"]):
        assert export("--session", saved.name, "-o", "out", *asked) == 0
    assert names(tmp_path / "out") == ["encoder_layer1_head2.svg", "positions.png", "trace.npz"]


def test_sessions_that_will_not_do_are_refused(
    export: Export, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for values, said in (
        ({"checkpoint": "0" * 64}, "made with another model (content hash 000000000000…"),
        ({"step": "many"}, "is damaged"),
    ):
        change(saved, **values)
        assert export("--session", saved.name, "-o", "out") == 2
        message = capsys.readouterr().err
        assert message.startswith("attention-viewer: cat.avsession ") and said in message and message.count("\n") == 1
    assert names(tmp_path) == [saved.name]


def change(path: Path, **values: Any) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["document"].update(values)
    path.write_text(json.dumps(content), encoding="utf-8")


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
        patched.setattr(
            "attention_viewer.viewer.cli.headless_export.open_tracer", lambda model: pytest.fail("computed")
        )
        assert export(*asked) == 2
    assert "cross_layer1_head2.png exists already" in capsys.readouterr().err
    assert names(tmp_path / "out") == [mine.name] and mine.read_bytes() == b"mine"
    assert export(*asked, "--force") == 0
    assert len(names(tmp_path / "out")) == 2 and opens(mine, "png")


def test_a_file_that_appears_meanwhile_is_not_replaced(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "out" / "cross_layer1_head2.png"
    replace_file = os.replace

    def replace_and_appear(part: Path, path: Path) -> None:
        replace_file(part, path)
        mine.write_bytes(b"mine")

    monkeypatch.setattr(os, "replace", replace_and_appear)
    assert export(TEXT, "-o", "out", "--kind", "cross", "--layer", "1") == 1
    assert "exists already" in capsys.readouterr().err and mine.read_bytes() == b"mine"


def test_a_batch_numbers_its_files_by_line(
    export: Export, lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export("--input", lines.name, "-o", "out", *ONE, "--format", "svg", "--steps", "3") == 0
    assert names(tmp_path / "out") == [f"{number}_{ONE_NAME}.svg" for number in ("00001", "00002", "00004")]
    assert capsys.readouterr().err == ""
    forced = texts(tmp_path / "out" / f"00002_{ONE_NAME}.svg")
    assert "<start> → a" in forced and "a → dog" in forced
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
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full_disk(lambda name: name == "00002_cross_layer1_head2.png"))
        assert export(*asked) == 1
    said = capsys.readouterr().err
    assert "could not be written" in said and said.count("\n") == 1
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
    monkeypatch.setattr(
        "attention_viewer.viewer.cli.headless_export.open_tracer", lambda model: pytest.fail("computed")
    )
    assert export(*asked, "--resume") == 0


def test_a_folder_that_vanishes_stops_a_batch(
    export: Export, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_file = os.replace

    def replace_and_move(part: Path, path: Path) -> None:
        replace_file(part, path)
        (tmp_path / "out").rename(tmp_path / "gone")

    monkeypatch.setattr(os, "replace", replace_and_move)
    assert export("--input", lines.name, "-o", "out", *ONE, "--force") == 1
    said = capsys.readouterr().err
    assert "The folder out does not exist" in said
    assert "1 of 3 lines exported; the same command with --resume in place of --force writes what is missing." in said


def test_notes_of_a_batch_name_the_file(export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence, target = " ".join(["the cat"] * 60), " ".join(["a dog"] * 60)
    (tmp_path / "lines.tsv").write_text(f"\n{sentence}\t{target}\n", encoding="utf-8")
    assert export("--input", "lines.tsv", "-o", "out", *ONE, "--width", "column") == 0
    assert capsys.readouterr().err.startswith(f"attention-viewer: 00002_{ONE_NAME}.png: every ")


def test_ctrl_c_in_an_animation_leaves_nothing_of_it(
    export: Export, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from attention_viewer.viewer.cli.batch import Bar

    def part(bar: Bar, done: int, total: int) -> None:
        if done == 3 and (tmp_path / "out" / f"00001_{ONE_NAME}.gif").exists():
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Bar, "part", part)
    asked = ("--input", lines.name, "-o", "out", *ONE, "--steps", "4", "--format", "gif", "--dpi", "48")
    assert export(*asked) == 130
    said = capsys.readouterr().err
    assert said == "attention-viewer: Stopped: 1 of 3 lines exported; the same command with --resume goes on.\n"
    assert names(tmp_path / "out") == [f"00001_{ONE_NAME}.gif"]


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


def test_the_bundled_model_needs_no_display(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "attention_viewer", "export", "The cat is sleeping.", "-o", str(tmp_path / "out")]
    asked = ["--kind", "cross", "--layer", "4", "--head", "8", "--format", "apng", "--steps", "3"]
    result = subprocess.run([*command, *asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert animated(tmp_path / "out" / "cross_layer4_head8.apng") == (3, 800)
