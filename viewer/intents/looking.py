"""What is looked at, and how: the intents that change the view, which ask the model nothing. Pure; no Qt."""

from __future__ import annotations

from dataclasses import replace

from attention_viewer.model.contract.maps import Kind
from attention_viewer.viewer.intents.turns import Show, Turn, look
from attention_viewer.viewer.state import view_state
from attention_viewer.viewer.state.highlight import Hover
from attention_viewer.viewer.state.options import Option, Value
from attention_viewer.viewer.state.state import State
from attention_viewer.viewer.state.table_spec import Sorting
from attention_viewer.viewer.state.view_state import Head, MapView, PositionView, ViewState


def point(state: State, hover: Hover) -> Turn:
    """The mouse is on a token, on a cell, or on nothing."""
    return Turn(state).set(hover=hover).do(Show())


def select_head(state: State, kind: Kind, layer: int, head: int) -> Turn:
    """Show a head, and it alone; layer and head count from 0."""
    return look(state, view_state.show_head(state.view, kind, Head(layer, head), state.shown.maps))


def select_layer(state: State, kind: Kind, layer: int) -> Turn:
    """Show another layer's head, or its heads as one where they are; it counts from 0."""
    return look(state, view_state.show_layer(state.view, kind, layer, state.shown.maps))


def show_as(state: State, shown: MapView) -> Turn:
    """Show the active panel's map in another way."""
    return look(state, view_state.show_as(state.view, state.view.active, shown))


def toggle_head(state: State, kind: Kind, layer: int, head: int) -> Turn:
    """Take a head into those that are shown as one map, or out of them; layer and head count from 0."""
    view = view_state.toggle_head(state.view, kind, Head(layer, head))
    return look(state, view_state.look_into(view, kind, state.shown.maps))


def move_head(state: State, layers: int, heads: int) -> Turn:
    """Move the active panel's selection."""
    return look(state, view_state.move_head(state.view, layers, heads, state.shown.maps))


def choose(state: State, option: Option[Value], value: Value) -> Turn:
    """Show maps in another way."""
    return look(state, view_state.choose(state.view, option, value))


def lock(state: State, locked: bool) -> Turn:
    """Keep all panels on one layer and head, or not."""
    return look(state, view_state.lock(state.view, locked, state.shown.maps))


def sort_heads(state: State, sorting: Sorting) -> Turn:
    """Have the table of all heads in another order."""
    return look(state, replace(state.view, sorting=sorting))


def toggle_lock(state: State) -> Turn:
    """Keep all panels on one layer and head, or release them."""
    return lock(state, not state.view.locked)


def activate(state: State, kind: Kind) -> Turn:
    """Make a panel the one that the keyboard and Export act on."""
    return look(state, view_state.look_into(state.view, kind, state.shown.maps))


def filter_pieces(state: State, text: str) -> Turn:
    """Offer the pieces of the vocabulary that hold a text ("": the most probable ones)."""
    return look(state, replace(state.view, filter=text))


def length(state: State, count: int) -> Turn:
    """Plot so many positions."""
    return look(state, replace(state.view, positions=replace(state.view.positions, length=count)))


def pairs(state: State, chosen: tuple[int, ...]) -> Turn:
    """Plot these sine-cosine pairs."""
    return look(state, replace(state.view, positions=PositionView(state.view.positions.length, tuple(chosen))))


def fitted(state: State, view: ViewState) -> ViewState:
    """A view with heads that the open model has."""
    return view_state.fitted(view, state.shown.maps) if state.shown.info else view
