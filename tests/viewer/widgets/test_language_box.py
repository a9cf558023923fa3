"""The list of languages beside the sentence: it puts a token at the start, and follows what is typed."""

from __future__ import annotations

from attention_viewer.viewer.widgets.source_bar import SourceBar
from pytestqt.qtbot import QtBot

TOKENS = (">>deu<<", ">>fra<<")


def test_a_chosen_language_begins_the_sentence(qtbot: QtBot) -> None:
    bar = SourceBar()
    qtbot.addWidget(bar)
    assert bar.language.isHidden()
    bar.set_text("A cat.")
    bar.set_languages(TOKENS)
    assert not bar.language.isHidden() and bar.language.currentText() == "Language?"
    bar.language.setCurrentIndex(2)
    bar.language.activated.emit(2)
    assert bar.text() == ">>fra<< A cat."
    bar.set_text(">>deu<< A dog.")
    assert bar.language.currentText() == "deu"
    bar.language.activated.emit(0)
    assert bar.text() == "A dog." and bar.language.currentText() == "Language?"
    bar.set_languages(())
    assert bar.language.isHidden()
