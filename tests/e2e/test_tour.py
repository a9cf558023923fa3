"""The tour, first stop to last, in a window on the bundled model: what each stop claims is asserted of what it shows.

Claims hold by construction (masked is exactly 0, a permutation permutes, ...), whatever weights are bundled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.analysis.encoding_properties import Judged
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.inside import Inside, Permutation
from attention_viewer.model.contract.interventions import NONE
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.intents import switching
from attention_viewer.viewer.look.assets import tour_path
from attention_viewer.viewer.resolve.resolve_inside import shares
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import DECODER_LENS, INSIDE, PERMUTATION, PROPERTIES, Quantity
from attention_viewer.viewer.state.sheets import Bar, Dial
from attention_viewer.viewer.state.tour import Scene, document_at
from attention_viewer.viewer.state.tour_progress import EXPERIMENT
from attention_viewer.viewer.storage.settings import MemoryStore, Settings
from attention_viewer.viewer.storage.tour_file import read
from attention_viewer.viewer.widgets.tour_panel import RIGHT
from attention_viewer.viewer.window.app import Parts
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.waiting import Open, wait_for_step
from support.workers import PromptWorker

TOUR = read(tour_path())
STOPS = [stop for stop in TOUR.stops if not stop.choices]
QUESTIONS = [stop for stop in TOUR.stops if stop.choices]
PATIENCE = 60_000


class Shown:
    """What a window shows at a stop."""

    def __init__(self, qtbot: QtBot, parts: Parts) -> None:
        self._qtbot, self.parts = qtbot, parts

    @property
    def loaded(self) -> Loaded:
        return self.parts.controller.loaded

    @property
    def trace(self) -> Any:
        return self.loaded.trace

    def found(self, quantity: Quantity[Any]) -> Any:
        self._qtbot.waitUntil(lambda: self.loaded.found(quantity) is not None, timeout=PATIENCE)
        return self.loaded.found(quantity)

    @property
    def inside(self) -> Inside:
        found = self.found(INSIDE)
        assert isinstance(found, Inside)
        return found

    def picture(self, name: str) -> Any:
        # A picture stays for a moment while the next is computed.
        self.found(PROPERTIES if name == "encodings" else INSIDE)
        shown = self.parts.window.widget(name).shown.picture
        self._qtbot.waitUntil(lambda: shown.spec() is not None, timeout=PATIENCE)
        return shown.spec()

    def wait_for(self, panel: str) -> None:
        """Wait until a panel is in front."""
        self._qtbot.waitUntil(lambda: panel in self.parts.window.shown(), timeout=PATIENCE)

    def open(self, panel: str, page: str = "") -> None:
        """Do what a stop says: open a tab, and a page of it."""
        self.parts.window.show_card(panel)
        self.wait_for(panel)
        if page:
            self.parts.window.widget(panel).page_changed.emit(page)

    def settle(self) -> None:
        """Wait until what was asked for is on screen."""
        controller = self.parts.controller
        self._qtbot.waitUntil(lambda: controller.loaded.document == controller.document, timeout=PATIENCE)


def output(shown: Shown) -> None:
    tokens = [token.text for token in shown.trace.source_tokens]
    first, second = [index for index, text in enumerate(tokens) if text == "dog"]
    encoder = shown.inside.encoder
    np.testing.assert_array_equal(encoder.embedding[first], encoder.embedding[second])
    assert np.abs(encoder.output[first] - encoder.output[second]).max() > 0.1
    assert encoder.output.shape == (len(tokens), shown.loaded.d_model)
    shown.open("parts", "residual")
    elsewhere = shown.picture("parts").sections[-1]
    assert elsewhere.heading == "The same token elsewhere" and len(elsewhere.lines) == 1
    start, _, end = (bar.share for bar in elsewhere.lines[0].pieces[1:])
    assert start == pytest.approx(1.0) and end < 0.99


def previous(shown: Shown) -> None:
    layers = shown.inside.encoder.layers
    np.testing.assert_array_equal(layers[1][0].input, layers[0][-1].normed)
    np.testing.assert_array_equal(layers[0][0].input, shown.inside.encoder.input)
    (block,) = [each for each in shown.picture("architecture").encoder if each.opened]
    assert block.title == "2 · Self-attention"


def together(shown: Shown) -> None:
    assert shown.trace.mask(ENCODER) is None and (shown.trace.weights(ENCODER) > 0).all()


def first(shown: Shown) -> None:
    assert not shown.trace.steps
    shown.parts.controller.step()
    wait_for_step(shown._qtbot, shown.parts, 1)
    assert [token.text for token in shown.trace.input_tokens] == ["<start>"]
    np.testing.assert_array_equal(shown.trace.weights(DECODER), 1.0)


def row(shown: Shown) -> None:
    steps = shown.trace.steps
    assert [step.output for step in steps[:-1]] == [step.reads for step in steps[1:]]
    expected = steps[-1].output
    shown.parts.controller.step()
    wait_for_step(shown._qtbot, shown.parts, 4)
    assert shown.trace.steps[-1].reads == expected


def mask(shown: Shown) -> None:
    shown.open("parts")
    weights, scores = shown.trace.weights(DECODER), shown.inside.decoder.layers[2][0].attention.scores  # type: ignore[union-attr]
    future = np.triu_indices(weights.shape[-1], 1)
    assert not weights[..., future[0], future[1]].any() and scores[1][future].all(), "exactly 0, whatever the score"
    sheet = shown.picture("parts")
    bars = [line.pieces[3] for line in sheet.sections[1].lines]
    assert [bar.masked for bar in bars] == [False] * 3 + [True] * 3
    before = weights[:, :, :3, :3].copy()
    shown.parts.controller.step()
    wait_for_step(shown._qtbot, shown.parts, 7)
    np.testing.assert_array_equal(shown.trace.weights(DECODER)[:, :, :3, :3], before)


def unmasked(shown: Shown) -> None:
    leaked = shown.trace.leaks(DECODER)
    assert leaked.any() and (shown.trace.weights(DECODER)[..., leaked] > 0).all()


def parallel(shown: Shown) -> None:
    shown.parts.actions["last"].trigger()
    shown._qtbot.waitUntil(lambda: bool(shown.trace.ended), timeout=PATIENCE)
    inside, rows = shown.inside, len(shown.trace.steps)
    assert shown.trace.ended and rows > 1
    assert inside.runs["encoder.0.self.query"] == 1 and inside.runs["decoder.0.self.query"] == rows
    assert set(inside.parallel.values()) == {1}
    own = np.stack([layer[0].attention.weights for layer in inside.decoder.layers])  # type: ignore[union-attr]
    np.testing.assert_allclose(own, shown.trace.weights(DECODER), atol=1e-5)
    assert {block.runs for block in shown.picture("architecture").decoder[1:-1]} == {f"×{rows}"}


def memory(shown: Shown) -> None:
    inside = shown.inside
    assert inside.runs["decoder.0.cross.projected"] == 1 and inside.runs["decoder.0.cross.query"] == 5
    attention = inside.decoder.sublayer(0, "cross").attention  # type: ignore[union-attr]
    assert attention is not None and attention.key.shape[1] == len(shown.trace.source_tokens)
    block = next(each for each in shown.picture("architecture").decoder if each.opened)
    assert "Cross-attention" in block.title and "×1" in block.tip


def width(shown: Shown) -> None:
    for layer in shown.inside.decoder.layers:  # type: ignore[union-attr]
        for sublayer in layer:
            assert sublayer.input.shape == sublayer.output.shape == sublayer.normed.shape
            assert sum(shares(sublayer, 0)) == pytest.approx(1.0, abs=1e-4)


def ffn(shown: Shown) -> None:
    found = shown.found(PERMUTATION)
    assert isinstance(found, Permutation) and found.ffn.max() < 1e-5
    hidden = shown.inside.encoder.sublayer(1, "ffn").hidden
    assert hidden is not None and hidden.shape[1] != shown.loaded.d_model
    shown._qtbot.waitUntil(lambda: bool(shown.picture("parts").sections[-1].lines))
    assert "same vectors in that order" in shown.picture("parts").sections[-1].note


def positions(shown: Shown) -> None:
    shown.open("parts")
    found = shown.found(PERMUTATION)
    assert found.without.max() < 1e-4 < 1e-2 < found.with_positions.max()


def criteria(shown: Shown) -> None:
    shown.open("encodings", "properties")
    judged = shown.found(PROPERTIES)
    assert isinstance(judged, Judged)
    assert not judged.verdict("One for all steps", "Different for every position").passed
    assert not judged.verdict("Index / length", "The same in every sentence").passed
    assert all(each.passed for each in judged.verdicts[0])
    names = [line.pieces[0].text for line in shown.picture("encodings").sections[1].lines]
    shown.parts.window.widget("encodings").picked.emit(("encoding", names.index("One for all steps")))
    lit = [line.pieces[0].text for line in shown.picture("encodings").sections[1].lines if line.lit]
    assert lit == ["One for all steps"]


def shift(shown: Shown) -> None:
    shown.open("encodings", "rotation")
    lines = shown.picture("encodings").sections[0].lines
    turns = {tuple(each.turn for each in line.pieces if isinstance(each, Dial)) for line in lines}
    assert len(turns) == 1 and len(lines) == 3


def word(shown: Shown) -> None:
    def tokens() -> list[str]:
        return [line.pieces[0].text for line in shown.picture("words").sections[1].lines]

    def first_bar() -> Bar:
        bar = shown.picture("words").sections[1].lines[0].pieces[2]
        assert isinstance(bar, Bar)
        return bar

    order, plain = tokens(), first_bar().share
    slider = shown.parts.window.widget("words").temperature
    slider.setValue(slider.minimum())
    assert tokens() == order and first_bar().share > plain
    slider.setValue(slider.maximum())
    assert tokens() == order and first_bar().share < plain


def knows(shown: Shown) -> None:
    shown.open("words", "logit lens")
    lines = shown.picture("words").sections[0].lines
    for line, step in zip(lines, shown.trace.steps, strict=True):
        assert line.pieces[-1].text == step.candidates[0].token.text
        assert line.pieces[-1].framed == (step.rank == 1)
    shown.parts.window.widget("words").tabs.setCurrentIndex(2)
    assert shown.found(DECODER_LENS).rows.depths == shown.loaded.info.architecture.encoder.layers + 1  # type: ignore[union-attr]


def heads(shown: Shown) -> None:
    shown.open("encoder")
    weights = shown.trace.weights(ENCODER)
    flat = weights.reshape(-1, weights.shape[-1] ** 2)
    apart = np.abs(flat[:, None] - flat[None]).max(-1) + np.eye(len(flat))
    assert apart.min() > 1e-3


def explanation(shown: Shown) -> None:
    sheet = shown.picture("parts")
    assert not sheet.sections[2].lines[1].pieces[1].values.any(), "what the head gives is 0"
    on = Document(shown.loaded.sentence, step=5)
    untouched = shown.parts.controller.document
    assert untouched is not None and untouched.interventions.heads_off
    weights = shown.trace.weights(CROSS)[0, 0]
    np.testing.assert_allclose(weights.sum(-1), 1.0, atol=1e-5)
    assert weights.max() > 0.0 and on.interventions == NONE


CLAIMS: dict[str, Callable[[Shown], None]] = {
    each.__name__: each
    for each in (
        output, previous, together, first, row, mask, unmasked, parallel, memory, width, ffn, positions, criteria,
        shift, word, knows, heads, explanation,
    )
}  # fmt: skip


def test_every_stop_asks_and_answers_and_has_its_claim_checked() -> None:
    assert {stop.name for stop in STOPS} == set(CLAIMS) and 14 <= len(STOPS) <= 20
    assert all(stop.predict and stop.do and stop.answer and stop.text and stop.scene.panel for stop in STOPS)
    assert len(QUESTIONS) >= 16
    assert all(len(stop.choices) >= 2 and stop.answer and stop.scene.panel for stop in QUESTIONS)
    assert all(not stop.scene.sentence for stop in QUESTIONS), "they are about the reader's own sentence"


def test_the_tour_from_the_first_stop_to_the_last(open_window: Open, qtbot: QtBot) -> None:
    parts = open_window()
    shown, touring, window = Shown(qtbot, parts), parts.menu_actions.touring, parts.window
    parts.actions["tour"].trigger()
    qtbot.waitUntil(lambda: touring.stop is not None and parts.controller.loaded.trace is not None, timeout=PATIENCE)
    for index, stop in enumerate(STOPS):
        if index:
            qtbot.mouseClick(window.widget("tour").forward, Qt.MouseButton.LeftButton)
        shown.settle()
        assert touring.stop is not None and touring.stop.stop == stop
        assert shown.loaded.sentence == stop.scene.sentence
        shown.wait_for(stop.scene.panel)
        text = window.widget("tour").text()
        assert stop.predict in text and stop.answer not in text
        CLAIMS[stop.name](shown)
        qtbot.mouseClick(window.widget("tour").answer, Qt.MouseButton.LeftButton)
        assert stop.answer in window.widget("tour").text()


def test_every_question_has_an_experiment_on_the_readers_own_sentence(open_window: Open, qtbot: QtBot) -> None:
    parts = open_window(sentence="My red house is old.")
    wait_for_step(qtbot, parts, 0)
    shown, touring, window = Shown(qtbot, parts), parts.menu_actions.touring, parts.window
    parts.actions["tour"].trigger()
    qtbot.waitUntil(lambda: touring.stop is not None, timeout=PATIENCE)
    parts.controller.submit("My red house is old.")
    for stop in QUESTIONS:
        before = parts.controller.document
        touring.go_to(TOUR.stops.index(stop))
        now = parts.controller.document
        assert now is not None and before is not None
        assert (now.step, now.interventions) == (before.step, NONE), "asked before its experiment is seen"
        qtbot.mouseClick(window.widget("tour").again, Qt.MouseButton.LeftButton)
        shown.settle()
        assert shown.loaded.sentence == "My red house is old."
        shown.wait_for(stop.scene.panel)
        assert shown.loaded.document is not None
        assert shown.loaded.document.interventions == stop.scene.interventions
        button = window.widget("tour").choices[stop.right]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert "✓ Right." in window.widget("tour").text() and stop.answer in window.widget("tour").text()
        touring.choose((stop.right + 1) % len(stop.choices))
        assert "✗" in window.widget("tour").text()


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows on a made-up model, which takes no time."""
    monkeypatch.setattr("attention_viewer.viewer.window.app.Worker", PromptWorker)


