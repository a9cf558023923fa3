"""Every submenu in which one value is on, in order. To add one, add an entry; options of maps have one each."""

from __future__ import annotations

from typing import Any

from attention_viewer.model.contract.interventions import Interventions, Positions
from attention_viewer.viewer.intents import looking, switching
from attention_viewer.viewer.menus.action_specs import ANY_TIME, SubmenuSpec
from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.menus.why import COMPUTES, TAKES_SENTENCE
from attention_viewer.viewer.state.options import Option
from attention_viewer.viewer.state.view_state import MAP_VIEWS, MapView
from attention_viewer.viewer.storage.settings import TEXT_SIZES


def _positions(menu: MenuActions, side: str) -> str:
    document = menu.controller.document
    return "on" if document is None else getattr(document.interventions, side).value


def _refused(menu: MenuActions, changes: Interventions) -> str:
    """Why the model lacks what it takes to be changed so; "" where it can be."""
    return menu.controller.loaded.capabilities.against(changes)


POSITIONS = (("on", "On"), ("off", "Off"), ("shuffled", "Shuffled"))
SUBMENUS = (
    SubmenuSpec("Experiment", "Encoder positions", POSITIONS, lambda c: _positions(c, "encoder_positions"),
               lambda c, value: c.controller.run(switching.encoder_positions, value), TAKES_SENTENCE,
               refused=lambda c, value: _refused(c, Interventions(encoder_positions=Positions(value)))),
    SubmenuSpec("Experiment", "Decoder positions", POSITIONS, lambda c: _positions(c, "decoder_positions"),
               lambda c, value: c.controller.run(switching.decoder_positions, value), TAKES_SENTENCE,
               refused=lambda c, value: _refused(c, Interventions(decoder_positions=Positions(value)))),
    SubmenuSpec("View", "Show the active map as", MAP_VIEWS,
               lambda c: c.controller.view.views.get(c.controller.view.active, MapView.MAP),
               lambda c, value: c.controller.run(looking.show_as, value)),
    SubmenuSpec("View", "Theme", (("light", "Light"), ("dark", "Dark")),
               lambda c: c.theme, lambda c, value: c.set_theme(value)),
    SubmenuSpec("View", "Text size", tuple((size, f"{size:.0%}") for size in TEXT_SIZES),
               lambda c: c.text_size, lambda c, value: c.set_text_size(value)),
)  # fmt: skip


def view_submenu(option: Option[Any]) -> SubmenuSpec:
    """The submenu of an option of how maps are shown."""
    return SubmenuSpec(
        "View",
        option.title,
        tuple((each.value, each.title) for each in option.values),
        lambda menu: menu.controller.view[option],
        lambda menu, value: menu.choose(option, value),
        COMPUTES if option.measured else ANY_TIME,
    )
