"""Exports from the window: each has its own progress, and cancelling one of them touches no other."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, ENCODER, EXPECTED
from attention_viewer.viewer.export.job import Advance
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.export_actions import ExportActions
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.exportables import GRID, LINES, MAP, TEXT, VALUES
from attention_viewer.viewer.state.figure_options import FigureOptions, to_json
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import QUANTITY
from attention_viewer.viewer.state.results import Quantity, by_method
from attention_viewer.viewer.state.view_state import MapView, ViewState, choose, show_as
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.preview import Preview
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QProgressDialog, QPushButton
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


def test_what_a_map_is_to_show_is_measured_once_before_it_is_pictured(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictured: list[Scene] = []

    def preview(scene: Scene, options: FigureOptions, ratio: float, room: QSizeF) -> tuple[QImage, str]:
        pictured.append(scene)
        return QImage(4, 4, QImage.Format.Format_RGB32), "a picture"

    monkeypatch.setattr("attention_viewer.viewer.menus.export_actions.preview", preview)
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    document, quantity = Document("The mat is", step=3), by_method(methods.ROLLOUT)
    loaded = Loaded(traces.info(), traces.trace(3), document=document)
    controller = MagicMock(spec=Controller, loaded=loaded, view=ViewState())
    actions = ExportActions(window, controller, Settings(MemoryStore()))
    asked: list[Quantity[object]] = []
    actions.unknown.connect(asked.append)
    actions.choose()
    dialog = child(window, ExportDialog)
    save = child(dialog, QPushButton, lambda each: "file" in each.text().replace("&", ""))
    boxes = {each.accessibleName(): each for each in dialog.findChildren(QComboBox)}
    for title, value in ((QUANTITY.title, "rollout"), ("Theme", "dark")):
        boxes[title].setCurrentIndex(boxes[title].findData(value))
    assert asked == [quantity] and not save.isEnabled() and "computed" in child(dialog, Preview).words()
    qtbot.waitUntil(lambda: len(pictured) == 1)

    found = Attribution(methods.ROLLOUT, {})
    controller.loaded = replace(loaded, results=loaded.results.answered([quantity], document, found))
    actions.take_measured(quantity)
    qtbot.waitUntil(lambda: len(pictured) == 2)
    assert save.isEnabled() and pictured[-1].loaded.found(quantity) is found
    assert pictured[-1].view[QUANTITY] == "rollout" and asked == [quantity]
    dialog.reject()
    assert actions.wait()


def test_what_cannot_be_measured_is_said_and_asked_for_again_once_something_else_is_chosen(qtbot: QtBot) -> None:
    window = MainWindow(PANELS, WORKSPACES)
    qtbot.addWidget(window)
    loaded = Loaded(traces.info(), traces.trace(3), document=Document("The mat is", step=3))
    controller = MagicMock(spec=Controller, loaded=loaded, view=choose(ViewState(), QUANTITY, "rollout"))
    actions = ExportActions(window, controller, Settings(MemoryStore()))
    asked: list[Quantity[object]] = []
    actions.unknown.connect(asked.append)
    actions.choose()
    dialog = child(window, ExportDialog)
    (hear,) = controller.hint.connect.call_args.args
    hear("There is too little memory.")
    assert child(dialog, Preview).words() == "There is too little memory." and len(asked) == 1
    theme = child(dialog, QComboBox, lambda each: each.accessibleName() == "Theme")
    theme.setCurrentIndex(theme.findData("dark"))
    assert asked == 2 * [by_method(methods.ROLLOUT)] and "computed" in child(dialog, Preview).words()
    dialog.reject()
    assert actions.wait()