@pytest.mark.usefixtures("made_up")
def test_the_tour_goes_on_where_it_was_left_and_says_when_the_window_shows_something_else(
    open_window: Open, qtbot: QtBot
) -> None:
    store = MemoryStore()
    parts = open_window(Settings(store), sentence="My red house is old.")
    wait_for_step(qtbot, parts, 0)
    parts.actions["tour"].trigger()
    touring, panel = parts.menu_actions.touring, parts.window.widget("tour")
    qtbot.waitUntil(lambda: touring.stop is not None, timeout=PATIENCE)
    shown = Shown(qtbot, parts)
    with qtbot.waitActive(parts.window):
        parts.window.activateWindow()
    touring.go_to(4)
    shown.settle()
    assert touring.stop is not None and not touring.stop.notice and not panel.notice.isVisible()
    parts.actions["step"].trigger()
    assert "step 4; the stop began at step 3" in panel.notice.text() and panel.notice.isVisible()
    qtbot.keyClick(panel, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not panel.notice.isVisible())
    parts.controller.run(switching.head, CROSS, 0, 0, True)
    assert "changed otherwise" in panel.notice.text()
    parts.actions["undo"].trigger()
    assert not panel.notice.isVisible()
    for _ in range(4):
        parts.actions["undo"].trigger()
    assert "another sentence" in panel.notice.text()
    shown.settle()
    assert parts.controller.loaded.sentence == "My red house is old."
    qtbot.mouseClick(panel.answer, Qt.MouseButton.LeftButton)
    again = open_window(Settings(store))
    again.actions["tour"].trigger()
    qtbot.waitUntil(lambda: again.menu_actions.touring.stop is not None, timeout=PATIENCE)
    stop = again.menu_actions.touring.stop
    assert stop is not None and stop.index == 4 and stop.revealed
    assert "does not show this stop yet" in again.window.widget("tour").notice.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_F6, Qt.Key.Key_F12])
