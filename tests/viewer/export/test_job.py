"""Every subject in every format: what is written, how large, and that nothing is left when something goes wrong."""

from __future__ import annotations

import io
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import DECODER
from attention_viewer.viewer.export.job import ExportCancelled, encoded, export_file, figure_of
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.preview import preview
from attention_viewer.viewer.export.writing import ExportError
from attention_viewer.viewer.look.theme import PALETTES
from attention_viewer.viewer.painting.labelled_map import paint_map
from attention_viewer.viewer.state.exportables import ANIMATIONS, FORMATS, PICTURES, WINDOW, by_name, exportable
from attention_viewer.viewer.state.figure_options import FigureOptions, from_json, to_json
from attention_viewer.viewer.state.loaded import LOADING, Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.state.widths import PRESETS, Width, parse_width
from PIL import Image, ImageChops
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from support import traces
from support.exports import MEASURED
from support.searches import searched
from support.traces import KINDS

SUBJECTS = [name for name in by_name() if name not in MEASURED]
EVERYTHING = [
    (subject, suffix)
    for subject in SUBJECTS
    for suffix in exportable(subject).formats
    if suffix != "json" or subject == "data"
]
ROWS = 3
CSV_BEGINS = {
    "beam": b"index,",
    "hypotheses": b"number,",
    "ranking": b"rank,",
    "architecture": b"stack,",
    "values": b"row_index,",
    "links": b"source,",
}


def scene(rows: int = ROWS, view: ViewState | None = None) -> Scene:
    trace = traces.trace(rows)
    document = Document("The mat is", step=rows)
    results = searched(document)
    loaded = Loaded(traces.info(), trace, "The mat is", "Le tapis", document=document, results=results)
    window = QImage(600, 400, QImage.Format.Format_RGB32)
    window.fill(QColor("#123456"))
    return Scene(loaded, view or ViewState(), 12, window)


def no_trace() -> Scene:
    return Scene(Loaded(waiting=LOADING), ViewState(), 12)


