"""Step buttons follow their actions; the choice of speed tells only what the user chose."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.theme import PALETTES, Style, style_for
from attention_viewer.viewer.storage import settings
from attention_viewer.viewer.widgets.step_controls import SPEEDS, StepControls
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from support.finding import child

NAMES = ("first", "back", "step", "last", "play")


@pytest.fixture
def controls(qtbot: QtBot, style: Style) -> StepControls:
    widget = StepControls(style)
    qtbot.addWidget(widget)
    widget.set_actions({name: QAction(name.capitalize(), widget) for name in NAMES})
    widget.show()
    return widget


def action(controls: StepControls, name: str) -> QAction:
    return next(each for each in controls.findChildren(QAction) if each.text() == name.capitalize())


def test_each_button_triggers_its_action(controls: StepControls, qtbot: QtBot) -> None:
    for button in controls.findChildren(QToolButton):
        with qtbot.waitSignal(button.defaultAction().triggered):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [each.defaultAction().text() for each in controls.findChildren(QToolButton)] == [
        "First", "Back", "Step", "Last",
    ]  # fmt: skip
    with qtbot.waitSignal(action(controls, "play").triggered):
        qtbot.mouseClick(child(controls, QPushButton), Qt.MouseButton.LeftButton)


def test_the_buttons_are_enabled_and_named_as_the_actions_are(controls: StepControls) -> None:
    play = action(controls, "play")
    play.setCheckable(True)
    play.setChecked(True)
    assert child(controls, QPushButton).text() == "Stop"
    play.setEnabled(False)
    assert not child(controls, QPushButton).isEnabled()
    action(controls, "step").setEnabled(False)
    assert [each.isEnabled() for each in controls.findChildren(QToolButton)] == [True, True, False, True]
    assert all(each.accessibleName() for each in controls.findChildren(QToolButton))


def test_icons_follow_the_theme(controls: StepControls, style: Style) -> None:
    back = action(controls, "back")
    light = back.icon().pixmap(16, 16).toImage()
    controls.set_style(style_for(PALETTES["dark"], style.font))
    assert back.icon().pixmap(16, 16).toImage() != light


def test_only_the_user_changes_the_speed(controls: StepControls, qtbot: QtBot) -> None:
    combo = child(controls, QComboBox)
    with qtbot.assertNotEmitted(controls.speed_changed):
        controls.set_speed(4.0)
    assert combo.currentText() == "4/s"
    with qtbot.waitSignal(controls.speed_changed) as chosen:
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert chosen.args == [8.0]
    assert SPEEDS == settings.SPEEDS