@pytest.mark.usefixtures("made_up")
def test_leaving_the_tour_brings_back_the_readers_sentence_and_step(
    open_window: Open, qtbot: QtBot, key: Qt.Key
) -> None:
    parts = open_window(sentence="My red house is old.")
    wait_for_step(qtbot, parts, 0)
    parts.actions["step"].trigger()
    wait_for_step(qtbot, parts, 1)
    shown, window = Shown(qtbot, parts), parts.window
    with qtbot.waitActive(window):
        window.activateWindow()
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: parts.menu_actions.touring.stop is not None, timeout=PATIENCE)
        if parts.controller.loaded.sentence.startswith("My"):
            parts.menu_actions.touring.set_up()
        shown.settle()
        panel = window.widget("tour")
        assert shown.loaded.sentence == STOPS[0].scene.sentence and "F12" in panel.kept.text()
        assert panel.kept.isVisible()
        qtbot.keyClick(window, key)
        shown.settle()
        assert window.workspaces.current == "attention"
        assert (shown.loaded.sentence, len(shown.trace.steps)) == ("My red house is old.", 1)
        qtbot.wait(50)
        assert "before the tour is back" in window._foot.doing.full_text()
    parts.actions["undo"].trigger()
    shown.settle()
    assert shown.loaded.sentence == STOPS[0].scene.sentence


