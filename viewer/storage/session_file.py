"""Session files: a document, a view and how it is exported, as UTF-8 JSON. No Qt, no torch.

Nothing in a file is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.choosing import TEMPERATURES
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.document_json import from_first_json, from_json, to_json
from attention_viewer.model.contract.errors import InputError, shortened
from attention_viewer.model.contract.fields import Fields, parse
from attention_viewer.model.contract.hypotheses import opened
from attention_viewer.model.contract.maps import STACKS
from attention_viewer.model.contract.plain_files import opened as opened_file
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.figure_options import FigureOptions
from attention_viewer.viewer.state.figure_options import from_json as options_from
from attention_viewer.viewer.state.figure_options import to_json as options_json
from attention_viewer.viewer.state.table_spec import Sorting
from attention_viewer.viewer.state.view_state import (
    PARTS,
    Head,
    InsideView,
    MapView,
    PositionView,
    Side,
    ViewState,
    choose,
)
from attention_viewer.viewer.storage.files import write_lines

FORMAT = "attention-viewer session"
VERSION = 2
"""The first version did not say what tokens had been chosen under."""
LARGEST = 10_000_000
"""Bytes of a session file at most; a long session takes a hundredth of it."""
"""What can be looked at between the maps; pages that there are not show the first one."""
FEWEST_POSITIONS, MOST_POSITIONS, MOST_PAIRS = 8, 512, 8
MOST_CHOSEN = 10_000
"""Heads of a kind that may be shown as one map."""
"""What the positional plots can show."""


class NewerError(InputError):
    """A session that a later version of the program wrote."""


@dataclass(frozen=True)
class SavedSession:
    """What a session file holds; `export` is None where it was written before there were such options."""

    document: Document
    view: ViewState
    export: FigureOptions | None = None


def to_text(saved: SavedSession) -> str:
    """The content of the file."""
    values = {
        "format": FORMAT,
        "version": VERSION,
        "document": to_json(saved.document),
        "view": {
            **{name: field.write(getattr(saved.view, name)) for name, field in _VIEW_FIELDS.items()},
            **{option.name: str(saved.view[option]) for option in options.OPTIONS},
        },
    }
    if saved.export is not None:
        values["export"] = options_json(saved.export)
    # Other than ASCII is escaped, because a pasted sentence may hold what has no UTF-8 form.
    return json.dumps(values, indent=1)


def from_text(text: str, name: str) -> SavedSession:
    """The session that `to_text` wrote; what an older version did not know yet gets its default.

    Raises InputError, naming the file `name`, for anything else.
    """
    try:
        values = parse(text)
    except ValueError:
        raise _foreign(name) from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise _foreign(name)
    version = values.get("version")
    if type(version) is int and version > VERSION:
        raise NewerError(f"{name} was made with a newer Attention Viewer: install that version to open it.")
    try:
        if type(version) is not int or version < 1:
            raise InputError(f"The version is {version!r}.")
        if "document" not in values:
            raise InputError("It holds no document.")
        document = _first_document(values["document"]) if version == 1 else from_json(values["document"])
        view = _view(Fields.of("The view", values.get("view", {})))
        export = values.get("export")
        return SavedSession(document, view, None if export is None else options_from(export))
    except InputError as error:
        reason = shortened(str(error).rstrip("."))
        raise InputError(
            f"{name} is damaged ({reason[:1].lower()}{reason[1:]}): open another copy, or start anew from the sentence."
        ) from None


def read(path: Path) -> SavedSession:
    """The session in a file. Raises InputError where it cannot be read, is too large, or holds no session."""
    with opened_file(path, error=InputError) as file:
        return from_bytes(file.read(LARGEST + 1), str(path))


def from_bytes(content: bytes, name: str) -> SavedSession:
    """The session in a file's content, as `from_text` reads it; InputError where it is too large or no text."""
    if len(content) > LARGEST:
        raise InputError(
            f"{name} is larger than {LARGEST // 1_000_000} MB, far more than a session needs: choose another file."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _foreign(name) from None
    return from_text(text, name)


def write(path: Path, saved: SavedSession) -> None:
    """Write a session file, which appears once it is complete. Raises UserError where it cannot be written."""
    write_lines(path, [to_text(saved)], force=True)


def _foreign(name: str) -> InputError:
    return InputError(f"{name} is not a session of Attention Viewer: choose a file that was saved as a session there.")


def _first_document(values: Any) -> Document:
    """A document of version 1, whose free tokens were decided anew under interventions."""
    document = from_first_json(values)
    return opened(document) if document.interventions else document


@dataclass(frozen=True)
class _Field:
    """How a field of the view becomes JSON and comes back; `read` raises InputError where a value means nothing."""

    write: Callable[[Any], Any]
    read: Callable[[Fields, str], Any]


def _view(given: Fields) -> ViewState:
    known = {name: field.read(given, name) for name, field in _VIEW_FIELDS.items() if name in given.values}
    view = ViewState(**known)
    for option in options.OPTIONS:
        if option.name in given.values:
            word = given.one_of(option.name, [str(each.value) for each in option.values])
            view = choose(view, option, option.read(word))
    return view


def _write_heads(heads: Mapping[Kind, Head]) -> dict[str, dict[str, int]]:
    return {kind: {"layer": head.layer, "head": head.head} for kind, head in heads.items()}


def _read_heads(given: Fields, name: str) -> MappingProxyType[Kind, Head]:
    heads = given.part(name)
    parts = {kind: heads.part(kind) for kind in heads.values}
    known = {kind: Head(part.whole("layer"), part.whole("head")) for kind, part in parts.items()}
    return MappingProxyType({**ViewState().heads, **known})


def _write_sets(sets: Mapping[Kind, frozenset[Head]]) -> dict[str, list[list[int]]]:
    return {kind: sorted([head.layer, head.head] for head in heads) for kind, heads in sets.items()}


def _read_sets(given: Fields, name: str) -> MappingProxyType[Kind, frozenset[Head]]:
    sets = given.part(name)
    return MappingProxyType({kind: frozenset(_heads_in(sets, kind)) for kind in sets.values})


def _read_views(given: Fields, name: str) -> MappingProxyType[Kind, MapView]:
    views = given.part(name)
    return MappingProxyType({kind: views.word(kind, MapView) for kind in views.values})


def _heads_in(sets: Fields, kind: str) -> Iterator[Head]:
    for each in sets.items(kind, MOST_CHOSEN):
        if not isinstance(each, list) or len(each) != 2 or not all(type(n) is int and n >= 0 for n in each):
            sets.fail(kind, "it must be a list of layers and heads, such as [[3, 7]]")
        yield Head(*each)


def _read_active(given: Fields, name: str) -> Kind:
    known = _read_heads(given, "heads") if "heads" in given.values else ViewState().heads
    return given.one_of(name, known)


def _write_positions(positions: PositionView) -> dict[str, Any]:
    return {"length": positions.length, "pairs": list(positions.pairs)}


def _read_positions(given: Fields, name: str) -> PositionView:
    positions = given.part(name)
    length = positions.whole("length", FEWEST_POSITIONS, MOST_POSITIONS)
    return PositionView(length, positions.wholes("pairs", most_items=MOST_PAIRS))


def _read_inside(given: Fields, name: str) -> InsideView:
    inside, usual = given.part(name), InsideView()
    return InsideView(
        parts=inside.text("parts"),
        words=inside.text("words"),
        laboratory=inside.text("laboratory"),
        side=inside.one_of("side", STACKS),
        layer=inside.whole("layer"),
        part=inside.one_of("part", PARTS),
        source=inside.whole("source"),
        target=inside.whole_or_none("target"),
        key=inside.whole_or_none("key"),
        temperature=inside.real("temperature", *TEMPERATURES),
        unfolded=inside.flag("unfolded"),
        encoding=inside.whole("encoding"),
        shift=inside.whole("shift", default=usual.shift),
    )


def _read_sorting(given: Fields, name: str) -> Sorting:
    sorting = given.part(name)
    return Sorting(sorting.text("column"), sorting.flag("descending"))


def _word(words: type[StrEnum]) -> Callable[[Fields, str], StrEnum]:
    return lambda given, name: given.word(name, words)


_VIEW_FIELDS = {
    "heads": _Field(_write_heads, _read_heads),
    "sets": _Field(_write_sets, _read_sets),
    "views": _Field(dict, _read_views),
    "active": _Field(str, _read_active),
    "locked": _Field(bool, Fields.flag),
    "positions": _Field(_write_positions, _read_positions),
    "inside": _Field(asdict, _read_inside),
    "side": _Field(str, _word(Side)),
    "filter": _Field(str, Fields.text),
    "sorting": _Field(asdict, _read_sorting),
}
