"""Exported files read back: cells, labels, captions; and nothing left behind when writing fails."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.export.data import write_trace
from attention_viewer.viewer.export.figure import Figure, Look, grid_figure, heatmap_figure
from attention_viewer.viewer.export.npz import trace_arrays
from attention_viewer.viewer.export.picture import save_image
from attention_viewer.viewer.export.table import map_text
from attention_viewer.viewer.export.text import wrapped
from attention_viewer.viewer.export.writing import ExportError, write_bytes
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.heatmap import paint_rectangles
from attention_viewer.viewer.state.exportables import GRID, MAP, exportable
from attention_viewer.viewer.state.options import ColorRange
from attention_viewer.viewer.state.specs import Axis, Scale
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from support import traces
from support.pictures import export_picture
from support.specs_for_tests import SENTENCE, grid, heatmap
from support.traces import KINDS

SVG = "{http://www.w3.org/2000/svg}"
MARGIN = 50
OUTSIDE = 0xFFFF00FF
"""A colour that no picture has."""


@pytest.fixture
def style(qapp: QApplication) -> Style:
    return style_for(PALETTES["print"], QFont())


def write(figure: Figure, path: Path, overwrite: bool = False) -> Path:
    export_picture(path, figure.paint, figure.size, 2.0, overwrite)
    return path


def ink_beyond(figure: Figure) -> int:
    """How many pixels outside its own size the figure paints."""
    width, height = int(np.ceil(figure.size.width())), int(np.ceil(figure.size.height()))
    image = QImage(width + 2 * MARGIN, height + 2 * MARGIN, QImage.Format.Format_RGB32)
    image.fill(OUTSIDE)
    painter = QPainter(image)
    painter.translate(MARGIN, MARGIN)
    figure.paint(painter, QRectF(0, 0, figure.size.width(), figure.size.height()), False)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()
    pixels[MARGIN : MARGIN + height, MARGIN : MARGIN + width] = OUTSIDE
    return int((pixels != OUTSIDE).sum())


def svg_fills(path: Path) -> list[str]:
    return re.findall(r'fill="(#[0-9a-f]{6})"', path.read_text())


def test_svg_holds_a_rectangle_of_each_weights_colour(style: Style, tmp_path: Path) -> None:
    spec = heatmap()
    fills = svg_fills(write(heatmap_figure(spec, Look(style)), tmp_path / "map.svg"))
    wanted = [QColor(*COLORMAPS["viridis"][round(float(value) * 255)].tolist()).name() for value in spec.values.flat]
    places = [fills.index(color) for color in wanted]
    assert places == sorted(places), "cells stand row by row"


def test_svg_text_is_text(style: Style, tmp_path: Path) -> None:
    tree = ElementTree.parse(write(heatmap_figure(heatmap(), Look(style)), tmp_path / "map.svg"))
    texts = [(element.text or "").strip() for element in tree.iter(f"{SVG}text")]
    for label in ("row0", "row2", "col0", "col4", "Cross-attention · layer 4, head 8", "keys: source"):
        assert label in texts
    assert SENTENCE in " ".join(texts)


def test_svg_stays_readable_whatever_the_sentence_holds(style: Style, tmp_path: Path) -> None:
    spec = replace(heatmap(), caption=("one\x01two & \ufffe 中文",))
    path = write(heatmap_figure(spec, Look(style)), tmp_path / "map.svg")
    texts = " ".join(element.text or "" for element in ElementTree.parse(path).iter(f"{SVG}text"))
    assert "one two & " in texts and "中文" in texts


def test_cells_of_an_svg_join_without_seams(qapp: QApplication, tmp_path: Path) -> None:
    colors = np.full((40, 40), 0xFF440154, dtype=np.uint32)
    colors[:, ::2] = 0xFF46085C
    path = tmp_path / "cells.svg"
    export_picture(path, lambda painter, rect, _: paint_rectangles(painter, rect, colors), QSizeF(100, 100))
    image = QImage(337, 337, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    QSvgRenderer(str(path)).render(painter)
    painter.end()
    greens = np.frombuffer(image.constBits(), np.uint8).reshape(337, 337, 4)[1:-1, 1:-1, 1]
    assert greens.max() <= 16


def test_pdf_text_is_text_with_its_font_inside(style: Style, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page: Any = PdfReader(write(heatmap_figure(heatmap(), Look(style)), tmp_path / "map.pdf")).pages[0]
    text = " ".join(page.extract_text().split())
    for label in ("row0", "row2", "layer 4, head 8", "colour from 0 to 1"):
        assert label in text
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    descendants = [font["/DescendantFonts"][0].get_object() for font in fonts if "/DescendantFonts" in font]
    assert descendants and all("/FontFile2" in font["/FontDescriptor"].get_object() for font in descendants)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_png_has_the_scale_and_the_theme(qapp: QApplication, tmp_path: Path, theme: str) -> None:
    figure = heatmap_figure(heatmap(), Look(style_for(PALETTES[theme], QFont())))
    image = QImage(str(write(figure, tmp_path / "map.png")))
    assert image.width() == round(2 * figure.size.width())
    assert image.pixelColor(2, 2).name() == PALETTES[theme].surface


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_all_heads_as_one_figure(style: Style, tmp_path: Path, suffix: str) -> None:
    path = write(grid_figure(grid(4, 8, 15, 14), Look(style)), tmp_path / f"all.{suffix}")
    assert path.stat().st_size > 1000


def test_a_long_sentence_is_exported_without_clipping_its_caption(style: Style, tmp_path: Path) -> None:
    path = write(heatmap_figure(heatmap(300, 300), Look(style)), tmp_path / "long.png")
    assert QImage(str(path)).width() > 1000


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 60), (60, 1), (15, 14), (60, 60)])
@pytest.mark.parametrize("word", ["a", "Donaudampfschifffahrtsgesellschaft", "中文中文中文", "gjpqyÅÉ|"])
def test_no_figure_of_a_head_paints_beyond_its_edges(style: Style, rows: int, columns: int, word: str) -> None:
    spec = heatmap(rows, columns)
    spec = replace(spec, rows=Axis("queries", (word,) * rows), columns=Axis("keys", (word,) * columns))
    assert ink_beyond(heatmap_figure(replace(spec, caption=("x" * 500, *spec.caption)), Look(style))) == 0


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 1), (4, 8), (6, 16)])
def test_the_colour_bar_of_all_heads_stays_beside_them(
    style: Style, monkeypatch: pytest.MonkeyPatch, layers: int, heads: int
) -> None:
    places: dict[str, QRectF] = {}
    for name in ("paint_grid", "paint_colorbar"):

        def note(_: QPainter, rect: QRectF, *__: object, name: str = name, **___: object) -> None:
            places[name] = rect

        monkeypatch.setattr(f"attention_viewer.viewer.export.block.{name}", note)
    ink_beyond(grid_figure(grid(layers, heads), Look(style)))
    maps, bar = places["paint_grid"], places["paint_colorbar"]
    assert bar.bottom() <= maps.bottom() and bar.left() > maps.right()
    monkeypatch.undo()
    assert ink_beyond(grid_figure(grid(layers, heads), Look(style))) == 0


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_an_existing_file_is_not_replaced_without_leave(style: Style, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"map.{suffix}"
    path.write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        write(heatmap_figure(heatmap(), Look(style)), path)
    assert path.read_text() == "mine"
    write(heatmap_figure(heatmap(), Look(style)), path, overwrite=True)
    assert path.stat().st_size > 100


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_full_disk_leaves_nothing(style: Style, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ExportError, match=r"cannot be written: the disk is full\. Make room"):
        write(heatmap_figure(heatmap(), Look(style)), tmp_path / f"map.{suffix}")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_writing_that_stops_half_way_gives_the_reason_and_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(ExportError, match=r"cannot be written: it would be larger"):
            write_bytes(tmp_path / "trace.npz", bytes(300_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_into_without_leave(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/dev/null")
    write_bytes(tmp_path / "link.csv", b"away")
    with pytest.raises(ExportError, match="the disk is full"):
        write_bytes(Path("/dev/full"), b"away")
    assert (tmp_path / "link.csv").is_symlink() and Path("/dev/full").is_char_device()


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_painter_that_fails_fails_alone(qapp: QApplication, tmp_path: Path, suffix: str) -> None:
    def paint(painter: QPainter, rect: QRectF, vector: bool) -> None:
        raise ZeroDivisionError("no cells")

    with pytest.raises(ZeroDivisionError):
        export_picture(tmp_path / f"map.{suffix}", paint, QSizeF(40, 30))
    assert list(tmp_path.iterdir()) == []


def test_an_image_beyond_the_memory_is_refused(style: Style, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoRoom(QImage):
        def __init__(self, *_: object) -> None:
            super().__init__()

    monkeypatch.setattr("attention_viewer.viewer.export.picture.QImage", NoRoom)
    with pytest.raises(ExportError, match="too large for the memory"):
        write(heatmap_figure(heatmap(), Look(style)), tmp_path / "map.png")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_a_folder_and_too_long_a_name_are_refused(style: Style, tmp_path: Path) -> None:
    figure = heatmap_figure(heatmap(), Look(style))
    for path, said in (
        (tmp_path / "no" / "map.png", "there is no directory"),
        (tmp_path / f"{'x' * 300}.png", "its name is too long"),
    ):
        with pytest.raises(ExportError, match=said):
            write(figure, path)
    with pytest.raises(ExportError, match="it is a directory"):
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


def test_the_npz_marks_hidden_tokens_as_csv_and_json_do(tmp_path: Path) -> None:
    trace = traces.trace(3)
    for hidden in (frozenset({1, 3}), frozenset()):
        found = trace_arrays(replace(trace, hidden=hidden), {})
        columns = [position in hidden for position in range(5)]
        assert found["encoder_mask"].tolist() == [columns] * 5
        assert found["cross_mask"].tolist() == [columns] * 3
        assert found["decoder_mask"].tolist() == np.triu(np.ones((3, 3), dtype=bool), 1).tolist()
        assert {found[f"{kind}_mask"].dtype for kind in KINDS} == {np.dtype(bool)}
    assert trace_arrays(traces.trace(0), {})["cross_mask"].shape == (0, 5)
    open_ = replace(trace, causal=False, hidden=frozenset({1}))
    assert not trace_arrays(open_, {})["decoder_mask"].any() and trace_arrays(open_, {})["cross_mask"].any()


def test_names_count_from_one() -> None:
    assert exportable(MAP).file_name(ENCODER, 0, 0) == "encoder_layer1_head1"
    assert exportable(GRID).file_name(CROSS) == "cross_all"


def test_captions_wrap_and_lose_nothing(style: Style) -> None:
    text = "word " * 40 + "x" * 500
    lines = wrapped(text, style.small, 200.0)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_csv_has_a_line_for_each_weight(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    trace = traces.trace(3)
    write_trace(path, trace, {})
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == sum(trace.weights(kind).size for kind in KINDS)
    for line in lines[:: len(lines) // 40]:
        kind = line["kind"]
        place = tuple(int(line[name]) for name in ("layer", "head", "query_index", "key_index"))
        assert float(line["weight"]) == pytest.approx(float(trace.weights(kind)[place]), rel=1e-6)
    cross = next(line for line in lines if line["kind"] == "cross" and line["query_index"] == "2")
    assert (cross["query"], cross["predicts"], cross["key"]) == ("▁tap", "is", "▁The")
    encoder = next(line for line in lines if line["kind"] == "encoder" and line["query_index"] == "1")
    assert (encoder["query"], encoder["predicts"], encoder["key"]) == ("▁ma", "", "▁The")
    hidden = [line for line in lines if line["kind"] == "decoder" and line["masked"] == "1"]
    masked = {(line["query_index"], line["key_index"]) for line in hidden}
    assert masked == {("0", "1"), ("0", "2"), ("1", "2")}


def test_json_holds_what_the_arrays_hold(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    trace = replace(traces.trace(3), hidden=frozenset({1}))
    write_trace(path, trace, {"sentence": "The \ud800 mat"})
    values = json.loads(path.read_text(encoding="ascii"))
    assert (values["format"], values["version"]) == ("attention-viewer trace", 1)
    for kind in KINDS:
        np.testing.assert_allclose(values["attention"][kind], trace.weights(kind), atol=1e-6)
        mask = trace.mask(kind)
        assert mask is not None and values["masked"][kind] == mask.tolist()
    assert [token["piece"] for token in values["source_tokens"]] == [token.piece for token in trace.source_tokens]
    assert values["source_tokens"][1]["characters"] == [4, 6] and values["source_tokens"][-1]["characters"] is None
    assert [step["reads"]["piece"] for step in values["steps"]] == ["<pad>", "▁Le", "▁tap"]
    assert values["steps"][0]["rank"] == 1 and len(values["steps"][0]["candidates"]) == 4


def test_an_unknown_data_format_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.npz, \.csv, \.csv\.gz, \.json"):
        write_trace(tmp_path / "trace.xlsx", traces.trace(1), {})
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(ExportError, match="exists"):
        write_trace(tmp_path / "there.csv", traces.trace(1), {})
    assert (tmp_path / "there.csv").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_a_map_as_text_has_its_labels() -> None:
    values = np.array([[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]], dtype=np.float32)
    lines = map_text(values, ("a → b", "b → c", "c → d"), ("x", "y")).splitlines()
    assert lines[0].split("\t") == ["", "x", "y"] and lines[1].split("\t") == ["a → b", "0.250000", "0.750000"]
    assert len(lines) == 4


def test_a_figure_of_differences_has_a_bar_around_zero() -> None:
    weights = grid(4, 8, 4, 6)
    spec = replace(weights, values=weights.values - 0.5, color_range=ColorRange.MAXIMUM)
    style = style_for(PALETTES["print"], QFont())
    without = grid_figure(spec, Look(style))
    signed = grid_figure(replace(spec, scale=Scale(-0.5, 0.5)), Look(style))
    assert signed.size.width() > without.size.width()
