"""Chips: where they stand, what they tell, and that many of them stay fast."""

from __future__ import annotations

import time

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.painting.chips import place_chips
from attention_viewer.viewer.state.specs import Chip
from attention_viewer.viewer.widgets.token_strip import TokenStrip
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from support.finding import child

CHIPS = (
    Chip("ma", "▁ma"),
    Chip("t", "t", joined=True),
    Chip("</s>", "end", "special"),
    Chip("car", "▁car", "prediction", badge="0.58"),
    Chip("il", "▁il", "ahead"),
)

POPS_UP = pytest.mark.qt_log_ignore("This plugin does not support")
"""What the offscreen platform says of a menu that pops up is no fault of ours."""


@pytest.fixture
def strip(qtbot: QtBot, style: Style) -> TokenStrip:
    widget = TokenStrip("Target", style, clickable=True)
    qtbot.addWidget(widget)
    widget.resize(700, 60)
    widget.show()
    widget.set_chips(CHIPS)
    return widget


def middle(strip: TokenStrip, index: int) -> QPoint:
    return strip.field.chip_rect(index).center().toPoint()


def test_a_mark_stands_with_the_title_and_has_room(strip: TokenStrip, style: Style) -> None:
    strip.set_mark("A", "This is A's.")
    assert strip.title() == "Target A" and child(strip, QScrollArea).accessibleName() == "Target tokens A"
    title = child(strip, QLabel)
    written = max(QFontMetricsF(style.small).horizontalAdvance(f"{each} A") for each in ("Source", "Target", "Text"))
    assert written <= title.width() and "This is A's." in title.toolTip()
    strip.set_mark("", "")
    assert strip.title() == "Target" and not title.toolTip()


def test_pieces_of_a_word_touch_and_words_do_not(style: Style) -> None:
    placed = place_chips(CHIPS, [20.0] * 5, 1000.0, style)
    assert placed[0].rect.right() == placed[1].rect.left()
    assert placed[1].rect.right() < placed[2].rect.left()
    assert [(chip.starts, chip.ends) for chip in placed[:3]] == [(True, False), (False, True), (True, True)]


def test_words_wrap_whole_and_giants_are_broken(style: Style) -> None:
    placed = place_chips(CHIPS[2:] + CHIPS[:2], [30.0] * 5, 140.0, style)
    assert placed[2].rect.top() == 0.0 < placed[3].rect.top() == placed[4].rect.top()
    assert placed[3].rect.left() == 0.0
    giant = place_chips([Chip("x", "", joined=index > 0) for index in range(5)], [30.0] * 5, 100.0, style)
    assert all(chip.rect.right() <= 100.0 for chip in giant)


def test_hovering_tells_each_chip_once_and_then_nothing(strip: TokenStrip, qtbot: QtBot) -> None:
    told: list[int | None] = []
    strip.hovered.connect(told.append)
    for index in (1, 1, 3):
        qtbot.mouseMove(strip.field, middle(strip, index))
    qtbot.mouseMove(strip.field, QPoint(690, 2))
    assert told == [1, 3, None]


def test_clicking_tells_the_index(strip: TokenStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.clicked) as clicked:
        qtbot.mouseClick(strip.field, Qt.MouseButton.LeftButton, pos=middle(strip, 2))
    assert clicked.args == [2]


