"""Which rows, columns and chips light up for what is under the mouse. Pure; no Qt.

A source token lights its row and column in the encoder map and its column in the cross map. A target token
lights the row that predicts it (decoder and cross) and the decoder column where it is read. A cell lights
itself in its own map, and elsewhere whatever its two tokens light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from attention_viewer.model.contract.api import Kind
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

    overlays: Mapping[Kind, Overlay] = field(default_factory=lambda: {kind: Overlay() for kind in Kind})
    source: frozenset[int] = frozenset()
    target: frozenset[int] = frozenset()


def highlight(hover: Hover) -> Highlight:
    """The highlight of a hover; indices beyond a map's edge are harmless, painters skip them."""
    if hover is None:
        return Highlight()
    if isinstance(hover, CellHover):
        return _cell(hover)
    if isinstance(hover, SourceHover):
        return _tokens(source=frozenset({hover.index}), target=frozenset())
    return _tokens(source=frozenset(), target=frozenset({hover.index}))


def _tokens(source: frozenset[int], target: frozenset[int]) -> Highlight:
    predicting = frozenset(index for index in target if index >= 0)
    reading = frozenset(index + 1 for index in target)
    overlays = {
        Kind.ENCODER: Overlay(source, source),
        Kind.DECODER: Overlay(predicting, reading),
        Kind.CROSS: Overlay(predicting, source),
    }
    return Highlight(overlays, source, target)


def _cell(cell: CellHover) -> Highlight:
    if cell.kind is Kind.ENCODER:
        lit = _tokens(frozenset({cell.row, cell.column}), frozenset())
    elif cell.kind is Kind.CROSS:
        lit = _tokens(frozenset({cell.column}), frozenset({cell.row}))
    else:
        lit = _tokens(frozenset(), frozenset({cell.row, cell.column - 1}))
    own = Overlay(frozenset({cell.row}), frozenset({cell.column}))
    return Highlight({**lit.overlays, cell.kind: own}, lit.source, lit.target)
