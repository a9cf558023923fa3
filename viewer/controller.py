"""Turns intents into a new document or view, asks the worker, and shows the answers.

The document says what is computed, the view what is looked at. An intent changes one of them; a changed
document is sent to the worker, and whatever it answers is shown, unless a newer request has been made since.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from model import document as documents
from model.api import Kind, ModelInfo, Token
from model.document import Document
from viewer import view_state
from viewer.highlight import Hover
from viewer.jobs import Work
from viewer.loaded import LOADING, NO_SENTENCE, Loaded
from viewer.player import Player
from viewer.presenter import Presenter
from viewer.requests import Traced, force_work, trace_work
from viewer.specs import Pending, Unavailable
from viewer.view_state import Head, PositionView, ViewState
from viewer.worker import Advance, Answer, Failure, Worker

CHANNEL = "trace"
EMPTY_HINT = "There is nothing to translate yet: type a few English words first."


class Controller(QObject):
    """The state of the window (document, view, what is loaded) and the intents that change it."""

    changed = Signal()
    status = Signal(str)
    hint = Signal(str)
    timed = Signal(str)
    encoded = Signal(str)
    model_changed = Signal(ModelInfo)

    def __init__(
        self, presenter: Presenter, worker: Worker, player: Player, view: ViewState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._presenter, self._worker, self.player = presenter, worker, player
        self.view = view
        self.loaded = Loaded()
        self.document: Document | None = None
        self._asked: int | None = None
        self._furthest: Traced | None = None
        worker.loading.connect(self.model_loading)
        worker.opened.connect(self.model_opened)
        worker.open_failed.connect(self.model_failed)
        worker.answered.connect(self.answered)
        worker.failed.connect(self.request_failed)
        worker.advanced.connect(self.advanced)
        player.due.connect(self.play_on)
        player.changed.connect(self.changed)

    # Intents that change the document

    def submit(self, sentence: str, steps: int = 0) -> None:
        """Encode a sentence and decode `steps` rows of its translation."""
        if not sentence.strip():
            self.hint.emit(EMPTY_HINT)
            return
        self.player.stop()
        self._ask_for(documents.go_to(Document(sentence), steps))

    def submit_forced(self, sentence: str, target: str) -> None:
        """Encode a sentence and let the decoder read `target` as its translation."""
        self._ask(force_work(sentence, target), sentence)

    def step(self) -> None:
        """One decoder row more, if there is one."""
        if self.can_step and self.document:
            self._ask_for(documents.step_forward(self.document))

    def back(self) -> None:
        """One decoder row less."""
        self.player.stop()
        if self.can_back and self.document:
            self._ask_for(documents.step_back(self.document))

    def first(self) -> None:
        """Back to the encoded sentence, before the first decoder row."""
        self._jump(0)

    def last(self) -> None:
        """On to the end of the translation."""
        if self.document:
            self._jump(self.document.limit)

    def go_to_token(self, index: int) -> None:
        """To the step that predicts output token `index` (from 0)."""
        self._jump(index + 1)

    def toggle_play(self) -> None:
        """Play from here (from the start, when at the end), or stop."""
        if self.player.playing:
            self.player.stop()
        elif self.loaded.trace is not None:
            if not self.can_step:
                self.first()
            self.player.start()

    def play_on(self) -> None:
        """The next step of playing; waits for a step still being computed, stops at the end."""
        if self._asked is not None:
            return
        if self.can_step:
            self.step()
        else:
            self.player.stop()

    @property
    def can_step(self) -> bool:
        """True while the translation has not ended."""
        return self.loaded.trace is not None and self.loaded.trace.ended is None

    @property
    def can_back(self) -> bool:
        """True when at least one decoder row is shown or asked for."""
        return self.document is not None and self.document.step > 0

    # Intents that change the view

    def look(self, view: ViewState) -> None:
        """Look at the same thing in another way."""
        self.view = view
        self._show()

    def select_head(self, kind: Kind, layer: int, head: int) -> None:
        """Show a head; layer and head count from 0."""
        self.look(view_state.select_head(self.view, kind, Head(layer, head), self._counts()))

    def move_head(self, layers: int, heads: int) -> None:
        """Move the active panel's selection."""
        self.look(view_state.move_head(self.view, layers, heads, self._counts()))

    def set_locked(self, locked: bool) -> None:
        """Keep the three panels on one layer and head, or not."""
        self.look(view_state.lock(self.view, locked, self._counts()))

    def activate(self, kind: Kind) -> None:
        """Make a panel the one that the keyboard and Export act on."""
        self.look(replace(self.view, active=kind))

    def set_length(self, length: int) -> None:
        """Plot so many positions."""
        self.look(replace(self.view, positions=replace(self.view.positions, length=length)))

    def set_pairs(self, pairs: tuple[int, ...]) -> None:
        """Plot these sine-cosine pairs."""
        self.look(replace(self.view, positions=PositionView(self.view.positions.length, tuple(pairs))))

    def hover(self, hover: Hover) -> None:
        """The mouse is on a token, on a cell, or on nothing."""
        self._presenter.show_hover(hover)

    # The model and its answers

    def open_model(self, directory: Path) -> None:
        """Open another checkpoint; the current sentence is encoded anew with it."""
        self.player.stop()
        self._worker.open_model(directory)

    def model_loading(self, message: str) -> None:
        """The worker says what it is doing."""
        self.status.emit(message)
        if self.loaded.trace is None and self.document is None:
            self._load(replace(self.loaded, waiting=Pending(message)))

    def model_opened(self, info: ModelInfo) -> None:
        """The model is ready."""
        self._presenter.set_d_model(info.config.d_model)
        self._furthest = None
        waiting: Pending | Unavailable = NO_SENTENCE if self.document is None and self._asked is None else LOADING
        self.view = view_state.clamp_all(self.view, {kind: info.heads(kind) for kind in Kind})
        self._load(replace(self.loaded, info=info, trace=None, waiting=waiting))
        self.model_changed.emit(info)
        self.status.emit("Ready")
        if self.document is not None:
            self._ask_for(self.document)

    def model_failed(self, message: str) -> None:
        """The checkpoint could not be opened; a model opened before stays open."""
        if self.loaded.info is None:
            self._load(replace(self.loaded, waiting=Unavailable(message)))
        self.hint.emit(message)
        self.status.emit("No model" if self.loaded.info is None else "Ready")

    def answered(self, answer: Answer) -> None:
        """Show a trace, unless something newer has been asked for."""
        if answer.id != self._asked:
            return
        self._asked = None
        traced: Traced = answer.result
        steps = len(traced.trace.steps)
        self.document = documents.go_to(traced.document, steps)
        loaded = replace(
            self.loaded,
            trace=traced.trace,
            sentence=traced.document.source,
            translation=traced.translation,
            ahead=self._ahead(traced),
        )
        self.hint.emit("")
        self.status.emit("Ready")
        if traced.rows:
            self.timed.emit(f"{1000 * answer.seconds / traced.rows:.1f} ms per step")
        is_new = self.loaded.trace is None or self.loaded.sentence != loaded.sentence
        self._load(loaded)
        if is_new:
            self.encoded.emit(loaded.sentence)

    def request_failed(self, failure: Failure) -> None:
        """Say why there is no answer; what was there before stays."""
        if failure.id != self._asked:
            return
        self._asked = None
        self.player.stop()
        trace = self.loaded.trace
        if trace is not None and self.document is not None:
            self.document = replace(self.document, source=self.loaded.sentence, step=len(trace.steps))
        else:
            self.document = None
            self._load(replace(self.loaded, waiting=NO_SENTENCE))
        self.hint.emit(failure.message)
        self.status.emit("Ready")
        self.changed.emit()

    def advanced(self, advance: Advance) -> None:
        """A long decoding says how far it is."""
        if advance.id == self._asked:
            self.status.emit(f"Decoding: {advance.progress.done} tokens …")

    def _jump(self, step: int) -> None:
        self.player.stop()
        if self.document is not None and self.loaded.trace is not None:
            self._ask_for(documents.go_to(self.document, step))

    def _ask_for(self, document: Document) -> None:
        self.document = document
        self._ask(trace_work(document), document.source)

    def _ask(self, work: Work, sentence: str) -> None:
        self._asked = self._worker.request(work, CHANNEL)
        if self.loaded.trace is None:
            waiting = "Encoding the sentence …" if self.loaded.info else "Your sentence is next: the model is loading …"
            self._load(replace(self.loaded, sentence=sentence, waiting=Pending(waiting)))
        self.changed.emit()

    def _ahead(self, traced: Traced) -> tuple[Token, ...]:
        """Output tokens of the rows after the last one shown, where they were computed before."""
        furthest = self._furthest
        steps = len(traced.trace.steps)
        if furthest is None or _line(furthest) != _line(traced) or len(furthest.trace.steps) <= steps:
            self._furthest = traced
            return ()
        return furthest.trace.output_tokens[steps:]

    def _load(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self._show()

    def _show(self) -> None:
        self._presenter.show(self.loaded, self.view)
        self.changed.emit()

    def _counts(self) -> dict[Kind, tuple[int, int]]:
        info = self.loaded.info
        return {kind: info.heads(kind) if info else (1, 1) for kind in Kind}


def _line(traced: Traced) -> Any:
    """What two traces must share for one to be the continuation of the other."""
    return replace(traced.document, step=0)
