"""Any intents in any order, while the worker answers late, out of order, with a failure, or never.

What is on screen belongs to the document on screen; what is kept stays; undo brings back the document and its sentence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from attention_viewer.model.contract.api import ModelInfo, Trace
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document, go_to, hypotheses, path_to
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.hypotheses import intervene
from attention_viewer.model.contract.interventions import HeadId
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.intents import choosing, comparing, due, switching
from attention_viewer.viewer.intents import hypotheses as continuations
from attention_viewer.viewer.intents.controller import CHANNEL, Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.intents.player import Player
from attention_viewer.viewer.resolve.resolve_laboratory import ranking_spec
from attention_viewer.viewer.state import questions
from attention_viewer.viewer.state.history import History
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.replay import replayed
from attention_viewer.viewer.state.results import (
    BEAM,
    CHECK,
    EFFECT,
    RANKING,
    SPELLINGS,
    TRANSLATIONS,
    Quantity,
    hypothesis_text,
)
from attention_viewer.viewer.state.view_state import Side, ViewState
from attention_viewer.viewer.storage import session_file
from attention_viewer.viewer.storage.session_file import SavedSession
from attention_viewer.viewer.window.presenter import Presenter
from attention_viewer.viewer.work.measurements import measurements
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.toy import ToyTranslator, finished
from support.workers import LateWorker

SENTENCES = ("the cat sleeps", "a black cat is here now", "well", "  ")
MODELS = ("one", "two", "missing")
PLACES = st.integers(0, 5)

Kept = tuple[list[int | None], str, Decoding]


def kept(document: Document | None) -> list[Kept]:
    """What the user keeps: the tokens that stand in each hypothesis, its name, and how it goes on."""
    if document is None:
        return []
    return [
        ([choice.token for choice in path_to(document, each.leaf)], each.name, each.decoding)
        for each in hypotheses(document)
    ]


def begins(longer: list[int | None], shorter: list[int | None]) -> bool:
    """Whether tokens begin with others; where those had an open slot, with any."""
    return len(longer) >= len(shorter) and all(
        mine in (None, token) for mine, token in zip(shorter, longer, strict=False)
    )


class Window(RuleBasedStateMachine):
    """A controller, and what it measures, between a late worker and a line in which sentences are typed."""

    def __init__(self) -> None:
        super().__init__()
        self.models = {"one": ToyTranslator("one", 2, 2), "two": ToyTranslator("two", 1, 3, words=8)}
        self.worker = LateWorker(self.models)
        self.player = Player(8.0)
        self.presenter = MagicMock(spec=Presenter)
        self.controller = Controller(self.presenter, self.worker, self.player, ViewState())  # type: ignore[arg-type]
        self.measuring = Measuring(self.controller)
        self.controller.run(due.watch, frozenset({EFFECT, TRANSLATIONS, SPELLINGS}))
        self.line, self.left = "", ""
        self.controller.sentence_changed.connect(self.told)
        self.measuring.answered.connect(self.answered)
        self.info: ModelInfo | None = None
        self.controller.model_changed.connect(self.opened)
        self.files: list[str] = []

    def told(self, sentence: str) -> None:
        """The line shows the sentence of the document."""
        self.line = sentence

    def opened(self, info: ModelInfo) -> None:
        """Another model has a history of its own, and nothing that belongs to the one before."""
        wanted, before = self.controller.document, self.info
        self.info = info
        if before not in (None, info):
            assert self.controller.history == History()
            assert wanted is None or (wanted.choices == () and not wanted.interventions.hidden)

    def answered(self, quantity: Quantity[Any]) -> None:
        """The figures that are shown are those of the translation shown."""
        shown, check = self.controller.loaded.document, self.controller.loaded.found(CHECK)
        assert quantity is not CHECK or check is not None
        assert check is None or (shown is not None and check == finished(self.model.check_steps(shown)))

    def wait(self, action: Callable[[], object]) -> None:
        """Let something come of what was asked for; a sentence that is refused stays in the line, to be mended."""
        wanted = self.source
        action()
        if wanted == self.line != self.source:
            self.left = self.line

    @property
    def source(self) -> str:
        """The sentence that is wanted."""
        return self.controller.document.source if self.controller.document is not None else ""

    @property
    def model(self) -> ToyTranslator:
        """The model that is open."""
        info = self.controller.loaded.info
        assert info is not None
        return self.models[info.name]

    @initialize()
    def begin(self) -> None:
        """The first model is open, and a sentence is encoded."""
        self.controller.open_model(Path("one"))
        self.submit(SENTENCES[0], 3)
        self.worker.settle()

    # Intents; each changes of what is kept what it names, and nothing else

    def do(self, intent: Callable[[], object], leaves: bool = False) -> None:
        """Carry out an intent that names no hypothesis; where it `leaves` the current one, that may gain tokens."""
        before = self.controller.document
        intent()
        after = self.controller.document
        if before is None or after is None or before.source != after.source:
            return
        mine, now = kept(before), kept(after)
        assert len(now) >= len(mine)
        for index, (one, other) in enumerate(zip(mine, now, strict=False)):
            if index != before.current:
                assert one == other
            elif leaves and after.current != index:
                assert one[1:] == other[1:] and begins(other[0], one[0])

    @rule(sentence=st.sampled_from(SENTENCES), steps=st.integers(0, 4))
    def submit(self, sentence: str, steps: int) -> None:
        """Type a sentence, and press Enter."""
        self.line = sentence
        before = self.controller.document
        self.controller.submit(sentence, steps)
        if not sentence.strip():
            assert self.controller.document == before
            self.line = self.source

    @rule()
    def enter_again(self) -> None:
        """Enter on the sentence that is there changes nothing."""
        document = self.controller.document
        if document is not None and document.source:
            self.line = document.source
            self.controller.submit(document.source)
            assert self.controller.document == document

    @rule(times=st.integers(1, 3))
    def step(self, times: int) -> None:
        """Step, and step again before the answer comes."""
        for _ in range(times):
            self.do(self.controller.step)

    @rule(times=st.integers(1, 3))
    def back(self, times: int) -> None:
        """Step back."""
        for _ in range(times):
            self.do(self.controller.back)

    @rule()
    def to_the_start(self) -> None:
        """Home."""
        self.do(self.controller.first)

    @rule()
    def to_the_end(self) -> None:
        """End."""
        self.do(self.controller.last)

    @rule(index=PLACES)
    def go_to_token(self, index: int) -> None:
        """Click a token of the translation."""
        self.do(lambda: self.controller.go_to_token(index))

    @rule()
    def play(self) -> None:
        """Start or stop playing."""
        self.do(self.controller.toggle_play)

    @rule()
    def tick(self) -> None:
        """A step of playing is due."""
        if self.player.playing:
            self.do(self.controller.play_on)

    @rule(place=PLACES)
    def force(self, place: int) -> None:
        """Click a candidate of the row on screen: the tokens before it stay those that were on screen."""
        trace, another = self.controller.loaded.trace, self.controller.state.awaits_another
        if trace is None or not trace.steps:
            return
        before, shown = self.controller.document, self.controller.loaded.document
        candidates = trace.steps[-1].candidates
        token = candidates[place % len(candidates)].token.id
        self.do(lambda: self.controller.run(choosing.force, token), leaves=True)
        after = self.controller.document
        if another:
            assert after == before
        elif after != before and after != shown and after is not None:
            outputs = [step.output.id for step in trace.steps[:-1]]
            assert [choice.token for choice in path_to(after, after.leaf)][: len(trace.steps)] == [*outputs, token]

    @rule(words=st.sampled_from(["le chat", "la"]))
    def teacher_force(self, words: str) -> None:
        """Let a translation be read."""
        self.do(lambda: self.controller.run(choosing.teacher_force, words), leaves=True)

    @rule(index=PLACES)
    def go_to_hypothesis(self, index: int) -> None:
        """Click a hypothesis."""
        self.do(lambda: self.controller.run(continuations.go_to, index), leaves=True)

    @rule(index=PLACES, name=st.sampled_from(["", "mine", "other"]))
    def rename(self, index: int, name: str) -> None:
        """Name a hypothesis: nothing else changes, and no other name."""
        shown, another = self.controller.loaded.document, self.controller.state.awaits_another
        before = self.controller.document
        self.controller.run(continuations.rename, index, name)
        after = self.controller.document
        if another or shown is None or index >= len(hypotheses(shown)):
            assert after == before
        elif after != before:
            wanted = [(each[0], name if place == index else each[1], each[2]) for place, each in enumerate(kept(shown))]
            assert kept(after) == wanted

    @rule(index=PLACES)
    def delete(self, index: int) -> None:
        """Delete a hypothesis: the others stay."""
        shown, another = self.controller.loaded.document, self.controller.state.awaits_another
        before = self.controller.document
        self.controller.run(continuations.delete, index)
        after = self.controller.document
        count = 0 if shown is None else len(hypotheses(shown))
        if another or index >= count or count == 1:
            assert after == before
        else:
            assert kept(after) == [each for place, each in enumerate(kept(shown)) if place != index]

    @rule()
    def sample_again(self) -> None:
        """Draw once more."""
        self.do(lambda: self.controller.run(choosing.sample_again), leaves=True)

    @rule(temperature=st.sampled_from([0.5, 2.0]), sampling=st.booleans())
    def choose_by(self, temperature: float, sampling: bool) -> None:
        """Sample, or choose greedily."""
        method = Method.SAMPLING if sampling else Method.GREEDY
        self.do(lambda: self.controller.run(choosing.choose_by, Decoding(method, temperature)), leaves=True)

    @rule(layer=st.integers(0, 1), head=st.integers(0, 2), off=st.booleans())
    def switch(self, layer: int, head: int, off: bool) -> None:
        """Switch a head off or on: never of another sentence than that on screen."""
        before, shown = self.controller.document, self.controller.loaded.document
        self.do(lambda: self.controller.run(switching.heads, [HeadId(CROSS, layer, head)], off))
        if before is not None and (shown is None or before.source != shown.source):
            assert self.controller.document == before

    @rule(position=st.integers(0, 3), hidden=st.booleans())
    def hide(self, position: int, hidden: bool) -> None:
        """Hide a source token."""
        self.do(lambda: self.controller.run(switching.hide, position, hidden))

    @rule(positions=st.sampled_from(["on", "off", "shuffled"]))
    def set_positions(self, positions: str) -> None:
        """Take the encoder's positions away."""
        self.do(lambda: self.controller.run(switching.encoder_positions, positions))

    @rule(on=st.booleans())
    def set_mask(self, on: bool) -> None:
        """The causal mask."""
        self.do(lambda: self.controller.run(switching.causal_mask, on))

    @rule()
    def reset(self) -> None:
        """The model as it was trained."""
        self.do(lambda: self.controller.run(switching.reset))

    @rule(index=PLACES)
    def compare(self, index: int) -> None:
        """Compare with a hypothesis."""
        self.do(lambda: self.controller.run(comparing.with_hypothesis, index))
        self.controller.run(comparing.show_side, Side.DIFFERENCE)

    @rule(which=st.sampled_from(["pin", "plain", "stop"]))
    def compare_otherwise(self, which: str) -> None:
        """Compare with what is on screen, with the untouched model, or with nothing."""
        intents = {
            "pin": lambda: self.controller.run(comparing.pin),
            "plain": lambda: self.controller.run(comparing.with_plain),
            "stop": lambda: self.controller.run(comparing.stop),
        }
        self.do(intents[which])

    @rule(which=st.sampled_from(["rank", "cancel", "search", "check"]))
    def measure(self, which: str) -> None:
        """Long work."""
        intents: dict[str, Callable[[], object]] = {
            "rank": lambda: self.controller.run(due.start, RANKING),
            "cancel": lambda: self.controller.run(due.stop, RANKING),
            "search": lambda: self.controller.run(due.search, 3),
            "check": lambda: self.controller.run(due.start, CHECK),
        }
        self.do(intents[which])

    @rule(node=st.integers(0, 2))
    def go_to_beam_node(self, node: int) -> None:
        """Click a node of the beam's tree."""
        tree = self.controller.loaded.found(BEAM)
        if tree is not None:
            self.do(lambda: self.controller.run(choosing.go_to_beam_node, node % len(tree.nodes)), leaves=True)

    @rule(forward=st.booleans())
    def undo_or_redo(self, forward: bool) -> None:
        """Undo or redo, whatever is awaited."""
        (self.controller.redo if forward else self.controller.undo)()

    @rule()
    def cancel(self) -> None:
        """Wait no longer: what is on screen stands."""
        self.wait(self.controller.give_up)
        assert self.controller.document == self.controller.loaded.document

    @rule(name=st.sampled_from(MODELS))
    def open_model(self, name: str) -> None:
        """Another model."""
        self.controller.open_model(Path(name))

    @rule()
    def save(self) -> None:
        """Keep the session in a file."""
        document, info = self.controller.document, self.controller.loaded.info
        if document is not None and info is not None:
            self.files.append(session_file.to_text(SavedSession(document, self.controller.view)))

    @rule(which=PLACES)
    def open_session(self, which: int) -> None:
        """Open such a file, of this model or of the other."""
        info = self.controller.loaded.info
        if self.files and info is not None:
            saved = session_file.from_text(self.files[which % len(self.files)], "x")
            own = saved.document.checkpoint == info.content_hash
            document = saved.document if own else replayed(saved.document, info)
            before = self.controller.document
            self.controller.open_document(document, saved.view, "Open session x")
            if before is not None and self.controller.document != before:
                assert self.controller.state.undo_name == "Open session x"

    # What the worker does

    @rule(place=st.integers(0, 30))
    def answer_any(self, place: int) -> None:
        """Any question is answered, also one that nobody waits for."""
        if self.worker.requests:
            self.wait(lambda: self.worker.answer(self.worker.requests[place % len(self.worker.requests)]))

    @rule(place=st.integers(0, 30))
    def fail_any(self, place: int) -> None:
        """Any question fails."""
        if self.worker.requests:
            self.wait(lambda: self.worker.fail(self.worker.requests[place % len(self.worker.requests)]))

    @precondition(lambda self: any(each.channel == CHANNEL for each in self.worker.requests))
    @rule()
    def answer_newest(self) -> None:
        """The trace asked for last is answered."""
        self.wait(lambda: self.worker.answer(self.worker.newest(CHANNEL)))

    @rule()
    def open_next(self) -> None:
        """The next model is open, or cannot be opened."""
        if self.worker.asked:
            self.wait(self.worker.open_next)

    @rule()
    def settle(self) -> None:
        """All is answered."""
        self.wait(self.worker.settle)
        self.player.stop()
        assert not self.controller.inquiries.waits

    @precondition(lambda self: self.controller.state.can_undo)
    @rule()
    def undo_and_redo(self) -> None:
        """Undo brings back the document that was before, with its sentence; redo the one that is now."""
        self.settle()
        now, history = self.controller.document, self.controller.history
        if now is None or not self.controller.state.can_undo:
            return
        before = history.past[-1].document
        self.controller.undo()
        self.worker.settle()
        if self.controller.document == now and self.controller.history == history:
            # The model cannot make it, and all stays as it is.
            with pytest.raises(UserError):
                self.model.trace(before)
            return
        assert self.controller.document == self.clamped(before)
        assert self.line in (before.source, self.left)
        self.controller.redo()
        self.worker.settle()
        assert self.controller.document == now

    @precondition(lambda self: self.controller.state.can_step)
    @rule(backs=st.integers(1, 2))
    def end_then_back(self, backs: int) -> None:
        """Back from an end that is still awaited goes back from there."""
        self.settle()
        document = self.controller.document
        if document is None or not self.controller.state.can_step:
            return
        self.controller.last()
        for _ in range(backs):
            self.controller.back()
        self.worker.settle()
        assert self.controller.document is not None
        end = len(self.model.trace(go_to(document, document.limit)).steps)
        assert self.controller.document.step == max(0, end - backs)

    @rule(sentence=st.sampled_from(SENTENCES[:3]))
    def new_sentence_and_back(self, sentence: str) -> None:
        """Undo of a new sentence, before or after its answer, brings the one before back, and its line."""
        self.settle()
        before = self.controller.document
        self.submit(sentence, 2)
        if before is not None and self.controller.document != before:
            self.controller.undo()
            assert self.line == before.source
            self.worker.settle()
            assert self.controller.document == before

    def clamped(self, document: Document) -> Document:
        """A document at the step where it stands once its translation is known."""
        return go_to(document, len(self.model.trace(document).steps))

    # What must hold at any time

    @invariant()
    def what_is_shown_belongs_to_the_document_shown(self) -> None:
        """Trace, translation and what lies ahead."""
        loaded = self.controller.loaded
        if loaded.trace is None:
            assert loaded.document is None and not loaded.texts
            return
        assert loaded.document is not None and loaded.sentence == loaded.document.source
        expected = self.model.trace(loaded.document)
        assert same(loaded.trace, expected) and loaded.translation == self.model.text(expected.output_tokens)
        further = self.model.trace(go_to(loaded.document, len(expected.steps) + len(loaded.ahead)))
        assert further.output_tokens[len(expected.steps) :] == loaded.ahead
        shown = self.presenter.show.call_args.args[0]
        assert shown is loaded

    @invariant()
    def what_was_measured_belongs_to_the_document_shown(self) -> None:
        """Texts, effect, ranking, beam, and what is compared."""
        loaded = self.controller.loaded
        document, measured = loaded.document, loaded.found(EFFECT) or loaded.found(TRANSLATIONS)
        if document is None:
            return
        known = len(loaded.trace.steps) + len(loaded.ahead) if loaded.trace else 0
        assert len(loaded.texts) == len(hypotheses(document))
        for index, text in enumerate(loaded.texts):
            if text is not None:
                trace = self.model.trace(questions.spelled(document, index, known))
                assert text == hypothesis_text(trace, self.model.text(trace.output_tokens))
        if measured is not None:
            self.check_effect(loaded, document)
        self.check_ranking(loaded, document)
        tree = loaded.found(BEAM)
        if tree is not None:
            assert tree.nodes == finished(self.model.beam_steps(document)).nodes
        assert loaded.progress(RANKING) is None or self.controller.inquiries.is_open(RANKING.name)

    def check_ranking(self, loaded: Loaded, document: Document) -> None:
        """A ranking is of the document shown but for the heads that are off; which were off then is said."""
        ranking, said = loaded.found(RANKING), ranking_spec(loaded).ranked
        if ranking is None:
            assert not said
            return
        off, now = ranking.document.interventions.heads_off, document.interventions
        asked = intervene(document, replace(now, heads_off=off))
        assert ranking.effects == finished(self.model.rank_heads_steps(asked))
        assert same(ranking.trace, self.model.trace(go_to(asked, asked.limit)))
        assert bool(said) == bool(off or now.heads_off)
        assert all(f"layer {head.layer + 1}" in said or "more heads" in said for head in off)

    def check_effect(self, loaded: Loaded, document: Document) -> None:
        """The effect is that of the document's interventions at its row."""
        assert document.interventions and document.step
        found, expected = loaded.found(EFFECT), finished(self.model.effect_steps(document))
        assert found is None or found.effect.divergence == expected.divergence
        assert found is None or found.effect.before.reads == expected.before.reads
        translations = loaded.found(TRANSLATIONS)
        if translations is not None:
            assert translations.before == self.model.text(expected.translation_before)
            assert translations.after == self.model.text(expected.translation_after)

    @invariant()
    def what_is_due_is_awaited_and_nothing_else(self) -> None:
        """Nobody waits for what nobody would see."""
        wanted = {each.channel for each in due.due(self.controller.state)}
        every = {each.asks.name for each in measurements()} | {due.TEXTS, due.OTHER, due.SURVEY}
        assert {each for each in every if self.controller.inquiries.is_open(each)} == wanted

    @invariant()
    def what_is_compared_is_called_by_its_name(self) -> None:
        """B is the document that it says it is; a mark is at a hypothesis that begins like it."""
        loaded, other = self.controller.loaded, self.controller.loaded.results.other
        if other is None or loaded.document is None:
            return
        assert other.document is not None and same(other.trace, self.model.trace(other.document))
        if other.hypothesis is not None and other.place is not None:
            name = hypotheses(loaded.document)[other.hypothesis].name
            assert other.name == (name or f"hypothesis {other.hypothesis + 1}")
            tokens, stands = [each.token for each in other.place.tokens], kept(loaded.document)[other.hypothesis][0]
            assert stands == tokens

    @invariant()
    def what_is_wanted_is_shown_or_awaited(self) -> None:
        """Nothing is wanted that nobody computes; a line that was not refused is the document's."""
        controller = self.controller
        awaited = controller.inquiries.is_open(CHANNEL)
        assert awaited or controller.document == controller.loaded.document
        info = controller.loaded.info
        assert info is None or controller.document is None or controller.document.checkpoint == info.content_hash
        assert controller.document is None or self.line in (self.source, self.left)
        assert controller.document is not None or not controller.state.can_undo
        if controller.document is not None and not awaited and controller.history != History():
            assert controller.history.past[-1:] == () or controller.history.past[-1].document != controller.document


