"""About: what the program is made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.viewer.widgets.about_dialog import AboutDialog
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from support.finding import child


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_about_names_versions_model_data_and_licences(owner: QWidget) -> None:
    about = AboutDialog(
        {"Attention Viewer": "9.8.7", "torch": "2.x<y"}, "en → fr\n/models/en-fr", Path("/log/<x>"), owner
    )
    text = child(about, QLabel).text()
    for part in (
        "9.8.7",
        "noted in /log/&lt;x&gt;.",
        "2.x&lt;y",
        "en → fr<br>/models/en-fr",
        "tatoeba.org",
        "CC BY 2.0 FR",
        "LGPL",
        "MIT",
    ):
        assert part in text
