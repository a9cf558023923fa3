"""The decoding laboratory in the window, with the bundled model."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attention_viewer.model.contract.api import How, Progress
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Against, go_to, hypotheses
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import untouched
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.intents import choosing, comparing, due, looking, switching
from attention_viewer.viewer.intents import hypotheses as continuations
from attention_viewer.viewer.menus.action_table import ACTIONS
from attention_viewer.viewer.resolve.resolve import heatmap, target_chips
from attention_viewer.viewer.state import conditions, questions
from attention_viewer.viewer.state.export_request import ExportRequest
from attention_viewer.viewer.state.figure_options import FigureOptions, from_json
from attention_viewer.viewer.state.results import BEAM, CHECK, EFFECT, RANKING, TRANSLATIONS
from attention_viewer.viewer.state.specs import HeatmapSpec, Unavailable
from attention_viewer.viewer.state.view_state import Head, Side
from attention_viewer.viewer.state.widths import Width
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.recovery import Recovery
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.widgets.check_dialog import CheckDialog
from attention_viewer.viewer.window.app import Parts
from attention_viewer.viewer.work.jobs import Priority, Work
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QInputDialog, QLabel, QMenu, QMessageBox
from pytestqt.qtbot import QtBot
from support.bundled import VOCABULARY
from support.dropping import drop
from support.finding import child
from support.traces import KINDS
from support.waiting import PATIENCE, SENTENCE, Open, decode_to_the_end, settle, wait_for_step


def outputs(parts: Parts) -> list[int]:
    trace = parts.controller.loaded.trace
    assert trace is not None
    return [token.id for token in trace.output_tokens]


def at_step(qtbot: QtBot, parts: Parts, step: int) -> None:
    parts.controller.go_to_token(step - 1)
    wait_for_step(qtbot, parts, step)
    settle(qtbot, parts)


def test_a_forced_token_stands_and_the_old_continuation_is_kept(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 3)
    trace = window.controller.loaded.trace
    assert trace is not None
    second = trace.steps[-1].candidates[1].token
    before = outputs(window)
    window.window.widget("next").token_chosen.emit(second.id)
    settle(qtbot, window)
    assert outputs(window) == [*before[:2], second.id]
    assert window.actions["undo"].text() == f"Undo: Force ‘{second.text}’ at step 3"
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 4)
    settle(qtbot, window)
    assert window.controller.loaded.trace is not None
    assert window.controller.loaded.trace.steps[-1].reads.id == second.id
    assert len(window.controller.loaded.texts) == 2
    window.window.widget("hypotheses").chosen.emit(0)
    settle(qtbot, window)
    assert outputs(window) == before
    window.window.widget("hypotheses").chosen.emit(1)
    settle(qtbot, window)
    assert outputs(window)[2] == second.id and len(outputs(window)) == 4
    window.actions["first"].trigger()
    settle(qtbot, window)
    spelled = window.controller.loaded.texts[1]
    assert spelled is not None and spelled.how[2] is How.FORCED


def test_hypotheses_are_renamed_and_deleted_and_all_is_undone(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 2)
    trace = window.controller.loaded.trace
    assert trace is not None
    start = window.controller.document
    window.controller.run(choosing.force, trace.steps[-1].candidates[2].token.id)
    settle(qtbot, window)
    window.window.widget("hypotheses").renamed.emit(1, "  the   other ")
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and document.hypotheses[1].name == "the other"
    window.window.widget("hypotheses").deleted.emit(0)
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and [each.name for each in document.hypotheses] == ["the other"]
    for _ in range(3):
        window.actions["undo"].trigger()
        settle(qtbot, window)
    assert window.controller.document == start
    window.actions["redo"].trigger()
    settle(qtbot, window)
    assert window.controller.document is not None and len(window.controller.document.hypotheses) == 2


def test_typing_filters_the_whole_vocabulary(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 1)
    window.window.widget("next").filter_changed.emit("chien")
    assert window.controller.view.filter == "chien"
    chien = next(token for token in window.controller.loaded.vocabulary if token.piece == "▁chien")
    window.window.widget("next").token_chosen.emit(chien.id)
    settle(qtbot, window)
    assert outputs(window) == [chien.id] and window.controller.view.filter == ""


def test_teacher_forcing_shows_what_surprises_the_model(window: Parts, qtbot: QtBot, translator: Translator) -> None:
    window.controller.run(choosing.teacher_force, "Le chien était sur le tapis.")
    settle(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None and translator.text(trace) == "Le chien était sur le tapis."
    assert {step.how for step in trace.steps} == {How.FORCED}
    marks = [chip.mark for chip in target_chips(window.controller.loaded)]
    assert marks[1] == "surprising" and marks[0] == "forced"
    window.actions["undo"].trigger()
    settle(qtbot, window)
    assert outputs(window) == []


def test_a_head_that_is_off_changes_bars_and_translation_and_comes_back(window: Parts, qtbot: QtBot) -> None:
    total = decode_to_the_end(qtbot, window)
    before = outputs(window)
    window.window.widget("laboratory").head_switched.emit(CROSS, 3, 6, True)
    settle(qtbot, window)
    document, measured = window.controller.document, window.controller.loaded.found(EFFECT)
    assert document is not None and document.interventions
    assert measured is not None and measured.before and measured.after
    assert window.actions["undo"].text() == "Undo: Switch off cross layer 4 head 7"
    window.window.widget("laboratory").reset_requested.emit()
    settle(qtbot, window)
    assert window.controller.loaded.found(EFFECT) is None
    decode_to_the_end(qtbot, window)
    assert outputs(window) == before and len(before) == total


def test_an_intervention_does_not_reach_the_next_sentence(window: Parts, qtbot: QtBot, translator: Translator) -> None:
    window.controller.run(switching.encoder_positions, "off")
    window.controller.run(switching.hide, 1, True)
    settle(qtbot, window)
    window.controller.submit("I love you.", 3)
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == "I love you.", timeout=PATIENCE)
    settle(qtbot, window)
    assert window.controller.document is not None and not window.controller.document.interventions
    trace = window.controller.loaded.trace
    assert trace is not None and not trace.hidden


def test_without_the_mask_stepping_rests_and_leaked_cells_are_marked(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 2)
    window.actions["mask"].trigger()
    settle(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None and not trace.causal and trace.ended
    assert not window.actions["step"].isEnabled() and not window.actions["back"].isEnabled()
    assert not window.actions["mask"].isChecked()
    window.actions["undo"].trigger()
    settle(qtbot, window)
    wait_for_step(qtbot, window, 2)
    assert window.actions["mask"].isChecked() and window.actions["step"].isEnabled()


def test_ranking_runs_beside_stepping_and_can_be_stopped(window: Parts, qtbot: QtBot) -> None:
    controller = window.controller
    controller.run(due.start, RANKING)
    window.actions["step"].trigger()
    wait_for_step(qtbot, window, 1)
    assert window.controller.loaded.progress(RANKING) is not None
    settle(qtbot, window)
    ranking = window.controller.loaded.found(RANKING)
    assert ranking is not None and len(ranking.effects) == 96
    first = ranking.effects[0]
    assert first.divergence >= ranking.effects[-1].divergence
    controller.run(switching.head, first.kind, first.layer, first.head, True)
    settle(qtbot, window)
    assert window.controller.loaded.found(RANKING) is ranking
    assert window.window.widget("ranking").hint().startswith("Ranked with all heads on.")
    controller.run(due.start, RANKING)
    settle(qtbot, window)
    again = window.controller.loaded.found(RANKING)
    assert again is not None and len(again.effects) == 95
    off = f"{first.kind} layer {first.layer + 1} head {first.head + 1} off"
    assert window.window.widget("ranking").hint().startswith(f"Ranked with {off}.")
    controller.run(switching.reset)
    settle(qtbot, window)
    assert window.window.widget("ranking").hint().startswith(f"Ranked with {off}.")
    controller.run(due.start, RANKING)
    controller.run(due.stop, RANKING)
    settle(qtbot, window)
    assert window.controller.loaded.progress(RANKING) is None


def test_a_beam_node_shows_the_attention_of_its_hypothesis(window: Parts, qtbot: QtBot, translator: Translator) -> None:
    window.controller.run(due.search, 3)
    settle(qtbot, window)
    tree = window.controller.loaded.found(BEAM)
    assert tree is not None
    node = next(index for index, each in enumerate(tree.nodes) if each.step == 4 and each.parent is not None)
    window.window.widget("beam").node_chosen.emit(node)
    settle(qtbot, window)
    assert outputs(window) == [token.id for token in tree.path(node)]
    assert window.controller.loaded.found(BEAM) is tree
    trace = window.controller.loaded.trace
    assert trace is not None and {step.how for step in trace.steps} == {How.BEAM}


def test_the_width_that_is_proposed_for_a_beam_can_be_taken_with_the_mouse(toy_window: Parts, qtbot: QtBot) -> None:
    toy_window.actions["beam"].trigger()
    dialog = toy_window.window.findChild(QInputDialog)
    assert dialog is not None
    ok = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    settle(qtbot, toy_window)
    tree = toy_window.controller.loaded.found(BEAM)
    assert tree is not None and tree.width == Decoding().beam_width


def take_from_the_other(parts: Parts, qtbot: QtBot, path: Path) -> None:
    """Take the selected head's output from B by key: named in the banner, saved, undone."""
    parts.actions["take"].trigger()
    dialog = parts.window.findChild(QInputDialog)
    assert dialog is not None and SENTENCE in dialog.labelText() and "position 3" in " ".join(dialog.comboBoxItems())
    dialog.accept()
    settle(qtbot, parts)
    document, view = parts.controller.document, parts.controller.view
    assert document is not None
    (patch,) = document.interventions.patches
    head = view.heads[view.active]
    assert (patch.kind, patch.layer, patch.head) == (view.active, head.layer, head.head)
    named = f"{view.active} layer {head.layer + 1} head {head.head + 1}"
    assert named in f"{conditions.short(document.interventions)} {conditions.line(document.interventions)}"
    assert "patched" in " ".join(each.text() for each in parts.window.banner.findChildren(QLabel))
    parts.menu_actions.sessions.save_to(path)
    assert session_file.read(path).document.interventions.patches == (patch,)
    parts.actions["undo"].trigger()
    settle(qtbot, parts)
    document = parts.controller.document
    assert document is not None and not document.interventions.patches


