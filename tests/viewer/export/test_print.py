"""Figures for papers and slides, parsed back for each preset: names whole, shares, sizes, colours, what files say."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER, Kind
from attention_viewer.viewer.export.job import encoded, figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES, style_for
from attention_viewer.viewer.painting.labels import shortened
from attention_viewer.viewer.painting.lettering import LEAN, UPRIGHT, Lettering
from attention_viewer.viewer.resolve import shown_maps
from attention_viewer.viewer.resolve.naming import with_word_starts
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import RowLabels
from attention_viewer.viewer.state.plain_text import isolated
from attention_viewer.viewer.state.widths import PRESETS, Width, parse_width
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication
from support import traces
from support.bundled_scene import ten_words
from support.long_scenes import long_scene

SVG = "{http://www.w3.org/2000/svg}"
GIVEN = [name for name, preset in PRESETS.items() if preset.width is not None]
CM = 96 / 2.54
KINDS = (ENCODER, DECODER, CROSS)


@pytest.fixture(scope="module", autouse=True)
def application(qapp: QApplication) -> None:
    """Fonts need one."""


@pytest.fixture(scope="module")
def scene(bundled: Path) -> Scene:
    return ten_words(bundled)


@cache
def drawing(scene: Scene, options: FigureOptions) -> ElementTree.Element:
    return ElementTree.fromstring(encoded(scene, options)[0])


def texts(svg: ElementTree.Element) -> list[str]:
    return [(each.text or "").strip() for each in svg.iter(f"{SVG}text")]


def labels(scene: Scene, kind: Kind) -> set[str]:
    loaded = with_word_starts(scene.loaded, 10)
    assert loaded.trace is not None
    return {label for axis in shown_maps.axes(loaded.trace, kind, RowLabels.BOTH) for label in axis.labels}


def cells(svg: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of all cells; a colour bar's stripes have other sizes."""
    boxes = [[float(box.get(side, 0)) for side in ("x", "y", "width", "height")] for box in svg.iter(f"{SVG}rect")]
    tall = [round(high, 1) for _, _, wide, high in boxes[1:] if wide > 3]
    side = max(set(tall), key=tall.count)
    rows = [box for box in boxes[1:] if abs(box[3] - side) < 0.11 or abs(1.25 * box[3] - side) < 0.11]
    return (min(x for x, *_ in rows), max(x + wide for x, _, wide, _ in rows),
            min(y for _, y, *_ in rows), max(y + high for _, y, _, high in rows))  # fmt: skip


@pytest.mark.parametrize("preset", GIVEN)
@pytest.mark.parametrize("kind", KINDS)
def test_every_token_of_ten_words_is_named_whole_in_every_width(scene: Scene, preset: str, kind: Kind) -> None:
    scene = replace(scene, view=replace(scene.view, active=kind))
    options = FigureOptions("map", "svg", width=PRESETS[preset].width)
    assert figure_of(scene, options).notes in ((), ("letters are smaller than asked, so that all fits the slide",))
    svg = drawing(scene, options)
    assert labels(scene, kind) <= set(texts(svg))
    left, right, _, _ = cells(svg)
    share = (right - left) / float(svg.get("viewBox", "").split()[2])
    assert share >= 0.6 or preset == "slide", f"the map takes {share:.0%} of the width"


@pytest.mark.parametrize("preset", GIVEN)
def test_a_pdf_has_the_width_and_the_names(scene: Scene, preset: str) -> None:
    from pypdf import PdfReader

    width = PRESETS[preset].width
    assert width is not None
    content, _ = encoded(scene, FigureOptions("map", "pdf", width=width))
    reader = PdfReader(io.BytesIO(content))
    page: Any = reader.pages[0]
    assert float(page.mediabox.width) == pytest.approx(width.pixels(96) * 0.75, abs=0.5)
    if width.ratio:
        assert float(page.mediabox.width) / float(page.mediabox.height) == pytest.approx(16 / 9, rel=0.01)
    joined = "".join(page.extract_text().split())
    assert all("".join(label.split()) in joined for label in labels(scene, CROSS))
    about = reader.metadata
    assert about is not None and about.title == "Cross-attention · layer 4, head 8"
    xmp = content.decode("utf-8", "replace")
    assert scene.loaded.sentence in xmp and "Head: 8" in xmp and "Layer: 4" in xmp and "Model: en-fr" in xmp


