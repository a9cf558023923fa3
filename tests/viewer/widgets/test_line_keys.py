"""Shortcuts of the window reach it from a line of text; the line keeps its own keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attention_viewer.viewer.widgets.line_keys import EDITING_KEYS, LineKeys
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot


class Greedy(QLineEdit):
    """Takes every key for itself, as a line of text on X11 takes Ctrl+E."""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


@pytest.fixture
def line(qtbot: QtBot) -> Iterator[QLineEdit]:
    window = QWidget()
    qtbot.addWidget(window)
    line = Greedy(window)
    LineKeys(window)
    yield line


def taken(line: QObject, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier) -> bool:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    QApplication.sendEvent(line, event)
    return event.isAccepted()


def test_the_windows_shortcuts_are_left_to_the_window(line: QLineEdit) -> None:
    assert not any(taken(line, key) for key in EDITING_KEYS) and Qt.Key.Key_E in EDITING_KEYS


def test_other_keys_stay_the_lines_own(line: QLineEdit) -> None:
    assert taken(line, Qt.Key.Key_C) and taken(line, Qt.Key.Key_Z)
    assert taken(line, Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier)
    assert taken(line, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
