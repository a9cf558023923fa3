"""Export and About: what is asked, what is answered, and that nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QMessageBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from tests.viewer.widgets.finding import child
from viewer.widgets.about_dialog import AboutDialog
from viewer.widgets.export_dialog import ExportDialog, ExportRequest


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def dialog(owner: QWidget, tmp_path: Path) -> ExportDialog:
    return ExportDialog(tmp_path, {"map": "cross_layer1_head2", "grid": "cross_all"}, parent=owner)


def choose(dialog: ExportDialog, name: str, value: str) -> None:
    combo = next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == name)
    combo.setCurrentIndex(combo.findData(value))


def test_the_request_says_all_that_was_chosen(dialog: ExportDialog, tmp_path: Path) -> None:
    choose(dialog, "Picture", "grid")
    choose(dialog, "Colours", "dark")
    child(dialog, QSpinBox).setValue(4)
    assert dialog.request_for(str(tmp_path / "a.png")) == ExportRequest("grid", "png", 4, "dark", tmp_path / "a.png")
    choose(dialog, "Format", "svg")
    assert dialog.request_for(str(tmp_path / "a")) == ExportRequest("grid", "svg", 1, "dark", tmp_path / "a.svg")
    assert dialog.request_for(str(tmp_path / "v1.5")).path == tmp_path / "v1.5.svg"
    assert not child(dialog, QSpinBox).isEnabled()


def test_choosing_a_file_emits_the_request(dialog: ExportDialog, owner: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    dialog.open()
    dialog.accept()
    files = child(owner, QFileDialog)
    assert [Path(name).name for name in files.selectedFiles()] == ["cross_layer1_head2.png"]
    with qtbot.waitSignal(dialog.accepted_request) as accepted:
        files.fileSelected.emit(str(tmp_path / "mine.png"))
    assert accepted.args[0].path == tmp_path / "mine.png"
    files.reject()


def test_cancelling_emits_nothing(dialog: ExportDialog, owner: QWidget, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.accepted_request):
        dialog.open()
        dialog.reject()
    assert not owner.findChildren(QFileDialog)


def test_a_file_that_the_file_dialog_did_not_ask_about_is_asked_about(
    dialog: ExportDialog, owner: QWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "old.txt.png").write_text("precious")
    dialog.open()
    dialog.accept()
    files = child(owner, QFileDialog)
    with qtbot.assertNotEmitted(dialog.accepted_request):
        files.fileSelected.emit(str(tmp_path / "old.txt"))
    question = child(owner, QMessageBox)
    assert "old.txt.png" in question.text()
    with qtbot.waitSignal(dialog.accepted_request):
        question.button(QMessageBox.StandardButton.Yes).click()
    files.reject()


def test_about_names_versions_model_data_and_licences(owner: QWidget) -> None:
    about = AboutDialog({"Attention Viewer": "9.8.7", "torch": "2.x<y"}, "en → fr\n/models/en-fr", owner)
    text = child(about, QLabel).text()
    for part in ("9.8.7", "2.x&lt;y", "en → fr<br>/models/en-fr", "tatoeba.org", "CC BY 2.0 FR", "LGPL", "MIT"):
        assert part in text
