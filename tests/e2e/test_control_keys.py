"""Space on a button presses that button, whatever Space means to the window."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.intents import due, switching
from attention_viewer.viewer.widgets.token_strip import TokenStrip
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from support.waiting import settle

CARDS = ("next", "positions", "laboratory", "ranking", "hypotheses", "beam")
"""The panels that come to the front one after another."""


def shown_buttons(parts: Parts) -> list[QAbstractButton]:
    """The buttons that the keyboard reaches as things stand."""
    return [
        button
        for button in parts.window.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def focus(parts: Parts, button: QAbstractButton) -> None:
    button.window().activateWindow()
    assert QTest.qWaitForWindowActive(button.window())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is button


def is_kept(button: QAbstractButton) -> bool:
    """Whether the button's window leaves Space to it."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(button, event)
    return event.isAccepted()


def test_space_on_every_button_of_the_window_presses_it(toy_window: Parts, qtbot: QtBot) -> None:
    parts = toy_window
    stepped: list[bool] = []
    parts.actions["step"].triggered.connect(lambda: stepped.append(True))
    parts.window.resize(1920, 1200)
    # Buttons that come only with something done: back, the banner's, one for each token hidden and head off, a beam's.
    parts.controller.step()
    settle(qtbot, parts)
    parts.controller.run(switching.hide, 0, True)
    settle(qtbot, parts)
    parts.controller.run(switching.selected_head)
    settle(qtbot, parts)
    parts.controller.run(due.search, 2)
    settle(qtbot, parts)
    seen: set[QAbstractButton] = set()
    for card in CARDS:
        parts.window.show_card(card)
        QApplication.processEvents()
        for button in set(shown_buttons(parts)) - seen:
            seen.add(button)
            focus(parts, button)
            assert is_kept(button), button
            # A menu would open, and stay.
            if not isinstance(button, QPushButton | QToolButton) or button.menu() is None:
                QTest.keyPress(button, Qt.Key.Key_Space)
                assert button.isDown(), button
                # Let go before the key is: what the button does is not done.
                button.setDown(False)
                QTest.keyRelease(button, Qt.Key.Key_Space)
    texts = {button.text() or button.accessibleName() for button in seen}
    assert {"Play", "Reset", "Reset all", "Encode ⏎", "Examples", "Causal mask"} <= texts
    assert {"Step", "Step back", "To the start", "To the end"} <= texts
    ours = [button for button in seen if button.text() in ("Rank heads", "Hide discarded")]
    assert len(ours) == 2 and stepped == []


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_space_on_a_button_of_a_floating_panel_is_left_to_it(
    toy_window: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = toy_window.window.findChild(QDockWidget, "laboratory")
    assert card is not None
    card.setFloating(True)
    button = toy_window.window.widget("laboratory").causal_mask
    # Without a window manager the floating panel's window is never the active one.
    monkeypatch.setattr(QApplication, "focusWidget", lambda: button)
    assert button.window() is card and is_kept(button)
    monkeypatch.setattr(QApplication, "focusWidget", lambda: toy_window.window.source_strip)
    assert not is_kept(button)


@pytest.mark.parametrize("strip", ["source_strip", "target_strip"])
def test_space_elsewhere_steps(toy_window: Parts, qtbot: QtBot, strip: str) -> None:
    widget: TokenStrip = getattr(toy_window.window, strip)
    toy_window.window.activateWindow()
    widget.setFocus()
    QTest.keyClick(toy_window.window, Qt.Key.Key_Space)
    settle(qtbot, toy_window)
    document = toy_window.controller.document
    assert document is not None and document.step == 1
