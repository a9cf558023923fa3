"""The one object that has the state of the window, and runs the intents that change it.

An intent is a pure function of the state, in a module of its group: stepping, playing, sentences, wanting (undo, redo),
answers, looking, inside, reading, touring, choosing, hypotheses, switching, patching, comparing, due. It returns what
is wanted (`wishes`) or a whole `Turn`; this object takes the state and does the deeds. Every change of the document has
a name and can be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec

from attention_viewer.model.contract.api import ModelInfo, Token
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.intents import answers, looking, playing, sentences, stepping, turns, wanting
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.screen import Screen
from attention_viewer.viewer.intents.turns import (
    Afterwards,
    Ask,
    AskVocabulary,
    Deed,
    Drop,
    Open,
    Play,
    Renew,
    Show,
    Tell,
    Turn,
)
from attention_viewer.viewer.intents.wanting import Granted, granted
from attention_viewer.viewer.intents.wishes import Refused
from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.history import History
from attention_viewer.viewer.state.loaded import NOTHING, Loaded
from attention_viewer.viewer.state.state import State, Traced
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.work.inquiries import Inquiries
from attention_viewer.viewer.work.jobs import Priority
from attention_viewer.viewer.work.requests import force_work, trace_work, vocabulary_work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure, Worker
from PySide6.QtCore import QObject, Signal

CHANNEL, VOCABULARY_CHANNEL = "trace", "vocabulary"
Given = ParamSpec("Given")


class Controller(QObject):
    """The state of the window (document, view, what is loaded), and who changes it.

    `traced` follows whenever another document is on screen, `sentence_changed` when the document wanted translates
    another sentence than was typed last, `card` when a panel is to come to the front.
    """

    changed = Signal()
    traced = Signal()
    status = Signal(str)
    hint = Signal(str)
    timed = Signal(str)
    encoded = Signal(str)
    sentence_changed = Signal(str)
    model_changed = Signal(ModelInfo)
    card = Signal(str)
    error = Signal(str)

    def __init__(
        self,
        presenter: Screen,
        worker: Worker,
        player: Player,
        view: ViewState,
        parent: QObject | None = None,
        loaded: Loaded = NOTHING,
    ) -> None:
        super().__init__(parent)
        self.state = State(view, loaded)
        self._presenter, self._worker, self.player = presenter, worker, player
        self.inquiries = Inquiries(worker, self)
        worker.loading.connect(self.model_loading)
        worker.opened.connect(self.model_opened)
        worker.open_failed.connect(self.model_failed)
        player.due.connect(self.play_on)
        player.changed.connect(self.changed)

    @property
    def view(self) -> ViewState:
        """How it is looked at."""
        return self.state.view

    @property
    def loaded(self) -> Loaded:
        """What is shown."""
        return self.state.shown

    @property
    def document(self) -> Document | None:
        """The document that is wanted: what was asked for last."""
        return self.state.wanted

    @property
    def history(self) -> History:
        """What can be undone and made again."""
        return self.state.history

    # Running

    def run(
        self, intent: Callable[Concatenate[State, Given], Granted], *given: Given.args, **named: Given.kwargs
    ) -> None:
        """Carry out an intent; where it cannot be, say why."""
        try:
            wish = intent(self.state, *given, **named)
        except Refused as error:
            self._take(turns.refused(self.state, str(error)))
        except UserError as error:
            self.hint.emit(str(error))
        else:
            self._take(granted(self.state, wish))

    def does(self, intent: Callable[Concatenate[State, Given], Granted]) -> Callable[Given, None]:
        """What carries out an intent with what a signal tells."""
        return partial(self.run, intent)

    def _take(self, turn: Turn) -> None:
        """Be in the state after a turn, and do what belongs to it."""
        self.state = turn.state
        for deed in turn.deeds:
            self._do(deed)

    def _do(self, deed: Deed) -> None:
        match deed:
            case Tell(news, values):
                getattr(self, news).emit(*values)
            case Show():
                self._presenter.show(self.loaded, self.view, self.state.hover)
            case Renew():
                self._presenter.renew(self.loaded, self.view, self.state.hover)
            case Ask(document, forcing):
                work = force_work(document, forcing.target, forcing.outputs) if forcing else trace_work(document)
                self.inquiries.ask(CHANNEL, work, self._answered, self._failed, self._advanced)
            case AskVocabulary():
                known = self._vocabulary_known
                self.inquiries.ask(VOCABULARY_CHANNEL, vocabulary_work, known, priority=Priority.SOON)
            case Drop():
                self.inquiries.drop(CHANNEL)
            case Play(on):
                self.player.start() if on else self.player.stop()
            case Open(directory, otherwise):
                self._worker.open_model(directory, otherwise)
            case Afterwards(intent):
                self._take(intent(self.state))

    # The worker

    def model_loading(self, message: str) -> None:
        """The worker says what it is doing."""
        self.run(answers.model_loading, message)

    def model_opened(self, info: ModelInfo) -> None:
        """The model is ready."""
        self.run(answers.model_opened, info)

    def model_failed(self, message: str) -> None:
        """The checkpoint could not be opened."""
        self.run(answers.model_failed, message)

    def _answered(self, answer: Answer[Traced]) -> None:
        self.run(answers.answered, answer.result, answer.seconds)

    def _failed(self, failure: Failure) -> None:
        self.run(answers.failed, failure.message)

    def _advanced(self, advance: Advance) -> None:
        """A long decoding says how far it is."""
        self.status.emit(f"Decoding: {advance.progress.done} tokens …")

    def _vocabulary_known(self, answer: Answer[tuple[Token, ...]]) -> None:
        self.run(answers.vocabulary_known, answer.result)

    # Looking

    def look(self, view: ViewState) -> None:
        """Look at the same thing in another way."""
        self.run(turns.look, view)

    def refresh(self) -> None:
        """Bring up to date what has come to be seen."""
        self._do(Show())

    def hover(self, hover: Hover) -> None:
        """The mouse is on a token, on a cell, or on nothing."""
        self.run(looking.point, hover)

    def select_head(self, kind: Kind, layer: int, head: int) -> None:
        """Show a head; layer and head count from 0."""
        self.run(looking.select_head, kind, layer, head)

    # The document

    def undo(self) -> None:
        """Take back the last change of the document, or what was asked for and is still awaited."""
        self.run(wanting.undo)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self.run(wanting.redo)

    def give_up(self) -> None:
        """Wait no longer for what was asked for."""
        self.run(wanting.give_up)

    def submit(self, sentence: str, steps: int = 0) -> None:
        """Encode a sentence and decode `steps` rows of its translation."""
        self.run(sentences.submit, sentence, steps)

    def open_document(self, document: Document, view: ViewState, name: str = "Open session") -> None:
        """Look at a document and a view that were saved."""
        self.run(sentences.open_document, document, view, name)

    def open_model(self, directory: Path, otherwise: Path | None = None) -> None:
        """Open another checkpoint, or the one in `otherwise` where that cannot be."""
        self.run(sentences.open_model, directory, otherwise)

    # Stepping

    def step(self) -> None:
        """One decoder row more, if there is one."""
        self.run(playing.step, self.player.playing, self.player.runs)

    def back(self) -> None:
        """One decoder row less."""
        self.run(playing.back)

    def first(self) -> None:
        """Back to the encoded sentence, before the first decoder row."""
        self.run(playing.first)

    def last(self) -> None:
        """On to the end of the translation."""
        self.run(stepping.last)

    def go_to_token(self, index: int) -> None:
        """To the step that predicts output token `index` (from 0) of those on screen."""
        self.run(stepping.go_to_token, index)

    def toggle_play(self) -> None:
        """Play from here (from the start, when at the end), or stop."""
        self.run(playing.toggle, self.player.playing, self.player.runs)

    def play_on(self) -> None:
        """The next step of playing."""
        self.run(playing.play_on, self.player.runs)
