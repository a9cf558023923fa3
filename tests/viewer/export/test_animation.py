"""Animations: every frame is the picture of its step, within bounds of size, memory and time."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.export.animation import LARGEST_SIDE, MOST_PIXELS, frame_scale
from attention_viewer.viewer.export.job import ExportCancelled, encoded, figure_of
from attention_viewer.viewer.export.picture import painted_image
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.state.widths import Width
from PIL import Image
from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QApplication
from support import traces
from support.long_scenes import long_scene

ROWS = 3
TOKENS = 200
MOST_MEGABYTES = 500
MOST_SECONDS = 30.0
"""Of processor time: what one quiet core takes."""
MEASURE = """
import json, re, sys, time
from pathlib import Path
from support.long_scenes import long_scene
from attention_viewer.viewer.export.job import encoded
from attention_viewer.viewer.state.figure_options import FigureOptions
from PySide6.QtWidgets import QApplication
application, suffix, subject = QApplication([]), sys.argv[1], sys.argv[2]
scene, started = long_scene(int(sys.argv[3])), time.process_time()
content, notes = encoded(scene, FigureOptions(subject, suffix, dpi=300))
# Not ru_maxrss, which a process inherits from a larger one that started it.
peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"seconds": time.process_time() - started, "notes": notes, "bytes": len(content),
                  "megabytes": peak / 1024}))
"""


def scene() -> Scene:
    trace = traces.trace(ROWS)
    document = Document("The mat is", step=ROWS)
    return Scene(Loaded(traces.info(), trace, "The mat is", "Le tapis", document=document), ViewState(), 12)


def frames_of(content: bytes) -> list[np.ndarray]:
    with Image.open(io.BytesIO(content)) as film:
        found = []
        for index in range(getattr(film, "n_frames", 1)):
            film.seek(index)
            found.append(np.asarray(film.convert("RGB")))
        return found


@pytest.mark.parametrize("suffix", ["gif", "apng", "webp"])
@pytest.mark.parametrize("subject", ["map", "kinds", "candidates", "grid"])
def test_every_frame_is_the_picture_of_its_step(qapp: QApplication, suffix: str, subject: str) -> None:
    options, whole = FigureOptions(subject, suffix, dpi=96), scene()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content, _ = encoded(whole, options)
        frames = frames_of(content)
    assert len(frames) == ROWS
    for row, frame in enumerate(frames, 1):
        figure = figure_of(whole.at(row), options, whole, f" · step {row} of {ROWS}")
        image = painted_image(figure.paint, figure.size, 1.0)
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, :, [2, 1, 0]]
        high, wide = min(len(frame), len(pixels)), min(frame.shape[1], pixels.shape[1])
        difference = np.abs(frame[:high, :wide].astype(int) - pixels[:high, :wide])
        # A GIF has 255 colours: edges of letters give way, ground and cells keep theirs. The others lose nothing.
        assert (difference.max(axis=-1) == 0).mean() >= (0.95 if suffix == "gif" else 1.0)
        assert frame[1, 1].tolist() == [255, 255, 255]


def test_frames_are_bounded_and_that_is_said(qapp: QApplication) -> None:
    content, notes = encoded(scene(), FigureOptions("map", "gif", width=Width(4000, "px"), dpi=600))
    with Image.open(io.BytesIO(content)) as film:
        assert max(film.size) <= LARGEST_SIDE < 4000
        assert notes[-1].startswith(f"its frames are {film.width:,} pixels wide in place of 4,000")
    assert encoded(scene(), FigureOptions("map", "gif", dpi=96))[1] == ()


@pytest.mark.parametrize("suffix", sorted(MOST_PIXELS))
@pytest.mark.parametrize("count", [1, 17, 200, 2000])
def test_all_frames_together_are_bounded(suffix: str, count: int) -> None:
    size = QSizeF(800.0, 600.0)
    scale = frame_scale(size, count, suffix, 12.5)
    assert max(size.width(), size.height()) * scale <= LARGEST_SIDE + 1e-6
    assert count * size.width() * size.height() * scale**2 <= MOST_PIXELS[suffix] * 1.001
    assert frame_scale(size, 5, suffix, 0.5) == 0.5


def test_an_animation_is_cancelled_between_any_two_frames(qapp: QApplication) -> None:
    told: list[int] = []

    def advance(done: int, total: int) -> None:
        told.append(done)
        if (done, total) == (2 * ROWS - 1, 2 * ROWS):
            raise ExportCancelled("enough")

    with pytest.raises(ExportCancelled):
        encoded(scene(), FigureOptions("map", "apng"), advance)
    assert told == [0, *range(2 * ROWS)]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_single_figure_is_cancelled_while_it_is_painted(qapp: QApplication, suffix: str) -> None:
    told: list[tuple[int, int]] = []

    def advance(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise ExportCancelled("enough")

    # A PNG's map is one image; what takes long are labels.
    with pytest.raises(ExportCancelled):
        encoded(long_scene(500 if suffix == "png" else 40), FigureOptions("map", suffix), advance)
    assert set(told) == {(0, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["gif", "apng", "webp"])
@pytest.mark.parametrize("subject", ["map", "kinds"])
def test_200_tokens_stay_within_memory_and_time(suffix: str, subject: str) -> None:
    asked = [sys.executable, "-W", "error", "-c", MEASURE, suffix, subject, str(TOKENS)]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=600)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    found = json.loads(done.stdout)
    print(f"\n{suffix} of {subject}: {found}")
    assert found["megabytes"] <= MOST_MEGABYTES and found["seconds"] <= MOST_SECONDS
