r"""Formulas as text, read into a tree: subscripts, superscripts, fractions and roots. No Qt.

`PE_{pos}`, `d^2`, `\frac{q · k}{\sqrt{d}}`; all other characters stand for themselves, and nothing else is a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from attention_viewer.model.contract.errors import InputError

LONGEST, DEEPEST = 400, 8


@dataclass(frozen=True)
class Letters:
    """Characters in a line."""

    text: str


@dataclass(frozen=True)
class Raised:
    """A subscript (`up` False) or a superscript."""

    inner: tuple[Node, ...]
    up: bool


@dataclass(frozen=True)
class Fraction:
    """One formula over another."""

    above: tuple[Node, ...]
    below: tuple[Node, ...]


@dataclass(frozen=True)
class Root:
    """The square root of a formula."""

    inner: tuple[Node, ...]


Node: TypeAlias = Letters | Raised | Fraction | Root


def parse_formula(text: str) -> tuple[Node, ...]:
    """The tree of a formula. Raises InputError where braces do not match, or it is too long or too deep."""
    if len(text) > LONGEST:
        raise InputError(f"A formula may have {LONGEST} characters; this one has {len(text)}.")
    nodes, end = _line(text, 0, 0)
    if end != len(text):
        raise InputError(f"A brace is closed that was never opened: {text[max(0, end - 20) : end + 1]!r}.")
    return nodes


def plain_formula(text: str) -> str:
    """A formula as plain text in one line, for those who hear it."""
    return "".join(_spoken(node) for node in parse_formula(text))


def _line(text: str, start: int, depth: int) -> tuple[tuple[Node, ...], int]:
    """Nodes from `start` to the closing brace or the end; where that is."""
    if depth > DEEPEST:
        raise InputError(f"A formula may be {DEEPEST} braces deep.")
    nodes: list[Node] = []
    place, letters = start, ""
    while place < len(text) and text[place] != "}":
        node, after = _special(text, place, depth)
        if node is None:
            if text[place] == "{":
                raise InputError("A brace stands where it means nothing: write it after _, ^, \\frac or \\sqrt.")
            letters += text[place]
            place += 1
            continue
        if letters:
            nodes.append(Letters(letters))
            letters = ""
        nodes.append(node)
        place = after
    if letters:
        nodes.append(Letters(letters))
    return tuple(nodes), place


def _special(text: str, place: int, depth: int) -> tuple[Node | None, int]:
    """The node that begins at `place` with a sign of its own, and where it ends; None for an ordinary character."""
    if text[place] in "_^" and place + 1 < len(text):
        inner, end = _group(text, place + 1, depth)
        return Raised(inner, text[place] == "^"), end
    if text.startswith("\\frac", place):
        above, end = _group(text, place + 5, depth)
        below, end = _group(text, end, depth)
        return Fraction(above, below), end
    if text.startswith("\\sqrt", place):
        inner, end = _group(text, place + 5, depth)
        return Root(inner), end
    return None, place


def _group(text: str, place: int, depth: int) -> tuple[tuple[Node, ...], int]:
    """What stands in braces at `place`, or the one character there."""
    if place >= len(text):
        raise InputError("A formula ends where something in braces is missing.")
    if text[place] != "{":
        return (Letters(text[place]),), place + 1
    nodes, end = _line(text, place + 1, depth + 1)
    if end >= len(text):
        raise InputError("A brace of a formula is never closed.")
    return nodes, end + 1


def _spoken(node: Node) -> str:
    match node:
        case Letters(text):
            return text
        case Raised(inner, up):
            return ("^" if up else "_") + "".join(_spoken(each) for each in inner)
        case Fraction(above, below):
            return f"({''.join(map(_spoken, above))}) / ({''.join(map(_spoken, below))})"
        case Root(inner):
            return f"√({''.join(map(_spoken, inner))})"
