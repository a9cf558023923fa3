"""What is looked at: which head, which colours, which labels. Never what is computed; no Qt, no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.maps import EXPECTED, SUBLAYERS, HeadId, Kind, MapInfo
from attention_viewer.viewer.state.options import HEADS_SHOWN, HeadsShown, Option, Value
from attention_viewer.viewer.state.table_spec import BY_FIRST, Sorting

CHOSEN = (HeadsShown.CHOSEN_MEAN, HeadsShown.CHOSEN_MAXIMUM)
"""What a large map is that shows the chosen heads as one."""
OF_LAYER = (HeadsShown.LAYER_MEAN, HeadsShown.LAYER_MAXIMUM)
"""What a large map is that shows the heads of a layer as one."""


class MapView(StrEnum):
    """How a panel shows its large map."""

    MAP = "map"
    LINES = "lines"
    TEXT = "text"
    TABLE = "table"


MAP_VIEWS = (
    (MapView.MAP, "Heat map"),
    (MapView.LINES, "Lines between tokens"),
    (MapView.TEXT, "Shaded text"),
    (MapView.TABLE, "Table of values"),
)
"""The views and what menus call them."""


class Side(StrEnum):
    """Which of two compared traces the maps show, or the difference of their weights."""

    A = "a"
    B = "b"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Head:
    """An attention head; layer and head count from 0."""

    layer: int = 0
    head: int = 0

    def of(self, kind: Kind) -> HeadId:
        """This head of a kind of attention."""
        return HeadId(kind, self.layer, self.head)


@dataclass(frozen=True)
class PositionView:
    """What the positional plots show: positions 0..length-1 and the chosen sine-cosine pairs."""

    length: int = 64
    pairs: tuple[int, ...] = (0, 8, 16, 32)


PARTS = ("embedding", *SUBLAYERS, "ffn", "output")
"""What a stack is made of, from where its tokens enter to what leaves it."""


FIRST_HEADS = (Head(2, 3), Head(2, 1), Head(3, 7))
"""Heads of the bundled model that look at something, one of each map to reckon with: where a view begins."""


@dataclass(frozen=True)
class InsideView:
    """What is looked at between the maps: a sub-layer of a stack, a token of each side, a key, and more.

    `side` is one of STACKS and `part` one of PARTS; `target` None is the newest row, `key` None the one that
    weighs most. `parts`, `words` and `laboratory` are the open pages of these panels. `unfolded` shows all layers of
    the architecture, `encoding` is the positional encoding that is asked about, `shift` a number of positions.
    """

    parts: str = "cell"
    words: str = "word"
    laboratory: str = "properties"

    side: str = "decoder"
    layer: int = FIRST_HEADS[-1].layer
    part: str = "cross"
    source: int = 0
    target: int | None = None
    key: int | None = None
    temperature: float = 1.0
    unfolded: bool = False
    encoding: int = 0
    shift: int = 5


def _first_heads() -> Mapping[Kind, Head]:
    return MappingProxyType({each.kind: head for each, head in zip(EXPECTED, FIRST_HEADS, strict=True)})


@dataclass(frozen=True)
class ViewState:
    """Everything that decides how a trace is shown.

    `active` is the panel that the keyboard and Export act on; `locked` keeps all panels on one layer
    and head. `side` matters while two traces are compared; `filter` lets through the pieces of the vocabulary that
    hold it ("": the most probable ones). `trial` are settings of sampling while a slider is being dragged. `chosen` are
    the choices of `viewer.state.options` that are not at their default, by their names; `view[OPTION]` reads one.
    `sets` are the heads that were chosen to be shown as one map; `views` how panels show theirs, if not as heat maps.
    `sorting` is the order of the table of all heads.
    """

    heads: Mapping[Kind, Head] = field(default_factory=_first_heads)
    active: Kind = EXPECTED[-1].kind
    locked: bool = False
    positions: PositionView = PositionView()
    inside: InsideView = InsideView()
    side: Side = Side.A
    filter: str = ""
    trial: Decoding | None = None
    chosen: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    sets: Mapping[Kind, frozenset[Head]] = field(default_factory=lambda: MappingProxyType({}))
    views: Mapping[Kind, MapView] = field(default_factory=lambda: MappingProxyType({}))
    sorting: Sorting = BY_FIRST

    def __getitem__(self, option: Option[Value]) -> Value:
        """What is chosen of an option."""
        value: Value = self.chosen.get(option.name, option.default)
        return value


def choose(view: ViewState, option: Option[Value], value: Value) -> ViewState:
    """The view with another choice of an option; what is at its default is not kept, so that equal views are equal."""
    others = {name: each for name, each in view.chosen.items() if name != option.name}
    return replace(view, chosen=MappingProxyType(others if value == option.default else {**others, option.name: value}))


def select_head(view: ViewState, kind: Kind, head: Head, maps: Iterable[MapInfo]) -> ViewState:
    """The view with `head` chosen for `kind` (for all kinds when locked), held inside what the model has."""
    chosen = {each.kind: clamp(head, each.shape) for each in maps if view.locked or each.kind == kind}
    return look_into(replace(view, heads=MappingProxyType({**view.heads, **chosen})), kind, maps)


def look_into(view: ViewState, kind: Kind, maps: Iterable[MapInfo]) -> ViewState:
    """The view with the map of `kind` active. Where a cell of it is what is open, its attention is the part opened."""
    view = replace(view, active=kind)
    sides = next((each for each in maps if each.kind == kind), None)
    if sides is None or view.inside.parts != "cell":
        return view
    layer = clamp(view.heads[kind], sides.shape).layer
    return replace(view, inside=replace(view.inside, side=sides.stack, layer=layer, part=sides.part))


def heads_shown(view: ViewState, kind: Kind) -> HeadsShown:
    """What the large map of a kind is: where heads of other kinds alone are chosen, its selected head."""
    wanted = view[HEADS_SHOWN]
    return HeadsShown.ONE if wanted in CHOSEN and view.sets and kind not in view.sets else wanted


def show_head(view: ViewState, kind: Kind, head: Head, maps: Iterable[MapInfo]) -> ViewState:
    """The view with `head` chosen, and shown alone: several shown as one are given up, where locked for all kinds."""
    several = heads_shown(view, kind) is not HeadsShown.ONE
    view = select_head(view, kind, head, maps)
    if not several:
        return view
    if view[HEADS_SHOWN] not in CHOSEN:
        return choose(view, HEADS_SHOWN, HeadsShown.ONE)
    kept = {} if view.locked else {each: heads for each, heads in view.sets.items() if each != kind}
    view = replace(view, sets=MappingProxyType(kept))
    return choose(view, HEADS_SHOWN, view[HEADS_SHOWN] if kept else HeadsShown.ONE)


def show_layer(view: ViewState, kind: Kind, layer: int, maps: Iterable[MapInfo]) -> ViewState:
    """The view with the same head of another layer, or as before with all heads of the layer as one."""
    choosing = select_head if view[HEADS_SHOWN] in OF_LAYER else show_head
    return choosing(view, kind, Head(layer, view.heads[kind].head), maps)


def show_as(view: ViewState, kind: Kind, shown: MapView) -> ViewState:
    """The view with the map of a kind shown in another way."""
    others = {each: how for each, how in view.views.items() if each != kind}
    changed = others if shown is MapView.MAP else {**others, kind: shown}
    return replace(view, views=MappingProxyType(changed))


def toggle_head(view: ViewState, kind: Kind, head: Head) -> ViewState:
    """The view with a head taken into the chosen ones of its kind, or out of them, and those shown as one map.

    The first one is taken together with the head selected before; of none left, the selected head is shown again.
    """
    wanted = view[HEADS_SHOWN]
    before = view.sets.get(kind, frozenset()) or (frozenset() if wanted in CHOSEN else frozenset({view.heads[kind]}))
    now = before ^ {head}
    sets = {**{each: heads for each, heads in view.sets.items() if each != kind}, **({kind: now} if now else {})}
    shown = wanted if wanted in CHOSEN else HeadsShown.CHOSEN_MEAN
    view = replace(view, sets=MappingProxyType(sets), active=kind)
    return choose(view, HEADS_SHOWN, shown if now else HeadsShown.ONE)


def choose_heads(view: ViewState, kind: Kind, heads: frozenset[Head]) -> ViewState:
    """The view with some heads of a kind, in the place of those chosen before, shown as one map."""
    shown = view[HEADS_SHOWN] if view[HEADS_SHOWN] in CHOSEN else HeadsShown.CHOSEN_MEAN
    view = replace(view, sets=MappingProxyType({**view.sets, kind: heads}), active=kind)
    return choose(view, HEADS_SHOWN, shown)


def move_head(view: ViewState, layers: int, heads: int, maps: Iterable[MapInfo]) -> ViewState:
    """The view with the active panel's selection moved by so many layers and heads, stopping at the edges."""
    now = view.heads[view.active]
    if not heads:
        return show_layer(view, view.active, now.layer + layers, maps)
    return show_head(view, view.active, Head(now.layer + layers, now.head + heads), maps)


def lock(view: ViewState, locked: bool, maps: Iterable[MapInfo]) -> ViewState:
    """The view with the lock set or released; setting it takes all panels to the active panel's head."""
    return select_head(replace(view, locked=locked), view.active, view.heads[view.active], maps)


def clamp(head: Head, count: tuple[int, int]) -> Head:
    """The nearest head that a model with `count` = (layers, heads) has."""
    layers, heads = count
    return Head(max(0, min(head.layer, layers - 1)), max(0, min(head.head, heads - 1)))


def fitted(view: ViewState, maps: Sequence[MapInfo]) -> ViewState:
    """The view with a head of every map that a model has, held inside it, and one of them active."""
    heads = {each.kind: clamp(view.heads.get(each.kind, Head(*each.first)), each.shape) for each in maps}
    active = view.active if view.active in heads else maps[-1].kind
    return replace(view, heads=MappingProxyType({**view.heads, **heads}), active=active)
