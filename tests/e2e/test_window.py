"""The window driven as a user drives it, with the bundled model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.export.possible import reasons_against
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import COLORMAP
from attention_viewer.viewer.state.specs import HeatmapSpec, Unavailable
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.export_dialog import ExportDialog
from attention_viewer.viewer.window.app import Parts, restore_layout, save_layout
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit
from pytestqt.qtbot import QtBot
from support.waiting import PATIENCE, SENTENCE, Open, decode_to_the_end, wait_for_step


def test_the_window_invites_before_and_after_the_model_is_ready(open_window: Open, qtbot: QtBot) -> None:
    parts = open_window()
    assert "oading" in parts.controller.loaded.waiting.reason
    qtbot.waitUntil(lambda: parts.controller.loaded.info is not None, timeout=PATIENCE)
    waiting = parts.controller.loaded.waiting
    assert isinstance(waiting, Unavailable) and "Type" in waiting.reason
    assert not parts.actions["step"].isEnabled() and not parts.actions["export_data"].isEnabled()


def test_a_sentence_typed_before_the_model_is_ready_is_encoded(open_window: Open, qtbot: QtBot) -> None:
    parts = open_window()
    parts.window.source_bar.set_text(SENTENCE)
    parts.window.source_bar.submitted.emit(SENTENCE)
    wait_for_step(qtbot, parts, 0)
    assert parts.controller.loaded.sentence == SENTENCE


def test_keys_step_forward_and_back(window: Parts, qtbot: QtBot) -> None:
    for step, key in enumerate((Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right), start=1):
        qtbot.keyClick(window.window, key)
        wait_for_step(qtbot, window, step)
    qtbot.keyClick(window.window, Qt.Key.Key_Left)
    wait_for_step(qtbot, window, 2)
    qtbot.keyClick(window.window, Qt.Key.Key_Home)
    wait_for_step(qtbot, window, 0)
    qtbot.keyClick(window.window, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: not window.controller.state.can_step, timeout=PATIENCE)
    assert window.controller.loaded.trace is not None
    assert window.controller.loaded.trace.output_tokens[-1].piece == "</s>"


def test_stepping_shows_what_one_run_to_the_end_shows(window: Parts, qtbot: QtBot) -> None:
    total = decode_to_the_end(qtbot, window)
    at_once = window.controller.loaded.trace
    window.actions["first"].trigger()
    wait_for_step(qtbot, window, 0)
    for step in range(1, total + 1):
        window.actions["step"].trigger()
        wait_for_step(qtbot, window, step)
    stepped = window.controller.loaded.trace
    assert at_once is not None and stepped is not None
    assert np.array_equal(at_once.cross_attention, stepped.cross_attention)
    assert at_once.output_tokens == stepped.output_tokens


def test_a_target_chip_goes_to_the_step_that_predicts_it(window: Parts, qtbot: QtBot) -> None:
    decode_to_the_end(qtbot, window)
    window.window.target_strip.clicked.emit(2)
    wait_for_step(qtbot, window, 3)
    assert len(window.controller.loaded.ahead) > 0
    window.window.target_strip.clicked.emit(4)
    wait_for_step(qtbot, window, 5)


def test_selecting_heads_by_thumbnail_keyboard_and_lock(window: Parts, qtbot: QtBot) -> None:
    window.window.panels[ENCODER].head_selected.emit(2, 5)
    assert window.controller.view.heads[ENCODER] == Head(2, 5)
    qtbot.keyClick(window.window, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.window, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert window.controller.view.heads[ENCODER] == Head(3, 4)
    window.actions["lock"].trigger()
    assert set(window.controller.view.heads.values()) == {Head(3, 4)}
    assert window.actions["lock"].isChecked()


def test_hovering_a_cell_reads_its_weight_and_lights_its_tokens(window: Parts, qtbot: QtBot) -> None:
    decode_to_the_end(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None
    panel = window.window.panels[CROSS]
    panel.cell_hovered.emit((1, 2))
    weight = trace.cross_attention[3, 7, 1, 2]
    assert f"{weight:.4f}" in panel.readout()
    panel.cell_hovered.emit(None)
    assert "hover" in panel.readout()


@pytest.mark.parametrize(("what", "suffix"), [("map", "png"), ("kinds", "svg"), ("window", "pdf"), ("grid", "gif")])
def test_exporting_asks_shows_and_writes(window: Parts, qtbot: QtBot, tmp_path: Path, what: str, suffix: str) -> None:
    decode_to_the_end(qtbot, window)
    window.actions["export"].trigger()
    dialog = export_dialog(window)
    request = ExportRequest(FigureOptions(what, suffix), tmp_path / f"picture.{suffix}")
    dialog.options_changed.emit(request.options, window.controller.view)
    dialog.accepted_request.emit(request)
    window.menu_actions.wait_for_exports()
    assert request.path.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF", b"GIF8")
    dialog.reject()


def test_the_dialog_shows_what_the_file_will_be(window: Parts, qtbot: QtBot) -> None:
    decode_to_the_end(qtbot, window)
    window.actions["export"].trigger()
    dialog = export_dialog(window)
    seen: list[tuple[int, str]] = []
    window.menu_actions.exports._previews.painted.connect(
        lambda number, image, about: seen.append((image.width(), about))
    )
    dialog.options_changed.emit(FigureOptions("positions", "pdf", width=Width(20, "cm")), window.controller.view)
    qtbot.waitUntil(lambda: any(about.startswith("20.0 × ") for _, about in seen), timeout=PATIENCE)
    dialog.reject()


def test_what_cannot_be_exported_yet_says_why(window: Parts, qtbot: QtBot) -> None:
    window.actions["first"].trigger()
    wait_for_step(qtbot, window, 0)
    reasons = reasons_against(window.controller.loaded, window.controller.view)
    of_words = {"words", "logit lens", "decoder lens"}
    of_rows = {"kinds", "map", "lines", "text", "values", "links", "grid", "candidates", *of_words}
    of_inside = {"parts", "residual", "ffn", "embedding", "encodings"}
    asked_for = {"beam", "ranking", "measures", *of_inside}
    assert set(reasons) == of_rows | asked_for
    assert all(("Step" in reason) == (name in of_rows) for name, reason in reasons.items())


def test_an_export_that_cannot_be_written_says_so_and_leaves_nothing(
    window: Parts, qtbot: QtBot, tmp_path: Path
) -> None:
    decode_to_the_end(qtbot, window)
    path = tmp_path / "missing" / "picture.png"
    with qtbot.waitSignal(window.menu_actions.exports.failed, timeout=PATIENCE) as failure:
        window.menu_actions.exports.write(ExportRequest(FigureOptions(), path))
    assert "missing" in failure.args[0]
    assert not path.parent.exists()


def export_dialog(window: Parts) -> ExportDialog:
    found = [each for each in window.window.findChildren(ExportDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def test_playing_runs_to_the_end_and_stops(window: Parts, qtbot: QtBot) -> None:
    window.controller.player.set_speed(200)
    window.actions["play"].trigger()
    qtbot.waitUntil(lambda: not window.controller.player.playing, timeout=PATIENCE)
    assert not window.controller.state.can_step


def test_only_spaces_run_nothing_and_hint(window: Parts) -> None:
    before = window.controller.loaded
    window.window.source_bar.submitted.emit("   ")
    assert window.controller.loaded is before
    assert window.window.source_bar.hint()


@pytest.mark.parametrize(
    "sentence", ["😀 👩‍👩‍👧 🇫🇷", "مرحبا بالعالم", "我喜欢读书", "</s> <pad> <unk>", "a", "\u0000\ufeff", "word " * 290]
)
def test_whatever_is_typed_the_window_stays_alive(window: Parts, qtbot: QtBot, sentence: str) -> None:
    window.window.source_bar.submitted.emit(sentence)
    qtbot.waitUntil(
        lambda: window.controller.loaded.sentence == sentence or bool(window.window.source_bar.hint()), timeout=PATIENCE
    )
    window.window.source_bar.submitted.emit("A dog.")
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == "A dog.", timeout=PATIENCE)
    assert window.worker.isRunning() and window.actions["step"].isEnabled()


def test_a_pasted_page_is_refused_with_the_limit_and_the_old_sentence_stays(window: Parts, qtbot: QtBot) -> None:
    window.window.source_bar.submitted.emit("The cat sat. " * 400)
    qtbot.waitUntil(lambda: bool(window.window.source_bar.hint()), timeout=PATIENCE)
    assert "512" in window.window.source_bar.hint()
    assert window.controller.loaded.sentence == SENTENCE
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 1)


def test_closing_while_the_model_is_loading(open_window: Open) -> None:
    parts = open_window()
    parts.window.close()
    parts.close()
    assert parts.worker.isFinished()


def test_closing_while_playing(window: Parts, qtbot: QtBot) -> None:
    window.controller.player.set_speed(50)
    window.actions["play"].trigger()
    wait_for_step(qtbot, window, 1)
    window.window.close()
    window.close()
    assert window.worker.isFinished() and not window.controller.player.playing


def test_a_checkpoint_that_is_not_there_is_explained(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    parts = open_window(model=tmp_path / "nothing")
    qtbot.waitUntil(lambda: isinstance(parts.controller.loaded.waiting, Unavailable), timeout=PATIENCE)
    assert "nothing" in parts.window.source_bar.hint()


def test_theme_colours_and_sentences_are_remembered(open_window: Open, qtbot: QtBot) -> None:
    store = MemoryStore()
    parts = open_window(settings=Settings(store), sentence=SENTENCE)
    wait_for_step(qtbot, parts, 0)
    parts.menu_actions.set_theme("dark")
    parts.menu_actions.choose(COLORMAP, "magma")
    again = Settings(store)
    assert again.get("theme") == "dark" and again.get("recent sentences") == [SENTENCE]
    assert open_window(settings=again).controller.view[COLORMAP] == "magma"


@pytest.mark.slow
def test_the_layout_is_remembered(open_window: Open, qtbot: QtBot) -> None:
    settings = Settings(MemoryStore())
    parts = open_window(settings=settings)
    parts.window.resize(1330, 750)
    panel = parts.window.findChild(QDockWidget, "positions")
    assert panel is not None
    panel.close()
    save_layout(parts.window, settings)
    again = open_window(settings=settings)
    same = again.window.findChild(QDockWidget, "positions")
    assert same is not None and same.isVisible()
    restore_layout(again.window, settings)
    assert not same.isVisible()
    assert again.window.height() == 750


def test_the_translation_can_be_copied(window: Parts, qtbot: QtBot) -> None:
    decode_to_the_end(qtbot, window)
    window.actions["copy"].trigger()
    assert QApplication.clipboard().text() == window.controller.loaded.translation != ""


def test_the_same_head_is_shown_large_that_is_framed_in_the_grid(window: Parts) -> None:
    window.window.panels[ENCODER].head_selected.emit(1, 4)
    spec = window.window.panels[ENCODER].map.spec
    trace = window.controller.loaded.trace
    assert isinstance(spec, HeatmapSpec) and trace is not None
    assert np.array_equal(spec.values, trace.encoder_self_attention[1, 4])


def test_data_are_exported_and_copied(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 1)
    names = {"one.npz", "one.csv", "one.json"}
    for name in names:
        window.menu_actions.exports.write(ExportRequest(FigureOptions("data", name[4:]), tmp_path / name))
    window.menu_actions.wait_for_exports()
    assert {path.name for path in tmp_path.iterdir()} == names
    assert np.load(tmp_path / "one.npz")["cross_attention"].shape == (4, 8, 1, 9)
    window.actions["copy_values"].trigger()
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 2 and lines[0].split("\t")[1:3] == ["The", "cat"] and lines[1].startswith("<start> → Le\t")
    window.actions["copy_picture"].trigger()
    picture = QApplication.clipboard().image()
    assert picture.width() > 400 and not picture.allGray()


def wait_for_sentence(qtbot: QtBot, window: Parts, sentence: str) -> None:
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == sentence, timeout=PATIENCE)
    wait_for_step(qtbot, window, 0)


def test_arrows_step_after_every_sentence_and_after_forcing(window: Parts, qtbot: QtBot) -> None:
    for sentence in ("I love you.", "Where is it?"):
        window.window.activateWindow()
        window.actions["edit_sentence"].trigger()
        window.window.source_bar.set_text(sentence)
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        wait_for_sentence(qtbot, window, sentence)
        focused = QApplication.focusWidget()
        assert focused is not None and not isinstance(focused, QLineEdit)
        qtbot.keyClick(focused, Qt.Key.Key_Right)
        wait_for_step(qtbot, window, 1)
    window.actions["filter"].trigger()
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    window.window.widget("next").token_chosen.emit(500)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
