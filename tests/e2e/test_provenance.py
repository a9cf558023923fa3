"""What was left stays what it was, and no label in the window lies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Method
from attention_viewer.model.contract.document import Document, alone
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.intents import choosing, comparing, due, switching
from attention_viewer.viewer.resolve.resolve import heatmap, target_chips
from attention_viewer.viewer.state.results import BEAM, TRANSLATIONS
from attention_viewer.viewer.state.specs import HeatmapSpec
from attention_viewer.viewer.state.view_state import Side
from attention_viewer.viewer.window.app import Parts
from pytestqt.qtbot import QtBot
from support.waiting import SENTENCE, decode_to_the_end, settle, wait_for_step


def at_step(qtbot: QtBot, parts: Parts, step: int) -> None:
    parts.controller.go_to_token(step - 1)
    wait_for_step(qtbot, parts, step)
    settle(qtbot, parts)


def force_candidate(qtbot: QtBot, parts: Parts, rank: int) -> None:
    trace = parts.controller.loaded.trace
    assert trace is not None
    parts.window.widget("next").token_chosen.emit(trace.steps[-1].candidates[rank].token.id)
    settle(qtbot, parts)


@pytest.fixture
def window(window: Parts) -> Parts:
    """A window with a sentence encoded and the hypotheses on show: what is not on show is not spelled."""
    window.window.show_card("hypotheses")
    return window


def listed(parts: Parts) -> list[tuple[str, int]]:
    """Text and number of tokens of every hypothesis in the list."""
    rows = parts.window.widget("hypotheses").model.rows
    return [(row.text, row.tokens) for row in rows]


def test_a_hypothesis_does_not_get_shorter_by_stepping_back(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 8)
    whole = listed(window)
    for _ in range(5):
        window.actions["back"].trigger()
        settle(qtbot, window)
    assert listed(window) == whole
    window.window.widget("hypotheses").renamed.emit(0, "the first")
    settle(qtbot, window)
    force_candidate(qtbot, window, 1)
    assert listed(window)[0] == whole[0] and whole[0][1] == 8
    window.window.widget("hypotheses").chosen.emit(0)
    settle(qtbot, window)
    document = window.controller.document
    assert document is not None and document.step == 3 and listed(window)[0] == whole[0]


def test_after_shuffling_and_resetting_no_chip_claims_a_choice_that_was_not_made(
    window: Parts, qtbot: QtBot, translator: Translator
) -> None:
    controller = window.controller
    controller.run(switching.encoder_positions, "shuffled")
    settle(qtbot, window)
    at_step(qtbot, window, 3)
    force_candidate(qtbot, window, 1)
    controller.run(switching.reset)
    settle(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None
    assert [step.how for step in trace.steps] == [How.GREEDY, How.GREEDY, How.FORCED]
    assert [step.rank for step in trace.steps[:2]] == [1, 1]
    window.window.widget("hypotheses").chosen.emit(0)
    settle(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None and {step.how for step in trace.steps} == {How.KEPT}
    chips = target_chips(window.controller.loaded)
    assert [chip.mark for chip in chips] == ["kept"] * 3
    assert "kept: chosen greedily with encoder positions shuffled" in chips[0].tooltip
    assert f"rank {trace.steps[0].rank}" in chips[0].tooltip
    assert window.window.widget("hypotheses").model.rows[0].how == "kept"
    controller.run(switching.head, CROSS, 3, 6, True)
    settle(qtbot, window)
    plain = translator.trace(Document(SENTENCE, step=200))
    measured = window.controller.loaded.found(TRANSLATIONS)
    assert measured is not None and measured.before == translator.text(plain)


@pytest.mark.slow
def test_five_draws_stand_beside_what_was_there_and_can_be_compared(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 3)
    force_candidate(qtbot, window, 1)
    decode_to_the_end(qtbot, window)
    settle(qtbot, window)
    kept = listed(window)
    document = window.controller.document
    assert document is not None
    hot = replace(document.decoding, method=Method.SAMPLING, temperature=2.0)
    window.controller.run(choosing.choose_by, hot)
    for draw in range(5):
        settle(qtbot, window)
        if draw:
            window.actions["sample"].trigger()
            settle(qtbot, window)
        decode_to_the_end(qtbot, window)
        settle(qtbot, window)
        assert listed(window)[: len(kept)] == kept
        kept = listed(window)
    assert len(kept) == 7 and len({text for text, _ in kept}) > 4
    names = [row.name for row in window.window.widget("hypotheses").model.rows]
    assert names == ["", "", *(f"seed {seed}, T 2" for seed in range(1, 6))]
    window.window.widget("hypotheses").compare_requested.emit(2)
    settle(qtbot, window)
    assert window.controller.loaded.results.other is not None
    window.controller.run(comparing.show_side, Side.B)
    assert isinstance(heatmap(window.controller.loaded, window.controller.view, CROSS), HeatmapSpec)


@pytest.mark.parametrize("change", ["positions", "head"])
def test_interventions_leave_other_hypotheses_alone(
    window: Parts, qtbot: QtBot, translator: Translator, change: str
) -> None:
    at_step(qtbot, window, 6)
    at_step(qtbot, window, 3)
    force_candidate(qtbot, window, 1)
    before = window.controller.document
    assert before is not None
    texts = listed(window)
    if change == "positions":
        window.controller.run(switching.encoder_positions, "off")
    else:
        window.controller.run(switching.head, CROSS, 3, 6, True)
    settle(qtbot, window)
    assert listed(window)[0] == texts[0] and texts[0][1] == 6
    window.actions["undo"].trigger()
    settle(qtbot, window)
    assert window.controller.document == before
    assert {step.how for step in translator.trace(alone(before, 0)).steps} == {How.GREEDY}


def test_a_forced_translation_keeps_what_stood_there(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 6)
    whole = listed(window)
    at_step(qtbot, window, 2)
    window.controller.run(choosing.teacher_force, "Le chien dort.")
    settle(qtbot, window)
    assert listed(window)[0] == whole[0] and window.window.widget("hypotheses").model.rows[1].how == "teacher forcing"


def test_a_beam_node_says_beam_whatever_the_width(window: Parts, qtbot: QtBot) -> None:
    at_step(qtbot, window, 5)
    window.controller.run(due.search, 3)
    settle(qtbot, window)
    tree = window.controller.loaded.found(BEAM)
    assert tree is not None
    window.window.widget("beam").node_chosen.emit(tree.finished[0][0])
    settle(qtbot, window)
    trace = window.controller.loaded.trace
    assert trace is not None and {step.how for step in trace.steps} == {How.BEAM}
    assert listed(window)[0][1] == 5
