"""What the panels on what is between the maps ask for, wired to the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attention_viewer.viewer.intents import inside
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.state.results import TIMES
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.widgets.main_window import MainWindow

SHOWN_IN = {"output": "words"}
"""The panel that opens a part where it is not the one of the parts."""


def connect_inside(window: MainWindow, controller: Controller, measuring: Measuring) -> None:
    """Let clicks and controls change what is looked at."""

    def looks(field: str) -> Callable[[Any], None]:
        return lambda value: controller.look(inside.changed(controller.view, **{field: value}))

    def pick(hit: Hit) -> None:
        controller.look(inside.picked(controller.view, hit, controller.loaded.maps))

    def open_part(hit: Hit) -> None:
        pick(hit)
        window.show_card(SHOWN_IN.get(str(hit[3]) if len(hit) > 3 else "", "parts"))

    architecture, parts, words = (window.widget(name) for name in ("architecture", "parts", "words"))
    encodings = window.widget("encodings")
    architecture.picked.connect(open_part)
    architecture.unfolded_changed.connect(looks("unfolded"))
    for panel in (parts, words, encodings):
        panel.picked.connect(pick)
    parts.page_changed.connect(looks("parts"))
    words.page_changed.connect(looks("words"))
    encodings.page_changed.connect(looks("laboratory"))
    parts.side_changed.connect(lambda side: controller.look(inside.choose_side(controller.view, side)))
    parts.layer_changed.connect(looks("layer"))
    parts.token_changed.connect(
        lambda token: controller.look(inside.choose_token(controller.view, token, controller.loaded.maps))
    )
    words.token_changed.connect(lambda row: controller.look(inside.choose_row(controller.view, row)))
    words.temperature_changed.connect(looks("temperature"))
    encodings.shift_changed.connect(looks("shift"))
    encodings.measure_requested.connect(lambda: measuring.start(TIMES))
    encodings.cancel_requested.connect(lambda: measuring.stop(TIMES))