@pytest.mark.parametrize("preset", ["page", "acl-page", "neurips"])
@pytest.mark.parametrize("subject", ["kinds", "positions"])
def test_parts_stand_side_by_side_at_page_width(scene: Scene, preset: str, subject: str) -> None:
    figure = figure_of(scene, FigureOptions(subject, "svg", width=PRESETS[preset].width))
    assert figure.size.height() < 0.8 * figure.size.width()
    assert figure.notes == () or preset == "neurips"
    narrow = figure_of(scene, FigureOptions(subject, "svg", width=PRESETS["acl-column"].width))
    assert narrow.size.height() > 2 * narrow.size.width()


def test_side_by_side_every_token_of_every_kind_is_named(scene: Scene) -> None:
    found = texts(drawing(scene, FigureOptions("kinds", "svg", width=PRESETS["acl-page"].width)))
    for kind in KINDS:
        assert labels(scene, kind) <= set(found)
    rows = [each for each in found if " → " in each and "." not in each]
    assert len(rows) == len(set(rows)), "rows that two maps share are named once"


def test_axes_are_named_without_caption_and_title(scene: Scene) -> None:
    svg = drawing(scene, FigureOptions("map", "svg", title=False, caption=False))
    assert {"keys: source (encoder output)", "queries: reads → predicts", "weight"} <= set(texts(svg))


def test_text_has_the_size_that_was_asked_for(scene: Scene) -> None:
    for points in (7.5, 8.0, 10.0, 12.0):
        svg = drawing(scene, FigureOptions("map", "svg", width=Width(16, "cm"), font_size=points))
        found = set()
        for group in svg.iter(f"{SVG}g"):
            scales = re.findall(r"matrix\(([^,]*),([^,]*)", group.get("transform", ""))
            scale = math.hypot(*map(float, scales[0])) if scales else 1.0
            if group.find(f"{SVG}text") is not None:
                found.add(round(float(group.get("font-size", "0")) * scale * 0.75, 2))
        # Captions are set in 86 %, labels in 95 % or less of it, all in whole pixels before they are enlarged.
        assert max(found) == pytest.approx(points, abs=0.01)
        assert float(svg.get("viewBox", "").split()[2]) == pytest.approx(16 * CM, abs=0.1)


def test_word_starts_are_visible_where_pieces_are_not_chips(scene: Scene) -> None:
    found = texts(drawing(scene, FigureOptions("map", "svg", width=PRESETS["acl-column"].width)))
    assert {"▁The", "▁ma", "t", "▁was", "</s>"} <= set(found)
    bars = texts(drawing(scene, FigureOptions("candidates", "svg")))
    assert any(each.startswith("▁") for each in bars)


def test_candidates_have_three_digits_and_as_many_bars_as_asked(scene: Scene) -> None:
    for count in (3, 10, 25):
        found = texts(drawing(scene, FigureOptions("candidates", "svg", candidates=count)))
        assert sum(bool(re.fullmatch(r"<?\d\.\d{3}", each)) for each in found) == count


def test_labels_stand_upright_where_that_names_all_and_thin_out_only_where_letters_touch(qapp: QApplication) -> None:
    style = style_for(PALETTES["print"], QFont())
    lettering = Lettering(style, style.mono.pixelSize(), 1e6)
    high = lettering.letters
    assert lettering.every(high, 9) == 1 and lettering.every(0.99 * high, 9) == 2
    assert lettering.every(high, 9, LEAN) == 2 and lettering.every(1.25 * high, 9, LEAN) == 1
    assert lettering.every(0.1, 1) == 1, "a single label is never left out"
    assert lettering.rise(100.0, UPRIGHT) > lettering.rise(100.0, LEAN)
    assert lettering.reach(100.0, UPRIGHT) < 0.6 * high + 1


