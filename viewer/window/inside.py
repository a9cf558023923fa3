"""What the panels on what is between the maps ask for, wired to the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attention_viewer.viewer.intents import inside
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.state.results import TIMES
from attention_viewer.viewer.widgets.main_window import MainWindow


def connect_inside(window: MainWindow, controller: Controller, measuring: Measuring) -> None:
    """Let clicks and controls change what is looked at."""

    def looks(field: str) -> Callable[[Any], None]:
        return lambda value: controller.run(inside.look_at, **{field: value})

    architecture, parts, words = (window.widget(name) for name in ("architecture", "parts", "words"))
    encodings = window.widget("encodings")
    architecture.picked.connect(controller.does(inside.open_part))
    architecture.unfolded_changed.connect(looks("unfolded"))
    for panel in (parts, words, encodings):
        panel.picked.connect(controller.does(inside.pick))
    parts.page_changed.connect(looks("parts"))
    words.page_changed.connect(looks("words"))
    encodings.page_changed.connect(looks("laboratory"))
    parts.side_changed.connect(controller.does(inside.choose_side))
    parts.layer_changed.connect(looks("layer"))
    parts.token_changed.connect(controller.does(inside.choose_token))
    words.token_changed.connect(controller.does(inside.choose_row))
    words.temperature_changed.connect(looks("temperature"))
    encodings.shift_changed.connect(looks("shift"))
    encodings.measure_requested.connect(lambda: measuring.start(TIMES))
    encodings.cancel_requested.connect(lambda: measuring.stop(TIMES))
