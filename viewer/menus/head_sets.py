"""Sets of heads that the user keeps under names: of each model its own, from one start to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attention_viewer.model.contract.maps import HeadId
from attention_viewer.viewer.intents import switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.plain import small_dialog
from PySide6.QtCore import QObject

LONGEST_NAME = 40


class HeadSets(QObject):
    """What the bar below the ranking asks for."""

    def __init__(self, window: MainWindow, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        controller.model_changed.connect(lambda _: self._tell())

    def ask_for_name(self, heads: Sequence[HeadId]) -> None:
        """Ask for a name, and keep heads under it."""
        label = f"Name of these {len(heads)} heads:" if len(heads) > 1 else "Name of this head:"
        dialog = small_dialog(self._window, "Keep a set of heads", label)
        dialog.textValueSelected.connect(lambda name: self.keep(name, heads))
        dialog.open()

    def keep(self, name: str, heads: Sequence[HeadId]) -> None:
        """Keep heads under a name, in the place of a set of that name."""
        name = shown_text(name, LONGEST_NAME)
        if name:
            kept = {"name": name, "model": self._model, "heads": [list(head) for head in heads]}
            others = [each for each in self._all if (each["name"], each["model"]) != (name, self._model)]
            self._settings.keep_head_sets([kept, *others])
            self._window.set_status(f"Kept as ‘{name}’")
            self._tell()

    def use(self, name: str) -> None:
        """Switch off the heads of a set, and no others."""
        for each in self._all:
            if (each["name"], each["model"]) == (name, self._model):
                heads = [HeadId(kind, layer, head) for kind, layer, head in each["heads"]]
                self._controller.run(switching.only, heads, name)

    def forget(self, name: str) -> None:
        """Keep a set no longer."""
        kept = [each for each in self._all if (each["name"], each["model"]) != (name, self._model)]
        self._settings.keep_head_sets(kept)
        self._tell()

    @property
    def _all(self) -> list[dict[str, Any]]:
        return list(self._settings.get("head sets"))

    @property
    def _model(self) -> str:
        info = self._controller.loaded.info
        return "" if info is None else info.content_hash

    def _tell(self) -> None:
        self._window.widget("ranking").set_sets([each["name"] for each in self._all if each["model"] == self._model])
