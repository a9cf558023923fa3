"""What is looked at: which head, which colours, which labels. Never what is computed; no Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.viewer.state.options import Option, Value


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


@dataclass(frozen=True)
class PositionView:
    """What the positional plots show: positions 0..length-1 and the chosen sine-cosine pairs."""

    length: int = 64
    pairs: tuple[int, ...] = (0, 8, 16, 32)


HeadCounts = Mapping[Kind, tuple[int, int]]
"""(layers, heads) of each kind of attention."""


def _first_heads() -> Mapping[Kind, Head]:
    """Heads of the bundled model that look at something; another model shows its nearest ones."""
    return MappingProxyType({Kind.ENCODER: Head(2, 3), Kind.DECODER: Head(2, 1), Kind.CROSS: Head(3, 7)})


@dataclass(frozen=True)
class ViewState:
    """Everything that decides how a trace is shown.

    `active` is the panel that the keyboard and Export act on; `locked` keeps the three panels on one layer
    and head. `side` matters while two traces are compared; `filter` lets through the pieces of the vocabulary that
    hold it ("": the most probable ones). `chosen` are the choices of `viewer.state.options` that are not at their
    default, by their names; `view[OPTION]` reads one.
    """

    heads: Mapping[Kind, Head] = field(default_factory=_first_heads)
    active: Kind = Kind.CROSS
    locked: bool = False
    positions: PositionView = PositionView()
    side: Side = Side.A
    filter: str = ""
    chosen: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, option: Option[Value]) -> Value:
        """What is chosen of an option."""
        value: Value = self.chosen.get(option.name, option.default)
        return value


def choose(view: ViewState, option: Option[Value], value: Value) -> ViewState:
    """The view with another choice of an option; what is at its default is not kept, so that equal views are equal."""
    others = {name: each for name, each in view.chosen.items() if name != option.name}
    return replace(view, chosen=MappingProxyType(others if value == option.default else {**others, option.name: value}))


def select_head(view: ViewState, kind: Kind, head: Head, counts: HeadCounts) -> ViewState:
    """The view with `head` chosen for `kind` (for all kinds when locked), held inside what the model has."""
    kinds = tuple(Kind) if view.locked else (kind,)
    chosen = {each: clamp(head, counts[each]) for each in kinds}
    return replace(view, heads=MappingProxyType({**view.heads, **chosen}), active=kind)


def move_head(view: ViewState, layers: int, heads: int, counts: HeadCounts) -> ViewState:
    """The view with the active panel's selection moved by so many layers and heads, stopping at the edges."""
    now = view.heads[view.active]
    return select_head(view, view.active, Head(now.layer + layers, now.head + heads), counts)


def lock(view: ViewState, locked: bool, counts: HeadCounts) -> ViewState:
    """The view with the lock set or released; setting it takes all panels to the active panel's head."""
    return select_head(replace(view, locked=locked), view.active, view.heads[view.active], counts)


def clamp(head: Head, count: tuple[int, int]) -> Head:
    """The nearest head that a model with `count` = (layers, heads) has."""
    layers, heads = count
    return Head(max(0, min(head.layer, layers - 1)), max(0, min(head.head, heads - 1)))


def clamp_all(view: ViewState, counts: HeadCounts) -> ViewState:
    """The view with every panel's selection held inside what the model has."""
    return replace(view, heads=MappingProxyType({kind: clamp(head, counts[kind]) for kind, head in view.heads.items()}))
