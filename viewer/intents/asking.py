"""From what is wanted to what is shown: runs intents, asks the worker, and shows what it answers.

A question is open while the two differ. Where it fails or is given up, what is shown is wanted again, with the history
it had.
"""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract.api import ModelInfo, Token
from attention_viewer.model.contract.document import Document
from attention_viewer.viewer.intents.looking import Looking
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.state import history
from attention_viewer.viewer.state.history import History, Run
from attention_viewer.viewer.state.loaded import LOADING, NO_SENTENCE, NOTHING, Loaded
from attention_viewer.viewer.state.replay import lost, replayed
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.state import STEP_BACK, STEPS, TEACHER, Forcing, Traced
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.work.inquiries import Inquiries
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.requests import force_work, trace_work, vocabulary_work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure, Worker
from PySide6.QtCore import QObject, Signal

CHANNEL, VOCABULARY_CHANNEL = "trace", "vocabulary"


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
        self,
        presenter: Screen,
        worker: Worker,
        player: Player,
        view: ViewState,
        parent: QObject | None = None,
        loaded: Loaded = NOTHING,
    ) -> None:
        super().__init__(presenter, view, loaded, parent)
        self._worker, self.player = worker, player
        self.inquiries = Inquiries(worker, self)
        worker.loading.connect(self.model_loading)
        worker.opened.connect(self.model_opened)
        worker.open_failed.connect(self.model_failed)

    @property
    def document(self) -> Document | None:
        """The document that is wanted: what was asked for last."""
        return self.state.wanted

    @property
    def history(self) -> History:
        """What can be undone and made again."""
        return self.state.history

    def _refuse(self, hint: str) -> None:
        """Say why something is not done; switches go back to what is shown."""
        self.hint.emit(hint)
        self._presenter.renew(self.loaded, self.view, self._hover)
        self.changed.emit()

    def change(self, document: Document, name: str, run: Run | None = None) -> None:
        """Take another document in the place of the one wanted; `name` says what was done, for undoing it."""
        before, owed = self.state, self.state.owed
        self._set(owed=0)
        if document == before.wanted and before.forcing is None:
            if owed:
                self.changed.emit()
            return
        if before.wanted is not None and document != before.wanted:
            recorded = history.record(before.history, name, before.wanted, run)
            self._set(history=history.trimmed(recorded, document))
        self._ask_for(document)

    def undo(self) -> None:
        """Take back the last change of the document, or what was asked for and is still awaited."""
        state = self.state
        if not state.can_undo or state.wanted is None:
            return
        self.player.stop()
        if state.forcing is not None:
            self.give_up()
        elif state.owed and state.history.run != STEPS:
            self._set(owed=0)
            self.changed.emit()
        else:
            document, left = history.undo(state.history, state.wanted)
            self._set(history=left, typed=False)
            self._ask_for(document)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        state = self.state
        if state.can_redo and state.wanted is not None:
            self.player.stop()
            document, left = history.redo(state.history, state.wanted)
            self._set(history=left, typed=False)
            self._ask_for(document)

    def give_up(self) -> None:
        """Wait no longer for what was asked for: what is on screen stands, with its history and its sentence."""
        self.player.stop()
        self._stay()
        before = self.state.view_before
        self._set(notice="", view_before=None)
        if before is not None:
            self.look(before)
        if self.loaded.trace is None:
            self.load(replace(self.loaded, document=None, waiting=NO_SENTENCE))
        source = self.document.source if self.document is not None else ""
        if self.state.typed:
            # What was typed may be wanted again, in other words: it is left in the line.
            self._set(line=source)
        elif source:
            self._tell_sentence(source)
        self.status.emit("Ready")
        self._refuse("")

    # The model and its answers

    def model_loading(self, message: str) -> None:
        """The worker says what it is doing."""
        self.status.emit(message)
        if self.loaded.trace is None and self.document is None:
            self.load(replace(self.loaded, waiting=Pending(message)))

    def model_opened(self, info: ModelInfo) -> None:
        """The model is ready. Another one than before begins a history of its own."""
        before, forcing = self.loaded.info, self.state.forcing
        if before is not None and before.content_hash != info.content_hash:
            self._replay_on(info)
        self._set(furthest=None)
        nothing_asked = self.document is None and not self.inquiries.is_open(CHANNEL)
        waiting: Pending | Unavailable = NO_SENTENCE if nothing_asked else LOADING
        sentence = self.loaded.sentence if self.document is None else self.document.source
        self.load(Loaded(info, sentence=sentence, waiting=waiting, d_model=info.config.d_model))
        self.look(self._clamped(self.view))
        self.model_changed.emit(info)
        self.status.emit("Ready")
        self.inquiries.ask(VOCABULARY_CHANNEL, vocabulary_work, self._vocabulary_known, priority=Priority.SOON)
        if forcing is not None and self.state.forcing is forcing:
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
        self._set(history=History(), settled=History())
        if self.document is not None:
            dropped = lost(self.document, info)
            said = f"{info.name} is another model. Left out, because it does not know them: {dropped}."
            self._set(notice=said if dropped else "", wanted=replayed(self.document, info))

    def _answered(self, answer: Answer[Traced]) -> None:
        """Show a trace."""
        traced, owed, notice = answer.result, self.state.owed, self.state.notice
        steps = len(traced.trace.steps)
        document = documents.go_to(traced.document, steps)
        kept = history.trimmed(self.history, document)
        self._set(wanted=document, history=kept, settled=kept, awaited=False, view_before=None, notice="")
        is_new = self.loaded.trace is None or self.loaded.sentence != traced.document.source
        loaded = replace(
            self.loaded,
            trace=traced.trace,
            sentence=traced.document.source,
            translation=traced.translation,
            ahead=self._ahead(traced),
            document=document,
        )
        self.hint.emit(notice)
        self.status.emit("Ready")
        if traced.rows:
            self.timed.emit(f"{1000 * answer.seconds / traced.rows:.1f} ms per step")
        self.load(loaded)
        self.traced.emit()
        if is_new:
            self.encoded.emit(loaded.sentence)
        if owed:
            self.change(documents.go_to(document, steps - owed), STEP_BACK, STEPS)

    def _failed(self, failure: Failure) -> None:
        """Say why there is no answer; what was there before stays."""
        self.give_up()
        self.hint.emit(failure.message)

    def _advanced(self, advance: Advance) -> None:
        """A long decoding says how far it is."""
        self.status.emit(f"Decoding: {advance.progress.done} tokens …")

    def _vocabulary_known(self, answer: Answer[tuple[Token, ...]]) -> None:
        self.load(replace(self.loaded, vocabulary=answer.result))

    def _fresh(self, sentence: str) -> Document:
        """A document for a sentence: nothing chosen, no intervention; tokens are chosen in the way they were."""
        document = Document(sentence)
        return document if self.document is None else replace(document, decoding=self.document.decoding)

    def _stay(self) -> None:
        """Want what is shown."""
        if self.inquiries.is_open(CHANNEL):
            self.inquiries.drop(CHANNEL)
            self.status.emit("Ready")
        shown, settled = self.loaded.document, self.state.settled
        self._set(wanted=shown, history=settled, owed=0, forcing=None, awaited=False)

    def _tell_sentence(self, sentence: str) -> None:
        if sentence != self.state.line:
            self._set(line=sentence)
            self.sentence_changed.emit(sentence)

    def _ask_for(self, document: Document) -> None:
        """Want a document. One whose rows are those on screen needs no computing."""
        shown = self.loaded.document
        self._tell_sentence(document.source)
        rows = (document.step, document.limit)
        if shown is None or rows != (shown.step, shown.limit) or not documents.continues(document, shown):
            self._set(wanted=document)
            self._ask(trace_work(document), document.source)
            return
        # A step may have led past an end that was not known then: made again, it leads nowhere.
        settled = history.trimmed(self.history, document)
        self._stay()
        self._set(wanted=document, history=settled, settled=settled)
        self.load(replace(self.loaded, document=document))
        self.traced.emit()

    def _force(self, forcing: Forcing, document: Document) -> None:
        """Want what teacher forcing makes of a document."""
        self._ask(force_work(document, forcing.target, forcing.outputs), forcing.sentence, forcing)

    def _ask(self, work: Work[Traced], sentence: str, forcing: Forcing | None = None) -> None:
        """Ask for a trace; the answer to teacher forcing brings a document of its own."""
        before = self.document
        self._set(forcing=forcing, owed=0, view_before=None)

        def answered(answer: Answer[Traced]) -> None:
            self._set(forcing=None)
            if forcing is not None and before is not None:
                self._set(history=history.record(self.history, TEACHER, before))
            self._answered(answer)

        self.inquiries.ask(CHANNEL, work, answered, self._failed, self._advanced)
        self._set(awaited=True)
        if self.loaded.trace is None:
            waiting = "Encoding the sentence …" if self.loaded.info else "Your sentence is next: the model is loading …"
            self.load(replace(self.loaded, sentence=sentence, waiting=Pending(waiting)))
        self.changed.emit()

    def _ahead(self, traced: Traced) -> tuple[Token, ...]:
        """Output tokens of the rows after the last one shown, where they were computed before."""
        furthest = self.state.furthest
        steps = len(traced.trace.steps)
        continued = furthest is not None and documents.continues(furthest.document, traced.document)
        if furthest is None or not continued or len(furthest.trace.steps) <= steps:
            self._set(furthest=traced)
            return ()
        return furthest.trace.output_tokens[steps:]
