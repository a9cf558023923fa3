"""Which head does what, in the window: a file of sentences, links of the best aligner, heads of one role as one map."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.analysis.alignment import Convention
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents.reading import by_role
from attention_viewer.viewer.resolve.resolve_heads import aligner_of, shown_table
from attention_viewer.viewer.state.options import (
    HEADS_SHOWN,
    LINKS,
    ROW_LABELS,
    WORDS,
    HeadsShown,
    Links,
    RowLabels,
    Words,
)
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.window.app import Parts
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot
from support.waiting import settle

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("This plugin does not support", extend=True)]


def check_roles(parts: Parts, qtbot: QtBot) -> None:
    """Heads of one role are one map, by the panel's button and by the menu."""
    parts.controller.select_head(ENCODER, 0, 1)
    settle(qtbot, parts)
    table = shown_table(parts.controller.loaded)
    assert table is not None
    roles = table[ENCODER].roles
    own = next(each.role for each in roles if (each.layer, each.head) == (0, 1))
    parts.window.widget("heads").bar.role.click()
    view = parts.controller.view
    assert view[HEADS_SHOWN] is HeadsShown.CHOSEN_MEAN
    assert view.sets[ENCODER] == {Head(each.layer, each.head) for each in roles if each.role == own}
    parts.actions["heads_by_role"].trigger()
    dialog = parts.window.findChild(QInputDialog)
    assert dialog is not None and len(dialog.comboBoxItems()) == len(by_role(roles))
    last = list(by_role(roles))[-1]
    dialog.setTextValue(dialog.comboBoxItems()[-1])
    dialog.accept()
    chosen = parts.controller.view.sets[ENCODER]
    assert chosen == {Head(each.layer, each.head) for each in roles if each.role == last}


def test_heads_are_read_on_a_sentence_and_on_a_file(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    parts, reading = window, window.menu_actions.reading
    bar, table = parts.window.widget("heads").bar, parts.window.widget("heads").table
    parts.actions["workspace_heads"].trigger()
    parts.actions["last"].trigger()
    settle(qtbot, parts)
    assert table.note.text().startswith("Heads on this sentence") and bar.aligner.text().startswith("Aligns words best")

    aligner, trace = aligner_of(parts.controller.loaded), parts.controller.loaded.trace
    assert aligner is not None and trace is not None
    bar.draw.click()
    view = parts.controller.view
    assert view.heads[CROSS] == Head(aligner.layer, aligner.head) and view.active == CROSS
    label = RowLabels.READS if aligner.convention is Convention.READS else RowLabels.PREDICTS
    assert (view[WORDS], view[LINKS], view[ROW_LABELS]) == (Words.ON, Links.ON, label)
    bar.copy.click()
    links = QGuiApplication.clipboard().text().split()
    assert links and all(each.count("-") == 1 for each in links)

    (tmp_path / "news.txt").write_text("The cat.\n\nThe old cat sleeps.\tle chat\na\tb\tc\n", encoding="utf-8")
    reading.measure(tmp_path / "news.txt")
    box = parts.window.findChild(QMessageBox)
    assert box is not None and "3 columns" in box.text()
    box.close()
    (tmp_path / "news.txt").write_text("The cat.\n\nThe old cat sleeps.\tLe vieux chat dort.\n", encoding="utf-8")
    reading.measure(tmp_path / "news.txt")
    assert bar.progress.text() == "0 of 2 sentences measured …" and bar.stop.isVisible() and not bar.file.isVisible()
    settle(qtbot, parts)
    assert table.note.text().startswith("Means over 2 sentences of news.txt") and bar.back.isVisible()
    parts.actions["back"].trigger()
    settle(qtbot, parts)
    assert table.note.text().startswith("Means over 2 sentences"), "a step changes nothing about a file"
    bar.back.click()
    settle(qtbot, parts)
    assert table.note.text().startswith("Heads on this sentence")
    reading.measure(tmp_path / "news.txt")
    bar.stop.click()
    settle(qtbot, parts)
    assert not bar.progress.isVisible() and table.note.text().startswith("Heads on this sentence")
    check_roles(parts, qtbot)
