"""What is remembered between runs: one table of settings over an injected QSettings.

Values are stored as JSON text, because INI files give every value back as a string. A value that is missing,
damaged or no longer allowed reads as its default; nothing stored is ever executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError, quoted
from attention_viewer.model.contract.fields import Fields, parse
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.figure_options import FigureOptions, from_json, to_json
from attention_viewer.viewer.state.options import Option, Value
from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

RECENT_SENTENCES = 10
RECENT_SESSIONS, RECENT_MODELS = 8, 8
HEAD_SETS, MOST_HEADS = 50, 10_000
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Steps a second that Play can run at."""
LAST_OPENED = "opened folder"
"""The setting that says where a file was opened last that is no session."""
TEXT_SIZES = (1.0, 1.25, 1.5, 2.0)
"""Text sizes relative to the desktop's; the largest is meant for a lecture hall."""


Read = Callable[[Fields, str], object]
"""What reads a field and raises InputError where its value is not allowed."""


@dataclass(frozen=True)
class Setting:
    """A setting's name, default, and what reads its value."""

    key: str
    default: Any
    read: Read

    def valid(self, value: Any) -> bool:
        """Whether the setting may have a value."""
        try:
            self.read(Fields("The settings", {self.key: value}), self.key)
        except InputError:
            return False
        return True


def _one_of(words: Iterable[str]) -> Read:
    return lambda given, key: given.one_of(key, words)


def _number_of(allowed: Sequence[float]) -> Read:
    def read(given: Fields, key: str) -> None:
        if given.real(key, min(allowed), max(allowed)) not in allowed:
            given.fail(key, f"it must be one of {', '.join(f'{each:g}' for each in allowed)}")

    return read


def _whole(least: int, most: int) -> Read:
    return lambda given, key: given.whole(key, least, most)


def _texts(most: int) -> Read:
    return lambda given, key: given.texts(key, most)


def _folders(most: int) -> Read:
    def read(given: Fields, key: str) -> None:
        if any("\0" in each for each in given.texts(key, most)):
            given.fail(key, "no path has a zero character")

    return read


def _head_sets(given: Fields, key: str) -> None:
    """Sets of heads: of each its name, the hash of its model, and kind, layer and head (from 0) of every head."""
    for each in given.parts(key, HEAD_SETS):
        each.text("name")
        each.text("model")
        for head in each.items("heads", MOST_HEADS):
            place = dict(zip(("kind", "layer", "head"), head, strict=False)) if isinstance(head, list) else {}
            fields = Fields("A head", place)
            fields.text("kind")
            fields.whole("layer")
            fields.whole("head")


SCHEMA = {
    setting.key: setting
    for setting in (
        Setting("theme", "light", _one_of(("light", "dark"))),
        Setting("text size", 1.0, _number_of(TEXT_SIZES)),
        Setting("locked", False, Fields.flag),
        Setting("speed", 2.0, _number_of(SPEEDS)),
        Setting("position length", 64, _whole(8, 512)),
        Setting("position pairs", [0, 8, 16, 32], lambda given, key: given.wholes(key, most_items=8)),
        Setting("recent sentences", [], _texts(RECENT_SENTENCES)),
        Setting("recent session files", [], _texts(RECENT_SESSIONS)),
        Setting("recent models", [], _folders(RECENT_MODELS)),
        Setting("last model", [], _folders(1)),
        Setting("export folder", "", Fields.text),
        Setting("session folder", "", Fields.text),
        Setting(LAST_OPENED, "", Fields.text),
        Setting("export choices", to_json(FigureOptions()), lambda given, key: from_json(given.values[key])),
        Setting("threads", 1, _whole(1, 64)),
        Setting("geometry", "", Fields.text),
        Setting("window state", "", Fields.text),
        Setting("tour stop", "", Fields.text),
        Setting("tour answers", "", Fields.text),
        Setting("greeted", False, Fields.flag),
        Setting("head sets", [], _head_sets),
    )
}


def _setting(key: str) -> Setting:
    """A setting of the schema, or that of an option of how maps are shown. Raises KeyError for an unknown name."""
    for option in options.OPTIONS:
        if key and option.setting == key:
            return Setting(key, str(option.default), _one_of([str(each.value) for each in option.values]))
    return SCHEMA[key]


LARGEST_SETTINGS = 4_000_000
"""Bytes of a settings file at most; all settings at their longest take a tenth of it."""


