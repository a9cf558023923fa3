"""What is looked at between the maps: intents that change the view, which ask the model nothing. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from attention_viewer.model.contract.maps import Kind, MapInfo
from attention_viewer.viewer.intents.turns import News, Turn, look
from attention_viewer.viewer.resolve.arranging import token_cell
from attention_viewer.viewer.state.sheets import Hit
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.view_state import Head, Side, ViewState, look_into, select_head

PAGE_OF = {"embedding": "embedding", "self": "cell", "cross": "cell", "ffn": "ffn"}
"""The page that opens a part."""
PART_OF = {page: part for part, page in PAGE_OF.items() if page != "cell"}
"""The part that a page opens; that of a cell opens the attention of the active map."""
SHOWN_IN = {"output": "words"}
"""The panel that opens a part where it is not the one of the parts."""


def look_at(state: State, /, **changes: Any) -> Turn:
    """Look at something else; `changes` are fields of `InsideView`."""
    return look(state, _changed(state.view, **changes))


def pick(state: State, hit: Hit) -> Turn:
    """Look at what was clicked in a picture of what is between the maps."""
    kind, *what = hit
    return look(state, _PICKS[str(kind)](state.view, what, state.shown.maps))


def open_part(state: State, hit: Hit) -> Turn:
    """Look at a part that was clicked, in the panel that opens it."""
    part = str(hit[3]) if len(hit) > 3 else ""
    return pick(state, hit).tell(News.CARD, SHOWN_IN.get(part, "parts"))


def choose_page(state: State, page: str) -> Turn:
    """Open another page of the parts."""
    view = _changed(state.view, parts=page, part=PART_OF.get(page, state.view.inside.part))
    return look(state, look_into(view, view.active, state.shown.maps))


def choose_side(state: State, side: str) -> Turn:
    """Look at the encoder or the decoder."""
    return look_at(state, side=side, key=None)


def choose_row(state: State, row: int) -> Turn:
    """Look at another row of the decoder."""
    return look(state, _row_of(state.view, row))


def choose_token(state: State, position: int) -> Turn:
    """Look at another token of the side that the open page of the parts shows."""
    return look(state, _token_of(state.view, position, state.shown.maps))


def choose_cell(state: State, kind: Kind, cell: tuple[int, int]) -> Turn | None:
    """Look at a cell of the large map of a kind, where it is one of the model's own, and of A's."""
    trace = state.shown.trace
    if trace is None or (state.view.side is Side.B and state.shown.results.other is not None):
        return None
    found = token_cell(trace, kind, state.view, cell)
    if found is None:
        return None
    row, key = found
    place = {"target": row} if trace.map(kind).decodes else {"source": row}
    view = _changed(state.view, key=key, parts="cell", **place)
    return look(state, look_into(view, kind, state.shown.maps))


def _changed(view: ViewState, **changes: Any) -> ViewState:
    """The view with something else looked at between the maps."""
    return replace(view, inside=replace(view.inside, **changes))


def _row_of(view: ViewState, row: int) -> ViewState:
    return _changed(view, target=row, key=None)


def _token_of(view: ViewState, position: int, maps: Sequence[MapInfo]) -> ViewState:
    decodes = view.inside.side == "decoder"
    if view.inside.parts == "cell":
        decodes = next((each.decodes for each in maps if each.kind == view.active), decodes)
    return _row_of(view, position) if decodes else _changed(view, source=position, key=None)


def _open(view: ViewState, what: list[str | int], maps: Sequence[MapInfo], page: str = "") -> ViewState:
    side, layer, part = str(what[0]), int(what[1]), str(what[2])
    view = _changed(view, side=side, layer=layer, part=part, key=None)
    if part == "output":
        return _changed(view, words="word")
    view = _changed(view, parts=page or PAGE_OF[part])
    for info in maps:
        if not page and (info.stack, info.part) == (side, part):
            view = select_head(view, info.kind, Head(layer, view.heads[info.kind].head), maps)
    return view


def _stream(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _open(view, what, maps, "residual")


def _memory(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    """The encoder's output is where its residual stream ends."""
    return _changed(view, side="encoder", parts="residual")


def _key(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _changed(view, key=int(what[0]))


def _position(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _token_of(view, int(what[0]), maps)


def _row(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _row_of(view, int(what[0]))


def _encoding(view: ViewState, what: list[str | int], maps: Sequence[MapInfo]) -> ViewState:
    return _changed(view, encoding=int(what[0]))


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
