"""Sampling beside the bars, in the window with the bundled model: dragged with the mouse, moved with keys, undone."""

from __future__ import annotations

from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Method
from attention_viewer.viewer.state.specs import BarsSpec
from attention_viewer.viewer.widgets.sampling_box import SamplingBox, Slider
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot
from support.waiting import settle, wait_for_step


def box_of(parts: Parts) -> SamplingBox:
    box = parts.window.widget("next").sampling
    assert isinstance(box, SamplingBox)
    return box


def shown(parts: Parts) -> BarsSpec:
    spec = parts.window.widget("next").bars._spec
    assert isinstance(spec, BarsSpec)
    return spec


def knob(slider: Slider) -> QPoint:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle = QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, handle, slider).center()


def sampled(parts: Parts, qtbot: QtBot, step: int) -> SamplingBox:
    parts.controller.go_to_token(step - 1)
    wait_for_step(qtbot, parts, step)
    box = box_of(parts)
    qtbot.mouseClick(box.sample, Qt.MouseButton.LeftButton, pos=QPoint(6, box.sample.height() // 2))
    settle(qtbot, parts)
    document = parts.controller.loaded.document
    assert document is not None and document.decoding.method is Method.SAMPLING and box.heat.isVisible()
    return box


def test_bars_move_while_the_temperature_is_dragged(window: Parts, qtbot: QtBot) -> None:
    box = sampled(window, qtbot, 3)
    trace, before = window.controller.loaded.trace, shown(window)
    begin = knob(box.heat)
    qtbot.mousePress(box.heat, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(box.heat, begin + QPoint(25, 0))
    dragged = shown(window)
    assert window.controller.loaded.trace is trace, "nothing was computed for it"
    assert max(bar.probability for bar in dragged.bars) < max(bar.probability for bar in before.bars)
    assert dragged.drawn and [bar.before for bar in dragged.bars[:5]] == [bar.before for bar in before.bars[:5]]
    qtbot.mouseRelease(box.heat, Qt.MouseButton.LeftButton, pos=begin + QPoint(25, 0))
    settle(qtbot, window)
    document = window.controller.loaded.document
    assert document is not None and document.decoding.temperature > 1.0 and window.controller.view.trial is None


def test_further_settings_draw_the_same_hypothesis_anew_and_are_undone_at_once(window: Parts, qtbot: QtBot) -> None:
    box = sampled(window, qtbot, 4)
    document = window.controller.document
    assert document is not None
    kept, before = len(document.hypotheses), document
    for slider in (box.heat, box.top_k, box.top_k):
        slider.setFocus()
        qtbot.keyClick(slider, Qt.Key.Key_Right)
        settle(qtbot, window)
    after = window.controller.document
    assert after is not None and len(after.hypotheses) == kept and after.decoding.top_k == 50
    steps = window.controller.loaded.trace.steps if window.controller.loaded.trace else ()
    assert {step.how for step in steps} == {How.SAMPLED}
    window.controller.undo()
    settle(qtbot, window)
    undone = window.controller.document
    assert undone is not None and undone.decoding == before.decoding


def test_greedy_again_and_another_sample(window: Parts, qtbot: QtBot) -> None:
    box = sampled(window, qtbot, 2)
    qtbot.mouseClick(box.again, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and document.decoding.seed == 2
    box.sample.setFocus()
    qtbot.keyClick(box.sample, Qt.Key.Key_Space)
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and document.decoding.method is Method.GREEDY and not box.heat.isVisible()
    assert not shown(window).drawn
