"""How what the command export writes looks: as asked for, or as a saved session was looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.hypotheses import force, intervene
from attention_viewer.model.contract.interventions import HeadId, Interventions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import ColorRange, RowLabels
from attention_viewer.viewer.state.view_state import Head, ViewState
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage.session_file import SavedSession, read, write
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from support.commands import change_document, names
from support.exports import (
    ONE,
    ONE_NAME,
    TARGET,
    TEXT,
    Export,
    centimetres,
    texts,
)
from support.views import chosen


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """One application for all commands of this file."""


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
    assert "layer 2, head 1" in before and TEXT in before and "<start> → ▁a" in before
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
def saved(tiny_translator: Translator, tmp_path: Path) -> Path:
    """A session of three rows, its second token forced and a head off, in a view of its own."""
    vocabulary = {token.piece: token.id for token in tiny_translator.vocabulary()}
    document = Document(TEXT, checkpoint=tiny_translator.info.content_hash)
    first = tiny_translator.trace(go_to(document, 1)).output_tokens[0].id
    forced = go_to(force(document, [(first, How.GREEDY)], vocabulary["▁river"]), 3)
    document = intervene(forced, Interventions(heads_off=frozenset({HeadId(CROSS, 1, 0)})))
    heads = MappingProxyType({**ViewState().heads, CROSS: Head(1, 0)})
    view = chosen(ViewState(heads=heads), color_range=ColorRange.MAXIMUM, colormap="magma", row_labels=RowLabels.READS)
    path = tmp_path / "cat.avsession"
    write(path, SavedSession(document, view))
    return path


def test_a_session_is_shown_as_it_was_looked_at(export: Export, saved: Path, tmp_path: Path) -> None:
    asked = ("--session", saved.name, "--format", "svg")
    assert export(*asked, "-o", "out", *ONE) == 0
    picture = tmp_path / "out" / f"{ONE_NAME}.svg"
    shown = " ".join(texts(picture))
    assert "token read" in shown and "▁river" in texts(picture) and "→ ▁river" not in shown and "off" in shown
    assert "maximum" in shown and "#fcfdbf" in picture.read_text("utf-8").lower()
    assert export(*asked, "-o", "kinds", "--picture", "kinds") == 0
    assert "Cross-attention layer 2, head 1" in " ".join(texts(tmp_path / "kinds" / "kinds.svg"))


def test_options_go_before_what_a_session_looked_like(export: Export, saved: Path, tmp_path: Path) -> None:
    look = ("--rows", "predicts", "--colours", "viridis", "--range", "unit")
    assert export("--session", saved.name, "-o", "out", "--format", "svg", *ONE, *look) == 0
    picture = tmp_path / "out" / f"{ONE_NAME}.svg"
    shown = " ".join(texts(picture))
    assert "token predicted" in shown and "0 to 1" in shown
    assert "#fcfdbf" not in picture.read_text("utf-8").lower()


def test_a_session_brings_the_look_of_its_figures(export: Export, saved: Path, tmp_path: Path) -> None:
    look = FigureOptions("positions", "pdf", "dark", Width(12, "cm"), 300, title=False)
    write(saved, replace(read(saved), export=look))
    asked = ("--session", saved.name, "--format", "png", *ONE)
    assert export(*asked, "-o", "plain") == 0 and export(*asked, "-o", "light", "--theme", "light", "--dpi", "96") == 0
    for folder, theme, dpi in (("plain", "dark", 300), ("light", "light", 96)):
        picture = QImage(str(tmp_path / folder / f"{ONE_NAME}.png"))
        assert picture.width() == round(12 / 2.54 * dpi)
        assert picture.pixelColor(2, 2).name() == PALETTES[theme].surface


def test_a_session_at_step_zero_has_no_decoder_to_export(
    export: Export, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_document(saved, step=0)
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
        change_document(saved, **values)
        assert export("--session", saved.name, "-o", "out") == 2
        message = capsys.readouterr().err
        assert message.startswith("attention-viewer: cat.avsession ") and said in message and message.count("\n") == 1
    assert names(tmp_path) == [saved.name]
