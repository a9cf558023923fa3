"""Keeping unsaved work through a crash, and offering what an earlier run left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from attention_viewer.model.whole_files import WriteError
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.touring import Before
from attention_viewer.viewer.menus.notices import Notices
from attention_viewer.viewer.menus.session_actions import SessionActions
from attention_viewer.viewer.state.filing import content
from attention_viewer.viewer.state.holdings import holdings
from attention_viewer.viewer.storage.recovery import Found, LeftBehind, Recovery
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.main_window import MainWindow
from attention_viewer.viewer.widgets.recovery_dialog import LeftRow, RecoveryDialog
from PySide6.QtCore import QObject, QTimer

KEEP_AFTER = 1500
"""Milliseconds after a change until unsaved work is written down."""


class RecoveryActions(QObject):
    """Writes the controller's document down, where there is a place for it."""

    def __init__(
        self, window: MainWindow, controller: Controller, sessions: SessionActions, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._sessions, self._settings = window, controller, sessions, settings
        self._recovery: Recovery | None = None
        self._hidden: Callable[[], Before | None] = lambda: None
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

    def set_hidden(self, hidden: Callable[[], Before | None]) -> None:
        """Write down what `hidden` gives instead of what is shown, as long as that is a stop of a tour."""
        self._hidden = hidden

    def offer(self) -> None:
        """Offer the work that earlier runs left behind when they did not end as they should."""
        if self._recovery is None:
            return
        found = self._recovery.left_behind()
        self._notices.say(_of_damaged(found, self._recovery))
        self._notices.say(self._settings.trouble())
        works = found.works
        if works:
            dialog = RecoveryDialog([_row(work) for work in works], found.unread, self._window)
            dialog.taken_up.connect(lambda place: self.take_up(works[place]))
            dialog.discard_wanted.connect(lambda places: self._discard(works, places, dialog))
            dialog.open()

    def take_up(self, work: LeftBehind) -> None:
        """Go on with work that was left behind. Its file goes only once what it holds is safe elsewhere."""
        self._taken.append(work)
        self._sessions.take_up(work.saved, self.keep)

    def _discard(self, works: Sequence[LeftBehind], places: Sequence[int], dialog: RecoveryDialog) -> None:
        """Remove works that were left behind; what cannot be removed stays listed, and is said."""
        gone, problems = [], []
        for place in places:
            try:
                if self._recovery is not None:
                    self._recovery.discard(works[place].path)
                gone.append(place)
            except WriteError as error:
                problems.append(str(error))
        if gone:
            dialog.remove(gone)
        more = f" ({len(problems) - 1} more cannot be removed either.)" if len(problems) > 1 else ""
        dialog.set_problem(f"{problems[0]}{more}" if problems else "")

    def keep(self) -> None:
        """Write unsaved work down; says once where that cannot be done."""
        if self._recovery is None:
            return
        self._notices.say(self._settings.trouble())
        text, before = self._sessions.text, self._hidden()
        if before is not None:
            text = self._sessions.text_of(before.document, before.view)
        elif self._sessions.is_saved:
            self._recovery.clear()
            self._let_go(self._recovery)
            return
        if text is not None:
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
                # What cannot be removed is offered again at the next start.
                with suppress(WriteError):
                    recovery.discard(work.path)
                self._taken.remove(work)


def _row(work: LeftBehind) -> LeftRow:
    document = work.saved.document
    return LeftRow(document.source, str(holdings(document)), _time(work.when))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def _of_damaged(found: Found, recovery: Recovery) -> str:
    count = found.set_aside
    if not count:
        return ""
    what = "A damaged file of unsaved work was" if count == 1 else f"{count} damaged files of unsaved work were"
    later = f" {found.unread} older ones are read at the next start." if found.unread and not found.works else ""
    return f"{what} moved to {recovery.directory}/damaged.{later}"


def _of_unkept(error: WriteError, recovery: Recovery) -> str:
    return (
        f"Unsaved work cannot be kept through a crash ({recovery.directory}: {error.refusal.why}). "
        f"Save it. {error.refusal.remedy}"
    )
