"""Workspaces from the menus: one of the user's own is not removed by a slip of the hand."""

from __future__ import annotations

import pytest
from attention_viewer.model.contract.maps import EXPECTED
from attention_viewer.viewer.menus.workspace_actions import WorkspaceActions
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.panels import WORKSPACES, panels_for
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(("answer", "left"), [("Keep it", ["Mine & yours"]), ("Remove", [])])
def test_a_workspace_of_ones_own_is_removed_after_a_question(qtbot: QtBot, answer: str, left: list[str]) -> None:
    window = MainWindow(panels_for(EXPECTED), WORKSPACES)
    qtbot.addWidget(window)
    actions = WorkspaceActions(window)
    actions.save("Mine & yours")
    actions.remove()
    assert list(window.workspaces.own.values()) == ["Mine & yours"], "not before it is answered"
    (box,) = window.findChildren(QMessageBox)
    assert "‘Mine & yours’" in box.text()
    button = next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == answer)
    button.click()
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))
    assert list(window.workspaces.own.values()) == left
