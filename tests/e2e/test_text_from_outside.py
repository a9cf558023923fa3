"""Markup, endless, unseen and turning text, through every place where text can enter: it is shown as it stands."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.storage.session_file import SavedSession, write
from attention_viewer.viewer.widgets import plain
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file
from support.checkpoints import ROOT
from support.looking import MARK, texts_taken_for_html, widest
from support.waiting import Open, settle, wait_for_step

pytestmark = pytest.mark.slow

MARKUP = f"{MARK}'/dev/zero'><b>x</b><a href='file:///etc/passwd'>y</a>"
HOSTILE = {
    "markup": MARKUP,
    "long": f"{MARKUP} " + "x" * 1_000_000,
    "control": f"{MARKUP}\x00\x07\x1b[31m\x7f\r\n\t",
    "bidirectional": f"\u202e{MARKUP}\u2066\u200f",
    "unseen": f"{MARKUP}\u200b\u200d\ufeff\u00ad",
    "many lines": "\n".join([MARKUP] * 3000),
    "surrogates": f"\ud800{MARKUP}\udfff",
}


@pytest.fixture
def marked(tiny: Path, tmp_path: Path) -> Path:
    """A model whose folder, languages and pieces are markup."""
    directory = tmp_path / "<img src='x'><b>model"
    shutil.copytree(tiny, directory)
    languages = {"source_lang": MARKUP, "target_lang": f"{MARKUP}\n\u202e"}
    (directory / "tokenizer_config.json").write_text(json.dumps(languages), encoding="utf-8")
    vocabulary = json.loads((directory / "vocab.json").read_text("utf-8"))
    pieces = {index: piece for piece, index in vocabulary.items()}
    for place in range(32, 40):
        pieces[place] = f"{MARK}'/dev/zero'>{place}"
    (directory / "vocab.json").write_text(json.dumps({piece: index for index, piece in pieces.items()}))
    settings = json.loads((directory / "generation_config.json").read_text("utf-8"))
    barred = [[place] for place in range(3, 32)]
    (directory / "generation_config.json").write_text(json.dumps({**settings, "bad_words_ids": barred}))
    stored = load_file(directory / "model.safetensors")
    stored["final_logits_bias"][0, 0] = -50.0
    save_file(stored, directory / "model.safetensors", metadata={"format": "pt"})
    return directory


def close_dialogs() -> None:
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QDialog) and each.isVisible():
            each.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_model_of_markup_is_shown_as_it_stands(open_window: Open, qtbot: QtBot, marked: Path) -> None:
    parts = open_window(model=marked, sentence="the cat sees the dog.")
    wait_for_step(qtbot, parts, 0)
    parts.controller.submit("the cat sees the dog.", 4)
    wait_for_step(qtbot, parts, 4)
    settle(qtbot, parts)
    trace = parts.controller.loaded.trace
    assert trace is not None and any(MARK in step.output.text for step in trace.steps)
    strip = parts.window.target_strip
    for chip in [chip for each in strip.findChildren(QWidget) for chip in getattr(each, "_chips", ())]:
        plain.show_tip(QPoint(1, 1), chip.tooltip, strip)
        assert texts_taken_for_html() == []
    for row in range(3):
        plain.show_tip(
            QPoint(1, 1), parts.window.widget("next").bars.tip_at(QPointF(9.0, 9.0 + 20 * row)), parts.window
        )
        assert texts_taken_for_html() == []
    parts.menu_actions.show_about()
    assert texts_taken_for_html() == []
    close_dialogs()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_place_where_text_enters(text: str, toy_window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    window, width = toy_window.window, widest(toy_window.window)
    controller = toy_window.controller
    controller.step()
    settle(qtbot, toy_window)
    window.source_bar.set_text(text[:15_000])
    toy_window.controller.submit(text[:300])
    window.source_bar.set_text(text)
    window.source_bar.set_recent([text[:20_000]])
    window.source_bar.set_languages([f">>{text[:40]}<<"])
    window.source_bar.set_hint(text)
    window.set_status(text)
    window.set_timing(text[:200])
    window.set_translation(text)
    window.setWindowTitle(text[:100])
    window.show_error(text)
    toy_window.menu_actions.laboratory_actions.rename_current()
    toy_window.controller.model_failed(text)
    name = f"{re.sub(r'[^<>a-z =]', '', text)[:40]}.avsession"
    toy_window.menu_actions.sessions.open(tmp_path / name)
    saved = toy_window.menu_actions.sessions.text
    assert saved is not None
    document = controller.document
    assert document is not None
    named = replace(document.hypotheses[0], name=text[:200]) if document.hypotheses else None
    other = replace(document, checkpoint="0" * 64, hypotheses=(named,) if named else ())
    write(tmp_path / name, SavedSession(other, controller.view))
    toy_window.menu_actions.sessions.open(tmp_path / name)
    QApplication.processEvents()
    assert any(isinstance(each, QMessageBox) for each in QApplication.topLevelWidgets())
    assert texts_taken_for_html() == []
    assert widest(window) <= width
    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
    assert all(each.width() < 1300 for each in boxes)
    close_dialogs()


def test_no_text_is_shown_past_the_one_helper() -> None:
    past = re.compile(r"(?<!class )\bQLabel\(|QToolTip\.showText\(|(?<!: )\bQMessageBox\(")
    rich = {"plain.py", "about_dialog.py", "check_dialog.py", "readout.py", "position_plots.py"}
    files = [path for path in (ROOT / "viewer").rglob("*.py") if path.name not in rich]
    found = [f"{path}: {line}" for path in files for line in path.read_text("utf-8").splitlines() if past.search(line)]
    assert [each for each in found if "class " not in each] == []


def test_a_tip_that_looks_like_html_is_escaped_and_shortened() -> None:
    assert plain.plain_tip("a < b\nc") == "a < b\nc"
    assert MARK not in plain.plain_tip(MARKUP) and "&lt;img" in plain.plain_tip(MARKUP)
    assert len(plain.plain_tip("x " * 500_000)) <= plain.LONGEST_TIP
    assert len(plain.breakable(MARKUP + "y" * 10**6)) < 1100
    assert max(map(len, re.split(r"[\s\u200b]", plain.breakable("y" * 900)))) <= plain.LONGEST_WORD


def test_a_translation_of_markup_is_written_as_it_stands(marked: Path) -> None:
    translator = Translator(marked)
    assert MARK in next(str(each) for each in translator.translate_many(["the cat sees the dog."], limit=5))
