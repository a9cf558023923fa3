"""Before work is lost: Save, Discard or Cancel."""

from __future__ import annotations

from collections.abc import Callable

from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.session_commands import SessionCommands, nothing
from attention_viewer.viewer.state.plain_text import shown_text
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.questions import Role, ask
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

LONGEST_SENTENCE = 80


class Closing(QObject):
    """Asks what is to become of unsaved work, one question at a time."""

    def __init__(self, window: MainWindow, controller: Controller, sessions: SessionCommands) -> None:
        super().__init__(window)
        self._window, self._controller, self._sessions = window, controller, sessions
        self._question: QMessageBox | None = None
        self._agreed = False

    def may_close(self) -> bool:
        """Whether the window may close at once; where not, it is closed once that is agreed to."""
        if self._agreed or not self._sessions.is_unsaved:
            return True
        self._ask("Closing drops it: save it first?", self._close)
        return False

    def before_another_model(self, then: Callable[[], None]) -> None:
        """Do what opens another model, once no unsaved work is lost by it."""
        if self._sessions.is_unsaved:
            self._ask(
                "Another model keeps its sentence, its settings and its interventions, but not the tokens chosen "
                "in it: save it first?",
                then,
            )
        else:
            then()

    def _ask(self, why: str, then: Callable[[], None]) -> None:
        document = self._controller.document
        if self._question is not None or document is None:
            return
        sentence = shown_text(document.source, LONGEST_SENTENCE)
        self._question = ask(
            self._window,
            f"The work on ‘{sentence}’ is not saved.",
            why,
            {
                "Save": (Role.AcceptRole, lambda: self._sessions.save(then)),
                "Discard": (Role.DestructiveRole, then),
                "Cancel": (Role.RejectRole, nothing),
            },
        )
        self._question.finished.connect(self._answered)

    def _answered(self) -> None:
        self._question = None

    def _close(self) -> None:
        self._agreed = True
        self._window.close()
        self._agreed = False
