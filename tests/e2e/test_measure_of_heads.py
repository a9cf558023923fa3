"""A measure of heads is one entry of a table: panel, sorting, sessions, pictures, tables, command line and Python."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import attention_viewer
import numpy as np
import pytest
from attention_viewer.model.analysis import measures
from attention_viewer.model.analysis.head_table import head_table
from attention_viewer.model.analysis.measures import Measure, Seen
from attention_viewer.model.contract.api import Floats
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, DECODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.export.job import encoded, figure_of
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.tables import table_bytes
from attention_viewer.viewer.state.exportables import LISTED, MEASURED_HEADS
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import HEADS, NO_RESULTS
from attention_viewer.viewer.state.table_spec import Sorting
from attention_viewer.viewer.state.view_state import Head, ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession, from_text, to_text
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot
from support import traces
from support.exports import TARGET, TEXT, Export, texts
from support.waiting import settle

MOST = Sorting("oddness", descending=True)


def oddness(seen: Seen) -> Floats:
    """Numbers in no order of the heads, all different: 5, 4, 0, 3, 1, 2 for six."""
    shape = seen.weights.shape[:2]
    found: Floats = np.argsort(np.sin(np.arange(shape[0] * shape[1]))).astype(np.float32).reshape(shape)
    return found


ODDNESS = Measure("oddness", "Oddness", "how odd a head is", "Nobody 2024", "oddities", oddness)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "MEASURES", (*measures.MEASURES, ODDNESS))


def headings(parts: Parts) -> list[str]:
    model = parts.window.widget("heads").table.table.model()
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]


def odd(parts: Parts, column: int) -> list[float]:
    return [float(row[column]) for row in parts.window.widget("heads").table.shown()]


def test_it_is_a_column_to_sort_by_which_a_session_remembers(toy_window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    parts = toy_window
    parts.actions["workspace_heads"].trigger()
    parts.actions["last"].trigger()
    settle(qtbot, parts)
    assert "Oddness" in headings(parts)
    at, table = headings(parts).index("Oddness"), parts.window.widget("heads").table.table
    tip = table.model().headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tip == "how odd a head is (oddities; Nobody 2024)"
    assert odd(parts, at)[:3] != sorted(odd(parts, at))[:3] and parts.controller.view.sorting == Sorting()

    header = table.horizontalHeader()
    middle = header.sectionPosition(at) - header.offset() + header.sectionSize(at) // 2
    while parts.controller.view.sorting != MOST:
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, 8))
    assert odd(parts, at) == sorted(odd(parts, at), reverse=True)
    parts.controller.select_head(CROSS, 1, 1)
    settle(qtbot, parts)
    assert odd(parts, at) == sorted(odd(parts, at), reverse=True), "it stays as other things are looked at"

    document = parts.controller.document
    assert document is not None
    session_file.write(tmp_path / "odd.avsession", SavedSession(document, parts.controller.view))
    parts.controller.look(ViewState())
    assert odd(parts, at) != sorted(odd(parts, at), reverse=True)
    parts.menu_actions.sessions.open(tmp_path / "odd.avsession")
    settle(qtbot, parts)
    assert parts.controller.view.sorting == MOST and odd(parts, at) == sorted(odd(parts, at), reverse=True)


def test_a_session_sorted_by_what_there_is_no_more_is_sorted_by_head() -> None:
    saved = SavedSession(Document("x"), replace(ViewState(), sorting=Sorting("gone")))
    assert from_text(to_text(saved), "x") == saved
    assert figure_of(scene(saved.view), FigureOptions(MEASURED_HEADS)).caption


def scene(view: ViewState) -> Scene:
    document, trace = Document("The mat is", step=3), traces.trace(3)
    results = NO_RESULTS.answered([HEADS], document, finished(head_table(trace)))
    return Scene(Loaded(traces.info(), trace, "The mat is", "Le tapis", document=document, results=results), view, 12)


def places_of(words: list[str]) -> list[int]:
    """Where the heads stand in the order of their oddness: 1.1, 1.2, 2.1, 2.3, 2.2, 1.3."""
    return [words.index(f"Decoder {head}") for head in ("1.1", "1.2", "2.1", "2.3", "2.2", "1.3")]


def test_it_is_in_pictures_and_tables_of_the_dialog(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    heads = MappingProxyType({**ViewState().heads, DECODER: Head(1, 2)})
    view = replace(ViewState(), active=DECODER, heads=heads, sorting=MOST)
    dialog = ExportDialog(FigureOptions(MEASURED_HEADS, "csv"), {}, proposed_names, tmp_path, view=view)
    qtbot.addWidget(dialog)
    suffix = next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == "Format")
    assert [suffix.itemData(row) for row in range(suffix.count())] == list(LISTED)
    shown = scene(dialog.view())
    drawn = ElementTree.fromstring(encoded(shown, replace(dialog.options(), format="svg"))[0])
    words = [(each.text or "").strip() for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "Oddness" in words and places_of(words) == sorted(places_of(words))
    said = " ".join(figure_of(shown, dialog.options()).caption)
    assert "Oddness: how odd a head is, in oddities" in said and "sorted by Oddness, largest first" in said
    lines = list(csv.DictReader(table_bytes(MEASURED_HEADS, "csv", shown.loaded, view).decode().splitlines()))
    assert [float(line["oddness"]) for line in lines if line["kind"] == DECODER] == [5, 4, 0, 3, 1, 2]


def test_it_is_on_the_command_line(export: Export, tmp_path: Path) -> None:
    asked = (TEXT, "--target", TARGET, "--picture", "measures", "--kind", "cross")
    assert (
        export(*asked, "-o", "heads.csv")
        == export(*asked, "-o", "heads.json")
        == export(*asked, "-o", "heads.svg")
        == 0
    )
    lines = list(csv.DictReader((tmp_path / "heads.csv").read_text("utf-8").splitlines()))
    values = json.loads((tmp_path / "heads.json").read_text("utf-8"))
    at = values["columns"].index("oddness")
    assert [float(line["oddness"]) for line in lines] == [row[at] for row in values["rows"]]
    assert len({row[at] for row in values["rows"]}) > 1 and "Oddness" in texts(tmp_path / "heads.svg")
    assert export(*asked, "-o", "heads.png") == 0
    image = QImage(str(tmp_path / "heads.png"))
    assert "Oddness: how odd a head is, in oddities" in image.text("Caption")


def test_it_is_in_the_python_package() -> None:
    found = attention_viewer.measures(traces.trace(3), CROSS)
    assert found["oddness"].tolist() == [[5, 4, 0], [3, 1, 2]]