def test_both_sides_of_an_arrow_are_shortened(qapp: QApplication) -> None:
    font = style_for(PALETTES["print"], QFont()).mono
    short = shortened("international → internationalement", font, 120.0)
    before, _, after = short.partition(" → ")
    assert before.startswith("int") and after.startswith("int") and before.endswith("l") and after.endswith("nt")
    assert shortened("a → internationalement", font, 100.0).startswith("a → int")


def test_an_override_stays_inside_its_token() -> None:
    assert isolated("chat") == "chat" and isolated("\u202ecat") == "U+202Ecat"
    assert isolated("שלום") == "\u2068שלום\u2069"
    assert "U+2069" in isolated("\u2069\u202exyz")
    trace = traces.trace(3)
    turned = tuple(replace(token, text="\u202eevil") if index == 1 else token
                   for index, token in enumerate(trace.source_tokens))  # fmt: skip
    shown = replace(trace, source_tokens=turned)
    rows, columns = shown_maps.axes(shown, CROSS, RowLabels.BOTH)
    assert columns.labels[1] == "U+202Eevil" and not any("\u202e" in each for each in rows.labels)


def embedded(svg: ElementTree.Element) -> list[QImage]:
    import base64

    href = "{http://www.w3.org/1999/xlink}href"
    return [QImage.fromData(base64.b64decode(each.get(href, "").partition(",")[2])) for each in svg.iter(f"{SVG}image")]


def test_images_in_drawings_are_lossless_and_hard_edged() -> None:
    from pypdf import PdfReader

    palette = {tuple(each) for each in COLORMAPS["viridis"].tolist()}
    scene = long_scene(210, ENCODER)
    svg = drawing(scene, FigureOptions("map", "svg"))
    assert all(each.get("style") == "image-rendering:pixelated" for each in svg.iter(f"{SVG}image"))
    assert max(image.width() for image in embedded(svg)) == 210
    page: Any = PdfReader(io.BytesIO(encoded(scene, FigureOptions("map", "pdf"))[0])).pages[0]
    images = [image.image.convert("RGB") for image in page.images]
    cells_ = max(images, key=lambda image: image.width)
    pixels = np.asarray(cells_).reshape(-1, 3)
    assert cells_.size == (210, 210) and {tuple(each) for each in pixels.tolist()} <= palette
    filters = {str(each.get_object()["/Filter"]) for each in page["/Resources"]["/XObject"].values()}
    assert not any("DCT" in each for each in filters)


def test_the_positional_encoding_is_a_small_file(scene: Scene) -> None:
    assert len(encoded(scene, FigureOptions("positions", "svg"))[0]) < 300_000


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_files_say_sentence_head_and_model(scene: Scene, suffix: str) -> None:
    content, _ = encoded(scene, FigureOptions("map", suffix, caption=False, title=False))
    if suffix == "png":
        image = QImage.fromData(content)
        said = "\n".join(f"{key}: {image.text(key)}" for key in image.textKeys())
    else:
        svg = ElementTree.fromstring(content)
        said = (svg.findtext(f"{SVG}title") or "") + (svg.findtext(f"{SVG}desc") or "")
    for each in ("Cross-attention · layer 4, head 8", scene.loaded.sentence, "Layer: 4", "Head: 8", "Model: en-fr"):
        assert each in said


def test_labels_of_drawings_fall_back_to_monospace(scene: Scene) -> None:
    content = encoded(scene, FigureOptions("map", "svg"))[0].decode()
    families = {family for family in re.findall(r'font-family="([^"]*)"', content)}
    assert any(family.endswith(", monospace") for family in families)


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("acl-column", 7.7 * CM), ("16cm", 16 * CM), ("160mm", 16 * CM), ("5.5in", 528), ("240pt", 320), ("900px", 900)],
)
def test_widths_come_in_every_unit(text: str, pixels: float) -> None:
    width = parse_width(text)
    assert width is not None and width.pixels(96) == pytest.approx(pixels)


def test_a_slide_is_sixteen_by_nine(scene: Scene) -> None:
    for subject in ("map", "grid", "kinds", "positions", "candidates"):
        image = QImage.fromData(encoded(scene, FigureOptions(subject, width=PRESETS["slide"].width, dpi=96))[0])
        assert (image.width(), image.height()) == (960, 540)
