"""Every painter's picture beside one kept in `golden`, in every palette.

Cells must have the exact colours of their weights, which are computed here and not read from the kept picture. All
else may differ as the same text does when it is rasterised a little differently, but no label may have moved.

A kept picture is written anew only where the environment variable UPDATE_GOLDEN is 1:
    UPDATE_GOLDEN=1 python -m pytest tests/viewer/painting/test_golden.py
Look at what changed before keeping it. On failure, the picture that was painted and what differs (red) are written to
the test's temporary directory, which the message names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import Booleans
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.state.specs import (
    Chip,
)
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from support.figure_scenes import FIGURES, WRONG_FIGURES
from support.golden_scenes import (
    AREA,
    PAINTERS,
    RECT,
    Scene,
    chips_scene,
    no_probes,
)
from support.wrong_scenes import WRONG_PAINTERS

SCENES = {**PAINTERS, **FIGURES}
WRONG = {**WRONG_PAINTERS, **WRONG_FIGURES}

GOLDEN = Path(__file__).parent / "golden"
MOST_BYTES = 11_300
"""What a kept picture may take, all together divided by their number."""
SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
TEXT_PIXELS = 13
ROUNDING = 3
"""Kept pictures have channels that are multiples of this, which makes their files smaller."""
WINDOW = 12
ALLOWED = ((24, 10), (6, 31))
"""(difference of a channel, how many pixels of any square of `WINDOW` pixels may differ by more).

