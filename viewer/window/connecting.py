"""What the widget of each panel asks for, and who does it: a function a panel, which its entry in `PANELS` names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.intents import choosing, comparing, due, hypotheses, inside, looking, patching, switching
from attention_viewer.viewer.intents.controller import Controller
from attention_viewer.viewer.intents.wanting import Granted
from attention_viewer.viewer.menus.menu_actions import MenuActions
from attention_viewer.viewer.state.highlight import CellHover
from attention_viewer.viewer.state.results import RANKING, TIMES
from attention_viewer.viewer.storage.settings import Settings
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.main_window import MainWindow
from PySide6.QtCore import SignalInstance


@dataclass(frozen=True, eq=False)
class Hands:
    """Who does in a window what its panels ask for."""

    window: MainWindow
    controller: Controller
    menu_actions: MenuActions
    settings: Settings

    def do(self, *asked: tuple[SignalInstance, Callable[..., Granted]]) -> None:
        """Have the intent of each signal carried out."""
        for signal, intent in asked:
            signal.connect(self.controller.does(intent))

    def looks(self, field: str) -> Callable[[Any], None]:
        """Has something else looked at between the maps, by the name of its field."""
        return lambda value: self.controller.run(inside.look_at, **{field: value})


Connect = Callable[[Any, Hands], None]


def nothing(panel: Any, hands: Hands) -> None:
    """A panel that asks for nothing."""


def of_map(kind: Kind) -> Connect:
    """The panel of a kind of attention map."""

    def connect(panel: AttentionPanel, hands: Hands) -> None:
        controller, menus = hands.controller, hands.menu_actions.laboratory_actions
        panel.head_selected.connect(lambda layer, head: controller.select_head(kind, layer, head))
        panel.layer_selected.connect(lambda layer: controller.run(looking.select_layer, kind, layer))
        panel.head_toggled.connect(lambda layer, head: controller.run(looking.toggle_head, kind, layer, head))
        panel.cell_hovered.connect(lambda cell: controller.hover(None if cell is None else CellHover(kind, *cell)))
        panel.activated.connect(lambda: controller.run(looking.activate, kind))
        panel.cell_pinned.connect(lambda cell: controller.run(inside.choose_cell, kind, cell))
        panel.head_menu_requested.connect(lambda layer, head, where: menus.show_head_menu(kind, layer, head, where))

    return connect


def next_token(panel: Any, hands: Hands) -> None:
    """The next-token bars and the controls of sampling; the keyboard goes back to the panels."""
    hands.do(
        (panel.token_chosen, choosing.force),
        (panel.filter_changed, looking.filter_pieces),
        (panel.sampling.tried, choosing.try_settings),
        (panel.sampling.chosen, choosing.draw_by),
        (panel.sampling.again_requested, choosing.sample_again),
    )
    panel.token_chosen.connect(hands.window.focus_panels)
    panel.menu_requested.connect(hands.menu_actions.laboratory_actions.show_candidate_menu)


def positions(panel: Any, hands: Hands) -> None:
    """The positional encoding; how many positions and which pairs is remembered."""
    hands.do((panel.length_changed, looking.length), (panel.pairs_changed, looking.pairs))
    panel.length_changed.connect(lambda length: hands.settings.set("position length", length))
    panel.pairs_changed.connect(lambda pairs: hands.settings.set("position pairs", list(pairs)))


def switches(panel: Any, hands: Hands) -> None:
    """The switches of the laboratory."""
    hands.do(
        (panel.encoder_positions_changed, switching.encoder_positions),
        (panel.decoder_positions_changed, switching.decoder_positions),
        (panel.seed_changed, switching.shuffle_seed),
        (panel.causal_mask_changed, switching.causal_mask),
        (panel.head_switched, switching.head),
        (panel.token_hidden, switching.hide),
        (panel.patch_given_back, patching.give_back),
        (panel.reset_requested, switching.reset),
    )


def ranking(panel: Any, hands: Hands) -> None:
    """The ranking of heads, and the sets of heads that are kept."""
    sets = hands.menu_actions.head_sets
    hands.do(
        (panel.heads_switched, switching.heads),
        (panel.head_selected, looking.select_head),
        (panel.rank_requested, partial(due.start, quantity=RANKING)),
        (panel.rank_cancelled, partial(due.stop, quantity=RANKING)),
    )
    panel.heads_kept.connect(sets.ask_for_name)
    panel.set_used.connect(sets.use)
    panel.set_forgotten.connect(sets.forget)


def heads(panel: Any, hands: Hands) -> None:
    """All heads by what they look at."""
    reading, bar = hands.menu_actions.reading, panel.bar
    hands.do((panel.head_selected, looking.select_head), (panel.table.sorted, looking.sort_heads))
    bar.links_drawn.connect(reading.draw_links)
    bar.links_copied.connect(reading.copy_links)
    bar.role_pooled.connect(reading.pool_role)
    bar.file_wanted.connect(reading.choose_file)
    hands.do((bar.file_stopped, due.survey), (bar.file_closed, due.survey))


def kept(panel: Any, hands: Hands) -> None:
    """The continuations that were kept."""
    hands.do(
        (panel.chosen, hypotheses.go_to),
        (panel.renamed, hypotheses.rename),
        (panel.deleted, hypotheses.delete),
        (panel.compare_requested, comparing.with_hypothesis),
    )


def beam(panel: Any, hands: Hands) -> None:
    """The tree of a beam search."""
    hands.do((panel.node_chosen, choosing.go_to_beam_node))


def architecture(panel: Any, hands: Hands) -> None:
    """Both stacks; a click opens a part."""
    hands.do((panel.picked, inside.open_part))
    panel.unfolded_changed.connect(hands.looks("unfolded"))


def parts(panel: Any, hands: Hands) -> None:
    """The pages on what is between the maps."""
    hands.do(
        (panel.picked, inside.pick),
        (panel.side_changed, inside.choose_side),
        (panel.token_changed, inside.choose_token),
        (panel.page_changed, inside.choose_page),
    )
    panel.layer_changed.connect(hands.looks("layer"))


def words(panel: Any, hands: Hands) -> None:
    """The pages on what becomes a word."""
    hands.do((panel.picked, inside.pick), (panel.token_changed, inside.choose_row))
    panel.page_changed.connect(hands.looks("words"))
    panel.temperature_changed.connect(hands.looks("temperature"))


def encodings(panel: Any, hands: Hands) -> None:
    """The positional laboratory."""
    hands.do(
        (panel.picked, inside.pick),
        (panel.measure_requested, partial(due.start, quantity=TIMES)),
        (panel.cancel_requested, partial(due.stop, quantity=TIMES)),
    )
    panel.page_changed.connect(hands.looks("laboratory"))
    panel.shift_changed.connect(hands.looks("shift"))
