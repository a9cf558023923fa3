"""The panels of a model's maps: what they ask for, and that a model with other maps gets panels of its own."""

from __future__ import annotations

from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.intents import inside
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.laboratory_actions import LaboratoryActions
from attention_viewer.viewer.state.highlight import CellHover, Hover
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.window.covers import fed
from attention_viewer.viewer.window.panels import panels_for
from attention_viewer.viewer.window.presenter import Presenter


class MapPanels:
    """Wires the panels of maps in a window, and makes others where a model is opened that has other maps."""

    def __init__(self, window: MainWindow, controller: Controller, menu_actions: LaboratoryActions) -> None:
        self._window, self._controller, self._menu_actions = window, controller, menu_actions
        for kind in window.panels:
            self._connect(kind)

    def follow(self, presenter: Presenter) -> None:
        """From now on have panels for the maps of the model that is open, and feed those that it can fill."""

        def renew(info: ModelInfo) -> None:
            window, panels = self._window, panels_for(info.maps)
            if tuple(each.map for each in window.entries if each.map is not None) != info.maps:
                before = dict(window.panels)
                presenter.set_panels(panels)
                window.set_panels(panels)
                for kind, panel in window.panels.items():
                    if before.get(kind) is not panel:
                        self._connect(kind)
            presenter.set_panels(fed(window, panels, info))
            self._controller.refresh()

        self._controller.model_changed.connect(renew)

    def _connect(self, kind: Kind) -> None:
        panel, controller, menu_actions = self._window.panels[kind], self._controller, self._menu_actions
        panel.head_selected.connect(lambda layer, head: controller.select_head(kind, layer, head))
        panel.head_toggled.connect(lambda layer, head: controller.toggle_head(kind, layer, head))
        panel.cell_hovered.connect(lambda cell: controller.hover(_cell_hover(kind, cell)))
        panel.activated.connect(lambda: controller.activate(kind))
        panel.cell_pinned.connect(lambda cell: controller.run(inside.choose_cell, kind, cell))
        panel.head_menu_requested.connect(
            lambda layer, head, where: menu_actions.show_head_menu(kind, layer, head, where)
        )


def _cell_hover(kind: Kind, cell: tuple[int, int] | None) -> Hover:
    return None if cell is None else CellHover(kind, *cell)
