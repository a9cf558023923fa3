"""The panel of the tour asks for one only where it is seen."""

from __future__ import annotations

from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.widgets.tour_panel import TourPanel
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
