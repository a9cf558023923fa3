"""The banner that says what is changed in the model: seen, cut where there is no room, reached by the keyboard."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.header import Header
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

LONG = (
    "Encoder positions shuffled (seed 3) · decoder positions off · causal mask off · 12 source tokens hidden · 1 more"
)


@pytest.fixture
def header(qtbot: QtBot, style: Style) -> Header:
    widget = Header(style)
    qtbot.addWidget(widget)
    widget.resize(1280, widget.sizeHint().height())
    widget.show()
    return widget


def test_it_is_hidden_while_nothing_is_changed(header: Header) -> None:
    assert not header.banner.isVisible() and header.banner.text() == ""
    header.banner.set_texts("1 head off", "with: cross layer 4 head 8 off")
    assert header.banner.isVisible() and header.banner.toolTip() == "with: cross layer 4 head 8 off"
    assert header.banner.accessibleName() == "Interventions: 1 head off"
    assert header.banner.reset.accessibleName() == "Reset interventions"
    header.banner.set_texts("", "")
    assert not header.banner.isVisible() and header.banner.accessibleName() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_the_keyboard_resets(header: Header, qtbot: QtBot, key: Qt.Key) -> None:
    header.banner.set_texts("1 head off", "")
    assert header.banner.reset.focusPolicy() & Qt.FocusPolicy.TabFocus
    header.banner.reset.setFocus()
    with qtbot.waitSignal(header.banner.reset_requested):
        qtbot.keyClick(header.banner.reset, key)


@pytest.mark.parametrize("width", [1280, 700])
def test_it_moves_nothing_and_is_cut_rather_than_making_room(header: Header, qtbot: QtBot, width: int) -> None:
    header.set_translation("Le chat était assis")
    header.resize(width, header.height())
    before = header.sizeHint().height(), header.step_controls.geometry(), header.minimumSizeHint().height()
    header.banner.set_texts(LONG, LONG)
    qtbot.waitUntil(lambda: header.banner.width() > 100)
    assert (header.sizeHint().height(), header.step_controls.geometry(), header.minimumSizeHint().height()) == before
    assert header.minimumSizeHint().width() < 600 and header.width() == width
    assert header.banner.geometry().right() < header.step_controls.geometry().left()
    assert header.banner.reset.isVisible() and header.banner.rect().contains(header.banner.reset.geometry())
    assert header.banner.text() == LONG
