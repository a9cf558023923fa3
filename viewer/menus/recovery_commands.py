"""Keeping unsaved work through a crash, and offering what an earlier run left behind."""

from __future__ import annotations

from datetime import datetime

from attention_viewer.model.whole_files import WriteError
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.menus.notices import Notices
from attention_viewer.viewer.menus.session_commands import SessionCommands
from attention_viewer.viewer.state.filing import content
from attention_viewer.viewer.storage.recovery import LeftBehind, Recovery
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.recovery_dialog import RecoveryDialog
from PySide6.QtCore import QObject, QTimer

KEEP_AFTER = 1500
"""Milliseconds after a change until unsaved work is written down."""


class RecoveryCommands(QObject):
    """Writes the controller's document down, where there is a place for it."""

    def __init__(
        self, window: MainWindow, controller: Controller, sessions: SessionCommands, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._sessions, self._settings = window, controller, sessions, settings
        self._recovery: Recovery | None = None
        self._taken: list[LeftBehind] = []
        self._notices = Notices(window, controller)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER)
        self._timer.timeout.connect(self.keep)
        sessions.settled.connect(self._timer.start)
        sessions.saved.connect(self.keep)

    def set_recovery(self, recovery: Recovery) -> None:
        """Write unsaved work down from now on."""
        self._recovery = recovery

    def offer(self) -> None:
        """Offer the work that earlier runs left behind when they did not end as they should."""
        if self._recovery is None:
            return
        found = self._recovery.left_behind()
        self._notices.say(_of_damaged(found.set_aside, self._recovery))
        self._notices.say(self._settings.trouble())
        works = found.works
        if works:
            dialog = RecoveryDialog([(work.saved.document.source, _time(work.when)) for work in works], self._window)
            dialog.taken_up.connect(lambda place: self.take_up(works[place]))
            dialog.discarded.connect(lambda place: self.discard(works[place]))
            dialog.open()

    def take_up(self, work: LeftBehind) -> None:
        """Go on with work that was left behind. Its file goes only once what it holds is safe elsewhere."""
        self._taken.append(work)
        self._sessions.take_up(work.saved, self.keep)

    def discard(self, work: LeftBehind) -> None:
        """Remove work that was left behind."""
        if self._recovery is not None:
            self._recovery.discard(work.path)

    def keep(self) -> None:
        """Write unsaved work down; says once where that cannot be done."""
        if self._recovery is None:
            return
        self._notices.say(self._settings.trouble())
        if self._sessions.is_saved:
            self._recovery.clear()
            self._let_go(self._recovery)
        elif (text := self._sessions.text) is not None:
            try:
                self._recovery.keep(text)
            except WriteError as error:
                self._notices.say(_of_unkept(error, self._recovery))
            else:
                self._let_go(self._recovery)

    def finish(self) -> None:
        """The window closes as it should: nothing of this run is left behind."""
        self._timer.stop()
        if self._recovery is not None:
            self._recovery.clear()

    def _let_go(self, recovery: Recovery) -> None:
        """Remove the files of work taken up that is kept elsewhere by now."""
        document = self._controller.document
        if document is not None:
            safe = [work for work in self._taken if content(work.saved.document) == content(document)]
            for work in safe:
                recovery.discard(work.path)
                self._taken.remove(work)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def _of_damaged(count: int, recovery: Recovery) -> str:
    if not count:
        return ""
    what = "A damaged file of unsaved work was" if count == 1 else f"{count} damaged files of unsaved work were"
    return f"{what} moved to {recovery.directory}/damaged."


def _of_unkept(error: WriteError, recovery: Recovery) -> str:
    reason = error.reason[:1].lower() + error.reason[1:]
    return (
        f"Unsaved work cannot be kept through a crash ({recovery.directory}: {reason}). Save it, and make room or "
        "allow writing there."
    )
