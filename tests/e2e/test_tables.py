"""One entry in a table is enough: what a dummy entry reaches without another line."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import DECODER
from attention_viewer.model.contract.open_model import OpenModel
from attention_viewer.viewer.cli.commands import parse
from attention_viewer.viewer.cli.export import ExportOptions
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.cli.planning import first_view
from attention_viewer.viewer.export import pictures
from attention_viewer.viewer.export.figure import Figure, Look
from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.look.assets import ASSETS, BUNDLED_MODEL
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.menus.submenu_table import view_submenu
from attention_viewer.viewer.menus.why import COMPUTES
from attention_viewer.viewer.resolve import pictured
from attention_viewer.viewer.resolve.pictured import Pictured
from attention_viewer.viewer.state import exportables, options, questions
from attention_viewer.viewer.state.exportables import LISTED, Exportable, Needs, Shows
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.options import Named, Option
from attention_viewer.viewer.state.results import INSIDE, Quantity
from attention_viewer.viewer.state.sheets import Column, Line, Section, SheetSpec, Words
from attention_viewer.viewer.state.specs import Pending
from attention_viewer.viewer.state.view_state import Head, ViewState, choose
from attention_viewer.viewer.storage.session_file import SavedSession, from_text, to_text
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.card import TitleBlock
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.widgets.panel_form import Place, Workspace
from attention_viewer.viewer.window import app, panels
from attention_viewer.viewer.window.app import build
from attention_viewer.viewer.window.app import first_view as remembered_view
from attention_viewer.viewer.window.bindings import Binding
from attention_viewer.viewer.window.connecting import Hands
from attention_viewer.viewer.window.panels import FedPanel
from attention_viewer.viewer.work import measurements
from attention_viewer.viewer.work.jobs import Work
from attention_viewer.viewer.work.measurements import MEASUREMENTS, Measurement
from PySide6.QtCore import QSizeF, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot
from support import traces
from support.exports import TARGET, TEXT, Export, texts
from support.waiting import Open, wait_for_step
from support.workers import PromptWorker

EXPORT_PAGE = ASSETS / "help" / "export.md"

MOOD: Option[str] = Option(
    "mood",
    "Mood of the maps",
    (Named("calm", "calm", "Calm"), Named("loud", "loud", "Loud")),
    "calm",
    "how loud the maps are",
    flag="--mood",
    setting="mood",
)


RINGS = Exportable(
    "rings", "Rings of weight", "rings", "every chosen head as rings", Shows.HEAD, "rings_{kind}_{layer}_{head}"
)


def rings(scene: Scene, look: Look, grown: Scene) -> Figure:
    """A figure that says which head it is of."""
    kind = scene.view.active
    return Figure(QSizeF(70, 30), lambda painter, rect, vector: None, title=f"{kind} {scene.view.heads[kind]}")


GLANCE = Exportable(
    "glance",
    "At a glance",
    "glance",
    "numbers at a glance",
    Shows.NO_HEAD,
    "glance",
    LISTED,
    Needs.TRACE,
    panel="Dummy",
)


def glance(loaded: Loaded, view: ViewState) -> SheetSpec | Pending:
    """How many rows were recorded."""
    inside = loaded.found(INSIDE)
    if inside is None or inside.decoder is None:
        return Pending("Recording …")
    count = len(loaded.trace.steps) if loaded.trace else 0
    lines = (Line((Words("rows"), Words(str(count), value=float(count)))),)
    return SheetSpec("At a glance", "", (Section("Counted", lines, (Column(), Column())),))


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "OPTIONS", (*options.OPTIONS, MOOD))
    monkeypatch.setattr(exportables, "EXPORTABLES", (*exportables.EXPORTABLES, RINGS))
    monkeypatch.setattr(pictures, "PICTURES", {**pictures.PICTURES, RINGS.name: rings})


def loaded(rows: int) -> Loaded:
    return Loaded(traces.info(), traces.trace(rows), document=Document("x"))


def test_a_picture_is_offered_in_the_dialog_with_its_formats_and_its_name(qtbot: QtBot, tmp_path: Path) -> None:
    view = ViewState()
    dialog = ExportDialog(FigureOptions(RINGS.name, "svg"), {}, proposed_names, tmp_path, view=view)
    qtbot.addWidget(dialog)
    what, suffix = (
        next(each for each in dialog.findChildren(QComboBox) if each.accessibleName() == name)
        for name in ("What", "Format")
    )
    assert what.currentText() == RINGS.title and dialog.options().what is RINGS
    assert [suffix.itemData(row) for row in range(suffix.count())] == ["png", "svg", "pdf"]
    dialog.open()
    dialog.accept()
    files = dialog.findChildren(QFileDialog)[0]
    assert [Path(name).name for name in files.selectedFiles()] == ["rings_cross_4_8.svg"]
    files.reject()
    dialog.reject()


def test_a_picture_says_in_the_dialog_why_it_cannot_be_made_yet() -> None:
    assert "Step" in reasons_against(loaded(0), ViewState())[RINGS.name]
    assert RINGS.name not in reasons_against(loaded(2), ViewState())


def test_a_picture_is_written_and_says_what_it_is_of(qapp: QApplication, tmp_path: Path) -> None:
    heads = MappingProxyType({**ViewState().heads, DECODER: Head(1, 2)})
    scene = Scene(loaded(2), replace(ViewState(), active=DECODER, heads=heads), 8)
    export_file(scene, FigureOptions(RINGS.name), tmp_path / "rings.png")
    image = QImage(str(tmp_path / "rings.png"))
    said = {key: image.text(key) for key in ("Picture", "Layer", "Head")}
    assert image.width() == 140 and said == {"Picture": "rings", "Layer": "2", "Head": "3"}


def test_a_picture_is_a_word_of_the_command_line(
    capsys: pytest.CaptureFixture[str], export: Export, tmp_path: Path
) -> None:
    asked = (TEXT, "--target", TARGET, "--picture", "rings", "--kind", "cross", "--layer", "2", "--head", "1,2")
    assert export(*asked, "-o", "out") == 0
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"rings_cross_2_1.png", "rings_cross_2_2.png"}
    image = QImage(str(tmp_path / "out" / "rings_cross_2_2.png"))
    said = {key: image.text(key) for key in ("Title", "Picture", "Layer", "Head")}
    assert said == {"Title": "cross Head(layer=1, head=1)", "Picture": "rings", "Layer": "2", "Head": "2"}
    capsys.readouterr()
    assert export(*asked, "-o", "out", "--format", "gif") == 2
    assert "--picture rings cannot be animated" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    told = capsys.readouterr().out
    assert "cost|rings" in told and re.search(
        r"(?m)^  rings +every chosen head as rings \(rings_cross_4_8\.png\)$", told
    )
    assert main(["help", "export"]) == 0 and capsys.readouterr().out == told
    assert main(["completion", "bash"]) == 0 and " cost rings" in capsys.readouterr().out


def test_a_sheet_is_a_picture_and_a_table(
    monkeypatch: pytest.MonkeyPatch, export: Export, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(exportables, "EXPORTABLES", (*exportables.EXPORTABLES, GLANCE))
    monkeypatch.setattr(pictured, "PICTURED", {**pictured.PICTURED, GLANCE.name: Pictured(glance, (INSIDE,))})
    assert reasons_against(Loaded(), ViewState())[GLANCE.name] == Loaded().waiting.reason
    assert "Open the panel Dummy first" in reasons_against(loaded(2), ViewState())[GLANCE.name]

    asked = (TEXT, "--target", TARGET, "--picture", "glance")
    assert export(*asked, "-o", "glance.svg") == export(*asked, "-o", "glance.csv") == 0
    assert export(*asked, "-o", "glance.json", "--steps", "2") == 0
    assert {"At a glance", "Counted", "rows"} <= {*texts(tmp_path / "glance.svg")}
    with (tmp_path / "glance.csv").open(encoding="utf-8", newline="") as file:
        counts = [float(line["value"]) for line in csv.DictReader(file) if line["value"]]
    found = json.loads((tmp_path / "glance.json").read_text("utf-8"))
    at = found["columns"].index("value")
    assert len(counts) == 1 and counts[0] > 2 and found["meta"]["picture"] == "glance"
    assert [row[at] for row in found["rows"] if row[at] is not None] == [2.0]
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    assert re.search(r"(?m)^  glance +numbers at a glance \(glance\.png\)$", capsys.readouterr().out)


def test_a_picture_is_saved_with_a_session() -> None:
    saved = SavedSession(Document("x"), ViewState(), FigureOptions(RINGS.name, "pdf"))
    assert from_text(to_text(saved), "x") == saved


def test_the_handbook_lists_everything_that_can_be_exported() -> None:
    rows = [line for line in EXPORT_PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for each in exportables.EXPORTABLES[:-1]:
        row = next(row for row in rows if f"| {each.title} |" in row)
        assert not each.word or f"`--picture {each.word}`" in row


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


def test_a_choice_of_what_must_be_measured_takes_a_model() -> None:
    assert view_submenu(replace(MOOD, measured=True)).enabled is COMPUTES
    assert view_submenu(MOOD).enabled is not COMPUTES


def test_it_is_saved_with_a_session() -> None:
    view = choose(ViewState(), MOOD, "loud")
    text = to_text(SavedSession(Document("x"), view))
    assert '"mood": "loud"' in text and from_text(text, "x").view[MOOD] == "loud"
    with pytest.raises(Exception, match="mood is 'shrill'; it must be one of calm, loud"):
        from_text(text.replace('"loud"', '"shrill"'), "x")


def test_it_is_offered_for_export(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(FigureOptions(), {}, proposed_names, tmp_path, view=choose(ViewState(), MOOD, "loud"))
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


DUMMIES = Quantity[int]("dummies", questions.ranking)


class Dummy(QLabel):
    """The least that a panel's widget is."""

    wished = Signal(str)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.header: QWidget = TitleBlock("Dummy")
        self.told: list[str] = []

    def set_style(self, style: Style) -> None:
        """Has no look of its own."""

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)


