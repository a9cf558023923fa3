"""The export dialog: what is asked, what is answered, what is previewed, and that nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from attention_viewer.model.contract.maps import encoder_decoder
from attention_viewer.viewer.export.names import proposed_names
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.exportables import (
    ANIMATIONS,
    DATA,
    FORMATS,
    GRID,
    MAP,
    NUMBERS,
    PAGE,
    POSITIONS,
    TABLES,
    WINDOW,
    by_name,
    exportable,
)
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import HEADS_SHOWN, QUANTITY, HeadsShown, exported
from attention_viewer.viewer.state.view_state import Head, ViewState, choose_heads
from attention_viewer.viewer.state.view_state import choose as with_option
from attention_viewer.viewer.state.widths import BOUNDS, PRESETS, Width
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.widgets.export_texts import NOTES, note_on
from attention_viewer.viewer.widgets.preview import Preview
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.finding import child

EVERY = [(subject, suffix) for subject in by_name() for suffix in exportable(subject).formats]
NAMES = {subject: f"{subject}_name" for subject in by_name()}
LOOKS = ("Theme", "Width", "Resolution in dots to an inch", "Frame time")
SHOWN = [option.title for option in exported()]
"""What is chosen of how maps are shown."""
Open = Callable[..., ExportDialog]


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def make(owner: QWidget, tmp_path: Path) -> Open:
    def opened(options: FigureOptions | None = None, unavailable: dict[str, str] | None = None) -> ExportDialog:
        return ExportDialog(options or FigureOptions(), unavailable or {}, lambda view: NAMES, tmp_path, owner)

    return opened


def named(dialog: ExportDialog, name: str) -> QWidget:
    return child(dialog, QWidget, lambda each: each.accessibleName() == name)


def combo(dialog: ExportDialog, name: str) -> QComboBox:
    return child(dialog, QComboBox, lambda each: each.accessibleName() == name)


def choose(dialog: ExportDialog, name: str, value: str) -> None:
    box = combo(dialog, name)
    box.setCurrentIndex(box.findData(value))


def number(dialog: ExportDialog, name: str) -> QSpinBox:
    return child(dialog, QSpinBox, lambda each: each.accessibleName() == name)


def amount(dialog: ExportDialog, unit: str) -> QDoubleSpinBox:
    return child(dialog, QDoubleSpinBox, lambda each: each.accessibleName() == f"Width in {unit}")


def tick(dialog: ExportDialog, text: str) -> QCheckBox:
    return child(dialog, QCheckBox, lambda each: each.text().replace("&", "") == text)


def button(dialog: ExportDialog, text: str) -> QPushButton:
    return child(dialog, QPushButton, lambda each: each.text().replace("&", "") == text)


def texts(dialog: ExportDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel)]


def picture() -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    return image


def told(dialog: ExportDialog) -> list[FigureOptions]:
    """Every preview that is asked for from now on."""
    found: list[FigureOptions] = []
    dialog.options_changed.connect(lambda options, view: found.append(options))
    return found


@pytest.mark.parametrize(("subject", "suffix"), EVERY)
def test_given_options_come_back_in_the_request(make: Open, tmp_path: Path, subject: str, suffix: str) -> None:
    options = FigureOptions(subject, suffix, "dark", Width(1234, "px"), 301, title=False, caption=False, frame=250)
    dialog = make(options)
    assert dialog.options() == options
    assert dialog.request_for(str(tmp_path / "a")) == ExportRequest(options, tmp_path / f"a.{suffix}", ViewState())


@pytest.mark.parametrize(("subject", "suffix"), EVERY)
def test_every_subject_and_format_can_be_chosen(make: Open, subject: str, suffix: str) -> None:
    dialog = make()
    choose(dialog, "What", subject)
    choose(dialog, "Format", suffix)
    assert dialog.options() == FigureOptions(subject, suffix)
    said = note_on(dialog.options())
    pictured = subject not in (DATA, PAGE) and suffix not in TABLES
    assert (said in texts(dialog)) is pictured
    assert (child(dialog, Preview).words() == said) is not pictured


def test_the_controls_say_all_of_a_request(make: Open) -> None:
    dialog = make(FigureOptions(GRID, "gif"))
    choose(dialog, "Theme", "light")
    choose(dialog, "Width", "page")
    number(dialog, "Resolution in dots to an inch").setValue(300)
    number(dialog, "Frame time").setValue(1500)
    tick(dialog, "Title").click()
    tick(dialog, "Caption").click()
    expected = FigureOptions(GRID, "gif", "light", PRESETS["page"].width, 300, title=False, caption=False, frame=1500)
    assert dialog.options() == expected


def test_every_format_has_its_own_note() -> None:
    assert NOTES.keys() == FORMATS.keys() and len(set(NOTES.values())) == len(FORMATS)
    assert note_on(FigureOptions(dpi=300)) == "One image, 300 dots to an inch."
    assert "no longer text" in note_on(FigureOptions(WINDOW, "svg"))


def written_in(box: QComboBox, value: str) -> str:
    """What the list of a drop-down says of a value."""
    option, index = QStyleOptionViewItem(), box.model().index(box.findData(value), 0)
    delegate = box.itemDelegate()
    assert isinstance(delegate, QStyledItemDelegate)
    delegate.initStyleOption(option, index)
    return str(option.text)


def test_what_is_unavailable_cannot_be_chosen_and_says_why(make: Open, qtbot: QtBot) -> None:
    dialog = make(FigureOptions(MAP, "svg"), {MAP: "No map yet.", GRID: "No heads yet."})
    box = combo(dialog, "What")
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    reasons = {box.itemData(row): model.item(row).toolTip() for row in range(box.count())}
    enabled = {box.itemData(row) for row in range(box.count()) if model.item(row).isEnabled()}
    assert enabled == by_name().keys() - {MAP, GRID}
    assert (reasons[MAP], reasons[GRID], reasons[DATA]) == ("No map yet.", "No heads yet.", "")
    assert written_in(box, MAP).endswith("No map yet.") and written_in(box, DATA) == box.itemText(box.findData(DATA))
    assert box.view().minimumWidth() > box.view().fontMetrics().horizontalAdvance(written_in(box, MAP))
    assert (dialog.options().subject, dialog.options().format) == ("lines", "svg")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert dialog.options().subject == "lines"


def test_formats_follow_the_subject_and_are_remembered(make: Open) -> None:
    dialog = make()
    formats = combo(dialog, "Format")
    choose(dialog, "Format", "svg")
    choose(dialog, "What", DATA)
    assert [formats.itemData(row) for row in range(formats.count())] == list(NUMBERS)
    choose(dialog, "Format", "csv")
    choose(dialog, "What", POSITIONS)
    assert dialog.options().format == "svg" and formats.findData("gif") < 0
    choose(dialog, "What", DATA)
    assert dialog.options().format == "csv"
    choose(dialog, "What", MAP)
    assert dialog.options().format == "svg"
    choose(dialog, "Format", "gif")
    choose(dialog, "What", POSITIONS)
    assert dialog.options().format == "svg"
    choose(dialog, "What", GRID)
    assert dialog.options().format == "gif"


@pytest.mark.parametrize(
    "width",
    [
        *(each.width for each in PRESETS.values()),
        Width(12.25, "cm"),
        Width(3.25, "in"),
        Width(77, "mm"),
        Width(240, "pt"),
        Width(1200, "px"),
        Width(30_000, "px"),
    ],
)
def test_widths_come_back_as_they_were(make: Open, width: Width | None) -> None:
    dialog = make(FigureOptions(width=width))
    assert dialog.options().width == width
    boxes = dialog.findChildren(QDoubleSpinBox)
    amounts = [each for each in boxes if each.isEnabled() and each.accessibleName() != "Text size"]
    assert len(amounts) == (0 if width in [each.width for each in PRESETS.values()] else 1)


def test_amounts_have_a_unit_and_bounds(make: Open) -> None:
    dialog = make()
    dialog.show()
    cm, px = (amount(dialog, unit) for unit in ("centimetres", "pixels"))
    choose(dialog, "Width", "column")
    assert cm.isVisible() and not cm.isEnabled() and cm.text() == "8.5 cm"
    choose(dialog, "Width", "cm")
    assert cm.isEnabled() and (cm.minimum(), cm.maximum()) == (3, 120)
    cm.setValue(7.25)
    assert cm.text() == "7.25 cm" and dialog.options().width == Width(7.25, "cm")
    choose(dialog, "Width", "px")
    assert px.isVisible() and px.isEnabled() and not cm.isEnabled() and not cm.isVisible()
    px.setValue(100_000)
    assert px.text() == "30000 px" and dialog.options().width == Width(30_000, "px")
    choose(dialog, "Width", "cm")
    assert dialog.options().width == Width(7.25, "cm")
    choose(dialog, "Width", "natural")
    assert dialog.options().width is None and not cm.isVisible() and not px.isVisible()


def test_nothing_moves_when_the_width_is_given_otherwise(make: Open) -> None:
    dialog = make()
    dialog.show()
    ways, before = combo(dialog, "Width"), (dialog.sizeHint(), combo(dialog, "Width").geometry())
    for row in range(ways.count()):
        ways.setCurrentIndex(row)
        assert (dialog.sizeHint(), ways.geometry()) == before


@pytest.mark.parametrize(
    ("subject", "suffix", "idle", "reason"),
    [
        (MAP, "png", {"Frame time"}, "Only animations"),
        (MAP, "gif", set(), ""),
        (MAP, "svg", {"Resolution in dots to an inch", "Frame time"}, "no dots"),
        (GRID, "pdf", {"Resolution in dots to an inch", "Frame time"}, "no dots"),
        (WINDOW, "png", {"Frame time", "Title", "Caption", *SHOWN}, "as it is"),
        (DATA, "npz", {*LOOKS, "Title", "Caption", *SHOWN}, "Numbers"),
        (PAGE, "html", {*LOOKS, "Title", "Caption", *SHOWN}, "The page"),
    ],
)
def test_what_means_nothing_is_disabled_and_says_why(
    make: Open, subject: str, suffix: str, idle: set[str], reason: str
) -> None:
    dialog = make()
    before = dialog.sizeHint()
    choose(dialog, "What", subject)
    choose(dialog, "Format", suffix)
    controls: dict[str, QWidget] = {name: named(dialog, name) for name in (*LOOKS, *SHOWN)}
    controls |= {text: tick(dialog, text) for text in ("Title", "Caption")}
    assert {name for name, control in controls.items() if not control.isEnabled()} == idle
    tips = [_tip(controls[name]) for name in idle]
    assert all(tips) and any(reason in tip for tip in tips) is bool(idle)
    assert not any(_tip(control) for name, control in controls.items() if name not in idle)
    labels = [each for each in dialog.findChildren(QLabel) if each.buddy()]
    assert all(each.isEnabled() is each.buddy().isEnabled() for each in labels) and len(labels) == 9 + len(SHOWN)
    assert dialog.sizeHint() == before


@pytest.mark.parametrize(
    ("subject", "uncomputed", "reason"),
    [(MAP, "", ""), (GRID, "", ""), (POSITIONS, "", "No map"), (MAP, "A file of arrays.", "A file of arrays.")],
)
def test_what_maps_show_can_be_chosen_where_one_is_pictured_and_can_be_computed(
    owner: QWidget, tmp_path: Path, subject: str, uncomputed: str, reason: str
) -> None:
    dialog = ExportDialog(FigureOptions(subject), {}, lambda view: NAMES, tmp_path, owner, uncomputed=uncomputed)
    box = combo(dialog, QUANTITY.title)
    assert box.isEnabled() is not bool(reason) and _tip(box).startswith(reason)
    choose(dialog, QUANTITY.title, "rollout")
    assert dialog.view()[QUANTITY] == "rollout"


def test_nothing_is_saved_while_it_is_computed(make: Open) -> None:
    dialog = make()
    save = button(dialog, "Choose file …")
    dialog.set_computing("Rollout is computed")
    assert not save.isEnabled() and save.toolTip() == child(dialog, Preview).words() == "Rollout is computed …"
    dialog.set_computing("")
    assert save.isEnabled() and not save.toolTip()


def _tip(control: QWidget) -> str:
    """The tool tip that stands over a control, its own or that of the box around it."""
    parent = control.parentWidget()
    return control.toolTip() or (parent.toolTip() if parent and not parent.isWindow() else "")


def test_a_usual_resolution_can_be_picked(make: Open) -> None:
    dialog = make()
    actions = button(dialog, "Usual").menu().actions()
    assert [action.text().split(" ")[0] for action in actions] == ["96", "192", "300", "600"]
    actions[2].trigger()
    assert dialog.options().dpi == 300
    assert "One image, 300 dots to an inch." in texts(dialog)


def test_showing_asks_for_one_preview(make: Open) -> None:
    dialog = make(FigureOptions(GRID))
    asked = told(dialog)
    dialog.show()
    assert asked == [FigureOptions(GRID)]
    dialog.hide()
    dialog.show()
    assert len(asked) == 1


def test_options_are_told_at_once_and_never_twice(make: Open) -> None:
    dialog = make()
    dialog.show()
    asked = told(dialog)
    choose(dialog, "Theme", "dark")
    choose(dialog, "Theme", "dark")
    assert asked == [FigureOptions(theme="dark")]
    choose(dialog, "What", DATA)
    tick(dialog, "Title").setChecked(False)
    assert [each.subject for each in asked] == [MAP, DATA, DATA]
    assert all(left != right for left, right in pairwise(asked))
    choose(dialog, "What", MAP)
    choose(dialog, "Width", "column")
    choose(dialog, "Width", "cm")
    assert [each.width for each in asked[-2:]] == [None, PRESETS["column"].width]


def test_numbers_are_told_once_they_rest(make: Open, qtbot: QtBot) -> None:
    dialog = make(FigureOptions(MAP, "gif", width=Width(10, "cm")))
    dialog.show()
    asked = told(dialog)
    for dpi in range(200, 220):
        number(dialog, "Resolution in dots to an inch").setValue(dpi)
    number(dialog, "Frame time").setValue(300)
    amount(dialog, "centimetres").setValue(11)
    assert not asked
    qtbot.waitUntil(lambda: bool(asked), timeout=2000)
    qtbot.wait(250)
    assert asked == [FigureOptions(MAP, "gif", width=Width(11, "cm"), dpi=219, frame=300)]


@pytest.mark.parametrize("name", ["Width in pixels", "Resolution in dots to an inch", "Frame time"])
def test_each_number_is_told(make: Open, qtbot: QtBot, name: str) -> None:
    dialog = make(FigureOptions(MAP, "gif", width=Width(1000, "px")))
    dialog.show()
    box = child(dialog, QAbstractSpinBox, lambda each: each.accessibleName() == name)
    with qtbot.waitSignal(dialog.options_changed, timeout=2000) as asked:
        box.stepUp()
    assert asked.args == [dialog.options(), dialog.view()]


def test_a_choice_takes_a_resting_number_with_it(make: Open, qtbot: QtBot) -> None:
    dialog = make()
    dialog.show()
    asked = told(dialog)
    number(dialog, "Resolution in dots to an inch").setValue(300)
    choose(dialog, "Theme", "dark")
    assert asked == [FigureOptions(theme="dark", dpi=300)]
    qtbot.wait(250)
    assert len(asked) == 1


def test_a_closed_dialog_wants_no_preview(make: Open, qtbot: QtBot) -> None:
    dialog = make()
    dialog.show()
    asked = told(dialog)
    number(dialog, "Resolution in dots to an inch").setValue(300)
    dialog.reject()
    qtbot.wait(250)
    assert not asked


def test_the_preview_takes_the_room(make: Open) -> None:
    dialog = make()
    dialog.show()
    dialog.resize(900, 800)
    before, what = child(dialog, Preview).size(), combo(dialog, "What").size()
    dialog.resize(1200, 950)
    assert child(dialog, Preview).size() == before + QSize(300, 150)
    assert combo(dialog, "What").size() == what


def test_kind_layer_and_head_are_chosen_for_the_export_alone(owner: QWidget, tmp_path: Path) -> None:
    view, maps = ViewState(), encoder_decoder((3, 4), (5, 6))
    dialog = ExportDialog(FigureOptions(), {}, proposed_names, tmp_path, owner, view, maps)
    assert dialog.view() == view, "nothing was chosen"
    asked = told(dialog)
    dialog.show()
    choose(dialog, "Kind", "encoder")
    layer, head = number(dialog, "Layer"), number(dialog, "Head")
    assert (layer.maximum(), head.maximum()) == (3, 4)
    layer.setValue(2)
    head.setValue(4)
    assert dialog.view().active == "encoder" and dialog.view().heads["encoder"] == Head(1, 3)
    assert dialog.view().heads["cross"] == view.heads["cross"] and len(asked) >= 3
    chooser = dialog._ask_for_file()
    assert Path(chooser.selectedFiles()[0]).name == "encoder_layer2_head4.png"
    choose(dialog, "What", GRID)
    assert not layer.isEnabled() and combo(dialog, "Kind").isEnabled()
    choose(dialog, "What", "positions")
    assert not combo(dialog, "Kind").isEnabled() and not layer.isEnabled()


@pytest.mark.parametrize(
    ("shown_as", "layer", "head"),
    [(HeadsShown.ONE, True, True), (HeadsShown.LAYER_MEAN, True, False), (HeadsShown.CHOSEN_MEAN, False, False)],
)
def test_of_several_heads_as_one_no_single_head_is_named(
    owner: QWidget, tmp_path: Path, shown_as: HeadsShown, layer: bool, head: bool
) -> None:
    view = choose_heads(ViewState(), "cross", frozenset({Head(0, 1), Head(3, 6)}))
    view = with_option(view, HEADS_SHOWN, shown_as)
    dialog = ExportDialog(FigureOptions(), {}, proposed_names, tmp_path, owner, view)
    dialog.show()
    assert [number(dialog, each).isVisible() for each in ("Layer", "Head")] == [layer, head]
    choose(dialog, HEADS_SHOWN.title, HeadsShown.ONE)
    assert number(dialog, "Layer").isVisible() and number(dialog, "Head").isVisible()
    choose(dialog, HEADS_SHOWN.title, shown_as)
    choose(dialog, "Kind", "encoder")
    chosen = shown_as is HeadsShown.CHOSEN_MEAN
    assert number(dialog, "Head").isVisible() is (head or chosen), "of the encoder no heads are chosen"
    assert ("mean" in proposed_names(dialog.view())["map"]) is not (head or chosen)


def test_size_of_text_and_number_of_candidates_come_back(make: Open) -> None:
    options = FigureOptions("candidates", "svg", font_size=7.5, candidates=24)
    assert make(options).options() == options
    assert make(FigureOptions("candidates", "svg")).options().font_size is None


def test_a_resized_dialog_asks_for_a_preview_that_fills_it(make: Open, qtbot: QtBot) -> None:
    dialog = make()
    dialog.show()
    asked, before = told(dialog), dialog.preview_room()
    dialog.resize(dialog.size() + QSize(200, 120))
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert dialog.preview_room().width() > before.width()


def test_a_problem_is_shown_until_the_next_preview(make: Open) -> None:
    dialog = make()
    dialog.show()
    preview = child(dialog, Preview)
    dialog.set_preview(picture(), "about it")
    dialog.set_problem("Too narrow.")
    assert preview.words() == preview.accessibleDescription() == "Too narrow." and preview.picture_rect().isEmpty()
    assert "about it" not in texts(dialog)
    dialog.set_waiting()
    assert "preview" in preview.words()
    dialog.set_preview(picture(), "again")
    assert preview.words() == "" and not preview.picture_rect().isEmpty() and "again" in texts(dialog)
    dialog.set_problem("Too wide.")
    dialog.set_problem("")
    assert preview.words() == ""


def test_clearing_no_problem_leaves_the_picture(make: Open) -> None:
    dialog = make()
    dialog.show()
    dialog.set_preview(picture(), "about it")
    dialog.set_problem("")
    assert not child(dialog, Preview).picture_rect().isEmpty() and "about it" in texts(dialog)


def test_waiting_leaves_the_old_picture_until_the_new_one(make: Open) -> None:
    dialog = make()
    dialog.show()
    dialog.set_preview(picture(), "about it")
    dialog.set_waiting()
    assert not child(dialog, Preview).picture_rect().isEmpty()
    assert "about it" not in texts(dialog) and any("preview" in text for text in texts(dialog))


def test_a_late_preview_does_not_replace_what_stands_for_numbers(make: Open) -> None:
    dialog = make()
    dialog.show()
    choose(dialog, "What", DATA)
    for late in (
        lambda: dialog.set_preview(picture(), "late"),
        lambda: dialog.set_problem("Late."),
        dialog.set_waiting,
    ):
        late()
        assert child(dialog, Preview).words() == NOTES["npz"] and "late" not in texts(dialog)
    choose(dialog, "What", MAP)
    assert NOTES["npz"] not in child(dialog, Preview).words()


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_an_animation_is_previewed_by_its_last_frame(make: Open, suffix: str) -> None:
    dialog = make(FigureOptions(MAP, suffix))
    assert "last frame" in child(dialog, Preview).toolTip()
    choose(dialog, "Format", "png")
    assert "last frame" not in child(dialog, Preview).toolTip()


def test_choosing_a_file_emits_the_request_and_closes(make: Open, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = make(FigureOptions(GRID, "svg"))
    dialog.open()
    button(dialog, "Choose file …").click()
    files = child(dialog, QFileDialog)
    assert [Path(name).name for name in files.selectedFiles()] == ["grid_name.svg"]
    assert Path(files.directory().path()) == tmp_path and files.defaultSuffix() == "svg"
    assert files.nameFilters() == ["SVG drawing (*.svg)"]
    with qtbot.waitSignal(dialog.accepted_request) as accepted:
        files.fileSelected.emit(str(tmp_path / "mine.svg"))
    assert accepted.args == [ExportRequest(FigureOptions(GRID, "svg"), tmp_path / "mine.svg", ViewState())]
    assert not dialog.isVisible()
    files.reject()


def test_leaving_the_file_dialog_leads_back_to_the_options(make: Open, qtbot: QtBot) -> None:
    dialog = make()
    dialog.open()
    dialog.accept()
    with qtbot.assertNotEmitted(dialog.accepted_request):
        child(dialog, QFileDialog).reject()
    assert dialog.isVisible()


def test_cancelling_emits_nothing(make: Open, owner: QWidget, qtbot: QtBot) -> None:
    dialog = make()
    dialog.open()
    with qtbot.assertNotEmitted(dialog.accepted_request):
        child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel).click()
    assert not dialog.isVisible() and not owner.findChildren(QFileDialog)


@pytest.mark.parametrize(
    ("typed", "written"),
    [("a", "a.png"), ("a.png", "a.png"), ("a.PNG", "a.PNG"), ("v1.5", "v1.5.png"), ("a.csv", "a.csv.png")],
)
def test_the_suffix_is_added_where_it_is_missing(make: Open, tmp_path: Path, typed: str, written: str) -> None:
    request = make().request_for(str(tmp_path / typed))
    assert (request.path, request.options.format) == (tmp_path / written, "png")


@pytest.mark.parametrize(
    ("subject", "typed", "chosen"),
    [(MAP, "all.svg", "svg"), (MAP, "all.SVG", "svg"), (MAP, "all.webp", "webp"), (DATA, "all.csv.gz", "csv.gz")],
)
def test_a_suffix_that_is_known_chooses_its_format(
    make: Open, tmp_path: Path, subject: str, typed: str, chosen: str
) -> None:
    dialog = make(FigureOptions(subject, exportable(subject).formats[0]))
    asked: list[ExportRequest] = []
    dialog.accepted_request.connect(asked.append)
    dialog.open()
    dialog.accept()
    files = child(dialog, QFileDialog)
    files.fileSelected.emit(str(tmp_path / typed))
    assert asked == [ExportRequest(FigureOptions(subject, chosen), tmp_path / typed, ViewState())]
    files.reject()


@pytest.mark.parametrize("agreed", [True, False])
def test_a_file_that_the_file_dialog_did_not_ask_about_is_asked_about(
    make: Open, tmp_path: Path, qtbot: QtBot, agreed: bool
) -> None:
    (tmp_path / "old.txt.png").write_text("precious")
    dialog = make()
    asked: list[ExportRequest] = []
    dialog.accepted_request.connect(asked.append)
    dialog.open()
    dialog.accept()
    files = child(dialog, QFileDialog)
    files.fileSelected.emit(str(tmp_path / "old.txt"))
    question = child(dialog, QMessageBox)
    assert "old.txt.png" in question.text() and not asked
    answers = QMessageBox.StandardButton
    question.button(answers.Yes if agreed else answers.No).click()
    assert [request.path for request in asked] == ([tmp_path / "old.txt.png"] if agreed else [])
    assert dialog.isVisible() is not agreed
    files.reject()


def test_a_file_that_the_file_dialog_asked_about_is_not_asked_about_again(make: Open, tmp_path: Path) -> None:
    (tmp_path / "old.png").write_text("precious")
    dialog = make()
    asked: list[ExportRequest] = []
    dialog.accepted_request.connect(asked.append)
    dialog.open()
    dialog.accept()
    files = child(dialog, QFileDialog)
    files.fileSelected.emit(str(tmp_path / "old.png"))
    assert [request.path for request in asked] == [tmp_path / "old.png"]
    files.reject()


def test_escape_closes(make: Open, qtbot: QtBot) -> None:
    dialog = make()
    dialog.open()
    qtbot.keyClick(combo(dialog, "Format"), Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("name", ["Resolution in dots to an inch", "Usual resolutions"])
def test_enter_chooses_the_file_wherever_the_focus_is(make: Open, qtbot: QtBot, name: str) -> None:
    dialog = make()
    dialog.open()
    qtbot.keyClick(named(dialog, name), Qt.Key.Key_Return)
    child(dialog, QFileDialog).reject()


def test_tab_reaches_every_control_from_top_to_bottom(make: Open, qtbot: QtBot) -> None:
    dialog = make(FigureOptions(MAP, "gif", width=Width(12, "cm")))
    with qtbot.waitActive(dialog):
        dialog.show()
    combo(dialog, "What").setFocus()
    reached = []
    for _ in range(16 + len(SHOWN)):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    ways = ["What", "Kind", "Layer", "Head", "Format", "Theme", "Width", "Width in centimetres"]
    ways += ["Resolution in dots to an inch", "Usual resolutions", "Text size", "Frame time"]
    assert [each.accessibleName() for each in reached[:12]] == ways
    assert reached[12:14] == [tick(dialog, "Title"), tick(dialog, "Caption")]
    assert [each.accessibleName() for each in reached[14 : 14 + len(SHOWN)]] == SHOWN
    assert set(reached[14 + len(SHOWN) :]) == {button(dialog, "Choose file …"), button(dialog, "Cancel")}


def test_every_control_has_a_name_and_a_mnemonic_of_its_own(make: Open) -> None:
    dialog = make()
    fields = [*dialog.findChildren(QComboBox), *dialog.findChildren(QAbstractSpinBox)]
    assert len(fields) == 12 + len(BOUNDS) + len(SHOWN) and all(field.accessibleName() for field in fields)
    texts_of = [each.text() for each in dialog.findChildren(QLabel) if each.buddy()]
    texts_of += [each.text() for each in (*dialog.findChildren(QCheckBox), *dialog.findChildren(QPushButton))]
    letters = [text[text.index("&") + 1].lower() for text in texts_of if "&" in text]
    assert len(letters) >= 8 + 2 + 2 + len(SHOWN) - 3 and len(set(letters)) == len(letters)
    assert child(dialog, QLabel, lambda each: each.text() == "W&idth").buddy() is combo(dialog, "Width")


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_fits_a_small_screen_at_any_text_size(make: Open, owner: QWidget, scale: float) -> None:
    font = owner.font()
    font.setPixelSize(round(13 * scale))
    owner.setFont(font)
    least = make(replace(FigureOptions(), width=Width(1200, "px"))).minimumSizeHint()
    assert least.width() <= 1280 and least.height() <= 690
