"""Attention weights of other programs in the window: stepped, looked at and exported; what takes a model says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.analysis.roles import places
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.model.translator import finished
from attention_viewer.viewer.cli.main import main
from attention_viewer.viewer.export.job import export_file
from attention_viewer.viewer.export.pictures import Scene
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.intents import choosing, looking, switching, wanting
from attention_viewer.viewer.resolve import resolve
from attention_viewer.viewer.state.exportables import (
    DATA,
    EXPORTABLES,
    GRID,
    KINDS,
    LINES,
    LINKED,
    MAP,
    MEASURED_HEADS,
    PAGE,
    TEXT,
    VALUES,
    WINDOW,
)
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.opening import ScreenshotOptions, WindowOptions
from attention_viewer.viewer.state.options import QUANTITY, WORDS
from attention_viewer.viewer.state.results import HEADS
from attention_viewer.viewer.state.specs import HeatmapSpec
from attention_viewer.viewer.state.view_state import MapView, ViewState
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.cover import Cover
from attention_viewer.viewer.window.app import Parts, begin, build
from attention_viewer.viewer.window.given import before, read_given, view_of
from attention_viewer.viewer.window.screenshot import take_screenshot
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot
from support import given
from support.waiting import settle, wait_for_step

OpenFile = Callable[..., Parts]
COVERED = {
    "next", "positions", "laboratory", "ranking", "hypotheses", "beam", "architecture", "parts", "words", "encodings",
    "tour",
}  # fmt: skip


@pytest.fixture
def open_file(qtbot: QtBot, collected_here: None) -> Iterator[OpenFile]:
    """Opens windows on files of arrays."""
    opened: list[Parts] = []

    def open_one(path: Path, settings: Settings | None = None, steps: int | None = None) -> Parts:
        parts = build(settings or Settings(MemoryStore()), path.parent, read_given(path))
        opened.append(parts)
        parts.window.resize(1280, 720)
        parts.window.show()
        qtbot.waitExposed(parts.window)
        begin(parts, WindowOptions(path.parent, steps=steps, trace=path))
        qtbot.waitUntil(lambda: parts.controller.loaded.trace is not None)
        settle(qtbot, parts)
        return parts

    yield open_one
    for parts in opened:
        parts.window.close()
        parts.close()
        parts.window.deleteLater()


def spec(parts: Parts, kind: str) -> HeatmapSpec:
    shown = parts.window.panels[kind].map.spec
    assert isinstance(shown, HeatmapSpec)
    return shown


def step_words(parts: Parts) -> str:
    return resolve.step_text(parts.controller.loaded)


def test_rows_are_revealed_by_keys_and_mouse(qtbot: QtBot, open_file: OpenFile, tmp_path: Path) -> None:
    path = given.three_maps(tmp_path / "cat.npz")
    parts = open_file(path)
    window = parts.window
    with np.load(path) as arrays:
        cross, decoder, encoder = (arrays[kind] for kind in (CROSS, DECODER, ENCODER))
    assert step_words(parts) == "step 4 · all rows"
    about = resolve.model_line(parts.controller.loaded.info) if parts.controller.loaded.info else ""
    assert about.startswith("cat.npz · weights of another program · Encoder 3 layers × 4 heads, Decoder 2")
    np.testing.assert_array_equal(spec(parts, CROSS).values, cross[0, 0])
    assert spec(parts, CROSS).rows.labels[0].endswith("Le") and len(spec(parts, CROSS).columns.labels) == 6
    window.focus_panels()
    focused = window.focusWidget()
    qtbot.keyClick(focused, Qt.Key.Key_Home)
    wait_for_step(qtbot, parts, 0)
    np.testing.assert_array_equal(spec(parts, ENCODER).values, encoder[0, 0])
    assert not isinstance(window.panels[CROSS].map.spec, HeatmapSpec)
    qtbot.keyClick(focused, Qt.Key.Key_Right)
    wait_for_step(qtbot, parts, 1)
    button = next(
        each
        for each in window.step_controls.findChildren(QToolButton)
        if each.isEnabled() and each.toolTip() == parts.actions["step"].toolTip()
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_for_step(qtbot, parts, 2)
    np.testing.assert_array_equal(spec(parts, CROSS).values, cross[0, 0, :2])
    np.testing.assert_array_equal(spec(parts, DECODER).values, decoder[0, 0, :2, :2])
    assert window.header.translation() == "Le chat"
    qtbot.keyClick(focused, Qt.Key.Key_End)
    wait_for_step(qtbot, parts, 4)
    assert not parts.actions["step"].isEnabled() and "all that the file holds" in parts.actions["step"].toolTip()


def test_what_takes_a_model_says_so(qtbot: QtBot, open_file: OpenFile, tmp_path: Path) -> None:
    settings = Settings(MemoryStore())
    settings.remember(QUANTITY, "norms")
    parts = open_file(given.three_maps(tmp_path / "cat.npz"), settings)
    window, actions, said = parts.window, parts.actions, parts.controller.loaded.uncomputed
    assert "cat.npz" in said
    assert isinstance(spec(parts, CROSS), HeatmapSpec)  # weights are shown, whatever was chosen to be shown last
    covered = {name: window.widget(name).findChildren(Cover) for name in COVERED}
    assert all([each.reason.text() for each in covers] == [said] for covers in covered.values())
    assert not any(window.widget(name).findChildren(Cover) for name in (*window.panels, "heads"))
    for name in ("filter", "teacher", "decoding", "sample", "beam", "head_off", "layer_off", "hide_token", "mask",
                 "rank", "check", "pin", "save_session", "open_session", "open_model", "bundled", "tour"):  # fmt: skip
        assert not actions[name].isEnabled() and actions[name].toolTip() == said, name
    window.focus_panels()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert said in [label.text() for label in window.statusBar().findChildren(QLabel)]
    line = window.source_bar.focusProxy()
    assert line is not None
    line.setFocus()
    qtbot.keyClicks(line, "Another sentence")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.source_bar.text() == "The cat sat down." and window.source_bar.hint() == said


def test_nothing_changes_what_is_shown_but_steps(qtbot: QtBot, open_file: OpenFile, tmp_path: Path) -> None:
    settings = Settings(MemoryStore())
    parts = open_file(given.three_maps(tmp_path / "cat.npz"), settings, steps=2)
    before, controller = parts.controller.document, parts.controller
    for intent in (
        lambda: parts.controller.submit("Another sentence."),
        lambda: parts.controller.run(wanting.submit_forced, "The cat sat down.", "Le chat"),
        lambda: controller.run(choosing.teacher_force, "Le chat"),
        lambda: controller.run(choosing.force, 1),
        lambda: controller.run(switching.head, CROSS, 0, 0, True),
        lambda: controller.run(switching.causal_mask, False),
        lambda: controller.run(switching.hide, 0, True),
        lambda: controller.run(choosing.sample_again),
        lambda: parts.menu_actions.models.open_bundled(),
        lambda: parts.window.file_dropped.emit(str(tmp_path)),
    ):
        parts.window.source_bar.set_hint("")
        intent()
        settle(qtbot, parts)
        assert parts.controller.document == before
        assert parts.window.source_bar.hint() == parts.controller.loaded.uncomputed
    assert settings.get("recent sentences") == []
    parts.controller.go_to_token(3)
    wait_for_step(qtbot, parts, 4)
    parts.actions["undo"].trigger()
    wait_for_step(qtbot, parts, 2)


def test_views_and_measures_of_heads(qtbot: QtBot, open_file: OpenFile, tmp_path: Path) -> None:
    parts = open_file(given.three_maps(tmp_path / "cat.npz"))
    for shown in MapView:
        parts.controller.run(looking.show_as, shown)
        assert parts.controller.view.views.get(CROSS, MapView.MAP) is shown
        assert not parts.window.panels[CROSS].grab().isNull()
    parts.controller.run(looking.show_as, MapView.MAP)
    whole = next(each.value for each in WORDS.values if each.value != WORDS.default)
    parts.menu_actions.choose(WORDS, whole)
    assert "." in spec(parts, ENCODER).columns.labels[3]
    parts.actions["workspace_heads"].trigger()
    qtbot.waitUntil(lambda: parts.controller.loaded.found(HEADS) is not None)
    assert parts.window.source_bar.hint() == ""


@pytest.mark.parametrize(
    ("what", "suffix"),
    [(MAP, "png"), (MAP, "gif"), (GRID, "svg"), (KINDS, "pdf"), (PAGE, "html"), (DATA, "npz"), (DATA, "json"),
     (DATA, "csv")],
)  # fmt: skip
@pytest.mark.parametrize("make", [given.three_maps, given.encoder_only, given.decoder_only])
def test_exports(make: Callable[[Path], Path], what: str, suffix: str, tmp_path: Path) -> None:
    """Each of them, made from what a window on the file would show."""
    scene = scene_of(make(tmp_path / "cat.npz"))
    path = tmp_path / f"out.{suffix}"
    if what == MAP and suffix == "gif" and not scene.rows:
        return
    assert what not in reasons_against(scene.loaded, scene.view)
    export_file(scene, FigureOptions(subject=what, format=suffix), path)
    assert path.stat().st_size > 200
    if suffix in ("npz", "json"):
        again = scene_of(path).loaded.trace
        assert again is not None and scene.loaded.trace is not None
        for kind, weights in scene.loaded.trace.attention.items():
            np.testing.assert_allclose(again.weights(kind), weights, atol=1e-6)
    if suffix == "json":
        steps = json.loads(path.read_text(encoding="ascii"))["steps"]
        assert all(step[name] is None for step in steps for name in ("how", "rank", "log_probability"))


def test_what_takes_a_model_is_not_exported(tmp_path: Path) -> None:
    scene = scene_of(given.three_maps(tmp_path / "cat.npz"))
    against = reasons_against(scene.loaded, scene.view)
    of_arrays = {MAP, LINES, TEXT, VALUES, LINKED, GRID, KINDS, PAGE, DATA, WINDOW}
    assert set(against) == {each.name for each in EXPORTABLES} - of_arrays
    assert "Open the panel Heads" in against.pop(MEASURED_HEADS)
    assert set(against.values()) == {scene.loaded.uncomputed}


def test_an_encoder_alone_has_no_steps(open_file: OpenFile, tmp_path: Path) -> None:
    parts = open_file(given.encoder_only(tmp_path / "bert.npz"))
    assert list(parts.window.panels) == [ENCODER] and step_words(parts) == "no decoder rows"
    assert spec(parts, ENCODER).columns.labels == tuple(given.ENCODER_ONLY)
    assert not any(parts.actions[name].isEnabled() for name in ("step", "back", "first", "last", "play"))
    assert parts.controller.loaded.trace is not None
    assert "special tokens" in places(parts.controller.loaded.trace, ENCODER)
    parts.actions["workspace_tour"].trigger()
    assert parts.window.source_bar.hint() == ""


def test_a_decoder_alone_begins_with_a_word(qtbot: QtBot, open_file: OpenFile, tmp_path: Path) -> None:
    parts = open_file(given.decoder_only(tmp_path / "gpt.npz"), steps=1)
    assert list(parts.window.panels) == [DECODER] and parts.window.header.translation() == "The cat"
    parts.actions["last"].trigger()
    wait_for_step(qtbot, parts, 3)
    assert spec(parts, DECODER).columns.labels == ("The", "cat", "sat")
    assert parts.controller.loaded.trace is not None
    found = places(parts.controller.loaded.trace, DECODER)
    assert "the first token" in found and "<start>" not in found
    tips = [chip.tooltip for chip in resolve.target_chips(parts.controller.loaded)]
    assert all("probability unknown" in tip and "nan" not in tip for tip in tips)


def test_rows_that_look_ahead_stand_together(open_file: OpenFile, tmp_path: Path) -> None:
    parts = open_file(given.three_maps(tmp_path / "cat.npz", causal=False), steps=1)
    assert step_words(parts) == "4 rows at once" and spec(parts, DECODER).values.shape == (4, 4)
    assert not any(parts.actions[name].isEnabled() for name in ("step", "back", "first", "last", "play"))
    assert "look at later tokens" in parts.actions["back"].toolTip()


def test_a_hostile_file_is_refused_before_any_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, encoder=np.array([object()]), source_tokens=["a"])
    assert main(["--trace", str(path)]) == 2
    assert "bad.npz" in capsys.readouterr().err
    assert main(["--trace", str(tmp_path / "none.npz")]) == 2


def test_a_screenshot_shows_arrays(tmp_path: Path) -> None:
    out, path = tmp_path / "cat.png", given.three_maps(tmp_path / "cat.npz")
    options = ScreenshotOptions(tmp_path, out, "", steps=2, size=(900, 600), trace=path)
    assert take_screenshot(options) == 0
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (900, 600)
    said = [picture.text(key) for key in ("Sentence", "Translation", "Step", "Model")]
    assert said == ["The cat sat down.", "Le chat", "2", "cat.npz"]


def scene_of(path: Path) -> Scene:
    """What a window on a file shows."""
    model = read_given(path)
    document = model.document
    trace = finished(model.trace_steps(document))
    said = model.text(trace.output_tokens)
    loaded = replace(before(model), trace=trace, document=document, sentence=document.source, translation=said)
    return Scene(loaded, view_of(ViewState(), loaded), 0)