A letter for another breaks the first limit, faint hatching or a faint ground that is lost the second.
"""

EDGE = 2

Channels = NDArray[np.int16]
"""[channel, height, width], 0 to 255."""


class MovedTexts(QPainter):
    """Paints every text a little off its place."""

    by = (0.0, 0.0)

    def drawText(self, *arguments: Any) -> None:  # type: ignore[override]
        self.translate(*self.by)
        super().drawText(*arguments)
        self.translate(-self.by[0], -self.by[1])


@pytest.fixture(params=sorted(PALETTES))
def style(request: pytest.FixtureRequest, qapp: QApplication) -> Style:
    """A style with fonts of a fixed family and size, whatever the platform prefers."""
    missing = {SANS, MONO} - set(QFontDatabase.families())
    if missing:
        pytest.skip(f"{' and '.join(sorted(missing))} not installed (package fonts-dejavu-core)")
    sans = QFont(SANS)
    sans.setPixelSize(TEXT_PIXELS)
    style = style_for(PALETTES[request.param], sans)
    mono = QFont(style.small)
    mono.setFamily(MONO)
    mono.setPixelSize(style.mono.pixelSize())
    return replace(style, mono=mono, line=QFontMetricsF(mono).height())


def painted(scene: Scene, style: Style, moved: tuple[float, float] | None = None) -> QImage:
    """The picture of a scene; `moved` shifts its texts."""
    image = QImage(RECT.size().toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(style.palette.surface))
    painter = QPainter() if moved is None else MovedTexts()
    if isinstance(painter, MovedTexts) and moved is not None:
        painter.by = moved
    painter.begin(image)
    scene.paint(painter, style)
    painter.end()
    return image


def colors_of(image: QImage) -> Channels:
    """The channels of an image's pixels, red first."""
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    channels = pixels.reshape(image.height(), image.width(), 4)[..., 2::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(channels, dtype=np.int16)


def image_from(colors: Channels) -> QImage:
    """An image of channels."""
    _, height, width = colors.shape
    packed = np.ascontiguousarray(colors.transpose(1, 2, 0), dtype=np.uint8)
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def over_neighbours(combine: Callable[[Channels, Channels], Channels], colors: Channels) -> Channels:
    """Each pixel combined with its eight neighbours; those at the edge, which have fewer, are left out."""
    rows = combine(combine(colors[:, :-2], colors[:, 1:-1]), colors[:, 2:])
    return combine(combine(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:])


def beyond(one: Channels, other: Channels) -> Channels:
    """How far each pixel of `one` is from everything that `other` has there and one pixel around, [height, width]."""
    low, high = over_neighbours(np.minimum, other), over_neighbours(np.maximum, other)
    here = one[:, 1:-1, 1:-1]
    by: Channels = np.maximum(low - here, here - high)
    farthest: Channels = np.maximum(np.maximum(by[0], by[1]), by[2])
    return farthest


def difference(one: QImage, other: QImage) -> Channels:
    """How far pixels differ beyond what a baseline rounded elsewhere explains, anti-aliasing smoothed away.

    In ninths of a channel's steps, [height, width] but for EDGE pixels on each side.
    """
    smooth, other_smooth = (over_neighbours(np.add, colors_of(image)) for image in (one, other))
    return np.maximum(beyond(smooth, other_smooth), beyond(other_smooth, smooth))


def most_in_window(marks: Booleans) -> int:
    """The largest number of marked pixels in a square of WINDOW pixels."""
    sums = np.pad(marks.astype(np.int32), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    ends, starts = slice(WINDOW, None), slice(None, -WINDOW)
    counts = sums[ends, ends] - sums[starts, ends] - sums[ends, starts] + sums[starts, starts]
    return int(counts.max())


def alike(one: QImage, other: QImage) -> bool:
    """Whether two images show the same, but for how text was rasterised."""
    if one.size() != other.size():
        return False
    by = difference(one, other)
    return all(most_in_window(by > 9 * least) <= most for least, most in ALLOWED)


def golden_path(name: str, style: Style) -> Path:
    return GOLDEN / f"{name}-{style.palette.name}.png"


def golden(name: str, style: Style) -> QImage:
    """The kept picture; a test without one fails."""
    path = golden_path(name, style)
    if not path.exists():
        pytest.fail(f"{path} does not exist. Make it with UPDATE_GOLDEN=1, and look at it.")
    return QImage(str(path))


def report(image: QImage, kept: QImage, directory: Path) -> str:
    """Write what was painted and what differs; returns where they are."""
    image.save(str(directory / "painted.png"))
    if image.size() != kept.size():
        return f"{directory / 'painted.png'} has another size than the kept picture"
    marked = colors_of(image) // 2 + 127
    inner = marked[:, EDGE:-EDGE, EDGE:-EDGE]
    inner[:, difference(image, kept) > 9 * ALLOWED[-1][0]] = [[255], [0], [0]]
    image_from(np.concatenate((colors_of(image), marked), axis=2)).save(str(directory / "difference.png"))
    return f"see {directory / 'painted.png'} and {directory / 'difference.png'} (painted, differences in red)"


@pytest.mark.parametrize("name", [name for name in SCENES if SCENES[name].probes is not no_probes])
def test_cells_have_exactly_the_colours_of_their_weights(name: str, style: Style) -> None:
    image = painted(SCENES[name], style)
    probes = list(SCENES[name].probes(style))
    assert len(probes) >= 16
    wrong = [
        f"{found} instead of {color} at {point.x():.0f}, {point.y():.0f}"
        for point, color in probes
        if (found := image.pixelColor(int(point.x()), int(point.y())).name()) != color
    ]
    assert not wrong


@pytest.mark.parametrize("name", SCENES)
def test_pictures_are_as_they_were_kept(name: str, style: Style, tmp_path: Path) -> None:
    """UPDATE_GOLDEN=1 in the environment writes the kept pictures anew; nothing else does."""
    image = painted(SCENES[name], style)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.mkdir(exist_ok=True)
        # The quality of a PNG is its compression: 0 is the smallest file.
        rounded = (colors_of(image) + ROUNDING // 2) // ROUNDING * ROUNDING
        image_from(rounded).save(str(golden_path(name, style)), None, 0)
    kept = golden(name, style)
    if not alike(image, kept):
        pytest.fail(f"{name} in {style.palette.name} is not as it was kept: {report(image, kept, tmp_path)}")


@pytest.mark.parametrize("moved", [(0.5, 0.0), (-0.5, 0.0), (0.5, 0.5), (0.0, 1.0), (-0.3, -1.0)])
def test_text_that_is_rasterised_differently_is_forgiven(style: Style, moved: tuple[float, float]) -> None:
    for name, scene in SCENES.items():
        image, plain = painted(scene, style, moved), painted(scene, style)
        assert image != plain and alike(image, plain), name


@pytest.mark.parametrize("moved", [(3.0, 0.0), (0.0, 3.0), (-3.0, 0.0), (2.0, 2.0)])
def test_text_that_has_moved_is_noticed(style: Style, moved: tuple[float, float]) -> None:
    for name, scene in SCENES.items():
        assert not alike(painted(scene, style, moved), golden(name, style)), name


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_noticed(what: str, style: Style, tmp_path: Path) -> None:
    name, wrong = WRONG[what]
    kept = golden(name, style)
    image = painted(wrong, style)
    assert not alike(image, kept)
    assert "red" in report(image, kept, tmp_path)
    red, green, blue = colors_of(QImage(str(tmp_path / "difference.png")))
    assert red.shape[1] == 2 * RECT.width()
    assert ((red == 255) & (green == 0) & (blue == 0)).sum() > ALLOWED[0][1]


def test_faint_lines_that_are_lost_are_noticed(style: Style, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_viewer.viewer.painting.heatmap.HATCHED_CELL", 1e9)
    assert not alike(painted(SCENES["masked"], style), golden("masked", style))
    monkeypatch.setattr("attention_viewer.viewer.painting.curves._paint_grid", lambda *_: None)
    assert not alike(painted(SCENES["curves"], style), golden("curves", style))


def test_only_the_outline_of_a_prediction_is_dashed(style: Style) -> None:
    """The gaps are too small for the comparison, which looks one pixel around."""
    chips = (Chip("lit", ""), Chip("word", "", "prediction"))
    upper_edges = [
        {image.pixelColor(x, int(AREA.top())).name() for x in range(14, 36)}
        for image in (painted(chips_scene([chip]), style) for chip in chips)
    ]
    assert [len(colors) > 1 for colors in upper_edges] == [False, True]


def test_kept_pictures_are_few_and_small() -> None:
    kept = {path.name: path.stat().st_size for path in GOLDEN.iterdir()}
    assert set(kept) == {f"{name}-{palette}.png" for name in SCENES for palette in PALETTES}
    assert sum(kept.values()) < MOST_BYTES * len(kept)
