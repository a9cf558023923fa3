"""The export dialog over a window with the bundled model: what it lets be computed for a figure alone."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.window.app import Parts
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot
from support.finding import child
from support.waiting import PATIENCE, wait_for_step


def test_an_attribution_is_computed_for_a_figure_alone(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 1)
    window.actions["export"].trigger()
    dialog = child(window.window, ExportDialog)
    box = child(dialog, QComboBox, lambda each: each.accessibleName() == QUANTITY.title)
    save = child(dialog, QPushButton, lambda each: "file" in each.text().replace("&", ""))
    box.setCurrentIndex(box.findData("norms"))
    assert not save.isEnabled()
    qtbot.waitUntil(save.isEnabled, timeout=PATIENCE)
    request = dialog.request_for(str(tmp_path / "norms.png"))
    dialog.reject()
    exports = window.menu_actions.exports
    exports.write(request)
    assert exports.wait()
    assert QImage(str(tmp_path / "norms.png")).text("Shown") == "Norm-based weights"
    assert window.controller.view[QUANTITY] == ATTENTION, "the window shows what it did"
