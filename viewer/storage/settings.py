"""What is remembered between runs: one table of settings over an injected QSettings.

Values are stored as JSON text, because INI files give every value back as a string. A value that is missing,
damaged or no longer allowed reads as its default; nothing stored is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.errors import InputError
from attention_viewer.viewer.state import options
from attention_viewer.viewer.state.choices import Choices, from_json, to_json
from attention_viewer.viewer.state.options import Option, Value
from PySide6.QtCore import QByteArray, QSettings

RECENT_SENTENCES = 10
RECENT_SESSIONS = 8
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Steps a second that Play can run at."""
TEXT_SIZES = (1.0, 1.25, 1.5, 2.0)
"""Text sizes relative to the desktop's; the largest is meant for a lecture hall."""


@dataclass(frozen=True)
class Setting:
    """A setting's name, default, and what values it may take."""

    key: str
    default: Any
    valid: Callable[[Any], bool]


def _one_of(*allowed: Any) -> Callable[[Any], bool]:
    return lambda value: value in allowed


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _list_of(kind: type, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= most and all(type(v) is kind for v in value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _choices(value: Any) -> bool:
    try:
        from_json(value)
    except (InputError, KeyError, TypeError, ValueError):
        return False
    return True


SCHEMA = {
    setting.key: setting
    for setting in (
        Setting("theme", "light", _one_of("light", "dark")),
        Setting("text size", 1.0, _one_of(*TEXT_SIZES)),
        Setting("locked", False, lambda value: type(value) is bool),
        Setting("speed", 2.0, _one_of(*SPEEDS)),
        Setting("position length", 64, _whole(8, 512)),
        Setting("position pairs", [0, 8, 16, 32], _list_of(int, 8)),
        Setting("recent sentences", [], _list_of(str, RECENT_SENTENCES)),
        Setting("recent session files", [], _list_of(str, RECENT_SESSIONS)),
        Setting("export folder", "", _text),
        Setting("export choices", to_json(Choices()), _choices),
        Setting("threads", 1, _whole(1, 64)),
        Setting("geometry", "", _text),
        Setting("window state", "", _text),
    )
}


def _setting(key: str) -> Setting:
    """A setting of the schema, or that of a choice of how maps are shown. Raises KeyError for an unknown name."""
    for option in options.OPTIONS:
        if key and option.setting == key:
            return Setting(key, str(option.default), _one_of(*(str(each.value) for each in option.values)))
    return SCHEMA[key]


class MemoryStore:
    """A store that forgets, for windows that must neither read nor change what the user keeps."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def value(self, key: str, default: object = None) -> object:
        """The stored value, or `default`."""
        return self._values.get(key, default)

    def setValue(self, key: str, value: object) -> None:
        """Store a value."""
        self._values[key] = value


class Settings:
    """Typed access to a QSettings store (or one that forgets) through the schema."""

    def __init__(self, store: QSettings | MemoryStore) -> None:
        self._store = store

    def get(self, key: str) -> Any:
        """The stored value of a setting, or its default. Raises KeyError for a name not in the schema."""
        setting = _setting(key)
        try:
            value = json.loads(str(self._store.value(key, "null")))
        except ValueError:
            return setting.default
        return value if setting.valid(value) else setting.default

    def set(self, key: str, value: Any) -> None:
        """Store a value. Raises KeyError for an unknown name, ValueError for a value that is not allowed."""
        if not _setting(key).valid(value):
            raise ValueError(f"{key} cannot be {value!r}")
        self._store.setValue(key, json.dumps(value))

    def chosen(self) -> Mapping[str, Any]:
        """The choices of how maps are shown that are remembered and not at their default, by their names."""
        kept = ((each, each.read(self.get(each.setting))) for each in options.OPTIONS if each.setting)
        return MappingProxyType({option.name: value for option, value in kept if value != option.default})

    def remember(self, option: Option[Value], value: Value) -> None:
        """Keep a choice of how maps are shown, if it is one that is remembered."""
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
        if not isinstance(self._store, QSettings):
            return ""
        self._store.sync()
        if self._store.isWritable() and self._store.status() is not QSettings.Status.AccessError:
            return ""
        return f"Settings cannot be kept: make room for {self._store.fileName()}, or allow writing there."

    def remember_sentence(self, sentence: str) -> None:
        """Put a sentence at the head of the recent ones."""
        self._remember("recent sentences", sentence, RECENT_SENTENCES)

    def remember_session(self, path: str) -> None:
        """Put a session file at the head of the recent ones."""
        self._remember("recent session files", path, RECENT_SESSIONS)

    def _remember(self, key: str, value: str, most: int) -> None:
        others = [each for each in self.get(key) if each != value]
        self.set(key, [value, *others][:most])