def test_two_hypotheses_are_compared(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    at_step(qtbot, window, 3)
    trace = window.controller.loaded.trace
    assert trace is not None
    window.controller.run(choosing.force, trace.steps[-1].candidates[1].token.id)
    settle(qtbot, window)
    window.window.widget("hypotheses").compare_requested.emit(0)
    settle(qtbot, window)
    assert window.actions["show_difference"].isEnabled()
    strips = window.window.source_strip, window.window.target_strip
    assert [strip.title() for strip in strips] == ["Source A", "Target A"]
    window.actions["show_difference"].trigger()
    told = heatmap(window.controller.loaded, window.controller.view, CROSS)
    assert isinstance(told, Unavailable) and "part at token 3" in told.reason and "equal" not in told.reason
    window.controller.run(switching.head, ENCODER, 0, 0, True)
    settle(qtbot, window)
    spec = heatmap(window.controller.loaded, window.controller.view, CROSS)
    assert isinstance(spec, HeatmapSpec) and spec.badge == "A − B" and spec.values.min() < 0 < spec.values.max()
    take_from_the_other(window, qtbot, tmp_path / "patched.avsession")
    window.actions["stop_comparing"].trigger()
    assert window.controller.view.side is Side.A and not window.actions["show_b"].isEnabled()
    assert [strip.title() for strip in strips] == ["Source", "Target"]


def test_the_check_is_shown(window: Parts, qtbot: QtBot) -> None:
    window.actions["check"].trigger()
    settle(qtbot, window)
    dialogs = window.window.findChildren(CheckDialog)
    assert len(dialogs) == 1 and dialogs[0].isVisible()
    dialogs[0].close()


def test_sampling_is_chosen_and_repeated(window: Parts, qtbot: QtBot) -> None:
    document = window.controller.document
    assert document is not None
    window.controller.run(
        choosing.choose_by, replace(document.decoding, method=Method.SAMPLING, temperature=2.0, seed=3)
    )
    decode_to_the_end(qtbot, window)
    first = outputs(window)
    window.actions["sample"].trigger()
    settle(qtbot, window)
    decode_to_the_end(qtbot, window)
    assert outputs(window) != first
    window.actions["undo"].trigger()
    window.actions["undo"].trigger()
    settle(qtbot, window)
    decode_to_the_end(qtbot, window)
    assert outputs(window) == first


def test_a_session_is_saved_and_opened_again(window: Parts, qtbot: QtBot, open_window: Open, tmp_path: Path) -> None:
    at_step(qtbot, window, 3)
    trace = window.controller.loaded.trace
    assert trace is not None
    window.controller.run(choosing.force, trace.steps[-1].candidates[1].token.id)
    window.controller.run(switching.head, CROSS, 1, 1, True)
    window.controller.select_head(CROSS, 2, 5)
    settle(qtbot, window)
    path, look = tmp_path / "one.avsession", FigureOptions("kinds", "svg", "dark", Width(12, "cm"))
    window.menu_actions.exports.write(ExportRequest(look, tmp_path / "kinds.svg"))
    window.menu_actions.wait_for_exports()
    window.menu_actions.sessions.save_to(path)
    settings = Settings(MemoryStore())
    other = open_window(settings)
    qtbot.waitUntil(lambda: other.controller.loaded.info is not None, timeout=PATIENCE)
    drop(other, str(path))
    settle(qtbot, other)
    assert other.controller.document == window.controller.document
    assert outputs(other) == outputs(window) and other.controller.view.heads[CROSS] == Head(2, 5)
    assert other.window.source_bar.text() == SENTENCE and other.menu_actions.sessions.is_saved
    assert from_json(settings.get("export choices")) == look


def test_a_session_of_another_model_is_offered_for_replay(window: Parts, qtbot: QtBot, tmp_path: Path) -> None:
    decode_to_the_end(qtbot, window)
    document = window.controller.document
    assert document is not None
    path = tmp_path / "other.avsession"
    foreign = replace(document, source="I love you.", checkpoint="0" * 64, step=2)
    session_file.write(path, SavedSession(foreign, window.controller.view))
    window.menu_actions.sessions.open(path)
    box = window.window.findChild(QMessageBox)
    assert box is not None and "another model" in box.text()
    next(button for button in box.buttons() if button.text().replace("&", "") == "Replay").click()
    qtbot.waitUntil(lambda: window.controller.loaded.sentence == "I love you.", timeout=PATIENCE)
    settle(qtbot, window)
    assert len(outputs(window)) == 2


def test_unsaved_work_is_written_down_and_taken_up_again(
    window: Parts, qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.menu_actions.recovery.set_recovery(Recovery(tmp_path))
    at_step(qtbot, window, 2)
    window.menu_actions.recovery.keep()
    (kept,) = tmp_path.glob("*.avsession")
    left = tmp_path / "unsaved-1.avsession"
    left.write_bytes(kept.read_bytes())
    window.menu_actions.recovery.finish()
    assert not kept.exists()
    other = open_window()
    qtbot.waitUntil(lambda: other.controller.loaded.info is not None, timeout=PATIENCE)
    recovery = Recovery(tmp_path)
    other.menu_actions.recovery.set_recovery(recovery)
    (work,) = recovery.left_behind().works
    other.menu_actions.recovery.take_up(work)
    assert left.exists()
    settle(qtbot, other)
    assert outputs(other) == outputs(window) and not left.exists()
    (kept,) = tmp_path.glob("*.avsession")
    assert json.loads(kept.read_text())["document"]["source"] == SENTENCE


def test_heads_layers_and_tokens_are_switched_by_key(window: Parts, qtbot: QtBot) -> None:
    window.controller.select_head(CROSS, 2, 3)
    for key, off in (("head_off", 1), ("layer_off", 8), ("layer_off", 0)):
        window.actions[key].trigger()
        settle(qtbot, window)
        document = window.controller.document
        assert document is not None and len(document.interventions.heads_off) == off
    window.actions["hide_token"].trigger()
    dialog = window.window.findChild(QInputDialog)
    assert dialog is not None and dialog.comboBoxItems()[1] == "2  cat"
    dialog.setTextValue("2  cat")
    dialog.accept()
    settle(qtbot, window)
    assert window.controller.document is not None and window.controller.document.interventions.hidden == {1}


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_menus_at_heads_and_tokens(window: Parts, qtbot: QtBot) -> None:
    where = window.window.mapToGlobal(QPoint(200, 200))

    def choose(text: str) -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(each for each in menu.actions() if text in each.text())
        menu.close()
        action.trigger()
        settle(qtbot, window)

    window.window.panels[ENCODER].head_menu_requested.emit(1, 2, where)
    choose("Switch off encoder layer 2 head 3")
    document = window.controller.document
    assert document is not None and document.interventions.heads_off == {HeadId(ENCODER, 1, 2)}
    window.window.panels[ENCODER].head_menu_requested.emit(1, 2, where)
    choose("all others of the layer")
    document = window.controller.document
    assert document is not None and len(document.interventions.heads_off) == 8
    window.window.panels[ENCODER].head_menu_requested.emit(1, 0, where)
    choose("Switch on all of encoder layer 2")
    window.window.source_strip.context_requested.emit(1, where)
    choose("Hide ‘cat’")
    document = window.controller.document
    assert document is not None and document.interventions.hidden == {1} and not document.interventions.heads_off
    window.actions["step"].trigger()
    at_step(qtbot, window, 1)
    assert window.controller.loaded.trace is not None
    candidates = window.controller.loaded.trace.steps[0].candidates
    window.window.widget("next").menu_requested.emit(candidates[2].token.id, where)
    choose(f"rather than ‘{candidates[2].token.text}’")
    shown = f"row 1: ‘{candidates[0].token.text}’ minus ‘{candidates[2].token.text}’, as chosen"
    loaded, view = lambda: window.controller.loaded, window.controller.view
    qtbot.waitUntil(lambda: shown in str(getattr(heatmap(loaded(), view, CROSS), "caption", "")), timeout=PATIENCE)
    window.actions["undo"].trigger()
    settle(qtbot, window)
    assert window.controller.document is not None and window.controller.document.against is None
    window.actions["contrast"].trigger()
    dialog = window.window.findChild(QInputDialog)
    assert dialog is not None and dialog.comboBoxItems()[0] == "the best other token of each row"
    dialog.setTextValue(dialog.comboBoxItems()[3])
    dialog.accept()
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and document.against == Against(0, candidates[3].token.id)


def test_every_action_of_the_laboratory_has_a_key_of_its_own() -> None:
    keys = [key for spec in ACTIONS for key in spec.shortcuts]
    assert len(keys) == len(set(keys))
    assert all(spec.shortcuts for spec in ACTIONS if spec.menu in ("Decode", "Experiment"))


SENTENCES = (SENTENCE, "I love you.", "Where is the old house?", "   ", "Je " * 700)


def intents(parts: Parts, chance: random.Random) -> list[Callable[[], object]]:
    """Everything that a user may do now, wanted or not."""
    controller = parts.controller
    trace, document = controller.loaded.trace, controller.document
    kind, layer, head = chance.choice(list(KINDS)), chance.randrange(4), chance.randrange(8)
    count = 1 if document is None else len(hypotheses(document))
    candidates = trace.steps[-1].candidates if trace is not None and trace.steps else ()
    return [
        lambda: controller.submit(chance.choice(SENTENCES), chance.randrange(8)),
        *[controller.step] * 4,
        controller.back,
        controller.first,
        controller.last,
        lambda: controller.go_to_token(chance.randrange(6)),
        controller.toggle_play,
        *[lambda: controller.run(choosing.force, chance.choice(candidates).token.id) if candidates else None] * 3,
        lambda: controller.run(choosing.force, chance.randrange(VOCABULARY)),
        lambda: controller.run(continuations.go_to, chance.randrange(count + 1)),
        lambda: controller.run(continuations.rename, chance.randrange(count), "x"),
        lambda: controller.run(continuations.delete, chance.randrange(count)),
        lambda: controller.run(comparing.with_hypothesis, chance.randrange(count)),
        lambda: controller.run(comparing.pin),
        lambda: controller.run(comparing.with_plain),
        lambda: controller.run(comparing.stop),
        lambda: controller.run(comparing.show_side, chance.choice(list(Side))),
        lambda: controller.run(switching.head, kind, layer, head, chance.random() < 0.6),
        lambda: controller.run(switching.selected_layer),
        lambda: controller.run(switching.hide, chance.randrange(5), chance.random() < 0.6),
        lambda: controller.run(switching.encoder_positions, chance.choice(["on", "off", "shuffled"])),
        lambda: controller.run(switching.causal_mask, chance.random() < 0.7),
        *[lambda: controller.run(switching.reset)] * 2,
        lambda: controller.run(choosing.teacher_force, "Le chat dort."),
        lambda: controller.run(choosing.sample_again),
        lambda: controller.run(due.search, chance.randrange(1, 4)),
        lambda: controller.run(choosing.go_to_beam_node, 0),
        lambda: controller.run(due.start, RANKING),
        lambda: controller.run(due.stop, RANKING),
        lambda: controller.run(due.start, CHECK),
        *[controller.undo] * 4,
        *[controller.redo] * 2,
        lambda: controller.run(looking.filter_pieces, chance.choice(["", "ch", "zzzz"])),
        lambda: controller.select_head(kind, layer, head),
        lambda: parts.window.show_card(chance.choice(["laboratory", "hypotheses", "beam", "positions"])),
    ]


def unreliable(parts: Parts, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on some questions are answered late, some fail, and none is cancelled: its answer still comes."""
    request = parts.worker.request

    def ask(work: Work[Any], channel: str, priority: Priority = Priority.URGENT) -> int:
        late, fails = chance.random() < 0.3, chance.random() < 0.1

        def slowly(translator: Any) -> Generator[Progress, None, Any]:
            if late:
                time.sleep(0.05)
            yield Progress(0, 1)
            if fails:
                raise InputError("It went wrong.")
            return (yield from work(translator))

        return request(slowly, channel, priority)

    monkeypatch.setattr(parts.worker, "request", ask)
    monkeypatch.setattr(parts.worker, "cancel", lambda channel: None)


def check_labels(parts: Parts, translator: Translator) -> None:
    """What is on screen is what the model says of the document on screen."""
    loaded = parts.controller.loaded
    document, translations = loaded.document, loaded.found(TRANSLATIONS)
    if document is None or loaded.trace is None:
        return
    expected = translator.trace(document)
    assert [(step.output.id, step.how) for step in loaded.trace.steps] == [
        (step.output.id, step.how) for step in expected.steps
    ]
    assert loaded.sentence == document.source and loaded.translation == translator.text(expected)
    known = len(loaded.trace.steps) + len(loaded.ahead)
    for index, text in enumerate(loaded.texts):
        if text is not None:
            trace = translator.trace(questions.spelled(document, index, known))
            assert (text.text, text.how) == (translator.text(trace), tuple(step.how for step in trace.steps))
    if translations is not None:
        plain = untouched(document)
        assert translations.before == translator.text(translator.trace(go_to(plain, plain.limit)))
    assert loaded.found(EFFECT) is None or document.interventions


def drive(
    open_window: Open, qtbot: QtBot, count: int, seed: int, more: Callable[[Parts, random.Random], None] | None = None
) -> int:
    """Random intents; returns how many documents they led to. `more` is done after each.

    The plugin's rules hold that there is no Qt warning and no exception; no thread may be left over.
    """
    threads = set(threading.enumerate())
    chance = random.Random(seed)
    parts = open_window(sentence=SENTENCE)
    wait_for_step(qtbot, parts, 0)
    seen = set()
    for number in range(count):
        chance.choice(intents(parts, chance))()
        seen.add(parts.controller.document)
        if number % 5 == 0:
            qtbot.wait(chance.randrange(15))
        for dialog in parts.window.findChildren(QDialog):
            dialog.close()
        if more is not None:
            more(parts, chance)
    parts.controller.run(due.stop, RANKING)
    parts.controller.player.stop()
    settle(qtbot, parts)
    document, loaded = parts.controller.document, parts.controller.loaded
    assert document is not None and loaded.trace is not None and loaded.document == document
    parts.controller.run(switching.reset)
    settle(qtbot, parts)
    document, loaded = parts.controller.document, parts.controller.loaded
    assert document is not None and loaded.trace is not None and loaded.document == document
    assert more is not None or (loaded.trace.causal and not loaded.trace.hidden)
    parts.window.close()
    parts.close()
    assert set(threading.enumerate()) <= threads and not parts.worker.isRunning()
    return len(seen)


def test_random_intents(open_window: Open, qtbot: QtBot) -> None:
    assert drive(open_window, qtbot, 200, seed=1) > 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_thousand_random_intents_with_late_and_failing_answers(
    open_window: Open, qtbot: QtBot, translator: Translator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: dict[Path, bytes] = {}
    done = 0

    def more(parts: Parts, chance: random.Random) -> None:
        nonlocal done
        if done == 0:
            unreliable(parts, chance, monkeypatch)
        done += 1
        path = tmp_path / f"{chance.randrange(3)}.avsession"
        if chance.random() < 0.03:
            parts.menu_actions.sessions.save_to(path)
            if path.exists():
                saved[path] = path.read_bytes()
        elif chance.random() < 0.03 and path in saved:
            parts.menu_actions.sessions.open(path)
        assert {each: each.read_bytes() for each in tmp_path.glob("*.avsession")} == saved, "a file nobody named"
        if done % 10 == 0:
            check_labels(parts, translator)

    # Fewer than where all is answered: what fails leads nowhere.
    assert drive(open_window, qtbot, 2000, 2, more) > 300


def test_a_set_of_heads_is_named_kept_and_used_again(toy_window: Parts, qtbot: QtBot) -> None:
    parts = toy_window
    sets, ranking = parts.menu_actions.head_sets, parts.window.widget("ranking")
    parts.actions["rank"].trigger()
    assert "ranking" in parts.window.shown(), "progress and result are in front"
    settle(qtbot, parts)
    heads = [HeadId(each.kind, each.head.layer, each.head.head) for each in ranking.shown()[:2]]
    sets.keep("the two strongest", heads)
    parts.controller.run(switching.heads, [heads[0]._replace(layer=1 - heads[0].layer)], True)
    settle(qtbot, parts)
    ranking.set_used.emit("the two strongest")
    settle(qtbot, parts)
    document = parts.controller.document
    assert document is not None and document.interventions.heads_off == frozenset(heads)
    assert "the two strongest" in parts.actions["undo"].text()
    ranking.set_forgotten.emit("the two strongest")
    assert not ranking.sets.sets.isEnabled()
