"""The panel of the tour asks for one only where it is seen."""

from __future__ import annotations

import pytest
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.state.tour import Stop
from attention_viewer.viewer.state.tour_progress import StopSpec
from attention_viewer.viewer.widgets.tour_panel import RIGHT, TourPanel
from pytestqt.qtbot import QtBot


def test_a_panel_shown_only_while_others_are_arranged_asks_for_nothing(qtbot: QtBot, style: Style) -> None:
    panel = TourPanel(style)
    qtbot.addWidget(panel)
    asked: list[bool] = []
    panel.wanted.connect(lambda: asked.append(True))
    panel.show()
    panel.hide()
    qtbot.wait(50)
    assert not asked
    panel.show()
    qtbot.waitUntil(lambda: asked == [True])


@pytest.mark.parametrize(
    ("revealed", "chosen", "marks", "told"),
    [
        (False, None, ("", "", ""), ""),
        (True, None, ("", "", "✓"), ""),
        (True, 0, ("✗", "", "✓"), "✗ Not that one: C is right."),
        (True, 2, ("", "", "✓"), RIGHT),
    ],
)
def test_once_the_answer_is_told_the_right_choice_is_marked(
    qtbot: QtBot, style: Style, revealed: bool, chosen: int | None, marks: tuple[str, ...], told: str
) -> None:
    panel = TourPanel(style)
    qtbot.addWidget(panel)
    stop = Stop("q", "Q", answer="Because.", choices=("One", "Two", "Three"), right=2)
    panel.set_stop(StopSpec("T", ("Q1. Q",), 0, stop, revealed=revealed, chosen=chosen))
    texts = [button.text().replace("&", "") for button in panel.choices]
    assert texts == [
        f"{name}  {text} {mark}".rstrip() for name, text, mark in zip("ABC", stop.choices, marks, strict=True)
    ]
    assert told in panel.text() and ("is right" in panel.text()) == (told[:1] == "✗")
