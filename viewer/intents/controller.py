"""The intents of the window on sentences, sessions, models and steps.

Every change of the document has a name and can be undone; which document an intent acts on is said in
`viewer.intents.wishes`. A sentence, opening, undo and redo act on what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import UserError
from attention_viewer.viewer.intents import stepping
from attention_viewer.viewer.intents.asking import CHANNEL, Asking
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.intents.wishes import Owed, Refused, Wish
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.loaded import NOTHING, Loaded
from attention_viewer.viewer.state.state import STEPS, Forcing, State
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.work.worker import Worker
from PySide6.QtCore import QObject

EMPTY_HINT = "There is nothing to translate yet: type a few English words first."
PLAY, STEP = "Play", "Step"
Given = ParamSpec("Given")
Granted = Wish | Owed | Forcing | None


class Controller(Asking):
    """The state of the window (document, view, what is loaded) and the intents that change it."""

    def __init__(
        self,
        presenter: Screen,
        worker: Worker,
        player: Player,
        view: ViewState,
        parent: QObject | None = None,
        loaded: Loaded = NOTHING,
    ) -> None:
        super().__init__(presenter, worker, player, view, parent, loaded)
        player.due.connect(self.play_on)
        player.changed.connect(self.changed)

    def run(
        self, intent: Callable[Concatenate[State, Given], Granted], *given: Given.args, **named: Given.kwargs
    ) -> None:
        """Carry out an intent; where it cannot be, say why."""
        try:
            wish = intent(self.state, *given, **named)
        except Refused as error:
            self._refuse(str(error))
        except UserError as error:
            self.hint.emit(str(error))
        else:
            self._grant(wish)

    def _grant(self, wish: Granted) -> None:
        if isinstance(wish, Forcing):
            self.submit_forced(wish.sentence, wish.target, wish.outputs)
        elif isinstance(wish, Owed):
            self._set(owed=wish.steps)
            self.changed.emit()
        elif wish is not None:
            if not wish.plays:
                self.player.stop()
            if not wish.of_shown:
                self.change(wish.document, wish.name, wish.run)
            elif wish.document != self.loaded.document:
                self._stay()
                self.change(wish.document, wish.name)

    def submit(self, sentence: str, steps: int = 0) -> None:
        """Encode a sentence and decode `steps` rows of its translation. The one there is stays as it is."""
        if not sentence.strip():
            self.hint.emit(EMPTY_HINT)
            return
        if self.document is not None and not steps and sentence == one_line(self.document.source):
            if not self.inquiries.is_open(CHANNEL):
                self.encoded.emit(sentence)
            return
        self.player.stop()
        self._set(line=sentence, typed=True)
        self.change(documents.go_to(self._fresh(sentence), steps), "New sentence")

    def submit_forced(self, sentence: str, target: str, outputs: Sequence[tuple[int, How]] = ()) -> None:
        """Encode a sentence and let the decoder read `target` as its translation.

        `outputs` are the tokens known for the hypothesis that is left.
        """
        self.player.stop()
        same = self.document is not None and self.document.source == sentence
        if same and not self.state.awaits_another:
            self._stay()
        document = self.document if same and self.document is not None else self._fresh(sentence)
        forcing = Forcing(sentence, target, tuple(outputs) if same else ())
        self._set(line=sentence, typed=True)
        self._force(forcing, document)

    def open_document(self, document: Document, view: ViewState, name: str = "Open session") -> None:
        """Look at a document and a view that were saved."""
        self.player.stop()
        before = self.view
        self._set(typed=False)
        self.look(self._clamped(view))
        self.change(document, name)
        self._set(view_before=before if self.inquiries.is_open(CHANNEL) else None)

    def open_model(self, directory: Path) -> None:
        """Open another checkpoint; what was done with the one before is replayed as far as it can be."""
        self.player.stop()
        self._worker.open_model(directory)

    def step(self) -> None:
        """One decoder row more, if there is one."""
        if self.player.playing:
            self.run(stepping.forward, PLAY, self._play)
        else:
            self.run(stepping.forward, STEP, STEPS)

    def back(self) -> None:
        """One decoder row less; of rows still awaited it is known only then which is the last."""
        self.player.stop()
        self.run(stepping.back)

    def first(self) -> None:
        """Back to the encoded sentence, before the first decoder row."""
        self.player.stop()
        self.run(stepping.go_to, 0, "To the start")

    def last(self) -> None:
        """On to the end of the translation."""
        self.run(stepping.last)

    def go_to_token(self, index: int) -> None:
        """To the step that predicts output token `index` (from 0) of those on screen."""
        self.run(stepping.go_to_token, index)

    def toggle_play(self) -> None:
        """Play from here (from the start, when at the end), or stop."""
        state = self.state
        if self.player.playing:
            self.player.stop()
        elif state.shown.trace is not None and state.wanted is not None and state.has_steps:
            self.player.start()
            if not state.can_step:
                self.change(documents.go_to(state.wanted, 0), PLAY, self._play)

    def play_on(self) -> None:
        """The next step of playing; waits for a step still being computed, stops at the end."""
        if self.inquiries.is_open(CHANNEL):
            return
        if self.state.can_step:
            self.run(stepping.forward, PLAY, self._play)
        else:
            self.player.stop()

    @property
    def _play(self) -> Run:
        return Run(PLAY, self.player.runs)


def one_line(sentence: str) -> str:
    """A sentence as the line for it shows it."""
    return " ".join(sentence.splitlines())
