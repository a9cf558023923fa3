"""The preview of an export: how large the picture is, where it stands, and what stands in its place."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.theme import LIGHT, qt_palette
from attention_viewer.viewer.widgets.preview import Preview
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPalette
from pytestqt.qtbot import QtBot

GROUND = "#123456"


@pytest.fixture
def preview(qtbot: QtBot) -> Preview:
    palette = qt_palette(LIGHT)
    palette.setColor(QPalette.ColorRole.AlternateBase, QColor(GROUND))
    widget = Preview()
    qtbot.addWidget(widget)
    widget.setPalette(palette)
    widget.resize(700, 500)
    widget.show()
    return widget


def picture(wide: int, high: int, color: str = "#ff00ff") -> QImage:
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def colors(preview: Preview) -> set[str]:
    image = preview.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}


@pytest.mark.parametrize("size", [(40, 30), (4000, 1000), (10, 9000), (1, 1), (30_000, 2)])
def test_a_picture_is_never_enlarged_and_always_fits(preview: Preview, size: tuple[int, int]) -> None:
    preview.show_picture(picture(*size), "about it")
    place, room = preview.picture_rect(), QRectF(preview.rect())
    assert 1 <= place.width() <= size[0] and 1 <= place.height() <= size[1]
    assert room.contains(place)
    assert abs(place.center().x() - room.center().x()) <= 1 and abs(place.center().y() - room.center().y()) <= 1
    full = (place.width(), place.height()) == size
    assert full or place.width() > 0.9 * room.width() or place.height() > 0.9 * room.height()


def test_a_picture_keeps_its_proportions(preview: Preview) -> None:
    preview.show_picture(picture(3000, 2000), "")
    place = preview.picture_rect()
    assert place.width() / place.height() == pytest.approx(1.5, abs=0.01)


def test_the_picture_stands_on_a_sunken_ground(preview: Preview) -> None:
    preview.show_picture(picture(200, 100), "200 × 100 pixels")
    image, place = preview.grab().toImage(), preview.picture_rect().toRect()
    outside = place.adjusted(-3, -3, 3, 3)
    assert {image.pixelColor(point).name() for point in (place.topLeft(), place.bottomRight())} == {"#ff00ff"}
    assert {image.pixelColor(point).name() for point in (outside.topLeft(), outside.bottomRight())} == {GROUND}
    assert preview.accessibleDescription() == "200 × 100 pixels"


def test_thin_lines_survive(preview: Preview) -> None:
    """Every other line is black: a scaling that leaves lines out shows black or white, a smooth one their mean."""
    lines = picture(60, 6000, "#ffffff")
    for row in range(0, 6000, 2):
        for column in range(60):
            lines.setPixelColor(column, row, QColor("#000000"))
    preview.show_picture(lines, "")
    middle = preview.grab().toImage().pixelColor(preview.rect().center())
    assert 64 < middle.lightness() < 192


def test_another_picture_of_the_same_size_is_painted(preview: Preview) -> None:
    for color in ("#ff0000", "#00ff00"):
        preview.show_picture(picture(200, 100, color), "")
        assert color in colors(preview)


def test_a_picture_follows_the_size(preview: Preview) -> None:
    """As if it had been shown at that size from the first."""
    image = picture(5000, 5000)
    for row in range(2500):
        image.setPixelColor(row, row, QColor("#000000"))
    preview.show_picture(image, "")
    preview.grab()
    preview.resize(500, 300)
    resized = preview.grab().toImage()
    preview.show_picture(image, "")
    assert preview.grab().toImage() == resized


def test_words_take_the_place_of_a_picture(preview: Preview) -> None:
    font = preview.font()
    font.setPixelSize(40)
    preview.setFont(font)
    preview.show_picture(picture(200, 100), "about it")
    preview.show_problem("Too narrow.")
    assert LIGHT.danger in colors(preview) and "#ff00ff" not in colors(preview)
    assert preview.words() == preview.accessibleDescription() == "Too narrow."
    preview.show_statement("Every weight of every head, as arrays for NumPy; nothing is pictured.")
    assert LIGHT.text in colors(preview) and LIGHT.danger not in colors(preview)
    preview.show_waiting("Making the preview …")
    assert LIGHT.muted in colors(preview) and LIGHT.text not in colors(preview)


def test_waiting_leaves_a_picture_where_it_is(preview: Preview) -> None:
    preview.show_picture(picture(200, 100), "about it")
    preview.show_waiting("Making the preview …")
    assert preview.words() == "" and "#ff00ff" in colors(preview)
