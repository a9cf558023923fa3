"""Intents become documents and views; answers are shown unless something newer was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from attention_viewer.model.contract.api import ModelInfo
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.maps import CROSS, ENCODER
from attention_viewer.viewer.intents import looking
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.sentences import EMPTY_HINT
from attention_viewer.viewer.state.highlight import SourceHover
from attention_viewer.viewer.state.specs import Pending, Unavailable
from attention_viewer.viewer.state.state import Traced
from attention_viewer.viewer.state.view_state import Head, ViewState
from attention_viewer.viewer.window.presenter import Presenter
from attention_viewer.viewer.work.jobs import Priority, Work
from attention_viewer.viewer.work.worker import Advance, Answer, Failure
from PySide6.QtCore import QObject, Signal
from support import traces
from support.views import chosen


class FakeWorker(QObject):
    """Remembers what it is asked; the test answers."""

    loading = Signal(str)
    opened = Signal(ModelInfo)
    open_failed = Signal(str)
    answered = Signal(Answer)
    failed = Signal(Failure)
    advanced = Signal(Advance)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Work[Any]] = []
        self.models: list[Path] = []

    def open_model(self, directory: Path) -> None:
        self.models.append(directory)

    def request(self, work: Work[Any], channel: str, priority: Priority = Priority.URGENT) -> int:
        if channel != "trace":
            return 1000 + len(self.requests)
        assert priority is Priority.URGENT
        self.requests.append(work)
        return len(self.requests)

    def cancel(self, channel: str) -> None:
        pass


class Bench:
    """A controller between a fake worker and a mocked presenter."""

    def __init__(self) -> None:
        self.worker = FakeWorker()
        self.presenter = MagicMock(spec=Presenter)
        self.player = Player(8.0)
        self.controller = Controller(self.presenter, self.worker, self.player, ViewState())  # type: ignore[arg-type]
        self.hints: list[str] = []
        self.controller.hint.connect(self.hints.append)

    def answer(self, steps: int, source: str = "The mat is", request: int | None = None) -> None:
        """Let the worker answer the newest (or a given) request with so many rows."""
        document = Document(source, step=steps)
        traced = Traced(document, traces.trace(steps), "Le tapis", rows=1)
        self.worker.answered.emit(Answer(request or len(self.worker.requests), traced, 0.002))

    def ready(self, steps: int = 0) -> Controller:
        """A model is open and a sentence is on screen at a step."""
        self.worker.opened.emit(traces.info())
        self.controller.submit("The mat is", steps)
        self.answer(steps)
        return self.controller


@pytest.fixture
def bench(qapp: object) -> Bench:
    return Bench()


def test_an_empty_sentence_asks_for_nothing_and_hints(bench: Bench) -> None:
    bench.controller.submit("   ")
    assert bench.worker.requests == [] and bench.hints == [EMPTY_HINT]


def test_a_sentence_waits_for_the_model_and_says_so(bench: Bench) -> None:
    bench.controller.submit("The mat is")
    waiting = bench.controller.loaded.waiting
    assert isinstance(waiting, Pending) and "loading" in waiting.reason
    bench.worker.opened.emit(traces.info())
    bench.answer(0)
    assert bench.controller.loaded.trace is not None


def test_stepping_asks_for_one_row_more(bench: Bench) -> None:
    controller = bench.ready()
    controller.step()
    assert controller.document == Document("The mat is", step=1, checkpoint=traces.CHECKPOINT)
    bench.answer(1)
    assert controller.loaded.trace is not None and len(controller.loaded.trace.steps) == 1


def test_an_answer_to_an_older_request_is_dropped(bench: Bench) -> None:
    controller = bench.ready()
    controller.step()
    controller.step()
    bench.answer(1, request=2)
    assert controller.loaded.trace is not None and len(controller.loaded.trace.steps) == 0
    bench.answer(2)
    assert len(controller.loaded.trace.steps) == 2


def test_stepping_stops_at_the_end(bench: Bench) -> None:
    controller = bench.ready(4)
    asked = len(bench.worker.requests)
    assert not controller.state.can_step
    controller.step()
    assert len(bench.worker.requests) == asked


def test_the_document_is_held_at_the_step_where_the_translation_ended(bench: Bench) -> None:
    controller = bench.ready(2)
    controller.last()
    assert controller.document is not None and controller.document.step == controller.document.limit
    bench.answer(4)
    assert controller.document.step == 4


def test_tokens_computed_earlier_stay_ahead_after_stepping_back(bench: Bench) -> None:
    controller = bench.ready(4)
    controller.first()
    bench.answer(0)
    assert list(controller.loaded.ahead) == list(traces.TARGET)
    controller.go_to_token(1)
    assert controller.document is not None and controller.document.step == 2
    bench.answer(2)
    assert list(controller.loaded.ahead) == list(traces.TARGET[2:])


def test_another_sentence_forgets_what_was_ahead(bench: Bench) -> None:
    controller = bench.ready(4)
    controller.submit("Another one")
    bench.answer(0, "Another one")
    assert controller.loaded.ahead == ()


def test_a_failure_keeps_what_was_on_screen(bench: Bench) -> None:
    controller = bench.ready(3)
    controller.submit("x " * 3000)
    bench.worker.failed.emit(Failure(len(bench.worker.requests), "Too long: shorten it."))
    assert bench.hints[-1] == "Too long: shorten it."
    assert controller.loaded.sentence == "The mat is" and controller.loaded.trace is not None
    assert controller.document == Document("The mat is", step=3)


def test_a_failure_of_the_first_sentence_returns_to_the_invitation(bench: Bench) -> None:
    bench.worker.opened.emit(traces.info())
    bench.controller.submit("x " * 3000)
    bench.worker.failed.emit(Failure(1, "Too long: shorten it."))
    assert isinstance(bench.controller.loaded.waiting, Unavailable)
    assert bench.controller.document is None


def test_a_model_that_cannot_be_opened_says_why(bench: Bench) -> None:
    bench.worker.open_failed.emit("There is no model in x.")
    assert bench.controller.loaded.waiting == Unavailable("There is no model in x.")
    assert bench.hints == ["There is no model in x."]


def test_another_model_encodes_the_sentence_anew(bench: Bench) -> None:
    controller = bench.ready(2)
    controller.select_head(CROSS, 1, 2)
    asked = len(bench.worker.requests)
    bench.worker.opened.emit(traces.info(decoder_layers=1, decoder_attention_heads=1))
    assert len(bench.worker.requests) == asked + 1
    assert controller.view.heads[CROSS] == Head(0, 0)


def test_heads_are_selected_moved_and_locked(bench: Bench) -> None:
    controller = bench.ready()
    cross = controller.view.heads[CROSS]
    controller.select_head(ENCODER, 1, 1)
    assert controller.view.heads[ENCODER] == Head(1, 1) and controller.view.active == ENCODER
    assert controller.view.heads[CROSS] == cross
    controller.run(looking.move_head, 5, 1)
    assert controller.view.heads[ENCODER] == Head(1, 2)
    controller.run(looking.lock, True)
    assert set(controller.view.heads.values()) == {Head(1, 2)}


def test_looking_differently_asks_the_model_nothing(bench: Bench) -> None:
    controller = bench.ready(2)
    asked = len(bench.worker.requests)
    controller.run(looking.length, 100)
    controller.run(looking.pairs, (1, 2))
    controller.hover(SourceHover(1))
    bench.presenter.show.assert_called_with(controller.loaded, controller.view, SourceHover(1))
    controller.look(chosen(controller.view, colormap="magma"))
    assert len(bench.worker.requests) == asked
    assert controller.view.positions.length == 100 and controller.view.positions.pairs == (1, 2)
    bench.presenter.show.assert_called_with(bench.controller.loaded, bench.controller.view, SourceHover(1))


def test_playing_steps_until_the_end_and_not_while_waiting(bench: Bench) -> None:
    controller = bench.ready(2)
    controller.toggle_play()
    assert controller.player.playing
    controller.play_on()
    asked = len(bench.worker.requests)
    controller.play_on()
    assert len(bench.worker.requests) == asked
    bench.answer(4)
    controller.play_on()
    assert not controller.player.playing


def test_playing_at_the_end_starts_over(bench: Bench) -> None:
    controller = bench.ready(4)
    controller.toggle_play()
    assert controller.document is not None and controller.document.step == 0
    controller.toggle_play()
    assert not controller.player.playing


def test_stepping_back_stops_playing(bench: Bench) -> None:
    controller = bench.ready(2)
    controller.toggle_play()
    controller.back()
    assert not controller.player.playing and controller.document is not None and controller.document.step == 1
