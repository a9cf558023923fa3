"""Colours that can be read: contrast by WCAG 2.2, 1.4.3, and pairs that stay apart for the colour-blind."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.palette import PALETTES, Palette
from attention_viewer.viewer.look.theme import qt_palette, stylesheet
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

LEAST_CONTRAST = 4.5
LEAST_CONTRAST_OF_PARTS = 3.0
"""The same of what is no text: 1.4.11."""
LEAST_APART = 20.0
"""Distance in CIELAB from which two colours are told apart without looking for it."""
ON = {
    "text": ("window", "surface", "sunken", "chip", "accent_soft", "mask", "danger_soft"),
    "muted": ("window", "surface", "sunken", "chip", "accent_soft", "mask"),
    "accent": ("window", "surface", "sunken", "chip", "accent_soft"),
    "danger": ("window", "surface", "sunken", "chip", "mask", "danger_soft"),
    "on_accent": ("accent",),
}
"""What is written in which colour on what."""
DEFICIENCIES = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB as seen with each kind of colour blindness: Machado et al. 2009, table of severity 1.0."""


def linear(color: str) -> NDArray[np.float64]:
    """Linear RGB of an `#rrggbb`."""
    values = np.array([int(color[index : index + 2], 16) for index in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((float(linear(each) @ (0.2126, 0.7152, 0.0722)) for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB of linear RGB, D65."""
    matrix = np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))
    x, y, z = np.cbrt(np.clip(matrix @ rgb, 1e-4, None) / (0.9505, 1.0, 1.089))
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


def apart(one: str, other: str, deficiency: str) -> float:
    matrix = np.array(DEFICIENCIES[deficiency])
    seen = [lab(np.clip(matrix @ linear(each), 0, 1)) for each in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_everything_written_can_be_read(palette: Palette) -> None:
    low = {
        f"{ink} on {ground}": round(contrast(getattr(palette, ink), getattr(palette, ground)), 2)
        for ink, grounds in ON.items()
        for ground in grounds
        if contrast(getattr(palette, ink), getattr(palette, ground)) < LEAST_CONTRAST
    }
    assert low == {}


@pytest.mark.parametrize("ticked", [False, True])
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("palette", [PALETTES["light"], PALETTES["dark"]], ids=["light", "dark"])
def test_a_check_box_can_be_seen_ticked_or_not(qtbot: QtBot, palette: Palette, enabled: bool, ticked: bool) -> None:
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setStyleSheet(stylesheet(palette, QApplication.font()))
    box.setPalette(qt_palette(palette))
    box.setChecked(ticked)
    box.setEnabled(enabled)
    picture = box.grab().toImage()
    middle = picture.height() // 2
    along = [picture.pixelColor(x, middle).name() for x in range(picture.width())]
    assert max(contrast(each, palette.window) for each in along) >= LEAST_CONTRAST_OF_PARTS


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_before_and_after_differ_for_everybody(palette: Palette, deficiency: str) -> None:
    # Words taken away are red, words that came are blue; chosen bars stand beside resting ones.
    for one, other in ((palette.danger, palette.accent), (palette.accent, palette.text), (palette.danger, palette.text),
                       (palette.accent, palette.accent_rest)):  # fmt: skip
        assert apart(one, other, deficiency) >= LEAST_APART, (one, other)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_sides_of_a_difference_differ_for_everybody(deficiency: str) -> None:
    table = ["#{:02x}{:02x}{:02x}".format(*each) for each in COLORMAPS["diverging"]]
    below, middle, above = table[32], table[128], table[-33]
    for one, other in combinations((below, middle, above), 2):
        assert apart(one, other, deficiency) >= LEAST_APART, (one, other)


def test_the_measure_of_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
