"""Pictures that scroll and can be clicked, and the panels that show them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.resolve.pages import PARTS, WORDS
from attention_viewer.viewer.state.part_controls import LaboratoryControls, PartControls
from attention_viewer.viewer.state.sheets import Line, Section, SheetSpec, Words
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.widgets.architecture_panel import ArchitecturePanel
from attention_viewer.viewer.widgets.encodings_panel import EncodingsPanel
from attention_viewer.viewer.widgets.part_panel import PartPanel
from attention_viewer.viewer.widgets.picture import PictureScroll
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from support import inside_scenes


@pytest.fixture
def shown(qtbot: QtBot, style: Style) -> Iterator[PictureScroll]:
    scroll = PictureScroll("One cell", style)
    qtbot.addWidget(scroll)
    scroll.resize(420, 200)
    scroll.show()
    qtbot.waitExposed(scroll)
    yield scroll


@pytest.fixture
def tips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tool tips that are shown."""
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _where, text, _widget: told.append(text))
    return told


def help_at(picture: QWidget, point: QPointF) -> QHelpEvent:
    """The mouse resting at a point of a picture."""
    place = point.toPoint()
    return QHelpEvent(QEvent.Type.ToolTip, place, picture.mapToGlobal(place))


def test_a_click_on_a_line_says_which(shown: PictureScroll, qtbot: QtBot) -> None:
    shown.set_spec(inside_scenes.sheet())
    spots = {spot.hit: spot.rect.center().toPoint() for spot in shown.picture.spots()}
    for key in (2, 0):
        with qtbot.waitSignal(shown.picked) as picked:
            qtbot.mouseClick(shown.picture, Qt.MouseButton.LeftButton, pos=spots["key", key])
        assert picked.args == [("key", key)]
    assert shown.picture.tip_at(QPointF(spots["key", 1])) == "key 1"
    assert shown.picture.tip_at(QPointF(2, 2)) == ""


def test_the_keyboard_walks_and_chooses_and_what_it_is_on_comes_into_view(shown: PictureScroll, qtbot: QtBot) -> None:
    lines = tuple(Line((Words(f"line {index}"),), hit=("key", index)) for index in range(60))
    shown.set_spec(SheetSpec("Many", "lines", (Section("", lines),)))
    assert shown.picture.height() > 3 * shown.height()
    picture = shown.picture
    picture.setFocus()
    qtbot.keyClick(picture, Qt.Key.Key_End)
    spot = next(each for each in picture.spots() if each.hit == ("key", 59))
    assert picture.visibleRegion().boundingRect().contains(spot.rect.center().toPoint())
    qtbot.keyClick(picture, Qt.Key.Key_Up)
    with qtbot.waitSignal(shown.picked) as picked:
        qtbot.keyClick(picture, Qt.Key.Key_Return)
    assert picked.args == [("key", 58)]


def test_tips_and_words_from_outside_are_plain(shown: PictureScroll, tips: list[str]) -> None:
    line = Line((Words("<b>x</b>"),), hit=("key", 0), tip="<img src='/etc/passwd'>")
    shown.set_spec(SheetSpec("<i>t</i>", "", (Section("", (line,)),)))
    centre = shown.picture.spots()[0].rect.center()
    assert shown.picture.tip_at(centre) == "<img src='/etc/passwd'>"
    QApplication.sendEvent(shown.picture, help_at(shown.picture, centre))
    assert "&lt;img" in tips[-1]
    assert "<b>x</b>" in shown.picture.accessibleDescription()


def test_a_tip_shows_its_words_and_no_mark_up(shown: PictureScroll, tips: list[str]) -> None:
    tip = "8 heads of 32 numbers: queries from below, keys and values from the encoder's output"
    shown.set_spec(SheetSpec("One", "", (Section("", (Line((Words("x"),), hit=("key", 0), tip=tip),)),)))
    QApplication.sendEvent(shown.picture, help_at(shown.picture, shown.picture.spots()[0].rect.center()))
    lines = tips[-1].split("\n")
    assert " ".join(lines) == tip and len(lines) > 1


def test_a_picture_stays_for_a_moment_while_the_next_is_computed(shown: PictureScroll, qtbot: QtBot) -> None:
    shown.set_spec(inside_scenes.sheet())
    shown.set_spec(Pending("Recording …"))
    assert shown.picture.message() == "" and shown.picture.spec() is not None
    qtbot.waitUntil(lambda: shown.picture.message() == "Recording …", timeout=3000)
    shown.set_spec(inside_scenes.sheet())
    shown.set_spec(Pending("Recording …"))
    shown.set_spec(inside_scenes.dials())
    qtbot.wait(400)
    assert shown.picture.spec() is not None, "the answer came in time"
    shown.set_spec(Unavailable("Press Step."))
    assert shown.picture.message() == "Press Step."


def test_setting_controls_emits_nothing_and_turning_them_says_what(qtbot: QtBot, style: Style) -> None:
    panel = PartPanel("To a word", style, WORDS)
    qtbot.addWidget(panel)
    told: list[object] = []
    for signal in (panel.page_changed, panel.side_changed, panel.layer_changed, panel.token_changed,
                   panel.temperature_changed):  # fmt: skip
        signal.connect(told.append)
    panel.set_controls(PartControls("logit lens", "", 0, 0, ("a", "b"), 1))
    assert panel.temperature.isHidden() and panel.tabs.currentIndex() == 1
    panel.set_controls(PartControls("word", "decoder", 1, 3, ("a", "b"), 1, 0.7))
    assert not told and panel.token.currentText() == "2: b" and panel.layer.value() == 2
    assert panel.temperature.value() == 70
    panel.temperature.setValue(150)
    panel.layer.setValue(3)
    panel.token.activated.emit(0)
    panel.tabs.setCurrentIndex(2)
    assert told == [1.5, 2, 0, "decoder lens"]
    assert set(PARTS) == {"cell", "residual", "ffn", "embedding"}


def test_the_button_measures_or_cancels(qtbot: QtBot, style: Style) -> None:
    panel = EncodingsPanel(style)
    qtbot.addWidget(panel)
    panel.set_controls(LaboratoryControls("cost", 5, measuring=False))
    assert panel.shift.isHidden() and not panel.measure.isHidden()
    with qtbot.waitSignal(panel.measure_requested):
        panel.measure.click()
    panel.set_controls(LaboratoryControls("cost", 5, measuring=True))
    with qtbot.waitSignal(panel.cancel_requested):
        panel.measure.click()
    panel.set_controls(LaboratoryControls("rotation", 5, measuring=False))
    with qtbot.waitSignal(panel.shift_changed) as changed:
        panel.shift.setValue(9)
    assert changed.args == [9] and panel.measure.isHidden()


def test_the_architecture_can_be_shown_whole(qtbot: QtBot, style: Style) -> None:
    panel = ArchitecturePanel(style)
    qtbot.addWidget(panel)
    panel.set_picture(inside_scenes.architecture())
    panel.set_unfolded(True)
    with qtbot.waitSignal(panel.unfolded_changed) as changed:
        panel.unfolded.click()
    assert changed.args == [False] and panel.tabs.isHidden()
    assert "Add, [3, 8], ×3" in panel.shown.picture.accessibleDescription()
