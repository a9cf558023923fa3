"""Intents on what is between the maps: views of views, pure. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from attention_viewer.model.contract.maps import MapInfo
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.state.view_state import Head, ViewState, select_head

PAGE_OF = {"embedding": "embedding", "self": "cell", "cross": "cell", "ffn": "ffn"}
"""The page that opens a part."""


def changed(view: ViewState, **changes: Any) -> ViewState:
    """The view with something else looked at between the maps."""
    return replace(view, inside=replace(view.inside, **changes))


def picked(view: ViewState, hit: Hit, maps: Sequence[MapInfo]) -> ViewState:
    """The view after something was clicked in a picture of what is between the maps."""
    kind, *what = hit
    return _PICKS[str(kind)](view, what, maps)


def choose_side(view: ViewState, side: str) -> ViewState:
    """Look at the encoder or the decoder."""
    return changed(view, side=side, key=None)


def choose_source(view: ViewState, position: int) -> ViewState:
    """Look at another token of the source."""
    return changed(view, source=position, key=None)


def choose_row(view: ViewState, row: int) -> ViewState:
    """Look at another row of the decoder."""
    return changed(view, target=row, key=None)


def choose_token(view: ViewState, position: int, maps: Sequence[MapInfo]) -> ViewState:
    """Look at another token of the side that the open page of the parts shows."""
    decodes = view.inside.side == "decoder"
    if view.inside.parts == "cell":
        decodes = next((each.decodes for each in maps if each.kind == view.active), decodes)
    return choose_row(view, position) if decodes else choose_source(view, position)


def choose_cell(view: ViewState, info: MapInfo, row: int, key: int) -> ViewState:
    """Look at a cell of a map."""
    place = {"target": row} if info.decodes else {"source": row}
    return changed(replace(view, active=info.kind), key=key, parts="cell", **place)


def _open(view: ViewState, what: list[str | int], maps: Sequence[MapInfo], page: str = "") -> ViewState:
    side, layer, part = str(what[0]), int(what[1]), str(what[2])
    view = changed(view, side=side, layer=layer, part=part, key=None)
    if part == "output":
        return changed(view, words="word")
    view = changed(view, parts=page or PAGE_OF[part])
    for info in maps:
        place = ("decoder" if info.decodes else "encoder", "cross" if info.crosses else "self")
        if not page and place == (side, part):
            view = select_head(view, info.kind, Head(layer, view.heads[info.kind].head), maps)
    return view


def _stream(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _open(view, what, maps, "residual")


def _memory(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    """The encoder's output is where its residual stream ends."""
    return changed(view, side="encoder", parts="residual")


def _key(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return changed(view, key=int(what[0]))


def _position(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return choose_token(view, int(what[0]), maps)


def _row(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return choose_row(view, int(what[0]))


def _encoding(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return changed(view, encoding=int(what[0]))


_PICKS: dict[str, Callable[[ViewState, list[str | int], Sequence[MapInfo]], ViewState]] = {
    "part": _open,
    "residual": _stream,
    "sublayer": _open,
    "memory": _memory,
    "key": _key,
    "position": _position,
    "row": _row,
    "encoding": _encoding,
}
