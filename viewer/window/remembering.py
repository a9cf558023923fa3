"""What a window takes from the run before it, and keeps for the next one."""

from __future__ import annotations

from pathlib import Path

from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.look.assets import BUNDLED_MODEL, examples
from attention_viewer.viewer.state.opening import WindowOptions
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow


def first_model(options: WindowOptions, settings: Settings) -> Path:
    """The model that a window opens with: the one that was named, or the one opened last, or the bundled one."""
    last = settings.get("last model")
    return Path(last[0]) if last and not options.named else options.model


def stand_in(model: Path, options: WindowOptions) -> Path | None:
    """What is opened where a model cannot be: nobody asked for the one opened last, so the bundled one will do."""
    return None if options.named or model == BUNDLED_MODEL else BUNDLED_MODEL


def instead(refusal: str) -> str:
    """That the bundled model is open in the place of the one opened last, and why."""
    return f"The model opened last cannot be opened again, and the bundled one is open in its place. {refusal}"


def connect_settings(window: MainWindow, controller: Controller, settings: Settings) -> None:
    """Let controls begin as they were left, and keep what becomes of them."""

    def remember_sentence(sentence: str) -> None:
        if controller.loaded.uncomputed:
            return
        settings.remember_sentence(sentence)
        window.source_bar.set_recent(settings.get("recent sentences"))

    window.source_bar.set_enabled_reason(controller.loaded.uncomputed or None)
    window.source_bar.set_examples(examples())
    window.source_bar.set_recent(settings.get("recent sentences"))
    window.step_controls.set_speed(settings.get("speed"))
    controller.encoded.connect(remember_sentence)
    window.step_controls.speed_changed.connect(controller.player.set_speed)
    window.step_controls.speed_changed.connect(lambda speed: settings.set("speed", speed))
