"""The tables of panels and workspaces: what there is to see, where it stands, and what feeds it.

The next panel: (1) a widget with `header`, `set_style` and a setter for its spec, signals out (`widgets/`);
(2) a pure function from `Loaded` and `ViewState` to that spec (`resolve/`), and `Binding`s of the two (`bindings.py`);
(3) an entry in `PANELS`, which names the workspaces it stands in, a key, and in `measures` what is measured for it;
(4) what its signals ask for, as a function that the entry names (`connecting.py`). Menus, F1, saved layouts and the
tests' tables follow from it.
A new workspace is an entry in `WORKSPACES`: `also` places the panels that it borrows. No function key is free.
What is not on show is not fed and not measured; when it comes to be seen, it is brought up to date first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.look.theme import Style
from attention_viewer.viewer.resolve import pages
from attention_viewer.viewer.state import results as quantities
from attention_viewer.viewer.state.results import EFFECT, SPELLINGS, TRANSLATIONS
from attention_viewer.viewer.state.results import HEADS as MEASURED
from attention_viewer.viewer.widgets.architecture_panel import ArchitecturePanel
from attention_viewer.viewer.widgets.attention_panel import AttentionPanel
from attention_viewer.viewer.widgets.beam_view import BeamView
from attention_viewer.viewer.widgets.candidates import CandidatesPanel
from attention_viewer.viewer.widgets.encodings_panel import EncodingsPanel
from attention_viewer.viewer.widgets.heads_panel import HeadsPanel
from attention_viewer.viewer.widgets.hypotheses_panel import HypothesesPanel
from attention_viewer.viewer.widgets.laboratory_panel import LaboratoryPanel
from attention_viewer.viewer.widgets.panel import Panel
from attention_viewer.viewer.widgets.panel_form import Place, Workspace
from attention_viewer.viewer.widgets.part_panel import PartPanel
from attention_viewer.viewer.widgets.position_panel import PositionPanel
from attention_viewer.viewer.widgets.ranking_table import RankingTable
from attention_viewer.viewer.widgets.tour_panel import TourPanel
from attention_viewer.viewer.window import bindings, connecting, inside_bindings
from attention_viewer.viewer.window.bindings import Binding, Pointed, Scene
from attention_viewer.viewer.window.connecting import Connect


@dataclass(frozen=True)
class FedPanel(Panel):
    """A panel with what feeds its widget, and what lies over it while the mouse is on something.

    `connect` lets what its widget asks for be done. What it `takes` of a model: where that is missing, as of arrays of
    weights alone, there is nothing to see in it.
    """

    feeds: tuple[Binding[Scene], ...] = ()
    lit: tuple[Binding[Pointed], ...] = ()
    connect: Connect = connecting.nothing
    takes: Capability | None = None


ATTENTION, EXPERIMENT, BEAM, POSITIONS, HEADS, INSIDE, TOUR = (
    "attention", "experiment", "beam", "positions", "heads", "inside", "tour",
)  # fmt: skip
WORKSPACES = (
    Workspace(ATTENTION, "Attention", "F6", "The maps, with everything else below or behind them"),
    Workspace(EXPERIMENT, "Experiment", "F7", "The maps with laboratory, hypotheses and ranking beside them"),
    Workspace(BEAM, "Beam", "F8", "The tree of a beam search, with the map of the hypothesis clicked"),
    Workspace(POSITIONS, "Positions", "F9", "The positional encoding, with the switches that take it away"),
    Workspace(HEADS, "Heads", "F3", "All heads by what they look at, with roles, and the map of the head clicked"),
    Workspace(INSIDE, "Inside", "F4", "The parts between the maps: architecture, residual stream, FFN, lenses"),
    Workspace(TOUR, "Tour", "F12", "A tour through the model, stop by stop, and a quiz", visited=True),
)

MAP_PLACES = {
    ATTENTION: Place.MAP,
    EXPERIMENT: Place.MAP,
    BEAM: Place.MAP,
    HEADS: Place.MAP,
    TOUR: Place.MAIN,
}
"""Where every panel of a kind of attention map stands."""


def panels_for(maps: Iterable[MapInfo]) -> tuple[FedPanel, ...]:
    """The panels of a window: after the first of `PANELS` those of the maps that a model has.

    Those without a key get Ctrl and a digit, the maps first.
    """
    of_maps, (first, *others) = [_of_map(each) for each in maps], PANELS
    digits = (f"Ctrl+{number}" for number in range(1, 10))
    keyed = {each.name: each.key or next(digits, "") for each in (*of_maps, first, *others)}
    return tuple(replace(each, key=keyed[each.name]) for each in (first, *of_maps, *others))


def _of_map(sides: MapInfo) -> FedPanel:
    def make(style: Style) -> AttentionPanel:
        return AttentionPanel(style, sides.name)

    return FedPanel(
        sides.kind,
        sides.short,
        make,
        MAP_PLACES,
        map=sides,
        feeds=bindings.of_map(sides.kind),
        lit=bindings.over_map(sides.kind),
        connect=connecting.of_map(sides.kind),
    )


PANELS: tuple[FedPanel, ...] = (
    FedPanel(
        "next",
        "Next token",
        CandidatesPanel,
        {ATTENTION: Place.NARROW, EXPERIMENT: Place.NARROW, BEAM: Place.NARROW},
        feeds=bindings.NEXT,
        connect=connecting.next_token,
        measures=(EFFECT,),
        takes=Capability.COMPUTING,
    ),
    FedPanel(
        "positions",
        "Positions",
        PositionPanel,
        {ATTENTION: Place.BELOW, POSITIONS: Place.MAIN},
        feeds=bindings.POSITIONS,
        connect=connecting.positions,
        takes=Capability.POSITION_FORMULAS,
    ),
    FedPanel(
        "laboratory",
        "Laboratory",
        LaboratoryPanel,
        {ATTENTION: Place.BELOW, EXPERIMENT: Place.SIDE, POSITIONS: Place.SIDE},
        feeds=bindings.LABORATORY,
        connect=connecting.switches,
        measures=(EFFECT, TRANSLATIONS),
        takes=Capability.COMPUTING,
    ),
    FedPanel(
        "ranking",
        "Ranking",
        RankingTable,
        {ATTENTION: Place.BELOW, EXPERIMENT: Place.SIDE},
        feeds=bindings.RANKED,
        connect=connecting.ranking,
        takes=Capability.HEADS_OFF,
    ),
    FedPanel(
        "heads",
        "Heads",
        HeadsPanel,
        {HEADS: Place.MAIN},
        feeds=bindings.HEADS_MEASURED,
        connect=connecting.heads,
        measures=(MEASURED,),
    ),
    FedPanel(
        "hypotheses",
        "Hypotheses",
        HypothesesPanel,
        {ATTENTION: Place.BELOW, EXPERIMENT: Place.SIDE},
        feeds=bindings.HYPOTHESES,
        connect=connecting.kept,
        measures=(SPELLINGS,),
        takes=Capability.COMPUTING,
    ),
    FedPanel(
        "beam",
        "Beam search",
        BeamView,
        {ATTENTION: Place.BELOW, BEAM: Place.MAIN},
        feeds=bindings.TREE,
        connect=connecting.beam,
        takes=Capability.BEAM_SEARCH,
    ),
    FedPanel(
        "architecture",
        "Architecture",
        ArchitecturePanel,
        {INSIDE: Place.MAP, TOUR: Place.MAIN},
        feeds=inside_bindings.ARCHITECTURE,
        connect=connecting.architecture,
        measures=(quantities.INSIDE,),
        takes=Capability.INSIDE,
    ),
    FedPanel(
        "parts",
        "Inside",
        lambda style: PartPanel("Inside", style, pages.PARTS),
        {INSIDE: Place.MAP, TOUR: Place.MAIN},
        feeds=inside_bindings.PARTS,
        connect=connecting.parts,
        measures=(quantities.INSIDE, quantities.PERMUTATION),
        takes=Capability.INSIDE,
    ),
    FedPanel(
        "words",
        "To a word",
        lambda style: PartPanel("To a word", style, pages.WORDS),
        {INSIDE: Place.SIDE, TOUR: Place.MAIN},
        feeds=inside_bindings.WORDS,
        connect=connecting.words,
        measures=(quantities.INSIDE, quantities.DECODER_LENS),
        takes=Capability.INSIDE,
    ),
    FedPanel(
        "encodings",
        "Positional laboratory",
        EncodingsPanel,
        {POSITIONS: Place.BELOW, TOUR: Place.MAIN},
        feeds=inside_bindings.ENCODINGS,
        connect=connecting.encodings,
        measures=(quantities.PROPERTIES,),
        takes=Capability.COMPUTING,
    ),
    FedPanel("tour", "Tour", TourPanel, {TOUR: Place.GUIDE}, takes=Capability.COMPUTING),
)
