"""One entry in a table is enough: what a dummy entry reaches without another line."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.cli.export import ExportOptions
from attention_viewer.viewer.cli.exporting import first_view
from attention_viewer.viewer.look.assets import BUNDLED_MODEL
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.choices import Choices
from attention_viewer.viewer.state.options import Named, Option
from attention_viewer.viewer.state.view_state import ViewState, choose
from attention_viewer.viewer.storage.session_file import SavedSession, from_text, to_text
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.window.app import build
from attention_viewer.viewer.window.app import first_view as remembered_view
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

MOOD: Option[str] = Option(
    "mood",
    "Mood of the maps",
    (Named("calm", "calm", "Calm"), Named("loud", "loud", "Loud")),
    "calm",
    "how loud the maps are",
    flag="--mood",
    setting="mood",
)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "OPTIONS", (*options.OPTIONS, MOOD))


def test_a_choice_of_how_maps_are_shown_is_in_the_menu_and_remembered(qtbot: QtBot) -> None:
    settings = Settings(MemoryStore())
    parts = build(settings, BUNDLED_MODEL)
    qtbot.addWidget(parts.window)
    try:
        entries = [each for each in parts.window.findChildren(QAction) if each.text().replace("&", "") == "Loud"]
        assert len(entries) == 1 and not entries[0].isChecked()
        entries[0].trigger()
        assert parts.controller.view[MOOD] == "loud" and entries[0].isChecked()
        assert remembered_view(settings)[MOOD] == "loud"
    finally:
        parts.close()


def test_it_is_saved_with_a_session() -> None:
    view = choose(ViewState(), MOOD, "loud")
    text = to_text(SavedSession(Document("x"), view))
    assert '"mood": "loud"' in text and from_text(text, "x").view[MOOD] == "loud"
    with pytest.raises(Exception, match="mood of the view is 'shrill'"):
        from_text(text.replace('"loud"', '"shrill"'), "x")


def test_it_is_offered_for_export(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(Choices(), {}, {}, tmp_path, view=choose(ViewState(), MOOD, "loud"))
    qtbot.addWidget(dialog)
    box = next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == MOOD.title)
    assert box.currentText() == "Loud" and dialog.view()[MOOD] == "loud"
    box.setCurrentIndex(0)
    assert dialog.view()[MOOD] == "calm"


def test_it_is_an_option_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    asked = parse(["export", "x", "-o", "out", "--mood", "loud"]).options
    assert isinstance(asked, ExportOptions) and first_view(asked, None)[MOOD] == "loud"
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    said = capsys.readouterr().out
    assert "--mood calm|loud" in said and MOOD.help in said