def test_setters_emit_nothing(strip: TokenStrip, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(strip.hovered), qtbot.assertNotEmitted(strip.clicked):
        strip.set_chips(CHIPS[:2])
        strip.set_highlight(frozenset({0, 7}))
        strip.set_placeholder("Nothing yet")


def test_highlighting_and_states_show(strip: TokenStrip) -> None:
    plain = strip.field.grab().toImage()
    strip.set_highlight(frozenset({0}))
    lit = strip.field.grab().toImage()
    inside, beside = middle(strip, 0) - QPoint(0, 8), middle(strip, 2) - QPoint(0, 8)
    assert plain.pixelColor(inside) != lit.pixelColor(inside)
    assert plain.pixelColor(beside) == lit.pixelColor(beside)


def test_the_strip_can_be_read_and_copied(strip: TokenStrip) -> None:
    assert strip.text() == "mat </s> car il"
    assert child(strip, QScrollArea).accessibleDescription() == "mat </s> car il"
    whole, one = strip.menu(middle(strip, 3)).actions()
    whole.trigger()
    assert QApplication.clipboard().text() == "mat </s> car il"
    one.trigger()
    assert QApplication.clipboard().text() == "car"
    assert len(strip.menu(QPoint(690, 2)).actions()) == 1


def ask_for_menu(target: QWidget, point: QPoint, reason: QContextMenuEvent.Reason) -> None:
    QApplication.sendEvent(target, QContextMenuEvent(reason, point, target.mapToGlobal(point)))


@POPS_UP
def test_a_right_click_asks_for_the_chips_menu(strip: TokenStrip, qtbot: QtBot) -> None:
    asked: list[tuple[int, QPoint]] = []
    strip.context_requested.connect(lambda index, place: asked.append((index, place)))
    for index in (3, 0):
        ask_for_menu(strip.field, middle(strip, index), QContextMenuEvent.Reason.Mouse)
    assert asked == [(index, strip.field.mapToGlobal(middle(strip, index))) for index in (3, 0)]
    assert not strip.findChildren(QMenu)
    ask_for_menu(strip.field, QPoint(690, 2), QContextMenuEvent.Reason.Mouse)
    assert len(asked) == 2
    child(strip, QMenu).close()


@POPS_UP
def test_the_menu_key_asks_for_the_hovered_chips_menu(strip: TokenStrip, qtbot: QtBot) -> None:
    asked: list[tuple[int, QPoint]] = []
    strip.context_requested.connect(lambda index, place: asked.append((index, place)))
    qtbot.mouseMove(strip.field, middle(strip, 2))
    ask_for_menu(child(strip, QScrollArea), QPoint(5, 5), QContextMenuEvent.Reason.Keyboard)
    below = strip.field.mapToGlobal(strip.field.chip_rect(2).bottomLeft().toPoint())
    assert asked == [(2, below)]
    strip.set_chips(CHIPS[:1])
    assert strip.field.hovered_chip() is None
    ask_for_menu(child(strip, QScrollArea), QPoint(5, 5), QContextMenuEvent.Reason.Keyboard)
    assert len(asked) == 1
    child(strip, QMenu).close()


@POPS_UP
def test_without_an_owner_a_right_click_still_offers_to_copy(strip: TokenStrip) -> None:
    ask_for_menu(strip.field, middle(strip, 3), QContextMenuEvent.Reason.Mouse)
    menu = child(strip, QMenu)
    assert [action.text() for action in menu.actions()] == ["Copy the tokens", "Copy “car”"]
    menu.close()


def test_an_empty_strip_is_one_line_high_and_says_so(strip: TokenStrip, qtbot: QtBot) -> None:
    strip.set_chips(())
    blank = strip.field.grab().toImage()
    strip.set_placeholder("The tokens appear here.")
    assert strip.field.grab().toImage() != blank
    assert strip.field.chip_at(QPointF(3, 3)) is None
    assert strip.sizeHint().height() < 4 * strip.fontMetrics().height()


def test_three_hundred_chips_scroll_to_the_prediction_fast(strip: TokenStrip, qtbot: QtBot) -> None:
    chips = [Chip(f"token{index}", "") for index in range(300)]
    chips[200] = Chip("next", "", "prediction")
    start = time.perf_counter()
    strip.set_chips(tuple(chips))
    strip.field.grab()
    assert time.perf_counter() - start < 0.5
    area = child(strip, QScrollArea)
    assert strip.height() < 5 * strip.field.chip_rect(0).height()

    def is_seen() -> None:
        top = area.verticalScrollBar().value()
        assert top <= strip.field.chip_rect(200).center().y() <= top + area.viewport().height()

    qtbot.waitUntil(is_seen)
    strip.set_chips(CHIPS)
    assert area.height() < 2 * strip.field.chip_rect(0).height()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_every_piece_of_a_word_stands_on_the_chips_ground(qtbot: QtBot, scale: float) -> None:
    style = style_for(PALETTES["light"], QFont(), scale)
    strip = TokenStrip("Source", style)
    qtbot.addWidget(strip)
    words = ("one", "two", "three", "20", "2", "6", "!", "ce", "épi", "c", "ur", "-", "cinq")
    strip.set_chips(tuple(Chip(text, "", joined=index > 3) for index, text in enumerate(words)))
    strip.show()
    for width in range(500, 900, 37):
        strip.resize(width, 120)
        image = strip.field.grab().toImage()
        for index in range(len(words)):
            rect = strip.field.chip_rect(index)
            place = QPointF(rect.center().x(), rect.top() + 3.0).toPoint()
            assert image.pixelColor(place).name() == style.palette.chip, (width, words[index])


def test_a_strip_of_one_line_shows_what_leads_to_the_prediction_and_scrolls_sideways(
    strip: TokenStrip, qtbot: QtBot
) -> None:
    strip.set_lines(1)
    chips = [Chip(f"token{index}", "") for index in range(20)]
    strip.set_chips((*chips, Chip("next", "", "prediction")))
    area, last = child(strip, QScrollArea), len(chips)

    def seen() -> list[int]:
        corner = QPointF(area.horizontalScrollBar().value(), area.verticalScrollBar().value())
        shown = QRectF(corner, QSizeF(area.viewport().size()))
        return [index for index in range(last + 1) if shown.contains(strip.field.chip_rect(index))]

    qtbot.waitUntil(lambda: last in seen())
    assert seen()[0] < last - 3, "not the prediction alone"
    assert area.height() < 2 * strip.field.chip_rect(0).height()
    before = seen()
    turn_wheel(area.viewport(), 240)
    assert seen()[0] < before[0]
    strip.set_lines(2)
    assert strip.field.chip_rect(last).top() > 0, "with room for more lines they go on in the next"
    assert area.horizontalScrollBar().maximum() == 0


def turn_wheel(target: QWidget, by: int) -> None:
    point, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        point,
        target.mapToGlobal(point),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)
