"""What is dropped on the window opens: a text's first line, a tour, arrays of another program, a model's directory."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.viewer.look.assets import tour_path
from attention_viewer.viewer.menus import array_actions
from attention_viewer.viewer.window.app import Parts
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from support import given
from support.dropping import Action, drop
from support.waiting import PATIENCE, settle, wait_for_step

TAKEN = [Action.CopyAction] * 3


def said(parts: Parts, qtbot: QtBot) -> str:
    """The words of the box that comes up, which is closed."""
    boxes = parts.window.findChildren
    qtbot.waitUntil(lambda: any(each.isVisible() for each in boxes(QMessageBox)), timeout=PATIENCE)
    box = next(each for each in boxes(QMessageBox) if each.isVisible())
    text = box.text().replace("\u200b", "")
    box.close()
    return text


def test_each_kind_of_file_opens(
    window: Parts, qtbot: QtBot, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "words.txt"
    text.write_text("\n  The cat is black.  \nAnother line.\n", encoding="utf-8")
    assert drop(window, str(text)) == TAKEN
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == "The cat is black.", timeout=PATIENCE)
    wait_for_step(qtbot, window, 0)

    lesson = tmp_path / "lesson.tour"
    lesson.write_bytes(tour_path().read_bytes().replace(b"title: ", b"title: Mine: ", 1))
    assert drop(window, str(lesson)) == TAKEN
    stop = window.menu_actions.touring.stop
    assert stop is not None and stop.tour.startswith("Mine: ") and window.window.workspaces.current == "tour"
    settle(qtbot, window)

    before, arrays, asked = window.controller.document, given.three_maps(tmp_path / "cat.npz"), []

    def refusing(path: Path) -> list[str]:
        asked.append(path)
        return [sys.executable, "-c", "raise SystemExit('attention-viewer: cat.npz: it will not do.')"]

    monkeypatch.setattr(array_actions, "command", refusing)
    assert drop(window, str(arrays)) == TAKEN
    assert said(window, qtbot) == "cat.npz: it will not do." and asked == [arrays]
    window.actions["open_arrays"].trigger()
    dialog = window.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(arrays))
    dialog.close()
    assert said(window, qtbot) == "cat.npz: it will not do." and asked == [arrays, arrays]
    assert window.controller.document == before, "another program's weights leave this work alone"

    assert drop(window, str(tiny)) == TAKEN
    info = window.controller.loaded.info
    qtbot.waitUntil(lambda: window.controller.loaded.info is not info, timeout=PATIENCE)
    settle(qtbot, window)
    assert window.controller.loaded.info is not None and Path(window.controller.loaded.info.directory) == tiny


@pytest.mark.slow
def test_a_hostile_file_is_refused_in_the_open_window(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, encoder=np.array([object()]), source_tokens=["a"])
    assert drop(window, str(path)) == TAKEN
    assert said(window, qtbot).startswith("bad.npz: encoder.npy holds Python objects")