def connect(dummy: Dummy, hands: Hands) -> None:
    """Translates what is wished."""
    dummy.wished.connect(hands.controller.submit)


DUMMY = FedPanel(
    "dummy",
    "Dummy",
    Dummy,
    {"attention": Place.BELOW, "drill": Place.MAIN},
    "Ctrl+Shift+F9",
    measures=(DUMMIES,),
    connect=connect,
    feeds=(Binding("dummy", lambda s: (s.loaded.sentence,), str, lambda w, spec: w.tell(spec)),),
)
DRILL = Workspace("drill", "Drill", "Ctrl+Shift+F8", also={"cross": Place.MAP})


def measured(document: Document) -> Work[int]:
    def work(model: OpenModel) -> Generator[Progress, None, int]:
        yield Progress(0, 1)
        return len(document.source)

    return work


def test_a_panel_and_a_workspace_of_one_entry_each(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, open_window: Open
) -> None:
    monkeypatch.setattr(panels, "PANELS", (*panels.PANELS, DUMMY))
    monkeypatch.setattr(app, "WORKSPACES", (*panels.WORKSPACES, DRILL))
    monkeypatch.setattr(measurements, "MEASUREMENTS", (*MEASUREMENTS, Measurement((DUMMIES,), measured)))
    monkeypatch.setattr("attention_viewer.viewer.window.app.Worker", PromptWorker)
    settings = Settings(MemoryStore())
    parts = open_window(settings, sentence="the cat sleeps")
    wait_for_step(qtbot, parts, 0)
    dummy = parts.window.widget("dummy")
    assert isinstance(dummy, Dummy) and dummy.told == [], "it stands behind others, and costs nothing"
    assert parts.controller.loaded.found(DUMMIES) is None

    parts.actions["workspace_drill"].trigger()
    assert parts.window.shown() == {"dummy", "cross"}
    assert dummy.told == ["the cat sleeps"], "it is brought up to date when it comes to be seen"
    qtbot.waitUntil(lambda: parts.controller.loaded.found(DUMMIES) == len("the cat sleeps"))
    assert parts.actions["workspace_drill"].isChecked() and not parts.actions["workspace_attention"].isChecked()
    keys = {action.text(): action.shortcut().toString() for action in parts.window.actions_with_shortcuts()}
    assert keys["Dummy"] == "Ctrl+Shift+F9" and keys["Drill"] == "Ctrl+Shift+F8"

    dummy.wished.emit("the dog sleeps")
    qtbot.waitUntil(lambda: dummy.told == ["the cat sleeps", "the dog sleeps"])

    app.save_layout(parts.window, settings)
    again = open_window(settings)
    app.restore_layout(again.window, settings)
    qtbot.waitUntil(lambda: again.window.shown() == {"dummy", "cross"})
    parts.actions["workspace_attention"].trigger()
    assert "dummy" not in parts.window.shown()
    parts.actions["panel_dummy"].trigger()
    assert "dummy" in parts.window.shown() and "encoder" in parts.window.shown()
