"""Turns intents into a new document or view, asks the worker, and shows the answers.

The document says what is computed, the view what is looked at. An intent changes one of them; a changed
document is sent to the worker, and whatever it answers is shown, unless a newer request has been made since.
Every change of the document has a name and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from model import document as documents
from model.api import How, Kind, ModelInfo, Token
from model.document import Document
from viewer import history, view_state
from viewer.highlight import Hover
from viewer.history import History
from viewer.inquiries import Inquiries
from viewer.jobs import Priority, Work
from viewer.loaded import LOADING, NO_EXPERIMENTS, NO_SENTENCE, Loaded
from viewer.player import Player
from viewer.presenter import Presenter
from viewer.requests import Traced, force_work, trace_work, vocabulary_work
from viewer.specs import Pending, Unavailable
from viewer.view_state import Head, PositionView, ViewState
from viewer.worker import Advance, Answer, Failure, Worker

CHANNEL, VOCABULARY_CHANNEL = "trace", "vocabulary"
EMPTY_HINT = "There is nothing to translate yet: type a few English words first."
PLAY = "Play"


class Controller(QObject):
    """The state of the window (document, view, what is loaded) and the intents that change it.

    `traced` follows whenever the trace of another document is on screen.
    """

    changed = Signal()
    traced = Signal()
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
        self.inquiries = Inquiries(worker, self)
        self.view = view
        self.loaded = Loaded()
        self.document: Document | None = None
        self.history = History()
        self._settled = History()
        self._furthest: Traced | None = None
        worker.loading.connect(self.model_loading)
        worker.opened.connect(self.model_opened)
        worker.open_failed.connect(self.model_failed)
        player.due.connect(self.play_on)
        player.changed.connect(self.changed)

    # Intents that change the document

    def change(self, document: Document, name: str, merged: bool = False) -> None:
        """Take another document in the place of the present one; `name` says what was done, for undoing it."""
        if self.document is not None and document != self.document:
            self.history = history.record(self.history, name, self.document, merged)
        self._ask_for(document)

    def submit(self, sentence: str, steps: int = 0) -> None:
        """Encode a sentence and decode `steps` rows of its translation."""
        if not sentence.strip():
            self.hint.emit(EMPTY_HINT)
            return
        self.player.stop()
        self.change(documents.go_to(self._fresh(sentence), steps), "New sentence")

    def submit_forced(self, sentence: str, target: str, outputs: Sequence[tuple[int, How]] = ()) -> None:
        """Encode a sentence and let the decoder read `target` as its translation.

        `outputs` are the tokens known for the hypothesis that is left.
        """
        same = self.document is not None and self.document.source == sentence
        document = self.document if same and self.document is not None else self._fresh(sentence)
        self._ask(force_work(document, target, outputs if same else ()), sentence, "Teacher forcing")

    def open_document(self, document: Document, view: ViewState) -> None:
        """Look at a document and a view that were saved; there is nothing to undo then."""
        self.player.stop()
        self.history = self._settled = History()
        self.view = view
        self._ask_for(document)

    def undo(self) -> None:
        """Take back the last change of the document."""
        if self.can_undo and self.document:
            self.player.stop()
            document, self.history = history.undo(self.history, self.document)
            self._ask_for(document)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self.can_redo and self.document:
            self.player.stop()
            document, self.history = history.redo(self.history, self.document)
            self._ask_for(document)

    def step(self) -> None:
        """One decoder row more, if there is one."""
        if self.can_step and self.document:
            self.change(
                documents.step_forward(self.document), PLAY if self.player.playing else "Step", self.player.playing
            )

    def back(self) -> None:
        """One decoder row less."""
        self.player.stop()
        if self.can_back and self.document:
            self.change(documents.step_back(self.document), "Step back")

    def first(self) -> None:
        """Back to the encoded sentence, before the first decoder row."""
        self._jump(0, "To the start")

    def last(self) -> None:
        """On to the end of the translation."""
        if self.document:
            self._jump(self.document.limit, "To the end")

    def go_to_token(self, index: int) -> None:
        """To the step that predicts output token `index` (from 0)."""
        self._jump(index + 1, f"Go to step {index + 1}")

    def toggle_play(self) -> None:
        """Play from here (from the start, when at the end), or stop."""
        if self.player.playing:
            self.player.stop()
        elif self.loaded.trace is not None and self.loaded.trace.causal:
            if not self.can_step:
                self.first()
            self.player.start()

    def play_on(self) -> None:
        """The next step of playing; waits for a step still being computed, stops at the end."""
        if self.inquiries.is_open(CHANNEL):
            return
        if self.can_step:
            self.step()
        else:
            self.player.stop()

    @property
    def d_model(self) -> int:
        """The width of the positional encoding that is shown."""
        return self._presenter.d_model

    @property
    def can_step(self) -> bool:
        """True while the translation has not ended; without causal mask there are no steps."""
        trace = self.loaded.trace
        return trace is not None and trace.ended is None and trace.causal

    @property
    def can_back(self) -> bool:
        """True when at least one decoder row is shown or asked for."""
        causal = self.loaded.trace is None or self.loaded.trace.causal
        return self.document is not None and self.document.step > 0 and causal

    @property
    def can_undo(self) -> bool:
        """True when a change of the document can be taken back."""
        return self.document is not None and bool(self.history.past)

    @property
    def can_redo(self) -> bool:
        """True when a change that was taken back can be made again."""
        return self.document is not None and bool(self.history.future)

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
        self._presenter.d_model = info.config.d_model
        self._furthest = None
        nothing_asked = self.document is None and not self.inquiries.is_open(CHANNEL)
        waiting: Pending | Unavailable = NO_SENTENCE if nothing_asked else LOADING
        self.view = view_state.clamp_all(self.view, {kind: info.heads(kind) for kind in Kind})
        self._load(replace(self.loaded, info=info, trace=None, waiting=waiting, experiments=NO_EXPERIMENTS))
        self.model_changed.emit(info)
        self.status.emit("Ready")
        self.inquiries.ask(VOCABULARY_CHANNEL, vocabulary_work, self._vocabulary_known, priority=Priority.SOON)
        if self.document is not None:
            self._ask_for(self.document)

    def model_failed(self, message: str) -> None:
        """The checkpoint could not be opened; a model opened before stays open."""
        if self.loaded.info is None:
            self._load(replace(self.loaded, waiting=Unavailable(message)))
        self.hint.emit(message)
        self.status.emit("No model" if self.loaded.info is None else "Ready")

    def load(self, loaded: Loaded) -> None:
        """Show other results beside the same trace."""
        self._load(loaded)

    def _answered(self, answer: Answer) -> None:
        """Show a trace."""
        traced: Traced = answer.result
        steps = len(traced.trace.steps)
        self.document = documents.go_to(traced.document, steps)
        self._settled = self.history
        is_new = self.loaded.trace is None or self.loaded.sentence != traced.document.source
        loaded = replace(
            self.loaded,
            trace=traced.trace,
            sentence=traced.document.source,
            translation=traced.translation,
            ahead=self._ahead(traced),
            document=self.document,
        )
        self.hint.emit("")
        self.status.emit("Ready")
        if traced.rows:
            self.timed.emit(f"{1000 * answer.seconds / traced.rows:.1f} ms per step")
        self._load(loaded)
        self.traced.emit()
        if is_new:
            self.encoded.emit(loaded.sentence)

    def _failed(self, failure: Failure) -> None:
        """Say why there is no answer; what was there before stays."""
        self.player.stop()
        self.history = self._settled
        self.document = self.loaded.document
        if self.loaded.trace is None:
            self.document = None
            self._load(replace(self.loaded, waiting=NO_SENTENCE))
        self.hint.emit(failure.message)
        self.status.emit("Ready")
        self.changed.emit()

    def _advanced(self, advance: Advance) -> None:
        """A long decoding says how far it is."""
        self.status.emit(f"Decoding: {advance.progress.done} tokens …")

    def _vocabulary_known(self, answer: Answer) -> None:
        self._load(replace(self.loaded, vocabulary=answer.result))

    def _fresh(self, sentence: str) -> Document:
        """A document for a sentence: nothing chosen, no intervention; tokens are chosen in the way they were."""
        document = Document(sentence)
        return document if self.document is None else replace(document, decoding=self.document.decoding)

    def _jump(self, step: int, name: str) -> None:
        self.player.stop()
        trace = self.loaded.trace
        if self.document is not None and trace is not None and trace.causal:
            self.change(documents.go_to(self.document, step), name)

    def _ask_for(self, document: Document) -> None:
        self.document = document
        self._ask(trace_work(document), document.source)

    def _ask(self, work: Work, sentence: str, name: str = "") -> None:
        """Ask for a trace. Where the answer brings a document of its own, `name` says what was done."""
        before = self.document

        def answered(answer: Answer) -> None:
            if name and before is not None:
                self.history = history.record(self.history, name, before)
            self._answered(answer)

        self.inquiries.ask(CHANNEL, work, answered, self._failed, self._advanced)
        if self.loaded.trace is None:
            waiting = "Encoding the sentence …" if self.loaded.info else "Your sentence is next: the model is loading …"
            self._load(replace(self.loaded, sentence=sentence, waiting=Pending(waiting)))
        self.changed.emit()

    def _ahead(self, traced: Traced) -> tuple[Token, ...]:
        """Output tokens of the rows after the last one shown, where they were computed before."""
        furthest = self._furthest
        steps = len(traced.trace.steps)
        continued = furthest is not None and documents.continues(furthest.document, traced.document)
        if furthest is None or not continued or len(furthest.trace.steps) <= steps:
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
