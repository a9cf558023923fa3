"""What the panels about reading attention ask for: which head does what, and why one token rather than another."""

from __future__ import annotations

from attention_viewer.viewer.intents import looking
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.widgets.main_window import MainWindow


def connect_reading(window: MainWindow, controller: Controller, menu_actions: MenuActions) -> None:
    """Connect the panel of heads, and the menus at a source token and at a candidate."""
    reading, laboratory, bar = menu_actions.reading, menu_actions.laboratory_actions, window.heads.bar
    window.heads.head_selected.connect(controller.select_head)
    window.heads.table.sorted.connect(lambda sorting: controller.run(looking.sort_heads, sorting))
    bar.links_drawn.connect(reading.draw_links)
    bar.links_copied.connect(reading.copy_links)
    bar.role_pooled.connect(reading.pool_role)
    bar.file_wanted.connect(reading.choose_file)
    bar.file_stopped.connect(reading.surveying.stop)
    bar.file_closed.connect(reading.surveying.close)
    window.source_strip.context_requested.connect(laboratory.show_source_menu)
    window.candidates.menu_requested.connect(laboratory.show_candidate_menu)
