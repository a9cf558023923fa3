"""Which rows, columns and chips light up for what is under the mouse. Pure; no Qt.

A source token lights its row and column in the encoder map and its column in the cross map. A target token
lights the row that predicts it (decoder and cross) and the decoder column where it is read. A cell lights
itself in its own map, and elsewhere whatever its two tokens light.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def highlight(hover: Hover, maps: Sequence[MapInfo]) -> Highlight:
    """The highlight of a hover over `maps`; indices beyond a map's edge are harmless, painters skip them."""
    if isinstance(hover, CellHover):
        return _cell(hover, maps)
    if isinstance(hover, SourceHover):
        return _tokens(maps, source=frozenset({hover.index}))
    return _tokens(maps, target=frozenset() if hover is None else frozenset({hover.index}))


def _tokens(
    maps: Sequence[MapInfo], source: frozenset[int] = frozenset(), target: frozenset[int] = frozenset()
) -> Highlight:
    predicting = frozenset(index for index in target if index >= 0)
    reading = frozenset(index + 1 for index in target)
    rows = {Stream.SOURCE: source, Stream.TARGET: predicting}
    columns = {Stream.SOURCE: source, Stream.TARGET: reading}
    overlays = {each.kind: Overlay(rows[each.rows], columns[each.columns]) for each in maps}
    return Highlight(overlays, source, target)


def _cell(cell: CellHover, maps: Sequence[MapInfo]) -> Highlight:
    sides = named(maps, cell.kind)
    tokens: dict[Stream, set[int]] = {Stream.SOURCE: set(), Stream.TARGET: set()}
    tokens[sides.rows].add(cell.row)
    tokens[sides.columns].add(cell.column if sides.columns is Stream.SOURCE else cell.column - 1)
    lit = _tokens(maps, frozenset(tokens[Stream.SOURCE]), frozenset(tokens[Stream.TARGET]))
    own = Overlay(frozenset({cell.row}), frozenset({cell.column}))
    return Highlight({**lit.overlays, cell.kind: own}, lit.source, lit.target)
