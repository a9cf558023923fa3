"""What the panels of the decoding laboratory ask for: the intent of each signal."""

from __future__ import annotations

from collections.abc import Callable

from attention_viewer.viewer.intents import choosing, hypotheses, looking, patching, switching
from attention_viewer.viewer.intents.laboratory import Laboratory
from attention_viewer.viewer.intents.wanting import Granted
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import SignalInstance


def connect_laboratory(window: MainWindow, laboratory: Laboratory) -> None:
    """Let what is clicked and turned be tried out; the keyboard goes back to the panels."""
    for signal, intent in _asked(window):
        signal.connect(laboratory.controller.does(intent))
    window.ranking.rank_requested.connect(laboratory.rank)
    window.ranking.rank_cancelled.connect(laboratory.cancel_rank)
    window.hypotheses.compare_requested.connect(laboratory.compare_with_hypothesis)
    for signal in (window.candidates.token_chosen, window.banner.reset_requested):
        signal.connect(window.focus_panels)


def _asked(window: MainWindow) -> tuple[tuple[SignalInstance, Callable[..., Granted]], ...]:
    candidates, switches, kept = window.candidates, window.laboratory, window.hypotheses
    return (
        (candidates.token_chosen, choosing.force),
        (candidates.filter_changed, looking.filter_pieces),
        (candidates.sampling.tried, choosing.try_settings),
        (candidates.sampling.chosen, choosing.draw_by),
        (candidates.sampling.again_requested, choosing.sample_again),
        (switches.encoder_positions_changed, switching.encoder_positions),
        (switches.decoder_positions_changed, switching.decoder_positions),
        (switches.seed_changed, switching.shuffle_seed),
        (switches.causal_mask_changed, switching.causal_mask),
        (switches.head_switched, switching.head),
        (switches.token_hidden, switching.hide),
        (switches.patch_given_back, patching.give_back),
        (switches.reset_requested, switching.reset),
        (window.banner.reset_requested, switching.reset),
        (window.ranking.heads_switched, switching.heads),
        (window.ranking.head_selected, looking.select_head),
        (kept.chosen, hypotheses.go_to),
        (kept.renamed, hypotheses.rename),
        (kept.deleted, hypotheses.delete),
        (window.beam.node_chosen, choosing.go_to_beam_node),
    )
