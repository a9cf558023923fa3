"""A method of attribution is one entry, and the function that computes it: menu, maps, sessions, files, Python."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.attribution import Attribution
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.contract.methods import MethodInfo
from attention_viewer.model.experiments import attributions
from attention_viewer.model.experiments.recording import Case
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.view_state import ViewState, choose
from attention_viewer.viewer.storage.session_file import SavedSession, from_text, to_text
from attention_viewer.viewer.window.app import Parts
from PySide6.QtGui import QAction, QImage
from pytestqt.qtbot import QtBot
from support.exports import ONE, TARGET, TEXT, Export
from support.waiting import settle

HALVES = MethodInfo("by halves", "By halves", "half for everything", "halves", "Nobody 2024")


def halves(case: Case) -> Generator[Progress, None, Attribution]:
    """One half in every cell of cross-attention."""
    yield Progress(0, 1)
    rows, columns = len(case.inputs), case.source.shape[-1]
    return Attribution(HALVES.method, {CROSS: np.full((1, 1, rows, columns), 0.5, dtype=np.float32)})


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "METHODS", (*methods.METHODS, HALVES))
    monkeypatch.setattr(attributions, "METHODS", {**attributions.METHODS, HALVES.method: halves})


def test_it_is_in_the_menu_and_maps_show_it(toy_window: Parts, qtbot: QtBot) -> None:
    parts = toy_window
    parts.actions["step"].trigger()
    settle(qtbot, parts)
    entry = next(each for each in parts.window.findChildren(QAction) if each.text().replace("&", "") == HALVES.title)
    entry.trigger()
    settle(qtbot, parts)
    assert parts.controller.view[QUANTITY] == HALVES.method and entry.isChecked()
    spec = parts.window.panels[CROSS].map.spec
    assert spec is not None and "By halves" in spec.title
    assert any("By halves: half for everything, in halves (Nobody 2024)" in line for line in spec.caption)
    parts.menu_actions.choose(QUANTITY, ATTENTION)
    assert not entry.isChecked()


def test_it_is_saved_with_a_session() -> None:
    saved = SavedSession(Document("x"), choose(ViewState(), QUANTITY, HALVES.method))
    text = to_text(saved)
    assert from_text(text, "x") == saved
    with pytest.raises(InputError, match=r"it must be one of attention, rollout, .*, by halves"):
        from_text(text.replace("by halves", "by thirds"), "x")


def test_it_is_on_the_command_line(export: Export, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert export(TEXT, "--target", TARGET, "-o", "out", *ONE, "--quantity", "by-halves") == 0
    image = QImage(str(tmp_path / "out" / "cross_layer2_head1_by_halves.png"))
    assert image.text("Shown") == HALVES.title and "Nobody 2024" in image.text("Caption")
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    assert "leave-one-out|by-halves" in capsys.readouterr().out


def test_it_is_in_the_python_package(tiny: Path) -> None:
    model = attention_viewer.open_model(tiny)
    found = model.attribution("by halves", TEXT, TARGET)
    assert found.method == HALVES.method and (found.maps[CROSS] == 0.5).all()
    with pytest.raises(InputError, match=rf"choose rollout, .*, {HALVES.method}"):
        model.attribution(ATTENTION, TEXT)
