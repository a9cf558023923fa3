"""What goes wrong beside the work, such as a full disk: said once, below the sentence, when nothing else is awaited."""

from __future__ import annotations

from attention_viewer.viewer.intents.controller import CHANNEL, Controller
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import QObject


class Notices(QObject):
    """Says each sentence once."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self._said: set[str] = set()
        self._pending: list[str] = []
        controller.traced.connect(self._show)
        controller.model_changed.connect(self._show)

    def say(self, sentence: str) -> None:
        """Say a sentence, unless it was said before or is empty."""
        if sentence and sentence not in self._said:
            self._said.add(sentence)
            self._pending.append(sentence)
            self._show()

    def _show(self) -> None:
        # An answer takes the line below the sentence away.
        awaited = self._controller.loaded.info is None or self._controller.inquiries.is_open(CHANNEL)
        if self._pending and not awaited:
            self._window.source_bar.set_hint(" ".join(self._pending))
            self._pending.clear()
