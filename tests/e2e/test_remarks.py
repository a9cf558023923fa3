"""What is said quietly of a sentence, in the window with the bundled model."""

from __future__ import annotations

from attention_viewer.viewer.state.options import COLOR_RANGE, ColorRange
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.waiting import settle


def test_a_foreign_script_is_told_and_the_square_root_is_chosen_where_it_is_offered(
    window: Parts, qtbot: QtBot
) -> None:
    bar = window.window.source_bar
    assert bar.remark() == "" and not bar.root.isVisible()
    window.controller.submit("今天天气很好，我们去公园吧，今天天气很好，我们去公园吧。")
    settle(qtbot, window)
    assert "single bytes" in bar.remark() and bar.root.isVisible()
    assert "byte 1 of 3 of ‘今’" in " ".join(chip.tooltip for chip in window.window.source_strip.field._chips)
    qtbot.mouseClick(bar.root, Qt.MouseButton.LeftButton)
    assert window.controller.view[COLOR_RANGE] is ColorRange.SQUARE_ROOT and not bar.root.isVisible()
    assert "single bytes" in bar.remark()