@pytest.mark.usefixtures("made_up")
def test_the_quiz_is_kept_and_ends_with_a_score(open_window: Open, qtbot: QtBot) -> None:
    store = MemoryStore()
    parts = open_window(Settings(store), sentence="My red house is old.")
    wait_for_step(qtbot, parts, 0)
    parts.menu_actions.touring.show_stop("q-order")
    touring, panel = parts.menu_actions.touring, parts.window.widget("tour")
    with qtbot.waitActive(parts.window):
        parts.window.activateWindow()
    for number, stop in enumerate(QUESTIONS):
        assert touring.stop is not None and touring.stop.stop == stop and touring.stop.setting == EXPERIMENT
        if number:
            touring.choose((stop.right + (number == 2)) % 3)
            touring.go_to(touring.stop.index + 1)
            continue
        qtbot.keyClick(panel, "abc"[stop.right], Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: RIGHT in panel.text())
        assert panel.choices[stop.right].isChecked()
        qtbot.keyClick(panel, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: panel.header.subtitle.full_text() == "question 2 of 19")
    assert "18 of 19 right at the first try" in panel.text() and "question 3" in panel.text()
    assert not panel.forward.isEnabled() and TOUR.closing[0] in panel.text()
    again = open_window(Settings(store))
    again.menu_actions.touring.begin()
    other = again.menu_actions.touring
    assert other.stop is not None and other.stop.index == len(TOUR.stops) and "18 of 19" in other.stop.stop.text[-2]
    other.set_up()
    assert other.stop.index == 0 and not other.stop.revealed