def same(one: Trace, other: Trace) -> bool:
    """Whether two traces are of the same rows."""
    return (
        one.source_tokens == other.source_tokens
        and [(step.output, step.how, step.reads) for step in one.steps]
        == [(step.output, step.how, step.reads) for step in other.steps]
        and (one.ended, one.hidden, one.causal) == (other.ended, other.hidden, other.causal)
        and all(
            np.array_equal(mine.log_probabilities, theirs.log_probabilities)
            for mine, theirs in zip(one.steps, other.steps, strict=True)
        )
    )


CHANGES: dict[str, Callable[[Window], object]] = {
    "another step": lambda window: window.step(1),
    "another head off": lambda window: window.switch(1, 0, True),
    "the head on again": lambda window: window.switch(0, 1, False),
    "a token hidden": lambda window: window.hide(0, True),
    "a token forced": lambda window: window.force(1),
    "another mask": lambda window: window.set_mask(False),
    "another sentence": lambda window: window.submit(SENTENCES[1], 3),
    "another model": lambda window: window.open_model("two"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_measured_is_read_only_where_it_still_holds(qapp: Any, change: str) -> None:
    window = Window()
    window.begin()
    window.switch(0, 1, True)
    window.worker.settle()
    for which in ("rank", "search", "check"):
        window.measure(which)
    window.worker.settle()
    found = window.controller.loaded.found
    assert found(RANKING) is not None and found(BEAM) is not None and found(CHECK) is not None
    CHANGES[change](window)
    window.wait(window.worker.settle)
    window.what_was_measured_belongs_to_the_document_shown()
    window.answered(EFFECT)
    stays = change in ("another step", "another head off", "the head on again")
    assert (window.controller.loaded.found(RANKING) is not None) is stays


@pytest.mark.timeout(120)
def test_any_intents_in_any_order(qapp: Any) -> None:
    plain = settings(
        max_examples=60,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Window, settings=plain)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_more_intents_in_any_order(qapp: Any) -> None:
    runs = int(os.environ.get("INTENT_RUNS", "100"))
    many = settings(max_examples=runs, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Window, settings=many)
