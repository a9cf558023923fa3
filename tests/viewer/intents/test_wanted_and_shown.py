"""What is wanted and what is shown, while answers are late, fail, or come for another sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Document, hypotheses
from attention_viewer.model.contract.experiments import Check
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.intents import choosing, comparing, due, switching
from attention_viewer.viewer.intents import hypotheses as continuations
from attention_viewer.viewer.intents.controller import CHANNEL, Controller
from attention_viewer.viewer.intents.due import OTHER, TEXTS
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.intents.wishes import BUSY_HINT
from attention_viewer.viewer.state.options import COLORMAP
from attention_viewer.viewer.state.results import BEAM, CHECK, EFFECT, RANKING, SPELLINGS, TRANSLATIONS, Quantity
from attention_viewer.viewer.state.view_state import ViewState
from attention_viewer.viewer.window.presenter import Presenter
from support.toy import ToyTranslator
from support.views import chosen
from support.workers import LateWorker

FIRST, SECOND = "the cat sleeps", "a black cat is here now"
HEAD = HeadId(CROSS, 0, 0)


class Bench:
    """A controller, and what it measures, with the first sentence at step 3."""

    def __init__(self) -> None:
        self.one, self.two = ToyTranslator("one", 2, 2), ToyTranslator("two", 1, 3, words=8)
        self.worker = LateWorker({"one": self.one, "two": self.two})
        self.presenter = MagicMock(spec=Presenter)
        self.controller = Controller(self.presenter, self.worker, Player(8.0), ViewState())  # type: ignore[arg-type]
        self.measuring = Measuring(self.controller)
        self.controller.run(due.watch, frozenset({EFFECT, TRANSLATIONS, SPELLINGS}))
        self.hints: list[str] = []
        self.lines: list[str] = []
        self.checks: list[Check] = []
        self.controller.hint.connect(self.hints.append)
        self.controller.sentence_changed.connect(self.lines.append)
        self.measuring.answered.connect(self.answered)
        self.controller.open_model(Path("one"))
        self.controller.submit(FIRST, 3)
        self.worker.settle()

    @property
    def shown(self) -> Document:
        """The document on screen."""
        document = self.controller.loaded.document
        assert document is not None
        return document

    @property
    def end(self) -> int:
        """Rows of the whole translation of the first sentence."""
        return len(self.one.trace(Document(FIRST, step=99)).steps)

    def answered(self, quantity: Quantity[Any]) -> None:
        """What a check says is shown once it is known."""
        check = self.controller.loaded.found(CHECK)
        if quantity is CHECK and check is not None:
            self.checks.append(check)

    def force(self, place: int = 2) -> None:
        """Force a candidate of the row on screen."""
        trace = self.controller.loaded.trace
        assert trace is not None
        self.controller.run(choosing.force, trace.steps[-1].candidates[place].token.id)

    def answer(self, channel: str = CHANNEL) -> None:
        """Answer the newest question of a channel."""
        self.worker.answer(self.worker.newest(channel))


@pytest.fixture
def bench(qapp: object) -> Bench:
    return Bench()


def test_another_model_gets_what_it_knows_of_the_document_and_a_history_of_its_own(bench: Bench) -> None:
    bench.force(3)
    bench.worker.settle()
    bench.controller.run(switching.heads, [HEAD, HeadId(CROSS, 1, 1)], True)
    bench.controller.run(switching.encoder_positions, "off")
    bench.controller.run(switching.hide, 1, True)
    bench.worker.settle()
    bench.controller.open_model(Path("two"))
    bench.worker.settle()
    assert (bench.shown.source, bench.shown.step, bench.shown.choices) == (FIRST, 3, ())
    assert bench.shown.interventions.heads_off == {HEAD} and bench.shown.interventions.encoder_positions == "off"
    assert not bench.shown.interventions.hidden and len(hypotheses(bench.shown)) == 1
    assert not bench.controller.state.can_undo and not bench.controller.state.can_redo
    assert "1 other hypothesis, 1 hidden source token, 1 head switched off" in bench.hints[-1]
    bench.controller.step()
    bench.worker.settle()
    assert bench.controller.state.can_undo and bench.shown.step == 4


def test_forcing_while_another_sentence_is_computed_mixes_nothing(bench: Bench) -> None:
    bench.controller.submit(SECOND, 3)
    wanted = bench.controller.document
    bench.force()
    bench.controller.run(choosing.sample_again)
    bench.controller.run(switching.heads, [HEAD], True)
    bench.controller.run(switching.hide, 0, True)
    bench.controller.run(continuations.go_to, 0)
    bench.controller.run(continuations.delete, 0)
    bench.controller.go_to_token(0)
    assert bench.controller.document == wanted and bench.hints.count(BUSY_HINT) == 7
    bench.presenter.renew.assert_called()
    bench.worker.settle()
    assert bench.shown == wanted
    bench.force()
    assert bench.controller.document is not None and bench.controller.document.choices


def test_forcing_while_a_step_is_computed_gives_the_step_up(bench: Bench) -> None:
    before = bench.shown
    bench.controller.step()
    bench.force()
    bench.worker.settle()
    assert bench.shown.step == 3 and len(hypotheses(bench.shown)) == 2
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown == before


def test_a_translation_that_a_switch_cut_short_is_whole_again_after_a_reset(bench: Bench) -> None:
    bench.controller.last()
    bench.worker.settle()
    before = bench.shown
    assert before.step == bench.end
    bench.controller.run(switching.hide, 1, True)
    bench.worker.settle()
    assert 0 < bench.shown.step < bench.end, "the toy must be cut short for this to say anything"
    bench.controller.run(switching.reset)
    bench.worker.settle()
    assert bench.shown == before


def test_switching_two_heads_at_once_switches_both(bench: Bench) -> None:
    bench.controller.run(switching.heads, [HEAD], True)
    bench.controller.run(switching.heads, [HeadId(CROSS, 1, 1)], True)
    bench.worker.settle()
    assert len(bench.shown.interventions.heads_off) == 2


@pytest.mark.parametrize("channel", [RANKING.name, BEAM.name, CHECK.name])
def test_a_late_answer_is_not_shown_as_another_sentences(bench: Bench, channel: str) -> None:
    ask = {
        RANKING.name: lambda: bench.controller.run(due.start, RANKING),
        BEAM.name: lambda: bench.controller.run(due.search, 2),
        CHECK.name: lambda: bench.controller.run(due.start, CHECK),
    }
    ask[channel]()
    late = bench.worker.newest(channel)
    bench.controller.submit(SECOND, 2)
    bench.answer()
    bench.worker.answer(late)
    found = bench.controller.loaded
    assert (found.found(RANKING), found.found(BEAM), found.progress(RANKING), bench.checks) == (None, None, None, [])
    ask[channel]()
    bench.worker.settle()
    found = bench.controller.loaded
    assert found.found(RANKING) or found.found(BEAM) or bench.checks


def test_a_ranking_and_a_beam_go_with_the_sentence_they_are_of(bench: Bench) -> None:
    bench.controller.run(due.start, RANKING)
    bench.controller.run(due.search, 2)
    bench.worker.settle()
    bench.controller.run(switching.heads, [HEAD], True)
    bench.worker.settle()
    found = bench.controller.loaded
    assert found.found(RANKING) and found.found(BEAM) is None, "a beam of the model with all its heads"
    bench.controller.submit(SECOND)
    assert bench.controller.loaded.found(RANKING)
    bench.answer()
    assert not bench.controller.loaded.found(RANKING)


@pytest.mark.parametrize("channel", [EFFECT.name, TEXTS, OTHER])
def test_what_is_measured_beside_a_step_is_of_that_step(bench: Bench, channel: str) -> None:
    bench.force()
    bench.worker.settle()
    bench.controller.run(switching.heads, [HEAD], True)
    bench.controller.run(comparing.with_hypothesis, 0)
    bench.answer()
    late = bench.worker.newest(channel)
    bench.controller.run(comparing.stop)
    bench.controller.submit(SECOND, 2)
    bench.answer()
    bench.worker.answer(late)
    found = bench.controller.loaded
    assert (found.found(EFFECT), found.found(TRANSLATIONS), found.results.other) == (None, None, None)
    assert [each and each.text for each in found.texts] == [bench.controller.loaded.translation]


LOOKING: dict[str, Callable[[Bench], object]] = {
    "step": lambda bench: bench.controller.step(),
    "back": lambda bench: bench.controller.back(),
    "rename": lambda bench: bench.controller.run(continuations.rename, 3, "mine"),
    "delete": lambda bench: bench.controller.run(continuations.delete, 3),
}


@pytest.mark.parametrize("look", LOOKING)
def test_texts_of_sixteen_hypotheses_are_not_decoded_again(bench: Bench, look: str) -> None:
    for _ in range(15):
        bench.controller.run(choosing.sample_again)
        bench.worker.settle()
    assert len(bench.controller.loaded.texts) == 16 and all(bench.controller.loaded.texts)
    LOOKING[look](bench)
    for request in list(bench.worker.requests):
        assert request.channel == CHANNEL
        bench.worker.answer(request)
    assert not bench.worker.requests, "nothing but the trace is asked for"
    assert all(bench.controller.loaded.texts)


def test_undo_of_a_new_sentence_brings_its_line_back(bench: Bench) -> None:
    before = bench.shown
    bench.controller.submit(SECOND, 2)
    bench.worker.settle()
    after = bench.shown
    bench.controller.undo()
    assert bench.lines == [FIRST]
    bench.worker.settle()
    bench.controller.submit(FIRST)
    bench.worker.settle()
    assert bench.shown == before
    bench.controller.redo()
    bench.worker.settle()
    assert bench.lines == [FIRST, SECOND] and bench.shown == after


def test_undo_that_fails_leaves_document_history_and_line(bench: Bench) -> None:
    bench.controller.submit(SECOND, 2)
    bench.worker.settle()
    now, history = bench.shown, bench.controller.history
    bench.controller.undo()
    bench.worker.fail(bench.worker.newest(CHANNEL))
    assert bench.controller.document == bench.shown == now and bench.controller.history == history
    assert bench.lines == [FIRST, SECOND]


def test_a_sentence_that_is_refused_stays_in_the_line_to_be_mended(bench: Bench) -> None:
    before, history = bench.shown, bench.controller.history
    bench.controller.submit(SECOND)
    bench.worker.fail(bench.worker.newest(CHANNEL))
    assert bench.controller.document == before and bench.controller.history == history and bench.lines == []
    bench.controller.step()
    assert bench.lines == []


def test_end_then_left_goes_from_the_end(bench: Bench) -> None:
    bench.controller.last()
    bench.controller.back()
    bench.controller.back()
    bench.worker.settle()
    assert bench.shown.step == bench.end - 2
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown.step == bench.end
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown.step == 3


def test_left_that_is_owed_is_taken_back_by_right_and_by_undo(bench: Bench) -> None:
    bench.controller.last()
    bench.controller.back()
    bench.controller.step()
    bench.controller.back()
    assert bench.controller.state.undo_name == "Step back"
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown.step == bench.end


def test_the_mark_b_follows_its_hypothesis(bench: Bench) -> None:
    bench.force(2)
    bench.worker.settle()
    bench.force(3)
    bench.worker.settle()
    bench.controller.run(comparing.with_hypothesis, 1)
    bench.worker.settle()
    other = bench.controller.loaded.results.other
    assert other is not None and (other.name, other.hypothesis) == ("hypothesis 2", 1)
    bench.controller.run(continuations.delete, 0)
    bench.worker.settle()
    other = bench.controller.loaded.results.other
    assert other is not None and (other.name, other.hypothesis) == ("hypothesis 1", 0)
    bench.controller.run(continuations.delete, 0)
    bench.worker.settle()
    other = bench.controller.loaded.results.other
    assert other is not None and other.hypothesis is None and "not kept" in other.name
    bench.controller.undo()
    bench.worker.settle()
    other = bench.controller.loaded.results.other
    assert other is not None and other.hypothesis == 0


def test_steps_are_one_change_and_each_run_of_play_another(bench: Bench) -> None:
    for _ in range(2):
        bench.controller.step()
        bench.worker.settle()
    bench.controller.back()
    bench.worker.settle()
    assert bench.controller.state.undo_name == "Steps" and len(bench.controller.history.past) == 1
    for _ in range(2):
        bench.controller.toggle_play()
        bench.controller.play_on()
        bench.worker.settle()
        bench.controller.toggle_play()
    bench.controller.first()
    bench.worker.settle()
    assert [change.name for change in bench.controller.history.past] == ["Steps", "Play", "Play", "To the start"]
    bench.controller.undo()
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown.step == 5
    bench.controller.step()
    assert [change.name for change in bench.controller.history.past] == ["Steps", "Play", "Step"]


def test_playing_from_the_end_is_one_change(bench: Bench) -> None:
    bench.controller.last()
    bench.worker.settle()
    bench.controller.toggle_play()
    bench.worker.settle()
    bench.controller.play_on()
    bench.worker.settle()
    bench.controller.toggle_play()
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown.step == bench.end


def test_opening_a_session_is_one_change_and_a_failure_of_it_none(bench: Bench) -> None:
    before, view = bench.shown, bench.controller.view
    saved = Document(SECOND, step=2)
    bench.controller.open_document(saved, chosen(colormap="magma"), "Open session x.avsession")
    bench.worker.fail(bench.worker.newest(CHANNEL))
    assert bench.controller.document == before and bench.controller.view == view and bench.lines[-1] == FIRST
    bench.controller.open_document(saved, chosen(colormap="magma"), "Open session x.avsession")
    bench.worker.settle()
    assert bench.controller.state.undo_name == "Open session x.avsession" and bench.controller.view[COLORMAP] == "magma"
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown == before and bench.lines[-1] == FIRST


def test_teacher_forcing_that_is_awaited_can_be_taken_back(bench: Bench) -> None:
    before = bench.shown
    bench.controller.run(choosing.teacher_force, "le chat")
    bench.controller.step()
    assert bench.controller.state.undo_name == "Teacher forcing"
    bench.controller.undo()
    bench.worker.settle()
    assert bench.shown == before and not bench.controller.state.can_undo


def test_steps_past_an_end_that_was_not_known_lead_nowhere_when_made_again(bench: Bench) -> None:
    bench.controller.submit(SECOND, 30)
    bench.controller.step()
    bench.worker.settle()
    end = bench.shown
    bench.controller.undo()
    bench.worker.settle()
    bench.controller.redo()
    bench.worker.settle()
    assert bench.shown == end and bench.controller.history.past[-1].document != end


def test_a_beams_tokens_are_kept_where_the_beam_is_set_to_another_width(bench: Bench) -> None:
    bench.controller.run(due.search, 3)
    bench.worker.settle()
    tree = bench.controller.loaded.found(BEAM)
    assert tree is not None
    bench.controller.run(choosing.go_to_beam_node, len(tree.nodes) - 1)
    bench.worker.settle()
    bench.controller.run(choosing.choose_by, replace(bench.shown.decoding, beam_width=5))
    bench.worker.settle()
    trace, expected = bench.controller.loaded.trace, bench.one.trace(bench.shown)
    assert trace is not None and [step.how for step in trace.steps] == [step.how for step in expected.steps]
    assert How.KEPT in [step.how for step in expected.steps]


def test_a_name_is_given_at_once_and_asks_the_model_nothing(bench: Bench) -> None:
    asked = bench.worker.count
    bench.controller.run(continuations.rename, 0, "mine")
    assert bench.shown.hypotheses[0].name == "mine" and bench.worker.count == asked
    bench.controller.undo()
    assert bench.shown.hypotheses[0].name == "" and bench.worker.count == asked


def test_giving_up_leaves_what_is_on_screen(bench: Bench) -> None:
    before = bench.shown
    bench.controller.submit(SECOND, 4)
    bench.controller.give_up()
    bench.worker.settle()
    assert bench.shown == before == bench.controller.document and not bench.controller.state.can_undo
