"""Each control of the decoding laboratory does what it says: its signal, and the name that stands in the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.interventions import NONE, Donor, HeadId, Patch
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import choosing, due, patching, switching
from attention_viewer.viewer.menus.laboratory_actions import LaboratoryActions
from attention_viewer.viewer.state.results import BEAM
from attention_viewer.viewer.state.view_state import Head
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

HEAD = HeadId(CROSS, 0, 1)
PATCH = Patch(CROSS, 0, Donor("Another sentence.", (2, 3), NONE))
SAMPLING = Decoding(Method.SAMPLING, temperature=0.5)
Telling = Callable[[MainWindow], Any]

CONTROLS: dict[str, tuple[Telling, tuple[Any, ...]]] = {
    "Force ‘noir’ at step 1": (lambda window: window.widget("next").token_chosen, (6,)),
    "Sample tokens": (lambda window: window.widget("next").sampling.chosen, (SAMPLING,)),
    "Sample with seed": (lambda window: window.widget("next").sampling.again_requested, ()),
    "Encoder positions off": (lambda window: window.widget("laboratory").encoder_positions_changed, ("off",)),
    "Decoder positions shuffled": (lambda window: window.widget("laboratory").decoder_positions_changed, ("shuffled",)),
    "Causal mask off": (lambda window: window.widget("laboratory").causal_mask_changed, (False,)),
    "Switch off cross layer 1 head 2": (lambda window: window.widget("laboratory").head_switched, (CROSS, 0, 1, True)),
    "Hide ‘": (lambda window: window.widget("laboratory").token_hidden, (1, True)),
    "Switch off 2 heads": (lambda window: window.widget("ranking").heads_switched, ([HEAD, HeadId(CROSS, 1, 0)], True)),
}
AFTERWARDS: dict[str, tuple[Telling, tuple[Any, ...]]] = {
    "Give back": (lambda window: window.widget("laboratory").patch_given_back, (PATCH,)),
    "Shuffle with seed 7": (lambda window: window.widget("laboratory").seed_changed, (7,)),
    "Reset interventions": (lambda window: window.widget("laboratory").reset_requested, ()),
    "Reset interventions ": (lambda window: window.banner.reset_requested, ()),
    "Go to hypothesis 1": (lambda window: window.widget("hypotheses").chosen, (0,)),
    "Rename hypothesis 2": (lambda window: window.widget("hypotheses").renamed, (1, "mine")),
    "Delete hypothesis 2": (lambda window: window.widget("hypotheses").deleted, (1,)),
    "Beam hypothesis": (lambda window: window.widget("beam").node_chosen, (1,)),
}
"""What takes an intervention, a second hypothesis, or a beam search before it."""


def ready(parts: Parts, qtbot: QtBot) -> None:
    """One row of the translation, by the model as it is."""
    parts.controller.step()
    qtbot.waitUntil(lambda: parts.controller.loaded.trace is not None and len(parts.controller.loaded.trace.steps) == 1)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_of_the_model_as_it_is(toy_window: Parts, qtbot: QtBot, name: str) -> None:
    ready(toy_window, qtbot)
    signal, told = CONTROLS[name]
    signal(toy_window.window).emit(*told)
    assert toy_window.controller.history.undo_name.startswith(name)


@pytest.mark.parametrize("name", AFTERWARDS)
def test_a_control_of_what_was_done_before(toy_window: Parts, qtbot: QtBot, name: str) -> None:
    ready(toy_window, qtbot)
    controller = toy_window.controller
    controller.run(choosing.force, 6)
    controller.run(patching.take, PATCH)
    controller.run(switching.encoder_positions, "shuffled")
    qtbot.waitUntil(lambda: not controller.state.awaited)
    toy_window.controller.run(due.search, 2)
    qtbot.waitUntil(lambda: controller.loaded.found(BEAM) is not None)
    signal, told = AFTERWARDS[name]
    signal(toy_window.window).emit(*told)
    assert controller.history.undo_name.startswith(name.strip())


MENUS: dict[str, tuple[Callable[[LaboratoryActions], None], str]] = {
    "Switch off cross layer 1 head 2": (lambda made: made.show_head_menu(CROSS, 0, 1, QPoint()), "Switch off cross"),
    "Switch off 2 heads": (lambda made: made.show_head_menu(CROSS, 0, 1, QPoint()), "Switch off all of cross layer 1"),
    "Force ‘noir’ at step 1": (lambda made: made.show_candidate_menu(6, QPoint()), "Force"),
    "Contrast ‘": (lambda made: made.show_candidate_menu(6, QPoint()), "Show why"),
    "Hide ‘cat’": (lambda made: made.show_source_menu(1, QPoint()), "Hide"),
}


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize("name", MENUS)
def test_an_entry_of_a_context_menu(toy_window: Parts, qtbot: QtBot, name: str) -> None:
    ready(toy_window, qtbot)
    opens, entry = MENUS[name]
    opens(toy_window.menu_actions.laboratory_actions)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(each for each in menu.actions() if each.text().startswith(entry))
    menu.close()
    assert action.isEnabled()
    action.trigger()
    assert toy_window.controller.history.undo_name.startswith(name)


def test_controls_of_the_view(toy_window: Parts, qtbot: QtBot) -> None:
    ready(toy_window, qtbot)
    window, controller = toy_window.window, toy_window.controller
    window.widget("next").filter_changed.emit("cha")
    window.widget("next").sampling.tried.emit(SAMPLING)
    window.widget("ranking").head_selected.emit(ENCODER, 1, 0)
    view = controller.view
    assert (view.filter, view.trial, view.active, view.heads[ENCODER]) == ("cha", SAMPLING, ENCODER, Head(1, 0))
    assert controller.history.undo_name == "Step"