@contextmanager
def full_disk() -> Iterator[None]:
    """The file system takes 20 bytes of a file and no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("what", "suffix"), EVERYTHING)
def test_everything_is_written_in_every_format(qapp: QApplication, tmp_path: Path, what: str, suffix: str) -> None:
    path = tmp_path / f"file.{suffix}"
    assert export_file(scene(), FigureOptions(what, suffix), path) == ()
    begins = {
        "png": b"\x89PNG", "apng": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF-", "gif": b"GIF89a", "webp": b"RIFF",
        "npz": b"PK", "csv": CSV_BEGINS.get(what, b"kind,"), "csv.gz": b"\x1f\x8b", "json": b"{", "html": b"<!",
    }  # fmt: skip
    assert path.read_bytes().lower().startswith(begins[suffix].lower())


@pytest.mark.parametrize(("what", "suffix"), EVERYTHING)
def test_a_full_disk_leaves_nothing_of_anything(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, suffix: str
) -> None:
    path = tmp_path / f"file.{suffix}"
    with full_disk(), pytest.raises(ExportError, match="cannot be written"):
        export_file(scene(), FigureOptions(what, suffix), path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("mine")
    with full_disk(), pytest.raises(ExportError, match="cannot be written"):
        export_file(scene(), FigureOptions(what, suffix), path, overwrite=True)
    assert path.read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("what", "suffix"), EVERYTHING)
def test_a_cancelled_export_leaves_the_file_as_it_was(
    qapp: QApplication, tmp_path: Path, what: str, suffix: str
) -> None:
    path = tmp_path / f"file.{suffix}"
    path.write_text("mine")
    told: list[tuple[int, int]] = []

    def advance(done: int, total: int) -> None:
        told.append((done, total))
        if done:
            raise ExportCancelled("enough")

    with pytest.raises(ExportCancelled):
        export_file(scene(), FigureOptions(what, suffix), path, overwrite=True, advance=advance)
    assert path.read_text() == "mine" and len(list(tmp_path.iterdir())) == 1
    assert told[0][0] == 0 and all(done <= total for done, total in told)


def test_an_existing_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    path.write_text("mine")
    asked: list[int] = []
    with pytest.raises(ExportError, match="exists already"):
        export_file(scene(), FigureOptions(), path, advance=lambda done, total: asked.append(done))
    assert asked == [] and path.read_text() == "mine"


@pytest.mark.parametrize("suffix", [*PICTURES, *ANIMATIONS, "npz", "html"])
def test_without_a_sentence_there_is_a_reason_and_no_file(qapp: QApplication, tmp_path: Path, suffix: str) -> None:
    what = {"npz": "data", "html": "page"}.get(suffix, "map")
    with pytest.raises(ExportError):
        export_file(no_trace(), FigureOptions(what, suffix), tmp_path / f"file.{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_positions_need_no_sentence_and_the_window_needs_a_window(qapp: QApplication, tmp_path: Path) -> None:
    export_file(no_trace(), FigureOptions("positions", "svg"), tmp_path / "positions.svg")
    with pytest.raises(ExportError, match="screenshot"):
        export_file(no_trace(), FigureOptions(WINDOW, "png"), tmp_path / "window.png")


@pytest.mark.parametrize("what", [name for name in SUBJECTS if "png" in exportable(name).formats])
@pytest.mark.parametrize(("width", "pixels"), [("column", 8.5 / 2.54 * 300), ("17cm", 17 / 2.54 * 300), ("900px", 900)])
def test_a_picture_is_as_wide_as_asked(
    qapp: QApplication, tmp_path: Path, what: str, width: str, pixels: float
) -> None:
    path = tmp_path / "picture.png"
    export_file(scene(), FigureOptions(what, width=parse_width(width), dpi=300), path)
    image = QImage(str(path))
    assert image.width() == round(pixels)
    assert image.dotsPerMeterX() == pytest.approx(300 / 0.0254, abs=1)


def test_text_has_one_size_on_paper_whatever_the_width(qapp: QApplication) -> None:
    sizes = []
    for width in (None, PRESETS["column"].width, PRESETS["page"].width, Width(1800, "px")):
        svg = encoded(scene(), FigureOptions("map", "svg", width=width))[0].decode()
        sizes.append({part.split('"')[1] for part in svg.split("font-size=")[1:]})
    # Only the labels of a map may shrink, to 6 points at least.
    assert all({"12", "10"} <= each and min(map(int, each)) >= 8 for each in sizes)
    assert all(len(each) <= 3 for each in sizes)


def test_too_narrow_a_width_is_refused_with_the_least_there_is(qapp: QApplication) -> None:
    with pytest.raises(ExportError, match=r"at least [\d.]+ cm"):
        figure_of(scene(), FigureOptions("grid", width=Width(3, "cm"), theme="dark"))


@pytest.mark.parametrize("theme", sorted(PALETTES))
def test_the_theme_colours_the_ground(qapp: QApplication, theme: str) -> None:
    image, _ = preview(scene(), FigureOptions("candidates", theme=theme))
    assert image.pixelColor(2, 2).name() == PALETTES[theme].surface


def test_title_and_caption_can_be_left_out(qapp: QApplication) -> None:
    def text(title: bool = True, caption: bool = True) -> str:
        svg = encoded(scene(), FigureOptions("map", "svg", title=title, caption=caption))[0].decode()
        return svg.partition("</desc>")[2]

    assert "layer 2, head 3" in text() and "The mat is → Le tapis" in text()
    assert "layer 2, head 3<" not in text(title=False) and "The mat is → Le tapis" in text(title=False)
    assert "layer 2, head 3" in text(caption=False) and "The mat is → Le tapis" not in text(caption=False)


def test_the_three_kinds_stand_side_by_side_or_one_below_the_other(qapp: QApplication) -> None:
    wide = figure_of(scene(), FigureOptions("kinds"))
    narrow = figure_of(scene(), FigureOptions("kinds", width=PRESETS["column"].width))
    assert wide.size.width() > 1.4 * wide.size.height() and narrow.size.height() > narrow.size.width()
    svg = encoded(scene(), FigureOptions("kinds", "svg"))[0].decode()
    for title in ("Encoder self-attention<", "layer 2, head 3<", "Masked decoder self-attention<", "Cross-attention<"):
        assert title in svg


def test_the_three_maps_begin_on_one_line(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    tops: list[float] = []

    def note(*arguments: Any, **named: Any) -> QRectF:
        cells = paint_map(*arguments, **named)
        tops.append(cells.top())
        return cells

    monkeypatch.setattr("attention_viewer.viewer.export.kinds.paint_map", note)
    preview(scene(), FigureOptions("kinds"))
    assert len(tops) == 3 and max(tops) == pytest.approx(min(tops))


@pytest.mark.parametrize("suffix", sorted(ANIMATIONS))
def test_an_animation_has_a_frame_for_each_step_and_the_chosen_time(
    qapp: QApplication, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"steps.{suffix}"
    export_file(scene(), FigureOptions("map", suffix, frame=250, dpi=96), path)
    with Image.open(path) as film:
        assert getattr(film, "n_frames", 1) == ROWS
        frames, times = [], []
        for index in range(ROWS):
            film.seek(index)
            film.load()
            times.append(film.info["duration"])
            frames.append(film.convert("RGB"))
    assert [round(time) for time in times] == [250, 250, 750]
    assert all(ImageChops.difference(before, after).getbbox() for before, after in pairwise(frames))
    assert len({frame.size for frame in frames}) == 1


def test_frames_grow_by_a_row_and_nothing_else_moves(qapp: QApplication) -> None:
    options, whole = FigureOptions("map", "apng"), scene()
    content = encoded(whole, replace(options, dpi=96, title=False, caption=False))[0]
    with Image.open(io.BytesIO(content)) as film:
        frames = []
        for index in range(ROWS):
            film.seek(index)
            frames.append(np.asarray(film.convert("RGB")).astype(int))
    ground = frames[0][2, 2]
    for before, after in pairwise(frames):
        changed = (before != after).any(axis=-1)
        assert changed.any() and (before[changed] == ground).all(), "a new row covers only what was empty"


def test_without_the_mask_nothing_is_animated(qapp: QApplication) -> None:
    one = scene()
    assert one.loaded.trace is not None
    free = replace(one, loaded=replace(one.loaded, trace=replace(one.loaded.trace, causal=False)))
    with pytest.raises(ExportError, match="causal mask"):
        encoded(free, FigureOptions("map", "gif"))


def test_the_subject_at_a_row_is_what_the_window_showed_then() -> None:
    early = scene().at(2)
    trace, then = early.loaded.trace, traces.trace(2)
    assert trace is not None and early.rows == 2
    for kind in KINDS:
        assert trace.weights(kind).shape == then.weights(kind).shape
    assert np.array_equal(trace.decoder_self_attention, scene().loaded.trace.weights(DECODER)[:, :, :2, :2])  # type: ignore[union-attr]
    assert trace.output_tokens == then.output_tokens and trace.ended is None
    assert early.loaded.translation == "Le tap"


def test_the_preview_says_how_large_the_file_will_be(qapp: QApplication) -> None:
    image, about = preview(scene(), FigureOptions("map", width=PRESETS["column"].width, dpi=300))
    assert about.startswith("1,004 × ") and "8.5 × " in about
    assert image.width() == round(8.5 / 2.54 * 96)
    assert preview(scene(), FigureOptions("map", "pdf", width=PRESETS["page"].width))[1].startswith("17.5 × ")
    assert preview(scene(), FigureOptions("map", "gif"))[1].startswith("3 frames of ")


def test_a_preview_fills_the_room_that_there_is(qapp: QApplication) -> None:
    options = FigureOptions("map", width=PRESETS["acl-column"].width)
    size = figure_of(scene(), options).size
    for ratio in (1.0, 2.0):
        image, _ = preview(scene(), options, ratio, QSizeF(600, 500))
        fits = min(600 / size.width(), 500 / size.height())
        assert image.width() == pytest.approx(size.width() * fits * ratio, abs=1)
    assert preview(scene(), options, 1.0, QSizeF(1e5, 1e5))[0].width() <= 4 * size.width() + 1


def test_options_survive_json_and_damaged_ones_do_not() -> None:
    for options in (
        FigureOptions(),
        FigureOptions("kinds", "gif", "dark", Width(12, "cm"), 300, False, False, 100, 7.5, 30),
    ):
        assert from_json(json.loads(json.dumps(to_json(options)))) == options
    assert from_json({"dpi": 300, "sparkle": True}) == FigureOptions(dpi=300)
    for damage, said in (
        ({"format": "exe"}, ": format is 'exe'; it must be one of png, svg"),
        ({"subject": "data"}, ": format is 'png'; it must be one of npz"),
        ({"subject": "all"}, ": subject is 'all'; it must be one of map"),
        ({"dpi": 10**9}, ": dpi is 1000000000; it must be a whole number from 48 to 1200"),
        ({"width": {"amount": 1, "unit": "mile"}}, ", width: unit is 'mile'; it must be one of cm, mm, in, pt, px"),
        ({"width": {"amount": 1, "unit": "cm"}}, ", width: amount is 1; it must be a number from 3 to 120"),
        ({"theme": 3}, ": theme is 3"),
        ({"title": 1}, ": title is 1"),
    ):
        with pytest.raises(InputError, match=f"The options for export{said}"):
            from_json({**to_json(FigureOptions()), **damage})


def test_every_format_has_a_subject() -> None:
    assert {suffix for _, suffix in EVERYTHING} == set(FORMATS)
