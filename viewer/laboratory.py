"""The intents of the decoding laboratory: force, branch, compare, switch parts off, rank, search, check.

Whatever changes what the model computes is a change of the document, made through the controller, so that it can be
undone; what is merely measured beside it (effects, texts of hypotheses, rankings, beams) is kept in `Loaded`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from model import document as documents
from model import hypotheses
from model import interventions as switching
from model.api import BeamTree, Check, How, Kind, Token
from model.choosing import Decoding, Method
from model.document import Document
from model.errors import UserError
from model.interventions import HeadId, Interventions, Positions
from viewer.controller import Controller
from viewer.jobs import Priority
from viewer.loaded import Experiments, Other
from viewer.requests import (
    Measured,
    Traced,
    beam_work,
    check_work,
    effect_work,
    hypotheses_work,
    rank_work,
    trace_work,
)
from viewer.view_state import Side
from viewer.worker import Advance, Answer, Failure

EFFECT, TEXTS, OTHER, RANK, BEAM, CHECK = "effect", "texts", "other", "rank", "beam", "check"


class Laboratory(QObject):
    """Experiments on the document of a controller.

    `checked` brings the figures of the check, `searched` says that a beam search has ended.
    """

    checked = Signal(Check)
    searched = Signal()

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self._compared: tuple[str, Document, int | None] | None = None
        controller.traced.connect(self.measure)
        controller.model_changed.connect(self.forget)

    # Choosing tokens

    def force(self, token_id: int) -> None:
        """Let a token stand at this step in place of the one that was chosen, and go on from there."""
        trace, document, known = self.controller.loaded.trace, self.controller.document, self.known()
        if trace is None or document is None or not trace.steps or not trace.causal or not known:
            return
        if trace.steps[-1].output.id == token_id:
            return
        self.filter("")
        place = len(trace.steps) - 1
        name = f"Force ‘{self._text(token_id)}’ at step {place + 1}"
        self._change(hypotheses.force(document, known[:place], token_id, known[place:]), name)

    def filter(self, text: str) -> None:
        """Offer the pieces of the vocabulary that hold a text ("": the most probable ones)."""
        self.controller.look(replace(self.controller.view, filter=text))

    def teacher_force(self, target: str) -> None:
        """Let the decoder read a given translation of the sentence."""
        document = self.controller.document
        if document is not None:
            self.controller.submit_forced(document.source, target, self.known())

    def choose_by(self, decoding: Decoding) -> None:
        """Let free tokens be chosen in another way, greedily or by sampling."""
        if self.controller.document is not None:
            name = "Sample tokens" if decoding.method is Method.SAMPLING else "Choose tokens greedily"
            self._change(hypotheses.decode_by(self.controller.document, decoding, self.known()), name)

    def sample_again(self) -> None:
        """Another sample, beside those there are: the next seed."""
        if self.controller.document is not None:
            again = hypotheses.sample_again(self.controller.document, self.known())
            self._change(again, f"Sample with seed {again.decoding.seed}")

    def known(self) -> list[tuple[int, How]]:
        """The tokens known for the current hypothesis: those on screen, and those ahead that were computed before.

        None where another document's rows are still on screen.
        """
        loaded, document = self.controller.loaded, self.controller.document
        shown = loaded.document
        if document is None or shown is None or loaded.trace is None or not documents.continues(shown, document):
            return []
        rows = [(step.output.id, step.how) for step in loaded.trace.steps]
        ahead = [(token.id, documents.how_at(shown, index)) for index, token in enumerate(loaded.ahead, len(rows))]
        return rows + ahead

    # Hypotheses

    def go_to_hypothesis(self, index: int) -> None:
        """Look at another continuation that was kept."""
        self._on_document(
            lambda document: hypotheses.choose_hypothesis(document, index, self.known()),
            f"Go to hypothesis {index + 1}",
        )

    def rename_hypothesis(self, index: int, name: str) -> None:
        """Call a continuation by a name."""
        self._on_document(
            lambda document: hypotheses.rename_hypothesis(document, index, name), f"Rename hypothesis {index + 1}"
        )

    def delete_hypothesis(self, index: int) -> None:
        """Forget a continuation."""
        self._on_document(
            lambda document: hypotheses.delete_hypothesis(document, index), f"Delete hypothesis {index + 1}"
        )

    # Comparing

    def compare_with_hypothesis(self, index: int) -> None:
        """Compare the current continuation, A, with another, B."""
        document = self.controller.document
        if document is not None and index != document.current:
            name = documents.hypotheses(document)[index].name or f"hypothesis {index + 1}"
            self._compare(name, hypotheses.choose_hypothesis(document, index), index)

    def compare_with_plain(self) -> None:
        """Compare with the same model without interventions."""
        document = self.controller.document
        if document is not None and document.interventions:
            self._compare("without interventions", hypotheses.intervene(document, Interventions()))

    def pin(self) -> None:
        """Keep what is on screen as B, whatever becomes A: another step, another continuation, another sentence."""
        document = self.controller.document
        if document is not None:
            self._compare("pinned", document)

    def stop_comparing(self) -> None:
        """Look at A alone."""
        self._compared = None
        self.controller.inquiries.drop(OTHER)
        self._keep(other=None)
        self.show_side(Side.A)

    def show_side(self, side: Side) -> None:
        """Show A, B, or their difference."""
        if side is Side.A or self.controller.loaded.experiments.other is not None:
            self.controller.look(replace(self.controller.view, side=side))

    # Interventions

    def switch_heads(self, heads: Sequence[HeadId], off: bool) -> None:
        """Switch heads off, or on again."""
        word = "off" if off else "on"
        name = f"Switch {word} {head_words(heads[0]) if len(heads) == 1 else f'{len(heads)} heads'}"
        self._intervene(lambda now: switching.switch_heads(now, heads, off), name)

    def switch_head(self, kind: Kind, layer: int, head: int, off: bool) -> None:
        """Switch one head off, or on again; layer and head count from 0."""
        self.switch_heads([HeadId(kind, layer, head)], off)

    def toggle_selected_head(self) -> None:
        """Switch the head of the active panel off, or on again."""
        view, document = self.controller.view, self.controller.document
        if document is not None:
            head = HeadId(view.active, view.heads[view.active].layer, view.heads[view.active].head)
            self.switch_heads([head], head not in document.interventions.heads_off)

    def toggle_selected_layer(self) -> None:
        """Switch all heads of the active panel's layer off; on again where all of them are off."""
        view, document, info = self.controller.view, self.controller.document, self.controller.loaded.info
        if document is not None and info is not None:
            layer = view.heads[view.active].layer
            row = {HeadId(view.active, layer, head) for head in range(info.heads(view.active)[1])}
            self.switch_layer(view.active, layer, not row <= document.interventions.heads_off)

    def switch_layer(self, kind: Kind, layer: int, off: bool) -> None:
        """Switch all heads of a layer off, or on again."""
        info = self.controller.loaded.info
        if info is not None:
            self.switch_heads([HeadId(kind, layer, head) for head in range(info.heads(kind)[1])], off)

    def set_encoder_positions(self, positions: str) -> None:
        """Positional encoding of the encoder: on, off or shuffled."""
        self._intervene(
            lambda now: replace(now, encoder_positions=Positions(positions)), f"Encoder positions {positions}"
        )

    def set_decoder_positions(self, positions: str) -> None:
        """Positional encoding of the decoder: on, off or shuffled."""
        self._intervene(
            lambda now: replace(now, decoder_positions=Positions(positions)), f"Decoder positions {positions}"
        )

    def set_shuffle_seed(self, seed: int) -> None:
        """Shuffle positions in another way."""
        self._intervene(lambda now: replace(now, shuffle_seed=seed), f"Shuffle with seed {seed}")

    def set_causal_mask(self, on: bool) -> None:
        """The causal mask of the decoder, on or off; without it the whole translation is computed at once."""
        document = self.controller.document
        if document is None or document.interventions.causal_mask == on:
            return
        changed = hypotheses.intervene(document, replace(document.interventions, causal_mask=on))
        if not on:
            changed = documents.go_to(changed, changed.limit)
        self._change(changed, f"Causal mask {'on' if on else 'off'}")

    def hide_token(self, position: int, hidden: bool) -> None:
        """Let nothing look at a source token, or let it be looked at again; positions count from 0."""
        tokens = self.controller.loaded.trace.source_tokens if self.controller.loaded.trace else ()
        text = tokens[position].text if position < len(tokens) else str(position + 1)
        self._intervene(lambda now: switching.hide(now, position, hidden), f"{'Hide' if hidden else 'Show'} ‘{text}’")

    def reset_interventions(self) -> None:
        """The model as it was trained."""
        self._intervene(lambda now: Interventions(), "Reset interventions")

    # Long work

    def rank(self) -> None:
        """Switch off every head in turn, in the background, and sort them by what that does."""
        document = self.controller.document
        if document is not None and self.controller.loaded.trace is not None:
            self._keep(ranking=(), rank_progress=(0, 1))
            self.controller.inquiries.ask(
                RANK, rank_work(document), self._ranked, self._rank_failed, self._rank_advanced, Priority.LONG
            )

    def cancel_rank(self) -> None:
        """Stop ranking heads."""
        self.controller.inquiries.drop(RANK)
        self._keep(rank_progress=None)

    def search(self, width: int) -> None:
        """Search the translation with a beam of `width` hypotheses."""
        document = self.controller.document
        if document is not None and self.controller.loaded.trace is not None:
            wider = replace(document, decoding=replace(document.decoding, beam_width=width))
            self.controller.status.emit(f"Beam search, {width} wide …")
            self.controller.inquiries.ask(
                BEAM, beam_work(wider), self._beam_known, self._side_failed, priority=Priority.LONG
            )

    def go_to_beam_node(self, node: int) -> None:
        """Look at the attention of a hypothesis that beam search considered."""
        tree, document = self.controller.loaded.experiments.beam, self.controller.document
        if tree is None or document is None:
            return
        tokens = tree.path(node)
        self._keep(beam_node=node)
        name = f"Beam hypothesis ‘… {tokens[-1].text}’"
        by = replace(document.decoding, beam_width=tree.width)
        self._change(hypotheses.branch(document, [(token.id, How.BEAM) for token in tokens], self.known(), by), name)

    def check(self) -> None:
        """Measure the autoregressive property on the current translation."""
        document = self.controller.document
        if document is not None and self.controller.loaded.trace is not None:
            self.controller.status.emit("Checking: in parallel and step by step …")
            self.controller.inquiries.ask(
                CHECK, check_work(document), self._checked, self._side_failed, priority=Priority.SOON
            )

    # What follows a new trace

    def measure(self) -> None:
        """Ask for all that is shown beside the trace which has just been loaded."""
        document = self.controller.loaded.document
        if document is None:
            return
        experiments = self.controller.loaded.experiments
        if experiments.beam is not None and experiments.beam_sentence != document.source:
            self._keep(beam=None, beam_node=None)
        if experiments.ranking and experiments.ranked != _ranked_by(document):
            self._keep(ranking=())
        self._measure_effect(document)
        self._spell_hypotheses(document)
        if self._compared is not None:
            self._ask_for_other()

    def forget(self) -> None:
        """Another model: nothing that was measured holds any more."""
        for channel in (EFFECT, TEXTS, OTHER, RANK, BEAM, CHECK):
            self.controller.inquiries.drop(channel)
        self._compared = None

    def _measure_effect(self, document: Document) -> None:
        if document.interventions and document.step:
            self.controller.inquiries.ask(
                EFFECT, effect_work(document), self._effect_known, self._side_failed, priority=Priority.SOON
            )
            return
        self.controller.inquiries.drop(EFFECT)
        if self.controller.loaded.experiments.effect is not None:
            self._keep(effect=None, before="", after="")

    def _spell_hypotheses(self, document: Document) -> None:
        self.controller.inquiries.ask(
            TEXTS,
            hypotheses_work(document, len(self.known())),
            self._texts_known,
            self._side_failed,
            priority=Priority.SOON,
        )

    def _compare(self, name: str, document: Document, hypothesis: int | None = None) -> None:
        self._compared = name, document, hypothesis
        self._ask_for_other()

    def _ask_for_other(self) -> None:
        if self._compared is not None:
            name, document, hypothesis = self._compared
            self.controller.inquiries.ask(
                OTHER,
                trace_work(document),
                lambda answer: self._other_known(name, hypothesis, answer),
                self._side_failed,
                priority=Priority.SOON,
            )

    def _other_known(self, name: str, hypothesis: int | None, answer: Answer) -> None:
        traced: Traced = answer.result
        of, changed = traced.document, traced.document.interventions
        self._keep(other=Other(name, traced.trace, of.source, traced.translation, hypothesis, changed))

    def _effect_known(self, answer: Answer) -> None:
        measured: Measured = answer.result
        self._keep(effect=measured.effect, before=measured.before, after=measured.after)

    def _texts_known(self, answer: Answer) -> None:
        self._keep(texts=answer.result)

    def _ranked(self, answer: Answer) -> None:
        document = self.controller.loaded.document
        self._keep(ranking=answer.result, rank_progress=None, ranked=document and _ranked_by(document))

    def _rank_advanced(self, advance: Advance) -> None:
        self._keep(rank_progress=(advance.progress.done, advance.progress.total))

    def _rank_failed(self, failure: Failure) -> None:
        self._keep(rank_progress=None)
        self._side_failed(failure)

    def _beam_known(self, answer: Answer) -> None:
        tree: BeamTree = answer.result
        self._keep(beam=tree, beam_node=None, beam_sentence=self.controller.loaded.sentence)
        self.controller.status.emit("Ready")
        self.searched.emit()

    def _checked(self, answer: Answer) -> None:
        self.controller.status.emit("Ready")
        self.checked.emit(answer.result)

    def _side_failed(self, failure: Failure) -> None:
        self.controller.status.emit("Ready")
        self.controller.hint.emit(failure.message)

    def _keep(self, **results: Any) -> None:
        loaded = self.controller.loaded
        experiments: Experiments = replace(loaded.experiments, **results)
        self.controller.load(replace(loaded, experiments=experiments))

    def _intervene(self, change: Any, name: str) -> None:
        document = self.controller.document
        if document is not None:
            after = change(document.interventions)
            if after != document.interventions:
                self._change(hypotheses.intervene(document, after), name)

    def _on_document(self, change: Any, name: str) -> None:
        document = self.controller.document
        if document is None:
            return
        try:
            changed = change(document)
        except UserError as error:
            self.controller.hint.emit(str(error))
            return
        self._change(changed, name)

    def _change(self, document: Document, name: str) -> None:
        self.controller.player.stop()
        if document != self.controller.document:
            self.controller.change(document, name)

    def _text(self, token_id: int) -> str:
        vocabulary: tuple[Token, ...] = self.controller.loaded.vocabulary
        return vocabulary[token_id].text if token_id < len(vocabulary) else f"token {token_id}"


def head_words(head: HeadId) -> str:
    """A head in words; layers and heads count from 1."""
    return f"{head.kind.value} layer {head.layer + 1} head {head.head + 1}"


def _ranked_by(document: Document) -> Document:
    """What a ranking was made for: everything but the step, and the switches that are tried out on it."""
    tried = Interventions()
    return replace(document, step=0, hypotheses=(documents.Hypothesis(),), current=0, interventions=tried)
