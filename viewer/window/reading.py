"""What the panels about reading attention ask for: which head does what, and why one token rather than another."""

from __future__ import annotations

from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.laboratory_actions import LaboratoryActions
from attention_viewer.viewer.widgets.main_window import MainWindow


def connect_reading(window: MainWindow, controller: Controller, menu_actions: LaboratoryActions) -> None:
    """Connect the table of heads, and the menus at a source token and at a candidate."""
    window.heads.head_selected.connect(controller.select_head)
    window.source_strip.context_requested.connect(menu_actions.show_source_menu)
    window.candidates.menu_requested.connect(menu_actions.show_candidate_menu)
