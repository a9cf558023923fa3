"""Which rows, columns and chips light up for what is under the mouse. Pure; no Qt.

A source token lights its row and column in the encoder map and its column in the cross map. A target token
lights the row that predicts it (decoder and cross) and the decoder column where it is read. A cell lights
itself in its own map, and elsewhere whatever its two tokens light.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from attention_viewer.model.analysis.words import Group
from attention_viewer.model.contract.maps import Kind, MapInfo, Stream, named
from attention_viewer.viewer.state.specs import Overlay


@dataclass(frozen=True)
class SourceHover:
    """The mouse is on source token `index`."""

    index: int


@dataclass(frozen=True)
class TargetHover:
    """The mouse is on output token `index`: the one that row `index` predicts. -1 is `<start>`."""

    index: int


@dataclass(frozen=True)
class CellHover:
    """The mouse is on a cell of the map of `kind`."""

    kind: Kind
    row: int
    column: int


Hover = SourceHover | TargetHover | CellHover | None


@dataclass(frozen=True)
class Highlight:
    """What is lit: an overlay for each map, and chips by index (-1 = `<start>` among the target chips)."""

    overlays: Mapping[Kind, Overlay]
    source: frozenset[int] = frozenset()
    target: frozenset[int] = frozenset()


Sides = tuple[tuple[Group, ...] | None, tuple[Group, ...] | None]
"""The tokens that each row and each column of a map is; None where each is the token of its own index."""
ALONE: Sides = (None, None)


def highlight(hover: Hover, maps: Sequence[MapInfo], groups: Mapping[Kind, Sides] = MappingProxyType({})) -> Highlight:
    """The highlight of a hover over `maps`, whose rows and columns are those `groups` of tokens.

    Indices beyond a map's edge are harmless, painters skip them.
    """
    if isinstance(hover, CellHover):
        found = _cell(hover, maps, groups.get(hover.kind, ALONE))
    elif isinstance(hover, SourceHover):
        found = _tokens(maps, source=frozenset({hover.index}))
    else:
        found = _tokens(maps, target=frozenset() if hover is None else frozenset({hover.index}))
    own = hover.kind if isinstance(hover, CellHover) else None
    overlays = {
        kind: lit if kind == own else Overlay(*_grouped(lit, groups.get(kind, ALONE)))
        for kind, lit in found.overlays.items()
    }
    return Highlight(overlays, found.source, found.target)


def _grouped(lit: Overlay, sides: Sides) -> tuple[frozenset[int], frozenset[int]]:
    """The rows and columns of a map that hold any of the tokens lit."""
    rows, columns = sides
    return _holding(lit.rows, rows), _holding(lit.columns, columns)


def _holding(lit: frozenset[int], groups: tuple[Group, ...] | None) -> frozenset[int]:
    if groups is None:
        return lit
    return frozenset(index for index, group in enumerate(groups) if lit.intersection(group))


def _members(index: int, groups: tuple[Group, ...] | None) -> Group:
    if groups is None:
        return (index,)
    return groups[index] if 0 <= index < len(groups) else ()


def _tokens(
    maps: Sequence[MapInfo], source: frozenset[int] = frozenset(), target: frozenset[int] = frozenset()
) -> Highlight:
    predicting = frozenset(index for index in target if index >= 0)
    reading = frozenset(index + 1 for index in target)
    rows = {Stream.SOURCE: source, Stream.TARGET: predicting}
    columns = {Stream.SOURCE: source, Stream.TARGET: reading}
    overlays = {each.kind: Overlay(rows[each.rows], columns[each.columns]) for each in maps}
    return Highlight(overlays, source, target)


def _cell(cell: CellHover, maps: Sequence[MapInfo], groups: Sides) -> Highlight:
    sides = named(maps, cell.kind)
    tokens: dict[Stream, set[int]] = {Stream.SOURCE: set(), Stream.TARGET: set()}
    tokens[sides.rows].update(_members(cell.row, groups[0]))
    columns = _members(cell.column, groups[1])
    tokens[sides.columns].update(columns if sides.columns is Stream.SOURCE else (each - 1 for each in columns))
    lit = _tokens(maps, frozenset(tokens[Stream.SOURCE]), frozenset(tokens[Stream.TARGET]))
    own = Overlay(frozenset({cell.row}), frozenset({cell.column}))
    return Highlight({**lit.overlays, cell.kind: own}, lit.source, lit.target)
