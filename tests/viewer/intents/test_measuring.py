"""The table of measurements: an entry is all that a measurement needs, and its result is read with its question."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.experiments import HeadEffect
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.model.contract.open_model import OpenModel
from attention_viewer.viewer.intents import due
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.options import ATTENTION, QUANTITY
from attention_viewer.viewer.state.results import (
    INSIDE,
    NO_RESULTS,
    RANKING,
    TRANSLATIONS,
    Measured,
    Quantity,
    by_method,
)
from attention_viewer.viewer.state.view_state import ViewState, choose
from attention_viewer.viewer.window.presenter import Presenter
from attention_viewer.viewer.work import measurements
from attention_viewer.viewer.work.jobs import Work
from attention_viewer.viewer.work.measurements import MEASUREMENTS, Measurement
from support.searches import ranked
from support.toy import ToyTranslator
from support.workers import LateWorker

LETTERS = Quantity[int]("letters", lambda document: questions.line(document, document.step))


def count_work(document: Document) -> Work[int]:
    """A measurement that no other part of the program knows."""

    def work(model: OpenModel) -> Generator[Progress, None, int]:
        trace = yield from model.trace_steps(document)
        return len(model.text(trace.output_tokens))

    return work


Bench = tuple[Controller, list[object]]
"""A controller, and the quantities that became known."""


@pytest.fixture
def bench(qapp: object, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bench:
    entry = Measurement((LETTERS,), count_work, progress=True)
    monkeypatch.setattr(measurements, "MEASUREMENTS", (*MEASUREMENTS, entry))
    worker = LateWorker({"one": ToyTranslator("one", 2, 2)})
    controller = Controller(MagicMock(spec=Presenter), worker, Player(8.0), ViewState())  # type: ignore[arg-type]
    told: list[object] = []
    Measuring(controller, controller).answered.connect(told.append)
    controller.run(due.watch, frozenset(request.param))
    controller.open_model(Path("one"))
    controller.submit("the cat sleeps", 3)
    worker.settle()
    return controller, told


@pytest.mark.parametrize("bench", [(LETTERS,)], indirect=True)
def test_an_entry_that_is_watched_follows_every_step(bench: Bench) -> None:
    controller, _ = bench
    assert controller.loaded.found(LETTERS) == len(controller.loaded.translation)
    controller.step()
    worker = controller.inquiries._worker
    assert isinstance(worker, LateWorker)
    worker.answer(worker.newest("trace"))
    assert controller.loaded.found(LETTERS) is None, "the number of another row cannot be read"
    assert controller.loaded.progress(LETTERS) == Progress(0, 1)
    worker.settle()
    assert controller.loaded.found(LETTERS) == len(controller.loaded.translation)
    assert controller.loaded.progress(LETTERS) is None


@pytest.mark.parametrize("bench", [()], indirect=True)
def test_an_entry_on_demand_is_known_again_where_its_question_is(bench: Bench) -> None:
    controller, told = bench
    worker = controller.inquiries._worker
    assert isinstance(worker, LateWorker) and controller.loaded.found(LETTERS) is None
    told.clear()
    controller.run(due.start, LETTERS)
    controller.run(due.stop, LETTERS)
    worker.settle()
    assert not told and controller.loaded.found(LETTERS) is None
    controller.run(due.start, LETTERS)
    worker.settle()
    number = controller.loaded.found(LETTERS)
    assert told == [LETTERS] and number == len(controller.loaded.translation)
    controller.step()
    worker.settle()
    assert controller.loaded.found(LETTERS) is None
    controller.undo()
    worker.settle()
    assert controller.loaded.found(LETTERS) == number and told == [LETTERS]


def test_a_result_is_read_only_with_its_question() -> None:
    document = Document("the cat sleeps", step=2)
    known = ranked(document, (HeadEffect(CROSS, 0, 0, 1.0, 0.0),))
    results = NO_RESULTS.answered([RANKING], document, known).advanced(LETTERS, document, Progress(1, 3))
    assert results.of(RANKING, replace(document, step=1)) == known
    assert results.of(RANKING, Document("a cat", step=2)) is None and results.of(RANKING, None) is None
    assert results.of(RANKING, replace(document, checkpoint="1" * 64)) is None, "it is another model's"
    assert results.progress(LETTERS, document) == Progress(1, 3)
    assert results.progress(LETTERS, replace(document, step=1)) is None
    assert results.answered([LETTERS], document, 7).progress(LETTERS, document) is None
    assert results.without([RANKING]).of(RANKING, document) is None


def test_a_quantity_without_question_has_no_result() -> None:
    off = replace(Document("the cat sleeps").interventions, heads_off=frozenset({HeadId(CROSS, 0, 0)}))
    changed = Document("the cat sleeps", step=2, interventions=off)
    plain = Document("the cat sleeps", step=2)
    measured: Measured = MagicMock(spec=Measured)
    found = NO_RESULTS.answered([TRANSLATIONS], plain, measured)
    assert found.of(TRANSLATIONS, plain) is None and found.of(TRANSLATIONS, changed) is None


@pytest.mark.parametrize("bench", [()], indirect=True)
def test_what_an_open_view_shows_is_measured_of_every_document_and_else_of_none(bench: Bench) -> None:
    controller, _ = bench
    worker = controller.inquiries._worker
    assert isinstance(worker, LateWorker)
    assert controller.loaded.found(LETTERS) is None and controller.loaded.found(INSIDE) is None
    controller.run(due.watch, frozenset({LETTERS}))
    worker.settle()
    assert controller.loaded.found(LETTERS) == len(controller.loaded.translation)
    controller.step()
    worker.settle()
    assert controller.loaded.found(LETTERS) == len(controller.loaded.translation)
    assert controller.loaded.found(INSIDE) is None
    controller.run(due.watch, frozenset())
    controller.step()
    worker.settle()
    assert controller.loaded.found(LETTERS) is None


@pytest.mark.parametrize("bench", [()], indirect=True)
def test_what_maps_show_besides_weights_is_measured_until_they_show_something_else(bench: Bench) -> None:
    controller, _ = bench
    worker = controller.inquiries._worker
    assert isinstance(worker, LateWorker)
    norms, zeroing = by_method(methods.NORMS), by_method(methods.VALUE_ZEROING)
    controller.look(choose(controller.view, QUANTITY, methods.NORMS))
    assert controller.loaded.progress(norms) == Progress(0, 1) and controller.loaded.found(norms) is None
    worker.settle()
    first = controller.loaded.found(norms)
    assert first is not None and first.method == methods.NORMS
    controller.step()
    worker.settle()
    assert controller.loaded.found(norms) is not None is not first
    controller.look(choose(controller.view, QUANTITY, methods.VALUE_ZEROING))
    asked = worker.newest(zeroing.name)
    controller.look(choose(controller.view, QUANTITY, ATTENTION))
    worker.answer(asked)
    assert controller.loaded.found(zeroing) is None and controller.loaded.progress(zeroing) is None
