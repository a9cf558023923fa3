"""Pictures made of lines: what stands in each, complete, free of Qt and of torch.

A sheet has sections; a section has columns, and lines with a piece for each column. All pictures of what is between
the maps are sheets, so that one painter draws them on screen and in every export. Shape letters: N numbers, R rows,
C columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from attention_viewer.model.contract.api import Floats
from attention_viewer.viewer.state.formula import plain_formula

Hit: TypeAlias = tuple[str | int, ...]
"""What a click on something means, for whoever hears of it; () for nothing."""


@dataclass(frozen=True)
class Words:
    """Text; `tone` is "text", "muted", "accent" or "danger", `mono` for tokens and numbers, `value` what is rounded."""

    text: str
    tone: str = "text"
    mono: bool = False
    right: bool = False
    value: float | None = None


@dataclass(frozen=True)
class Formula:
    """A formula, as `viewer.state.formula` reads it."""

    text: str


@dataclass(frozen=True)
class Bar:
    """A number as a bar of `share` of the column, from the middle where negative ones are possible, with its text.

    `masked` is hatched in its place; `hollow` the outline of another number to compare with; `value` is the number
    itself where the share is of the largest one.
    """

    share: float
    text: str = ""
    signed: bool = False
    masked: bool = False
    hollow: float | None = None
    tone: str = "accent"
    value: float | None = None


@dataclass(frozen=True)
class Parts:
    """Shares of a whole, side by side in the colours of curves: they sum to 1, and one may be negative."""

    shares: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Strip:
    """Numbers [N] as colours from -`high` to `high`; or a matrix [R, C], `lines` high."""

    values: Floats
    high: float
    lines: float = 1.0


@dataclass(frozen=True)
class Tile:
    """A word on a ground whose colour says a number from 0 to 1; `framed` where it is the one to find."""

    text: str
    share: float
    framed: bool = False


@dataclass(frozen=True)
class Dial:
    """A hand on a clock at an `angle`, and where it stands `turn` later, both in radians from the top, clockwise."""

    angle: float
    turn: float
    text: str = ""
    lines: float = 4.5


@dataclass(frozen=True)
class Plot:
    """Named curves over the places `xs`, both axes logarithmic; `marks` are places to be found, with their words."""

    xs: tuple[float, ...]
    curves: tuple[tuple[str, tuple[float, ...]], ...]
    x_title: str
    y_title: str
    marks: tuple[tuple[float, str], ...] = ()
    lines: float = 9.0


Piece: TypeAlias = Words | Formula | Bar | Parts | Strip | Tile | Dial | Plot


@dataclass(frozen=True)
class Column:
    """A column: its title, and its width in em, or (0) a share of what is left, of at least so many em."""

    title: str = ""
    ems: float = 0.0
    share: float = 1.0
    right: bool = False
    least: float = 4.0


@dataclass(frozen=True)
class Line:
    """A line of a section, a piece for each column; `lit` where it belongs to what is selected; `tip` says more."""

    pieces: tuple[Piece, ...]
    lit: bool = False
    hit: Hit = ()
    tip: str = ""


@dataclass(frozen=True)
class Section:
    """A heading, a formula ("" for none), columns and lines, a key to what they show, and a note below them."""

    heading: str
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = (Column(),)
    formula: str = ""
    note: str = ""
    key: tuple[Line, ...] = ()


@dataclass(frozen=True)
class SheetSpec:
    """A picture made of lines."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    caption: tuple[str, ...] = ()

    def hits(self) -> tuple[Line, ...]:
        """The lines that can be chosen, from top to bottom."""
        return tuple(line for section in self.sections for line in section.lines if line.hit)

    def text(self) -> str:
        """The whole in words, for those who cannot see it."""
        told = [f"{self.title}. {self.subtitle}"]
        for section in self.sections:
            told += [section.heading, plain_formula(section.formula)]
            told += ["; ".join(filter(None, map(spoken, line.pieces))) for line in section.lines]
            told.append(section.note)
        return "\n".join(filter(None, told))


def spoken(piece: Piece) -> str:
    """A piece in words; "" for one that is only to be seen."""
    match piece:
        case Words(text):
            return text
        case Formula(text):
            return plain_formula(text)
        case Bar(text=text, masked=masked):
            return "masked" if masked else text
        case Tile(text, share):
            return f"{text} {share:.2f}"
        case Parts(shares):
            return ", ".join(f"{100 * each:.0f} %" for each in shares)
        case Dial(text=text):
            return text
        case Plot(curves=curves):
            return ", ".join(name for name, _ in curves)
        case Strip():
            return ""


def height_in_lines(piece: Piece) -> float:
    """How many lines a piece is high."""
    return piece.lines if isinstance(piece, Strip | Dial | Plot) else 1.0


def tiny(value: float) -> str:
    """A difference that should be nothing: exactly 0, or its size as a power of ten."""
    if value == 0.0:
        return "0"
    digits, power = f"{value:.0e}".split("e")
    return f"{digits}·10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def number(value: float) -> str:
    """A number in three digits or so, with a minus that is as long as a plus."""
    size = abs(value)
    if 0.0 < size < 0.0005:
        return "<0.001" if value > 0 else ">−0.001"
    digits = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.9995 else 3
    return f"{value:,.{digits}f}".replace("-", "−")


def measured(value: float, tone: str = "text", mono: bool = False) -> Words:
    """A number at the right of its column, in three digits or so; numbers in files have all of them."""
    return Words(number(value), tone, mono, right=True, value=value)
