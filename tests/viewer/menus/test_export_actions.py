"""Exports from the window: each has its own progress, and cancelling one of them touches no other."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from attention_viewer.model.contract.maps import CROSS, ENCODER, EXPECTED
from attention_viewer.viewer.export.job import Advance
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.export_actions import ExportActions
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.exportables import GRID, LINES, MAP, TEXT, VALUES
from attention_viewer.viewer.state.figure_options import FigureOptions, to_json
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import MapView, ViewState, show_as
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QPushButton
from pytestqt.qtbot import QtBot
from support import traces
from support.finding import child

PANELS = panels_for(EXPECTED)


def test_two_exports_are_cancelled_one_by_one(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def export_file(
        scene: object, options: FigureOptions, path: Path, overwrite: bool, advance: Advance
    ) -> tuple[str, ...]:
        begun.set()
        go_on.wait(5)
        advance(1, 2)
        path.write_text("all of it")
        return ()

    monkeypatch.setattr("attention_viewer.viewer.menus.export_actions.export_file", export_file)
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    controller = MagicMock(spec=Controller, loaded=Loaded(traces.info(), traces.trace(3)), view=ViewState())
    commands = ExportActions(window, controller, Settings(MemoryStore()))
    for name in ("one.gif", "other.gif"):
        commands.write(ExportRequest(FigureOptions("map", "gif"), tmp_path / name))
    one, other = window.findChildren(QProgressDialog)
    assert (one.labelText(), other.labelText()) == ("Writing one.gif …", "Writing other.gif …")
    assert begun.wait(5)
    button = one.findChild(QPushButton)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    go_on.set()
    qtbot.waitUntil(lambda: not window.findChildren(QProgressDialog), timeout=5000)
    assert [path.name for path in tmp_path.iterdir()] == ["other.gif"]


@pytest.mark.parametrize(
    ("last", "seen", "subject", "suffix"),
    [
        (FigureOptions(MAP, "svg"), MapView.LINES, LINES, "svg"),
        (FigureOptions(MAP, "gif"), MapView.TEXT, TEXT, "png"),
        (FigureOptions(MAP, "pdf"), MapView.TABLE, VALUES, "csv"),
        (FigureOptions(LINES, "pdf"), MapView.MAP, MAP, "pdf"),
        (FigureOptions(GRID, "pdf"), MapView.LINES, GRID, "pdf"),
    ],
)
def test_the_dialog_begins_with_what_the_active_map_is_seen_as(
    last: FigureOptions, seen: MapView, subject: str, suffix: str, qtbot: QtBot
) -> None:
    settings = Settings(MemoryStore())
    settings.set("export choices", to_json(last))
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    view = show_as(show_as(ViewState(), CROSS, seen), ENCODER, MapView.LINES)
    view = replace(view, active=CROSS)
    controller = MagicMock(spec=Controller, loaded=Loaded(traces.info(), traces.trace(3)), view=view)
    actions = ExportActions(window, controller, settings)
    actions.choose()
    dialog = child(window, ExportDialog)
    assert (dialog.options().subject, dialog.options().format) == (subject, suffix)
    dialog.reject()
    assert actions.wait()
