"""Exported files read back: cells, labels, captions; and nothing left behind when writing fails."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QSaveFile
from PySide6.QtGui import QColor, QFont, QImage
from PySide6.QtWidgets import QApplication

from model.api import Kind
from tests.viewer import traces
from tests.viewer.specs_for_tests import SENTENCE, grid, heatmap
from viewer.export.figure import Figure, grid_figure, heatmap_figure, wrapped
from viewer.export.names import file_name
from viewer.export.npz import write_trace
from viewer.export.picture import ExportError, export_picture, save_image
from viewer.painting.colormaps import COLORMAPS
from viewer.theme import PALETTES, Style, style_for
from viewer.view_state import Head

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return style_for(PALETTES["print"], QFont())


def write(figure: Figure, path: Path, overwrite: bool = False) -> Path:
    export_picture(path, figure.paint, figure.size, 2.0, overwrite)
    return path


def svg_fills(path: Path) -> list[str]:
    return re.findall(r'fill="(#[0-9a-f]{6})"', path.read_text())


def test_svg_holds_a_rectangle_of_each_weights_colour(style: Style, tmp_path: Path) -> None:
    spec = heatmap()
    fills = svg_fills(write(heatmap_figure(spec, style), tmp_path / "map.svg"))
    wanted = [QColor(*COLORMAPS["viridis"][round(float(value) * 255)].tolist()).name() for value in spec.values.flat]
    places = [fills.index(color) for color in wanted]
    assert places == sorted(places), "cells stand row by row"


def test_svg_text_is_text(style: Style, tmp_path: Path) -> None:
    tree = ElementTree.parse(write(heatmap_figure(heatmap(), style), tmp_path / "map.svg"))
    texts = [(element.text or "").strip() for element in tree.iter(f"{SVG}text")]
    for label in ("row0", "row2", "col0", "col4", "Cross-attention · layer 4, head 8", "keys: source"):
        assert label in texts
    assert SENTENCE in " ".join(texts)


def test_pdf_text_is_text_with_its_font_inside(style: Style, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page: Any = PdfReader(write(heatmap_figure(heatmap(), style), tmp_path / "map.pdf")).pages[0]
    text = " ".join(page.extract_text().split())
    for label in ("row0", "row2", "layer 4, head 8", "colour from 0 to 1"):
        assert label in text
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    descendants = [font["/DescendantFonts"][0].get_object() for font in fonts if "/DescendantFonts" in font]
    assert descendants and all("/FontFile2" in font["/FontDescriptor"].get_object() for font in descendants)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_png_has_the_scale_and_the_theme(qapp: QApplication, tmp_path: Path, theme: str) -> None:
    figure = heatmap_figure(heatmap(), style_for(PALETTES[theme], QFont()))
    image = QImage(str(write(figure, tmp_path / "map.png")))
    assert image.width() == round(2 * figure.size.width())
    assert image.pixelColor(2, 2).name() == PALETTES[theme].surface


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_all_heads_as_one_figure(style: Style, tmp_path: Path, suffix: str) -> None:
    path = write(grid_figure(grid(4, 8, 15, 14), style), tmp_path / f"all.{suffix}")
    assert path.stat().st_size > 1000


def test_a_long_sentence_is_exported_without_clipping_its_caption(style: Style, tmp_path: Path) -> None:
    path = write(heatmap_figure(heatmap(300, 300), style), tmp_path / "long.png")
    assert QImage(str(path)).width() > 1000


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_an_existing_file_is_not_replaced_without_leave(style: Style, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"map.{suffix}"
    path.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        write(heatmap_figure(heatmap(), style), path)
    assert path.read_text() == "mine"
    write(heatmap_figure(heatmap(), style), path, overwrite=True)
    assert path.stat().st_size > 100


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_full_disk_leaves_nothing(style: Style, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(QSaveFile, "commit", lambda file: (file.cancelWriting(), False)[1])
    with pytest.raises(ExportError, match="could not be written"):
        write(heatmap_figure(heatmap(), style), tmp_path / f"map.{suffix}")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_an_unknown_suffix_and_a_folder_are_refused(style: Style, tmp_path: Path) -> None:
    figure = heatmap_figure(heatmap(), style)
    for path, said in (
        (tmp_path / "no" / "map.png", "does not exist"),
        (tmp_path / "map.bmp", r"\.png, \.svg, \.pdf"),
        (tmp_path, "folder|picture format"),
    ):
        with pytest.raises(ExportError, match=said):
            write(figure, path)
    with pytest.raises(ExportError, match="folder"):
        save_image(QImage(4, 4, QImage.Format.Format_RGB32), tmp_path, overwrite=True)


def test_the_npz_holds_what_the_readme_says(tmp_path: Path) -> None:
    trace = traces.trace(3)
    path = tmp_path / "trace.npz"
    write_trace(path, trace, {"sentence": "The mat is"})
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    assert arrays["cross_attention"].shape == (2, 3, 3, 5) and arrays["cross_attention"].dtype == np.float32
    assert np.array_equal(arrays["decoder_self_attention"], trace.decoder_self_attention)
    assert arrays["decoder_mask"].tolist() == np.triu(np.ones((3, 3), dtype=bool), 1).tolist()
    assert arrays["source_tokens"].tolist() == ["▁The", "▁ma", "t", "▁is", "</s>"]
    assert arrays["input_tokens"].tolist() == ["<pad>", "▁Le", "▁tap"]
    assert arrays["output_tokens"].tolist() == ["▁Le", "▁tap", "is"]
    np.testing.assert_allclose(arrays["log_probabilities"], np.log(0.7), rtol=1e-6)
    meta = json.loads(str(arrays["meta"]))
    assert meta["sentence"] == "The mat is" and "rows are queries" in meta["convention"]


def test_names_count_from_one() -> None:
    assert file_name(Kind.ENCODER, Head(0, 0)) == "encoder_layer1_head1"
    assert file_name(Kind.CROSS, None) == "cross_all"


def test_captions_wrap_and_lose_nothing(style: Style) -> None:
    text = "word " * 40 + "x" * 500
    lines = wrapped(text, style.small, 200.0)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
