"""The intents of the decoding laboratory: force, branch, compare, switch parts off, rank, search, check.

Whatever changes what the model computes is a change of the document, made through the controller, so that it can be
undone; what is merely measured beside it is in `viewer.intents.measuring`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from attention_viewer.model.contract import document as documents
from attention_viewer.model.contract import hypotheses
from attention_viewer.model.contract import interventions as switching
from attention_viewer.model.contract.api import How, Kind, Token
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import UserError
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.state.comparing import places
from attention_viewer.viewer.state.view_state import Side
from PySide6.QtCore import QObject


class Laboratory(QObject):
    """Experiments on the document of a controller; `measuring` has their results.

    What chooses tokens or a hypothesis acts on what is shown. What switches a part of the model acts on what is
    wanted, as far as that is the sentence shown.
    """

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.measuring = Measuring(controller, self)
        self.checked, self.searched = self.measuring.checked, self.measuring.searched

    # Choosing tokens

    def force(self, token_id: int) -> None:
        """Let a token stand at this step in place of the one that was chosen, and go on from there."""
        trace = self.controller.loaded.trace
        if trace is None or not trace.steps or not trace.causal or trace.steps[-1].output.id == token_id:
            return
        document, known = self.controller.on_screen(), self.known()
        if document is None:
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
        document = self.controller.on_screen()
        if document is not None:
            self.controller.submit_forced(document.source, target, self.known())

    def choose_by(self, decoding: Decoding) -> None:
        """Let free tokens be chosen in another way, greedily or by sampling."""
        name = "Sample tokens" if decoding.method is Method.SAMPLING else "Choose tokens greedily"
        self._on_document(lambda document: hypotheses.decode_by(document, decoding, self.known()), name)

    def sample_again(self) -> None:
        """Another sample, beside those there are: the next seed."""
        document = self.controller.on_screen()
        if document is not None:
            again = hypotheses.sample_again(document, self.known())
            self._change(again, f"Sample with seed {again.decoding.seed}")

    def known(self) -> list[tuple[int, How]]:
        """The tokens known for the hypothesis shown: those on screen, and those ahead that were computed before."""
        loaded = self.controller.loaded
        if loaded.document is None or loaded.trace is None:
            return []
        rows = [(step.output.id, step.how) for step in loaded.trace.steps]
        return rows + [
            (token.id, documents.how_at(loaded.document, index)) for index, token in enumerate(loaded.ahead, len(rows))
        ]

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
        document = self.controller.loaded.document
        if document is not None and index != document.current:
            try:
                b = hypotheses.choose_hypothesis(document, index)
            except UserError as error:
                self.controller.hint.emit(str(error))
                return
            self.measuring.compare("", b, places(document)[index])

    def compare_with_plain(self) -> None:
        """Compare with the same model without interventions."""
        document = self.controller.loaded.document
        if document is not None and document.interventions:
            self.measuring.compare("without interventions", hypotheses.intervene(document, Interventions()))

    def pin(self) -> None:
        """Keep what is on screen as B, whatever becomes A: another step, another continuation, another sentence."""
        document = self.controller.loaded.document
        if document is not None:
            self.measuring.compare("pinned", document)

    def stop_comparing(self) -> None:
        """Look at A alone."""
        self.measuring.stop_comparing()
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
        document = self.controller.of_the_sentence()
        if document is None or document.interventions.causal_mask == on:
            return
        changed = hypotheses.intervene(document, replace(document.interventions, causal_mask=on))
        if not on:
            changed = documents.go_to(changed, changed.limit)
        self.controller.player.stop()
        self.controller.change(changed, f"Causal mask {'on' if on else 'off'}")

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
        self.measuring.rank()

    def cancel_rank(self) -> None:
        """Stop ranking heads."""
        self.measuring.cancel_rank()

    def search(self, width: int) -> None:
        """Search the translation with a beam of `width` hypotheses."""
        self.measuring.search(width)

    def go_to_beam_node(self, node: int) -> None:
        """Look at the attention of a hypothesis that beam search considered."""
        tree, document = self.controller.loaded.experiments.beam, self.controller.on_screen()
        if tree is None or document is None:
            return
        tokens = tree.path(node)
        name = f"Beam hypothesis ‘… {tokens[-1].text}’"
        by = replace(document.decoding, beam_width=tree.width)
        self._change(hypotheses.branch(document, [(token.id, How.BEAM) for token in tokens], self.known(), by), name)

    def check(self) -> None:
        """Measure the autoregressive property on the current translation."""
        self.measuring.check()

    def _intervene(self, change: Callable[[Interventions], Interventions], name: str) -> None:
        document = self.controller.of_the_sentence()
        if document is not None:
            after = change(document.interventions)
            if after != document.interventions:
                self.controller.player.stop()
                self.controller.change(hypotheses.intervene(document, after), name)

    def _on_document(self, change: Callable[[Document], Document], name: str) -> None:
        document = self.controller.on_screen()
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
        if document != self.controller.loaded.document:
            self.controller.change_shown(document, name)

    def _text(self, token_id: int) -> str:
        vocabulary: tuple[Token, ...] = self.controller.loaded.vocabulary
        return vocabulary[token_id].text if token_id < len(vocabulary) else f"token {token_id}"


def head_words(head: HeadId) -> str:
    """A head in words; layers and heads count from 1."""
    return f"{head.kind.value} layer {head.layer + 1} head {head.head + 1}"
