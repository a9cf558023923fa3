from __future__ import annotations

import pytest
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.viewer.widgets.check_dialog import CheckDialog
from attention_viewer.viewer.widgets.decoding_dialog import DecodingDialog
from attention_viewer.viewer.widgets.plain import small_dialog
from attention_viewer.viewer.widgets.target_dialog import TargetDialog
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QDoubleSpinBox, QLabel, QPlainTextEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from support.finding import child

CHOICE = Decoding(Method.SAMPLING, 0.7, 40, 0.9, 12, 7, 3, 1.3)


def test_sampling_settings_come_back_as_they_were(qtbot: QtBot) -> None:
    dialog = DecodingDialog(CHOICE)
    qtbot.addWidget(dialog)
    assert dialog.choice() == CHOICE
    with qtbot.waitSignal(dialog.chosen) as told:
        dialog.accept()
    assert told.args == [CHOICE]


def test_greedy_choice_needs_no_settings(qtbot: QtBot) -> None:
    dialog = DecodingDialog(Decoding())
    qtbot.addWidget(dialog)
    fields = [*dialog.findChildren(QDoubleSpinBox), *dialog.findChildren(QSpinBox)]
    assert len(fields) == 6 and not any(field.isEnabled() for field in fields)
    assert all(field.accessibleName() for field in fields)
    for box in dialog.findChildren(QCheckBox):
        box.click()
    assert all(field.isEnabled() for field in fields)
    assert dialog.choice() == Decoding(Method.SAMPLING, no_repeat_ngram=3, repetition_penalty=1.2)
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog.reject()


@pytest.mark.parametrize(("typed", "text"), [("Le chat\n dort. ", "Le chat dort."), ("Oui", "Oui")])
def test_a_translation_is_asked_for_on_one_line(qtbot: QtBot, typed: str, text: str) -> None:
    dialog = TargetDialog("The cat.", "Le chat")
    qtbot.addWidget(dialog)
    assert dialog.text() == "Le chat"
    child(dialog, QPlainTextEdit).setPlainText(typed)
    with qtbot.waitSignal(dialog.chosen) as told:
        dialog.accept()
    assert told.args == [text]


def test_a_blank_translation_cannot_be_accepted(qtbot: QtBot) -> None:
    dialog = TargetDialog("The cat.", "")
    qtbot.addWidget(dialog)
    ok = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    child(dialog, QPlainTextEdit).setPlainText("Le")
    assert ok.isEnabled()


def test_a_small_dialog_has_room_for_its_title_and_shows_text_from_outside_as_text(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for title in ("Beam search", "Take a position's residual from B"):
        dialog = small_dialog(parent, title, "<b>Name</b>:")
        dialog.open()
        assert dialog.width() > dialog.fontMetrics().horizontalAdvance(title) + 5 * dialog.fontMetrics().height()
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))
        dialog.reject()


def test_the_check_can_be_read_and_copied(qtbot: QtBot) -> None:
    dialog = CheckDialog("<p>9.5e-06</p>")
    qtbot.addWidget(dialog)
    dialog.show()
    label = child(dialog, QLabel, lambda each: "9.5e-06" in each.text())
    assert label.accessibleName() and label.textInteractionFlags()
