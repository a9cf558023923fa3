"""Every option of how maps are shown, once: what it may be, in which words, and where it can be made.

Menu, settings, session files, the export dialog and the command line are made from `OPTIONS`. To add one, add an
entry, and let `resolve` read it from the view. No Qt, no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attention_viewer.model.contract import methods
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


class Words(StrEnum):
    """Whether a row or a column is a piece, or all pieces of a word."""

    OFF = "off"
    ON = "on"


class Specials(StrEnum):
    """Whether the start and `</s>` are shown; where not, whether what is left of a row is made to sum to 1."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    RENORMALISED = "renormalised"


class Links(StrEnum):
    """Whether the source token that each row of a cross map looks at most is marked."""

    OFF = "off"
    ON = "on"


class HeadsShown(StrEnum):
    """What a large map is: the selected head, or several as one."""

    ONE = "selected"
    LAYER_MEAN = "mean of layer"
    LAYER_MAXIMUM = "maximum of layer"
    ALL_MEAN = "mean of all"
    ALL_MAXIMUM = "maximum of all"
    CHOSEN_MEAN = "mean of chosen"
    CHOSEN_MAXIMUM = "maximum of chosen"


ATTENTION = "attention"
"""What maps show unless another method is chosen."""

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
    ("": the command line has no such option), which takes a word unless it means `alone` by itself. Where `setting` is
    a name, it is remembered under it; where `exported`, figures follow it, so that it is offered for export; of what is
    `measured`, all but the default is computed first. What it may be are the values `named`, and `others` that a table
    has.
    """

    name: str
    title: str
    named: tuple[Named[Value], ...]
    default: Value
    help: str
    flag: str = ""
    setting: str = ""
    exported: bool = True
    alone: str = ""
    measured: bool = False
    others: Callable[[], tuple[Named[Value], ...]] = tuple

    @property
    def values(self) -> tuple[Named[Value], ...]:
        """Everything that it may be."""
        return (*self.named, *self.others())

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

WORDS = Option(
    "words",
    "Pieces or words",
    (Named(Words.OFF, "off", "Pieces, as the model has them"), Named(Words.ON, "on", "Whole words")),
    Words.OFF,
    "whole words instead of pieces: their rows averaged, their columns summed",
    flag="--words",
    setting="words",
    alone="on",
)
SPECIALS = Option(
    "specials",
    "Start and </s>",
    (
        Named(Specials.SHOWN, "shown", "Shown"),
        Named(Specials.HIDDEN, "hidden", "Hidden, other weights as they are"),
        Named(Specials.RENORMALISED, "renormalised", "Hidden, other weights renormalised"),
    ),
    Specials.SHOWN,
    "the start and </s>: shown, hidden, or hidden and what is left of each row made to sum to 1",
    flag="--specials",
    setting="specials",
)
LINKS = Option(
    "links",
    "Links across",
    (Named(Links.OFF, "off", "Not marked"), Named(Links.ON, "on", "The key that each row looks at most is marked")),
    Links.OFF,
    "mark the source token, or word, that each row of a cross map looks at most",
    flag="--links",
    setting="links",
    alone="on",
)
HEADS_SHOWN = Option(
    "heads_shown",
    "Heads in the large map",
    (
        Named(HeadsShown.ONE, "selected", "The selected head"),
        Named(HeadsShown.LAYER_MEAN, "layer-mean", "Its layer, mean"),
        Named(HeadsShown.LAYER_MAXIMUM, "layer-maximum", "Its layer, maximum"),
        Named(HeadsShown.ALL_MEAN, "mean", "All layers and heads, mean"),
        Named(HeadsShown.ALL_MAXIMUM, "maximum", "All layers and heads, maximum"),
        Named(HeadsShown.CHOSEN_MEAN, "chosen-mean", "Chosen heads (Ctrl+click), mean"),
        Named(HeadsShown.CHOSEN_MAXIMUM, "chosen-maximum", "Chosen heads (Ctrl+click), maximum"),
    ),
    HeadsShown.ONE,
    "what a map is: the selected head, or the mean or maximum of several",
    flag="--heads",
)


def _methods() -> tuple[Named[str], ...]:
    return tuple(Named(each.method, each.method.replace(" ", "-"), each.title) for each in methods.METHODS)


QUANTITY: Option[str] = Option(
    "quantity",
    "Shown in maps",
    (Named(ATTENTION, ATTENTION, "Attention weights"),),
    ATTENTION,
    "what maps show: attention weights, or what each row depends on by another method",
    flag="--quantity",
    measured=True,
    others=_methods,
)

OPTIONS: tuple[Option[Any], ...] = (
    COLORMAP,
    COLOR_RANGE,
    ROW_LABELS,
    NUMBERS,
    WORDS,
    SPECIALS,
    LINKS,
    HEADS_SHOWN,
    QUANTITY,
)


def exported() -> Iterator[Option[Any]]:
    """The options that figures follow."""
    return (option for option in OPTIONS if option.exported)
