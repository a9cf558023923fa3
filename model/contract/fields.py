"""One way to read a JSON object that somebody else may have written. Torch-free.

Nothing is believed before it is checked: a value of the wrong type or out of range ends in one sentence that names
where it stands, the field, the value (shortened, on one line) and what is demanded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Literal, NoReturn, TypeVar

from attention_viewer.model.contract.errors import InputError, UserError, quoted

LARGEST = 1_000_000_000
"""Whole numbers may be so large, unless a field says otherwise."""
LARGEST_SEED = 2**63 - 1
"""A seed may be as large as that."""
LONGEST_TEXT = 100_000
"""Characters of a text, unless a field says otherwise."""
MOST_ITEMS = 1_000_000
"""A list may be as long, unless a field says otherwise."""


class Needed(Enum):
    """The type of NEEDED."""

    NEEDED = "needed"


NEEDED: Literal[Needed.NEEDED] = Needed.NEEDED
"""In the place of a default: the field must be there."""

Word = TypeVar("Word", bound=StrEnum)


def parse(text: str | bytes) -> Any:
    """The JSON value that a text holds. Raises ValueError, whatever else the text holds."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


@dataclass(frozen=True)
class Fields:
    """Typed access to a JSON object; `where` begins every complaint, which is raised as an `error`.

    A field that is missing, or null where null means nothing, has its default; without one, that is a complaint.
    """

    where: str
    values: Mapping[str, Any]
    error: type[UserError] = InputError

    @classmethod
    def of(cls, where: str, value: Any, error: type[UserError] = InputError) -> Fields:
        """The fields of `value`, which must be a JSON object."""
        if not isinstance(value, dict):
            raise error(f"{where} is {quoted(value)}; it must be a JSON object.")
        return cls(where, value, error)

    def fail(self, name: str, demand: str) -> NoReturn:
        """Refuse a field: `demand` says what it must be."""
        if name not in self.values:
            raise self.error(f"{self.where}: {name} is missing; {demand}.")
        raise self.error(f"{self.where}: {name} is {quoted(self.values[name])}; {demand}.")

    def whole(
        self, name: str, least: int = 0, most: int = LARGEST, default: int | Literal[Needed.NEEDED] = NEEDED
    ) -> int:
        """A whole number, both bounds included."""
        value = self._given(name, default)
        if type(value) is not int or not least <= value <= most:
            self.fail(name, f"it must be a whole number from {least} to {most}")
        return value

    def whole_or_none(self, name: str, least: int = 0, most: int = LARGEST) -> int | None:
        """A whole number, or null."""
        return None if self.values.get(name) is None else self.whole(name, least, most)

    def real(self, name: str, least: float, most: float, default: float | Literal[Needed.NEEDED] = NEEDED) -> float:
        """A finite number, both bounds included."""
        value = self._given(name, default)
        is_number = type(value) in (int, float) and (type(value) is int or math.isfinite(value))
        if not is_number or not least <= value <= most:
            self.fail(name, f"it must be a number from {least:g} to {most:g}")
        return float(value)

    def flag(self, name: str, default: bool | Literal[Needed.NEEDED] = NEEDED) -> bool:
        """True or false."""
        value = self._given(name, default)
        if type(value) is not bool:
            self.fail(name, "it must be true or false")
        return value

    def text(self, name: str, default: str | Literal[Needed.NEEDED] = NEEDED, most: int = LONGEST_TEXT) -> str:
        """Text of at most `most` characters, as it stands."""
        value = self._given(name, default)
        if type(value) is not str:
            self.fail(name, "it must be text")
        if len(value) > most:
            raise self.error(f"{self.where}: {name} has {len(value):,} characters; it may have {most:,}.")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Text, or null."""
        return None if self.values.get(name) is None else self.text(name)

    def one_of(self, name: str, options: Iterable[str], default: str | Literal[Needed.NEEDED] = NEEDED) -> str:
        """One of several words."""
        value, allowed = self._given(name, default), tuple(options)
        if type(value) is not str or value not in allowed:
            self.fail(name, f"it must be one of {', '.join(allowed)}")
        return value

    def word(self, name: str, words: type[Word], default: Word | Literal[Needed.NEEDED] = NEEDED) -> Word:
        """One of the words of an enumeration."""
        return words(self.one_of(name, [each.value for each in words], default))

    def items(
        self, name: str, most: int = MOST_ITEMS, default: list[Any] | Literal[Needed.NEEDED] = NEEDED
    ) -> list[Any]:
        """A list of anything."""
        value = self._given(name, default)
        if not isinstance(value, list):
            self.fail(name, "it must be a list")
        if len(value) > most:
            raise self.error(f"{self.where}: {name} has {len(value)} entries; it may have {most}.")
        return value

    def wholes(self, name: str, least: int = 0, most: int = LARGEST, most_items: int = MOST_ITEMS) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self.items(name, most_items)
        if not all(type(value) is int and least <= value <= most for value in values):
            self.fail(name, f"it must be a list of whole numbers from {least} to {most}")
        return tuple(values)

    def texts(self, name: str, most_items: int = MOST_ITEMS) -> tuple[str, ...]:
        """A list of texts."""
        values = self.items(name, most_items)
        if not all(type(value) is str for value in values):
            self.fail(name, "it must be a list of texts")
        return tuple(values)

    def part(self, name: str) -> Fields:
        """The fields of an object inside this one."""
        if not isinstance(self.values.get(name), dict):
            self.fail(name, "it must be a JSON object")
        return Fields(f"{self.where}, {name}", self.values[name], self.error)

    def parts(self, name: str, most: int = MOST_ITEMS) -> tuple[Fields, ...]:
        """The fields of each object in a list; entries count from 1 in complaints."""
        values = self.items(name, most)
        return tuple(
            Fields.of(f"{self.where}, {name} {number}", value, self.error) for number, value in enumerate(values, 1)
        )

    def _given(self, name: str, default: Any) -> Any:
        value = self.values.get(name)
        if value is not None or default is NEEDED:
            return value
        return default
