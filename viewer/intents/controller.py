"""Turns intents into a new document. Every change of it has a name and can be undone.

An intent acts on one of three:

- on what is wanted: a sentence, Step, Step back, Play, the start and the end, undo and redo, opening;
- on what is shown: forcing a token, going to a token or a hypothesis, and all that chooses, names or deletes. It is
  refused while another line of tokens is awaited; where only a further step of the same line is, that is given up;
- on what is wanted, as long as that is the sentence shown: switching parts of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.asking import CHANNEL, STEP_BACK, STEPS, Asking, Forcing
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.state.history import Run
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.work.requests import Traced
from attention_viewer.viewer.work.worker import Worker
from PySide6.QtCore import QObject

EMPTY_HINT = "There is nothing to translate yet: type a few English words first."
PLAY, STEP = "Play", "Step"


class Controller(Asking):
    """The state of the window (document, view, what is loaded) and the intents that change it."""

    def __init__(
        self, presenter: Screen, worker: Worker, player: Player, view: ViewState, parent: QObject | None = None
    ) -> None:
        super().__init__(presenter, worker, player, view, parent)
        player.due.connect(self.play_on)
        player.changed.connect(self.changed)

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
        self._line, self._typed = sentence, True
        self.change(documents.go_to(self._fresh(sentence), steps), "New sentence")

    def submit_forced(self, sentence: str, target: str, outputs: Sequence[tuple[int, How]] = ()) -> None:
        """Encode a sentence and let the decoder read `target` as its translation.

        `outputs` are the tokens known for the hypothesis that is left.
        """
        self.player.stop()
        same = self.document is not None and self.document.source == sentence
        if same and not self.awaits_another:
            self._stay()
        document = self.document if same and self.document is not None else self._fresh(sentence)
        forcing = Forcing(sentence, target, tuple(outputs) if same else ())
        self._line, self._typed = sentence, True
        self._force(forcing, document)

    def open_document(self, document: Document, view: ViewState, name: str = "Open session") -> None:
        """Look at a document and a view that were saved."""
        self.player.stop()
        self._typed, before = False, self.view
        self.look(self._clamped(view))
        self.change(document, name)
        self._view_before = before if self.inquiries.is_open(CHANNEL) else None

    def open_model(self, directory: Path) -> None:
        """Open another checkpoint; what was done with the one before is replayed as far as it can be."""
        self.player.stop()
        self._worker.open_model(directory)

    def step(self) -> None:
        """One decoder row more, if there is one."""
        if self.player.playing:
            self._forward(PLAY, self._play)
        else:
            self._forward(STEP, STEPS)

    def back(self) -> None:
        """One decoder row less; of rows still awaited it is known only then which is the last."""
        self.player.stop()
        if not self.can_back or self.document is None:
            return
        end = self._end
        if end is None and self.document.step > self._rows:
            self._owed += 1
            self.changed.emit()
        else:
            last = self.document.step if end is None else min(self.document.step, end)
            self.change(documents.go_to(self.document, last - 1), STEP_BACK, STEPS)

    def first(self) -> None:
        """Back to the encoded sentence, before the first decoder row."""
        self._jump(0, "To the start")

    def last(self) -> None:
        """On to the end of the translation."""
        if self.document is not None and self.can_step:
            self._jump(self.document.limit, "To the end")

    def go_to_token(self, index: int) -> None:
        """To the step that predicts output token `index` (from 0) of those on screen."""
        if self.on_screen() is not None:
            self._jump(index + 1, f"Go to step {index + 1}")

    def toggle_play(self) -> None:
        """Play from here (from the start, when at the end), or stop."""
        if self.player.playing:
            self.player.stop()
        elif self.loaded.trace is not None and self.document is not None and self._has_steps:
            at_the_end = not self.can_step
            self.player.start()
            if at_the_end:
                self.change(documents.go_to(self.document, 0), PLAY, self._play)

    def play_on(self) -> None:
        """The next step of playing; waits for a step still being computed, stops at the end."""
        if self.inquiries.is_open(CHANNEL):
            return
        if self.can_step:
            self._forward(PLAY, self._play)
        else:
            self.player.stop()

    @property
    def can_step(self) -> bool:
        """True while the translation wanted is not known to have ended; without causal mask there are no steps."""
        if self.loaded.trace is None or self.document is None or not self._has_steps:
            return False
        return bool(self._owed) or self._end is None or self.document.step < self._end

    @property
    def can_back(self) -> bool:
        """True when at least one decoder row is shown or asked for."""
        return self.document is not None and self.document.step > self._owed and self._has_steps

    def _forward(self, name: str, run: Run) -> None:
        if not self.can_step or self.document is None:
            return
        if self._owed:
            self._owed -= 1
            self.changed.emit()
        else:
            self.change(documents.step_forward(self.document), name, run)

    def _jump(self, step: int, name: str) -> None:
        self.player.stop()
        if self.document is not None and self.loaded.trace is not None and self._has_steps:
            self.change(documents.go_to(self.document, step), name)

    @property
    def _has_steps(self) -> bool:
        """Whether the document wanted is known, and is decoded step by step."""
        return self._forcing is None and self.document is not None and self.document.interventions.causal_mask

    @property
    def _known(self) -> Traced | None:
        """The trace with the most rows of the line wanted, where it was computed."""
        furthest, wanted = self._furthest, self.document
        same = furthest is not None and wanted is not None and documents.continues(furthest.document, wanted)
        return furthest if same else None

    @property
    def _rows(self) -> int:
        return len(self._known.trace.steps) if self._known is not None else 0

    @property
    def _end(self) -> int | None:
        """The last step of the line wanted; None while it is not known."""
        return self._rows if self._known is not None and self._known.trace.ended else None

    @property
    def _play(self) -> Run:
        return Run(PLAY, self.player.runs)


def one_line(sentence: str) -> str:
    """A sentence as the line for it shows it."""
    return " ".join(sentence.splitlines())