def test_a_scene_changes_only_what_it_names() -> None:
    document = replace(Document("a house", step=4), limit=30)
    assert document_at(Scene(), document) == document and document_at(Scene(), None) is None
    assert document_at(Scene(steps=-1), document) == replace(document, step=30)
    other = document_at(Scene(sentence="a cat", steps=2), document)
    assert other is not None and (other.source, other.step, other.choices) == ("a cat", 2, ())


@pytest.mark.usefixtures("made_up")
def test_a_tour_of_a_teachers_own(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    text = (
        "format: attention-viewer tour\nversion: 1\ntitle: Mine\nstop: one\nsentence: A cat.\nsteps: 1\n"
        "panel: words\npage: word\ntext: <b>plain</b>\nformula: x_{1}\n"
    )
    path = tmp_path / "mine.tour"
    path.write_text(text, encoding="utf-8")
    parts = open_window()
    parts.menu_actions.touring.show()
    qtbot.waitUntil(lambda: parts.menu_actions.touring.stop is not None, timeout=PATIENCE)
    parts.window.file_dropped.emit(str(path))
    wait_for_step(qtbot, parts, 1)
    assert parts.controller.loaded.sentence == "A cat." and "<b>plain</b>" in parts.window.widget("tour").text()
    hints: list[str] = []
    parts.controller.hint.connect(hints.append)
    path.write_text(text.replace("panel: words", "panel: cellar"), encoding="utf-8")
    parts.menu_actions.touring.open(path)
    assert "cellar" in hints[-1] and parts.controller.loaded.sentence == "A cat."
