"""The intents of the decoding laboratory, as the window's signals call them.

What each does is a pure function: choosing, hypotheses, switching, comparing, due.
"""

from __future__ import annotations

from collections.abc import Sequence

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.interventions import HeadId, Patch
from attention_viewer.viewer.intents import choosing, comparing, due, hypotheses, looking, patching, switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.measuring import Measuring
from attention_viewer.viewer.state.results import CHECK, RANKING
from attention_viewer.viewer.state.view_state import Side
from PySide6.QtCore import QObject


class Laboratory(QObject):
    """Experiments on the document of a controller; `answered` has the quantity that became known."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.answered = Measuring(controller, self).answered

    # Choosing tokens

    def force(self, token_id: int) -> None:
        """Let a token stand at this step in place of the one that was chosen, and go on from there."""
        self.controller.run(choosing.force, token_id)

    def contrast(self, token_id: int | None) -> None:
        """Let maps show why the newest row's token, rather than another candidate (None: the best other one)."""
        self.controller.run(choosing.contrast, token_id)

    def filter(self, text: str) -> None:
        """Offer the pieces of the vocabulary that hold a text ("": the most probable ones)."""
        self.controller.run(looking.filter_pieces, text)

    def teacher_force(self, target: str) -> None:
        """Let the decoder read a given translation of the sentence."""
        self.controller.run(choosing.teacher_force, target)

    def choose_by(self, decoding: Decoding) -> None:
        """Let free tokens be chosen in another way, greedily or by sampling."""
        self.controller.run(choosing.choose_by, decoding)

    def try_sampling(self, decoding: Decoding) -> None:
        """Show how tokens would be drawn by other settings."""
        self.controller.run(choosing.try_settings, decoding)

    def draw_by(self, decoding: Decoding) -> None:
        """Draw tokens by these settings, or choose them greedily again."""
        self.controller.run(choosing.draw_by, decoding)

    def sample_again(self) -> None:
        """Another sample, beside those there are: the next seed."""
        self.controller.run(choosing.sample_again)

    def go_to_beam_node(self, node: int) -> None:
        """Look at the attention of a hypothesis that beam search considered."""
        self.controller.run(choosing.go_to_beam_node, node)

    # Hypotheses

    def go_to_hypothesis(self, index: int) -> None:
        """Look at another continuation that was kept."""
        self.controller.run(hypotheses.go_to, index)

    def rename_hypothesis(self, index: int, name: str) -> None:
        """Call a continuation by a name."""
        self.controller.run(hypotheses.rename, index, name)

    def delete_hypothesis(self, index: int) -> None:
        """Forget a continuation."""
        self.controller.run(hypotheses.delete, index)

    # Comparing

    def compare_with_hypothesis(self, index: int) -> None:
        """Compare the current continuation, A, with another, B."""
        self.controller.run(comparing.with_hypothesis, index)

    def compare_with_plain(self) -> None:
        """Compare with the same model without interventions."""
        self.controller.run(comparing.with_plain)

    def pin(self) -> None:
        """Keep what is on screen as B, whatever becomes A: another step, another continuation, another sentence."""
        self.controller.run(comparing.pin)

    def stop_comparing(self) -> None:
        """Look at A alone."""
        self.controller.run(comparing.stop)

    def show_side(self, side: Side) -> None:
        """Show A, B, or their difference."""
        self.controller.run(comparing.show_side, side)

    # Interventions

    def switch_heads(self, heads: Sequence[HeadId], off: bool) -> None:
        """Switch heads off, or on again."""
        self.controller.run(switching.heads, heads, off)

    def switch_only(self, heads: Sequence[HeadId], name: str) -> None:
        """Switch the heads of a named set off, and all others on."""
        self.controller.run(switching.only, heads, name)

    def switch_head(self, kind: Kind, layer: int, head: int, off: bool) -> None:
        """Switch one head off, or on again; layer and head count from 0."""
        self.switch_heads([HeadId(kind, layer, head)], off)

    def toggle_selected_head(self) -> None:
        """Switch the head of the active panel off, or on again."""
        self.controller.run(switching.selected_head)

    def toggle_selected_layer(self) -> None:
        """Switch all heads of the active panel's layer off; on again where all of them are off."""
        self.controller.run(switching.selected_layer)

    def set_encoder_positions(self, positions: str) -> None:
        """Positional encoding of the encoder: on, off or shuffled."""
        self.controller.run(switching.encoder_positions, positions)

    def set_decoder_positions(self, positions: str) -> None:
        """Positional encoding of the decoder: on, off or shuffled."""
        self.controller.run(switching.decoder_positions, positions)

    def set_shuffle_seed(self, seed: int) -> None:
        """Shuffle positions in another way."""
        self.controller.run(switching.shuffle_seed, seed)

    def set_causal_mask(self, on: bool) -> None:
        """The causal mask of the decoder, on or off; without it the whole translation is computed at once."""
        self.controller.run(switching.causal_mask, on)

    def hide_token(self, position: int, hidden: bool) -> None:
        """Let nothing look at a source token, or let it be looked at again; positions count from 0."""
        self.controller.run(switching.hide, position, hidden)

    def take_patch(self, patch: Patch) -> None:
        """Take a head's output, a layer's or a position's residual from B."""
        self.controller.run(patching.take, patch)

    def give_back_patch(self, patch: Patch) -> None:
        """Take nothing from another trace at the place of a patch any more."""
        self.controller.run(patching.give_back, patch)

    def reset_interventions(self) -> None:
        """The model as it was trained."""
        self.controller.run(switching.reset)

    # Long work

    def rank(self) -> None:
        """Switch off every head in turn, in the background, and sort them by what that does."""
        self.controller.run(due.start, RANKING)

    def cancel_rank(self) -> None:
        """Stop ranking heads."""
        self.controller.run(due.stop, RANKING)

    def search(self, width: int) -> None:
        """Search the translation with a beam of `width` hypotheses."""
        self.controller.run(due.search, width)

    def check(self) -> None:
        """Measure the autoregressive property on the current translation."""
        self.controller.run(due.start, CHECK)
