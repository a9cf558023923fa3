"""Which files the command export writes of a sentence, and what is looked at in each. No Qt, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import Kind, MapInfo, named
from attention_viewer.viewer.cli.export import ExportOptions
from attention_viewer.viewer.cli.heads import head_ids
from attention_viewer.viewer.export.names import file_name
from attention_viewer.viewer.state.exportables import LINKED, Shows
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.options import HEADS_SHOWN, HeadsShown
from attention_viewer.viewer.state.view_state import CHOSEN, Head, ViewState, choose
from attention_viewer.viewer.storage.session_file import SavedSession


@dataclass(frozen=True)
class Item:
    """A file that is written for every sentence: its name, and what is looked at in it."""

    name: str
    view: ViewState


def looking_as(options: ExportOptions, saved: SavedSession | None) -> FigureOptions:
    """What was asked for, looking as in the session where the options do not say otherwise."""
    if saved is None or saved.export is None:
        return options.figure
    given = {name: getattr(options.figure, name) for name in ("subject", "format", *options.looks)}
    return replace(saved.export, **given)


def first_view(options: ExportOptions, saved: SavedSession | None) -> ViewState:
    """How a session was looked at, or the view that everything begins with, as far as the options leave it so."""
    view = saved.view if saved else ViewState()
    for option, value in options.chosen:
        view = choose(view, option, value)
    if options.looked.role is not None and view[HEADS_SHOWN] not in CHOSEN:
        view = choose(view, HEADS_SHOWN, HeadsShown.CHOSEN_MEAN)
    return view


def planned(options: ExportOptions, architecture: Architecture, view: ViewState) -> tuple[Item, ...]:
    """The files of one sentence, in order. Raises InputError where the model has no such layer or head."""
    what, suffix = options.figure.what, options.figure.format
    maps = architecture.maps
    kinds = [each for each in (named(maps, kind) for kind in options.kinds) if each.crosses or what.name != LINKED]
    if not kinds:
        raise InputError("--picture links shows cross-attention: leave --kind out.")
    if what.shows is Shows.HEAD:
        each = [(sides.kind, head) for sides in kinds for head in _heads(options, sides)]
        items = (
            Item(f"{file_name(what, kind, head, view)}.{suffix}", _looking_at(view, {kind: head}, kind))
            for kind, head in each
        )
        # Heads that are shown as one make one file.
        return tuple({item.name: item for item in reversed(list(items))}.values())[::-1]
    if what.shows is Shows.KIND:
        return tuple(
            Item(f"{file_name(what, sides.kind, Head(), view)}.{suffix}", _looking_at(view, {}, sides.kind))
            for sides in kinds
        )
    if what.takes:
        view = options.looked.applied(view, what, maps, options.layer, options.head)
    everything = what.shows is Shows.EVERY_KIND
    heads = {sides.kind: _chosen_head(options, sides, view) for sides in maps} if everything else {}
    name = file_name(what, view.active, view.heads[view.active], view)
    return (Item(f"{name}.{suffix}", _looking_at(view, heads, view.active)),)


def _looking_at(view: ViewState, heads: Mapping[Kind, Head], active: Kind) -> ViewState:
    return replace(view, heads={**view.heads, **heads}, active=active)


def _heads(options: ExportOptions, sides: MapInfo) -> list[Head]:
    """The heads of a map that the options choose, in order."""
    return [Head(each.layer, each.head) for each in head_ids(sides, options.layer, options.head)]


def _chosen_head(options: ExportOptions, sides: MapInfo, view: ViewState) -> Head:
    """The view's head of a map, with the layer and the head that the options name."""
    first = _heads(options, sides)[0]
    seen = view.heads[sides.kind]
    return Head(seen.layer if options.layer is None else first.layer, seen.head if options.head is None else first.head)


def ending(item: Item) -> str:
    """What follows the number in the name of a line's file."""
    return f"_{item.name}"