class MemoryStore:
    """A store that forgets, for windows that must neither read nor change what the user keeps.

    `trouble` says why it stands where another one should.
    """

    def __init__(self, trouble: str = "") -> None:
        self._values: dict[str, object] = {}
        self.trouble = trouble

    def value(self, key: str, default: object = None) -> object:
        """The stored value, or `default`."""
        return self._values.get(key, default)

    def setValue(self, key: str, value: object) -> None:
        """Store a value."""
        self._values[key] = value


def opened_store(organization: str, application: str) -> QSettings | MemoryStore:
    """The user's settings; a store that forgets where one of their files is none: a pipe there would be waited for."""
    kind = QStandardPaths.StandardLocation.GenericConfigLocation
    for folder in QStandardPaths.standardLocations(kind):
        for name in (f"{organization}/{application}.conf", f"{organization}.conf"):
            path = os.path.join(folder, name)
            if os.path.exists(path) and not os.path.isfile(path):
                return MemoryStore(f"Settings are neither read nor kept: {path} is no regular file. Remove it.")
            if os.path.exists(path) and os.path.getsize(path) > LARGEST_SETTINGS:
                return MemoryStore(f"Settings are neither read nor kept: {path} has over 4 MB. Remove it.")
    return QSettings(organization, application)


class Settings:
    """Typed access to a QSettings store (or one that forgets) through the schema."""

    def __init__(self, store: QSettings | MemoryStore) -> None:
        self._store = store

    def get(self, key: str) -> Any:
        """The stored value of a setting, or its default. Raises KeyError for a name not in the schema."""
        setting = _setting(key)
        try:
            value = parse(str(self._store.value(key, "null")))
        except ValueError:
            return setting.default
        return value if setting.valid(value) else setting.default

    def set(self, key: str, value: Any) -> None:
        """Store a value. Raises KeyError for an unknown name, ValueError for a value that is not allowed."""
        if not _setting(key).valid(value):
            raise ValueError(f"{key} cannot be {quoted(value)}")
        self._store.setValue(key, json.dumps(value))

    def folder(self, key: str, otherwise: Path) -> Path:
        """The folder that a setting remembers, or another one where there is none or it is gone."""
        remembered = self.get(key)
        return Path(remembered) if remembered and Path(remembered).is_dir() else otherwise

    def remember_folder(self, key: str, file: Path) -> None:
        """Let the dialogs of a kind begin where a file was that was chosen."""
        self.set(key, str(file.absolute().parent))

    def chosen(self) -> Mapping[str, Any]:
        """The options of how maps are shown that are remembered and not at their default, by their names."""
        kept = ((each, each.read(self.get(each.setting))) for each in options.OPTIONS if each.setting)
        return MappingProxyType({option.name: value for option, value in kept if value != option.default})

    def remember(self, option: Option[Value], value: Value) -> None:
        """Keep an option of how maps are shown, if it is one that is remembered."""
        if option.setting:
            self.set(option.setting, str(value))

    def get_bytes(self, key: str) -> QByteArray:
        """A setting that holds bytes as base64 text."""
        return QByteArray.fromBase64(QByteArray(self.get(key).encode("ascii", "ignore")))

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Store bytes as base64 text."""
        self.set(key, bytes(value.toBase64().data()).decode("ascii"))

    def trouble(self) -> str:
        """Why settings are not kept from this run to the next, in a sentence; "" where they are."""
        if isinstance(self._store, MemoryStore):
            return self._store.trouble
        self._store.sync()
        if self._store.isWritable() and self._store.status() is not QSettings.Status.AccessError:
            return ""
        return f"Settings cannot be kept: make room for {self._store.fileName()}, or allow writing there."

    def keep_head_sets(self, sets: Sequence[Mapping[str, Any]]) -> None:
        """Keep sets of heads, the newest first; the oldest give way."""
        self.set("head sets", [dict(each) for each in sets[:HEAD_SETS]])

    def remember_sentence(self, sentence: str) -> None:
        """Put a sentence at the head of the recent ones."""
        self._remember("recent sentences", sentence, RECENT_SENTENCES)

    def remember_session(self, path: str) -> None:
        """Put a session file at the head of the recent ones."""
        self._remember("recent session files", path, RECENT_SESSIONS)

    def remember_model(self, directory: str) -> None:
        """The model that the next start opens, "" for the bundled one; others stand at the head of the recent ones."""
        self.set("last model", [directory] if directory else [])
        if directory:
            self._remember("recent models", directory, RECENT_MODELS)

    def forget_model(self, directory: str) -> None:
        """Take a model out of the recent ones."""
        self.set("recent models", [each for each in self.get("recent models") if each != directory])

    def _remember(self, key: str, value: str, most: int) -> None:
        others = [each for each in self.get(key) if each != value]
        self.set(key, [value, *others][:most])
