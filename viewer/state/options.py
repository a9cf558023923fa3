"""Every option of how maps are shown, once: what it may be, in which words, and where it can be made.

Menu, settings, session files, the export dialog and the command line are made from `OPTIONS`. To add one, add an
entry, and let `resolve` read it from the view. No Qt, no torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attention_viewer.viewer.look.colormap_points import SEQUENTIAL


class ColorRange(StrEnum):
    """How weights become colours: 0 to 1, 0 to the map's largest weight, or the square root of 0 to 1."""

    UNIT = "unit"
    MAXIMUM = "maximum"
    SQUARE_ROOT = "square root"


class RowLabels(StrEnum):
    """How decoder rows are labelled: by the token read, the token predicted, or both."""

    BOTH = "both"
    READS = "reads"
    PREDICTS = "predicts"


class Numbers(StrEnum):
    """Whether cells show their weight as a number: never, where two digits fit, or always."""

    OFF = "off"
    AUTOMATIC = "automatic"
    ALWAYS = "always"


Value = TypeVar("Value", bound=str)


@dataclass(frozen=True)
class Named(Generic[Value]):
    """A value of an option: its word on the command line, and its title in menus."""

    value: Value
    word: str
    title: str


@dataclass(frozen=True)
class Option(Generic[Value]):
    """An option of how maps are shown.

    `name` is its field in session files, `title` stands in menus and dialogs, `help` on the command line after `flag`
    ("": the command line has no such option). Where `setting` is a name, it is remembered under it; where
    `exported`, figures follow it, so that it is offered for export.
    """

    name: str
    title: str
    values: tuple[Named[Value], ...]
    default: Value
    help: str
    flag: str = ""
    setting: str = ""
    exported: bool = True

    def read(self, text: object) -> Value:
        """The value that is stored as `text`. Raises ValueError where there is none."""
        for each in self.values:
            if type(text) in (str, type(each.value)) and each.value == text:
                return each.value
        raise ValueError(f"{self.name} cannot be {text!r}")

    def of_word(self, word: str) -> Value:
        """The value of a word of the command line. Raises ValueError where there is none."""
        for each in self.values:
            if each.word == word:
                return each.value
        raise ValueError(f"{self.flag} cannot be {word!r}")

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the command line."""
        return tuple(each.word for each in self.values)


COLORMAP: Option[str] = Option(
    "colormap",
    "Colormap",
    tuple(Named(name, name, name.capitalize()) for name in SEQUENTIAL),
    "viridis",
    "colormap of the weights",
    flag="--colours",
    setting="colormap",
)
COLOR_RANGE = Option(
    "color_range",
    "Colour range",
    (
        Named(ColorRange.UNIT, "unit", "0 to 1"),
        Named(ColorRange.MAXIMUM, "maximum", "0 to the map's maximum"),
        Named(ColorRange.SQUARE_ROOT, "root", "0 to 1, square root"),
    ),
    ColorRange.UNIT,
    "which weights the colours span: 0 to 1, 0 to each map's maximum, or the square root of 0 to 1",
    flag="--range",
    setting="colour range",
)
ROW_LABELS = Option(
    "row_labels",
    "Decoder row labels",
    (
        Named(RowLabels.BOTH, "both", "Reads → predicts"),
        Named(RowLabels.READS, "reads", "Token read"),
        Named(RowLabels.PREDICTS, "predicts", "Token predicted"),
    ),
    RowLabels.BOTH,
    "what names a decoder row: the token it reads, the one it predicts, or both",
    flag="--rows",
    setting="row labels",
)

NUMBERS = Option(
    "numbers",
    "Numbers in cells",
    (
        Named(Numbers.OFF, "off", "Off"),
        Named(Numbers.AUTOMATIC, "automatic", "Where two digits fit"),
        Named(Numbers.ALWAYS, "always", "Always"),
    ),
    Numbers.OFF,
    "weights written into the cells: never, where two digits fit, or always",
    flag="--numbers",
    setting="numbers",
)

OPTIONS: tuple[Option[Any], ...] = (COLORMAP, COLOR_RANGE, ROW_LABELS, NUMBERS)


def exported() -> Iterator[Option[Any]]:
    """The options that figures follow."""
    return (option for option in OPTIONS if option.exported)
