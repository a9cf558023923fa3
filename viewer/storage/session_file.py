"""Session files: a document, a view and how it is exported, as UTF-8 JSON. No Qt, no torch.

Nothing in a file is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.document_json import from_first_json, from_json, to_json
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import opened
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.choices import Choices
from attention_viewer.viewer.state.choices import from_json as choices_from
from attention_viewer.viewer.state.choices import to_json as choices_json
from attention_viewer.viewer.state.view_state import Head, PositionView, Side, ViewState, choose
from attention_viewer.viewer.storage.files import write_lines

FORMAT = "attention-viewer session"
VERSION = 2
"""The first version did not say what tokens had been chosen under."""
LARGEST = 10_000_000
"""Bytes of a session file at most; a long session takes a hundredth of it."""
FEWEST_POSITIONS, MOST_POSITIONS, MOST_PAIRS = 8, 512, 8
"""What the positional plots can show."""


class NewerError(InputError):
    """A session that a later version of the program wrote."""


@dataclass(frozen=True)
class SavedSession:
    """What a session file holds; `export` is None where it was written before there were such choices."""

    document: Document
    view: ViewState
    export: Choices | None = None


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
        values["export"] = choices_json(saved.export)
    # Other than ASCII is escaped, because a pasted sentence may hold what has no UTF-8 form.
    return json.dumps(values, indent=1)


def from_text(text: str, name: str) -> SavedSession:
    """The session that `to_text` wrote; what an older version did not know yet gets its default.

    Raises InputError, naming the file `name`, for anything else.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
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
        return SavedSession(document, _view(values.get("view", {})), _export(values.get("export")))
    except (InputError, OverflowError, RecursionError) as error:
        reason = _shortened(str(error).rstrip("."), 200)
        raise InputError(
            f"{name} is damaged ({reason[:1].lower()}{reason[1:]}): open another copy, or start anew from the sentence."
        ) from None


def read(path: Path) -> SavedSession:
    """The session in a file. Raises InputError where it cannot be read, is too large, or holds no session."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its name and its permissions.") from None
    return from_bytes(content, str(path))


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
    """How a field of the view becomes JSON and comes back; `read` raises where a value means nothing."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _view(values: Any) -> ViewState:
    if not isinstance(values, dict):
        raise InputError(f"The view is {values!r}.")
    known = {}
    for name, field in _VIEW_FIELDS.items():
        if name in values:
            try:
                known[name] = field.read(values[name])
            except (AttributeError, KeyError, TypeError, ValueError):
                raise InputError(f"{name} of the view is {values[name]!r}.") from None
    return _chosen(ViewState(**known), values)


def _chosen(view: ViewState, values: dict[str, Any]) -> ViewState:
    """The view with the choices of how maps are shown that `values` hold."""
    for option in options.OPTIONS:
        if option.name in values:
            try:
                view = choose(view, option, option.read(values[option.name]))
            except ValueError:
                raise InputError(f"{option.name} of the view is {values[option.name]!r}.") from None
    return view


def _export(values: Any) -> Choices | None:
    if values is None:
        return None
    try:
        return choices_from(values)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(f"The choices for export are {values!r}.") from None


def _write_heads(heads: dict[Kind, Head]) -> dict[str, dict[str, int]]:
    return {kind.value: {"layer": head.layer, "head": head.head} for kind, head in heads.items()}


def _read_heads(values: Any) -> MappingProxyType[Kind, Head]:
    given = {
        kind: Head(_whole(values[kind.value]["layer"]), _whole(values[kind.value]["head"]))
        for kind in Kind
        if kind.value in values.keys()  # noqa: SIM118 - text and lists know `in` too, but hold no heads
    }
    return MappingProxyType({**ViewState().heads, **given})


def _write_positions(positions: PositionView) -> dict[str, Any]:
    return {"length": positions.length, "pairs": list(positions.pairs)}


def _read_positions(values: Any) -> PositionView:
    length, pairs = values["length"], values["pairs"]
    if type(pairs) is not list or len(pairs) > MOST_PAIRS:
        raise ValueError(pairs)
    return PositionView(_whole(length, FEWEST_POSITIONS, MOST_POSITIONS), tuple(map(_whole, pairs)))


def _whole(value: Any, low: int = 0, high: int | None = None) -> int:
    if type(value) is not int or value < low or (high is not None and value > high):
        raise ValueError(value)
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(value)
    return value


_VIEW_FIELDS = {
    "heads": _Field(_write_heads, _read_heads),
    "active": _Field(str, Kind),
    "locked": _Field(bool, _truth),
    "positions": _Field(_write_positions, _read_positions),
    "side": _Field(str, Side),
    "filter": _Field(str, _text),
}


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
