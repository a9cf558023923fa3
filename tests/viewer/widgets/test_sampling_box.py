"""The controls of sampling: dragging tries, letting go chooses; keys choose, and are no shortcuts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.quiet_specs import SamplingSpec
from attention_viewer.viewer.widgets import sampling_box
from attention_viewer.viewer.widgets.sampling_box import SamplingBox
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

ON = Decoding(Method.SAMPLING, seed=7)


@pytest.fixture
def box(qtbot: QtBot, style: Style) -> SamplingBox:
    widget = SamplingBox()
    qtbot.addWidget(widget)
    widget.set_style(style)
    widget.set_spec(SamplingSpec(ON))
    widget.show()
    return widget


def told(box: SamplingBox) -> list[tuple[str, Decoding]]:
    found: list[tuple[str, Decoding]] = []
    box.tried.connect(lambda decoding: found.append(("tried", decoding)))
    box.chosen.connect(lambda decoding: found.append(("chosen", decoding)))
    return found


def test_dragging_tries_and_letting_go_chooses(box: SamplingBox) -> None:
    box.tried.connect(lambda decoding: box.set_spec(SamplingSpec(decoding)))
    seen = told(box)
    box.heat.setSliderDown(True)
    for place in (25, 30):
        box.heat.setValue(place)
    box.heat.setSliderDown(False)
    heats = [sampling_box.heat_at(place) for place in (25, 30, 30)]
    assert [(name, decoding.temperature) for name, decoding in seen] == list(
        zip(("tried", "tried", "chosen"), heats, strict=True)
    )
    assert seen[-1][1] == replace(ON, temperature=heats[-1]), "all else stays"


def test_a_key_moves_a_slider_and_chooses(box: SamplingBox, qtbot: QtBot) -> None:
    seen = told(box)
    qtbot.keyClick(box.top_k, Qt.Key.Key_End)
    qtbot.keyClick(box.nucleus, Qt.Key.Key_Right)
    assert seen == [("chosen", replace(ON, top_k=1)), ("chosen", replace(ON, top_p=0.95))]


@pytest.mark.parametrize("key", sampling_box.KEYS)
def test_the_keys_of_a_slider_are_no_shortcuts(box: SamplingBox, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(box.heat, event)
    assert event.isAccepted()


def test_sampling_is_switched(box: SamplingBox, qtbot: QtBot) -> None:
    seen = told(box)
    box.sample.click()
    assert seen == [("chosen", replace(ON, method=Method.GREEDY))]
    box.set_spec(SamplingSpec(Decoding()))
    assert not box.heat.isVisible() and not box.again.isVisible() and not box.sample.isChecked()
    with qtbot.waitSignal(box.again_requested):
        box.again.click()


def test_settings_are_shown_without_an_echo(box: SamplingBox) -> None:
    seen = told(box)
    box.set_spec(SamplingSpec(Decoding(Method.SAMPLING, 0.05, 7, 0.33)))
    said = [box._values[slider].text() for slider in (box.heat, box.top_k, box.nucleus)]
    assert seen == [] and said == ["0.05", "7", "0.33"]
    box.set_spec(SamplingSpec(Decoding(), "Encode a sentence first."))
    assert not box.isEnabled() and box.toolTip() == "Encode a sentence first."


@pytest.mark.parametrize("place", range(sampling_box.HEAT_STEPS + 1))
def test_every_place_of_the_temperature_comes_back(place: int) -> None:
    assert sampling_box.place_of_heat(sampling_box.heat_at(place)) == place


def test_the_middle_of_the_temperature_is_one_and_other_places_come_back() -> None:
    assert sampling_box.heat_at(sampling_box.HEAT_STEPS // 2) == 1.0
    assert [sampling_box.place_of_top_k(count) for count in sampling_box.TOP_K] == list(range(len(sampling_box.TOP_K)))
    for place in range(sampling_box.NUCLEUS_STEPS):
        assert sampling_box.place_of_nucleus(sampling_box.nucleus_at(place)) == place
