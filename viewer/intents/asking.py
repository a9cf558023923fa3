"""What is wanted, what is shown, and the way from one to the other: questions to the worker, and their answers.

`document` is what is wanted: what was asked for last. `loaded.document` is what is shown, and a question is open while
they differ. Where a question fails or is given up, what is shown is wanted again, with the history it had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import How, ModelInfo, Token
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.looking import Looking
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.state import history
from attention_viewer.viewer.state.history import History, Run
from attention_viewer.viewer.state.loaded import LOADING, NO_SENTENCE, Loaded
from attention_viewer.viewer.state.replay import lost, replayed
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.work.inquiries import Inquiries
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.requests import Traced, force_work, trace_work, vocabulary_work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure, Worker
from PySide6.QtCore import QObject, Signal

CHANNEL, VOCABULARY_CHANNEL = "trace", "vocabulary"
BUSY_HINT = "What is on screen is about to be replaced by what was asked for before: wait for that, then try again."
STEP_BACK, TEACHER = "Step back", "Teacher forcing"
STEPS = Run("Steps")


@dataclass(frozen=True)
class Forcing:
    """Teacher forcing that is awaited: only its answer tells the document."""

    sentence: str
    target: str
    outputs: tuple[tuple[int, How], ...]


class Asking(Looking):
    """Asks for documents, shows what is answered, and remembers what can be undone.

    `traced` follows whenever another document is on screen, `sentence_changed` when the document wanted translates
    another sentence than was typed last.
    """

    traced = Signal()
    status = Signal(str)
    hint = Signal(str)
    timed = Signal(str)
    encoded = Signal(str)
    sentence_changed = Signal(str)
    model_changed = Signal(ModelInfo)

    def __init__(
        self, presenter: Screen, worker: Worker, player: Player, view: ViewState, parent: QObject | None = None
    ) -> None:
        super().__init__(presenter, view, parent)
        self._worker, self.player = worker, player
        self.inquiries = Inquiries(worker, self)
        self.document: Document | None = None
        self.history = History()
        self._settled = History()
        self._furthest: Traced | None = None
        self._forcing: Forcing | None = None
        self._owed = 0
        self._line = ""
        self._typed = False
        self._view_before: ViewState | None = None
        self._notice = ""
        worker.loading.connect(self.model_loading)
        worker.opened.connect(self.model_opened)
        worker.open_failed.connect(self.model_failed)

    # What an intent acts on

    @property
    def awaits_another(self) -> bool:
        """Whether another document than that on screen is awaited, and not just another step of it."""
        wanted, shown = self.document, self.loaded.document
        if not self.inquiries.is_open(CHANNEL):
            return False
        if self._forcing is not None or wanted is None or shown is None:
            return True
        return replace(wanted, step=shown.step) != shown

    def on_screen(self) -> Document | None:
        """The document shown, for an intent that acts on it; None, with a hint, while another line is awaited."""
        if self.loaded.document is not None and self.awaits_another:
            self._refuse(BUSY_HINT)
            return None
        return self.loaded.document

    def of_the_sentence(self) -> Document | None:
        """The document wanted; None, with a hint, while that is not known or translates another sentence."""
        shown = self.loaded.document
        if shown is None or self.document is None:
            return None
        if self._forcing is not None or self.document.source != shown.source:
            self._refuse(BUSY_HINT)
            return None
        return self.document

    def _refuse(self, hint: str) -> None:
        """Say why something is not done; switches go back to what is shown."""
        self.hint.emit(hint)
        self._presenter.renew(self.loaded, self.view)
        self.changed.emit()

    def change(self, document: Document, name: str, run: Run | None = None) -> None:
        """Take another document in the place of the one wanted; `name` says what was done, for undoing it."""
        owed, self._owed = self._owed, 0
        if document == self.document and self._forcing is None:
            if owed:
                self.changed.emit()
            return
        if self.document is not None and document != self.document:
            self.history = history.trimmed(history.record(self.history, name, self.document, run), document)
        self._ask_for(document)

    def change_shown(self, document: Document, name: str) -> None:
        """Take another document in the place of the one shown; a step that is awaited is given up."""
        self._stay()
        self.change(document, name)

    def undo(self) -> None:
        """Take back the last change of the document, or what was asked for and is still awaited."""
        if not self.can_undo or self.document is None:
            return
        self.player.stop()
        if self._forcing is not None:
            self.give_up()
        elif self._owed and self.history.run != STEPS:
            self._owed = 0
            self.changed.emit()
        else:
            self._typed = False
            document, self.history = history.undo(self.history, self.document)
            self._ask_for(document)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self.can_redo and self.document is not None:
            self.player.stop()
            self._typed = False
            document, self.history = history.redo(self.history, self.document)
            self._ask_for(document)

    def give_up(self) -> None:
        """Wait no longer for what was asked for: what is on screen stands, with its history and its sentence."""
        self.player.stop()
        self._stay()
        self._notice = ""
        if self._view_before is not None:
            self.look(self._view_before)
        self._view_before = None
        if self.loaded.trace is None:
            self.load(replace(self.loaded, document=None, waiting=NO_SENTENCE))
        source = self.document.source if self.document is not None else ""
        if self._typed:
            # What was typed may be wanted again, in other words: it is left in the line.
            self._line = source
        elif source:
            self._tell_sentence(source)
        self.status.emit("Ready")
        self._refuse("")

    @property
    def can_undo(self) -> bool:
        """True when a change of the document can be taken back."""
        return self.document is not None and bool(self.undo_name)

    @property
    def undo_name(self) -> str:
        """What undoing takes back; "" where there is nothing."""
        if self._forcing is not None:
            return TEACHER
        return STEP_BACK if self._owed and self.history.run != STEPS else self.history.undo_name

    @property
    def can_redo(self) -> bool:
        """True when a change that was taken back can be made again."""
        return self.document is not None and bool(self.history.future)

    # The model and its answers

    def model_loading(self, message: str) -> None:
        """The worker says what it is doing."""
        self.status.emit(message)
        if self.loaded.trace is None and self.document is None:
            self.load(replace(self.loaded, waiting=Pending(message)))

    def model_opened(self, info: ModelInfo) -> None:
        """The model is ready. Another one than before begins a history of its own."""
        before, forcing = self.loaded.info, self._forcing
        if before is not None and before.content_hash != info.content_hash:
            self._replay_on(info)
        self._presenter.d_model = info.config.d_model
        self._furthest = None
        nothing_asked = self.document is None and not self.inquiries.is_open(CHANNEL)
        waiting: Pending | Unavailable = NO_SENTENCE if nothing_asked else LOADING
        sentence = self.loaded.sentence if self.document is None else self.document.source
        self.load(Loaded(info, sentence=sentence, waiting=waiting))
        self.view = self._clamped(self.view)
        self._show()
        self.model_changed.emit(info)
        self.status.emit("Ready")
        self.inquiries.ask(VOCABULARY_CHANNEL, vocabulary_work, self._vocabulary_known, priority=Priority.SOON)
        if forcing is not None and self._forcing is forcing:
            same = self.document is not None and self.document.source == forcing.sentence
            document = self.document if same and self.document is not None else self._fresh(forcing.sentence)
            self._force(replace(forcing, outputs=()), document)
        elif self.document is not None:
            self._ask_for(self.document)

    def model_failed(self, message: str) -> None:
        """The checkpoint could not be opened; a model opened before stays open."""
        if self.loaded.info is None:
            self.load(replace(self.loaded, waiting=Unavailable(message)))
        self.hint.emit(message)
        self.status.emit("No model" if self.loaded.info is None else "Ready")

    def _replay_on(self, info: ModelInfo) -> None:
        """Begin anew with what the document wanted has a counterpart for in another model."""
        self.player.stop()
        self.history = self._settled = History()
        if self.document is not None:
            dropped = lost(self.document, info)
            self._notice = f"{info.name} is another model. Left out, because it does not know them: {dropped}."
            self._notice = self._notice if dropped else ""
            self.document = replayed(self.document, info)

    def _answered(self, answer: Answer) -> None:
        """Show a trace."""
        traced: Traced = answer.result
        steps = len(traced.trace.steps)
        self.document = documents.go_to(traced.document, steps)
        self.history = self._settled = history.trimmed(self.history, self.document)
        self._view_before, owed = None, self._owed
        is_new = self.loaded.trace is None or self.loaded.sentence != traced.document.source
        loaded = replace(
            self.loaded,
            trace=traced.trace,
            sentence=traced.document.source,
            translation=traced.translation,
            ahead=self._ahead(traced),
            document=self.document,
        )
        self.hint.emit(self._notice)
        self._notice = ""
        self.status.emit("Ready")
        if traced.rows:
            self.timed.emit(f"{1000 * answer.seconds / traced.rows:.1f} ms per step")
        self.load(loaded)
        self.traced.emit()
        if is_new:
            self.encoded.emit(loaded.sentence)
        if owed:
            self.change(documents.go_to(self.document, steps - owed), STEP_BACK, STEPS)

    def _failed(self, failure: Failure) -> None:
        """Say why there is no answer; what was there before stays."""
        self.give_up()
        self.hint.emit(failure.message)

    def _advanced(self, advance: Advance) -> None:
        """A long decoding says how far it is."""
        self.status.emit(f"Decoding: {advance.progress.done} tokens …")

    def _vocabulary_known(self, answer: Answer) -> None:
        self.load(replace(self.loaded, vocabulary=answer.result))

    def _fresh(self, sentence: str) -> Document:
        """A document for a sentence: nothing chosen, no intervention; tokens are chosen in the way they were."""
        document = Document(sentence)
        return document if self.document is None else replace(document, decoding=self.document.decoding)

    def _stay(self) -> None:
        """Want what is shown."""
        self._owed, self._forcing = 0, None
        if self.inquiries.is_open(CHANNEL):
            self.inquiries.drop(CHANNEL)
            self.status.emit("Ready")
        self.document, self.history = self.loaded.document, self._settled

    def _tell_sentence(self, sentence: str) -> None:
        if sentence != self._line:
            self._line = sentence
            self.sentence_changed.emit(sentence)

    def _ask_for(self, document: Document) -> None:
        """Want a document. One whose rows are those on screen needs no computing."""
        shown = self.loaded.document
        self._tell_sentence(document.source)
        rows = (document.step, document.limit)
        if shown is None or rows != (shown.step, shown.limit) or not documents.continues(document, shown):
            self.document = document
            self._ask(trace_work(document), document.source)
            return
        settled = self.history
        self._stay()
        self.document, self.history, self._settled = document, settled, settled
        self.load(replace(self.loaded, document=document))
        self.traced.emit()

    def _force(self, forcing: Forcing, document: Document) -> None:
        """Want what teacher forcing makes of a document."""
        self._ask(force_work(document, forcing.target, forcing.outputs), forcing.sentence, forcing)

    def _ask(self, work: Work, sentence: str, forcing: Forcing | None = None) -> None:
        """Ask for a trace; the answer to teacher forcing brings a document of its own."""
        before = self.document
        self._forcing, self._owed, self._view_before = forcing, 0, None

        def answered(answer: Answer) -> None:
            self._forcing = None
            if forcing is not None and before is not None:
                self.history = history.record(self.history, TEACHER, before)
            self._answered(answer)

        self.inquiries.ask(CHANNEL, work, answered, self._failed, self._advanced)
        if self.loaded.trace is None:
            waiting = "Encoding the sentence …" if self.loaded.info else "Your sentence is next: the model is loading …"
            self.load(replace(self.loaded, sentence=sentence, waiting=Pending(waiting)))
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
