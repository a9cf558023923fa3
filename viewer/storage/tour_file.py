"""Tour files: stops as plain text, `key: value` in each line, checked like sessions. No Qt.

A line that begins with a space goes on with the value before it; `#` begins a line that is passed over. Nothing in a
file is executed, and its texts are shown as they are. Layers, heads and positions count from 1 in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import InputError, quoted, shortened
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import STACKS
from attention_viewer.model.contract.plain_files import opened
from attention_viewer.viewer.state.formula import parse_formula
from attention_viewer.viewer.state.tour import Scene, Stop, Tour
from attention_viewer.viewer.state.view_state import PARTS

FORMAT, VERSION = "attention-viewer tour", 1
LARGEST, MOST_STOPS, LONGEST_TEXT, LONGEST_SENTENCE = 500_000, 300, 3000, 2000
MOST_CHOICES, MOST_FORMULAS = 8, 6
END = "end"
OF_STOPS = ("text", "formula", "choice")
REPEATED = (*OF_STOPS, "closing")
_KEY = re.compile(r"([a-z ]{1,20}):\s*(.*)")


@dataclass
class Block:
    """The lines of one stop: its kind, its name, and its values by key."""

    kind: str
    name: str
    line: int
    values: dict[str, list[str]] = field(default_factory=dict)


def read(path: Path) -> Tour:
    """The tour in a file. Raises InputError where it cannot be read, is too large, or holds no tour."""
    with opened(path, error=InputError) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(f"{path} is too large for a tour: {LARGEST:,} bytes at most.")
    try:
        return from_text(content.decode("utf-8"), path.name)
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a tour: it is not UTF-8 text.") from None


def from_text(text: str, name: str) -> Tour:
    """The tour in a text. Raises InputError, naming the file `name` and the line, for anything else."""
    try:
        head, blocks = _blocks(text)
        if head.values.get("format") != [FORMAT]:
            raise InputError(f"its first line must be “format: {FORMAT}”")
        if head.values.get("version") != [str(VERSION)]:
            raise InputError(f"its version must be {VERSION}")
        if not blocks:
            raise InputError("it has no stops")
        names = [block.name for block in blocks]
        if len(set(names)) < len(names):
            raise InputError("two stops have the same name")
        title = _text(head, "title", 100) or name
        closing = tuple(_checked(head, "closing", each, LONGEST_TEXT) for each in head.values.get("closing", []))
        return Tour(title, tuple(_stop(block) for block in blocks), closing)
    except InputError as error:
        reason = shortened(str(error).rstrip("."))
        raise InputError(f"{name} is not a tour that can be shown: {reason}.") from None


def _blocks(text: str) -> tuple[Block, list[Block]]:
    """The head of a file, and its stops."""
    head, blocks = Block("head", "", 1), list[Block]()
    last: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            if last is None:
                raise InputError(f"line {number} goes on with nothing")
            last[-1] = f"{last[-1]} {line.strip()}"
            continue
        found = _KEY.fullmatch(line.strip())
        if found is None:
            raise InputError(f"line {number} is not “key: value”: {quoted(line)}")
        key, value = found.groups()
        if key in ("stop", "question"):
            if len(blocks) == MOST_STOPS:
                raise InputError(f"it has more than {MOST_STOPS} stops")
            blocks.append(Block(key, value, number))
            last = None
            continue
        block = blocks[-1] if blocks else head
        _check_key(block, key, number)
        last = block.values.setdefault(key, [])
        last.append(value)
    return head, blocks


def _check_key(block: Block, key: str, number: int) -> None:
    known = ("format", "version", "title", "closing") if block.kind == "head" else KEYS
    if key not in known:
        raise InputError(f"line {number}: there is nothing called {quoted(key)}")
    if key in block.values and key not in REPEATED:
        raise InputError(f"line {number}: {key} stands twice")


def _stop(block: Block) -> Stop:
    for formula in block.values.get("formula", []):
        parse_formula(formula)
    if len(block.values.get("formula", [])) > MOST_FORMULAS:
        raise InputError(f"{_where(block)} has more than {MOST_FORMULAS} formulas")
    choices = tuple(_checked(block, "choice", each, 300) for each in block.values.get("choice", []))
    if (block.kind == "question") != bool(choices) or len(choices) > MOST_CHOICES:
        raise InputError(f"{_where(block)}: a question has 2 to {MOST_CHOICES} choices, a stop none")
    right = _whole(block, "right", len(choices)) if choices else 1
    return Stop(
        _checked(block, "name", block.name, 40),
        _text(block, "title", 120) or block.name,
        tuple(_checked(block, "text", each, LONGEST_TEXT) for each in block.values.get("text", [])),
        tuple(block.values.get("formula", [])),
        _text(block, "predict", LONGEST_TEXT),
        _text(block, "do", LONGEST_TEXT),
        _text(block, "answer", LONGEST_TEXT),
        choices,
        (right or 1) - 1,
        _scene(block),
    )


def _scene(block: Block) -> Scene:
    values: dict[str, Any] = {name: read(block, key) for key, (name, read) in _SCENE.items() if key in block.values}
    return Scene(**values, interventions=_interventions(block))


def _interventions(block: Block) -> Interventions:
    heads = frozenset(map(lambda each: _head(block, each), _listed(block, "heads off")))
    hidden = frozenset(_number(block, "hide", each, 10_000) - 1 for each in _listed(block, "hide"))
    positions = [Positions(_one_of(tuple(map(str, Positions)))(block, f"{side} positions") or "on") for side in STACKS]
    mask = _one_of(("on", "off"))(block, "causal mask") != "off"
    return Interventions(heads, hidden, positions[0], positions[1], causal_mask=mask)


def _head(block: Block, words: str) -> HeadId:
    parts = words.split()
    if len(parts) != 3:
        raise InputError(f"{_where(block)}: {quoted(words)} is no head; write “cross 4 8”")
    layer, head = (_number(block, "heads off", each, 1000) - 1 for each in parts[1:])
    return HeadId(parts[0], layer, head)


def _listed(block: Block, key: str) -> list[str]:
    return [each.strip() for each in _text(block, key, 500).split(",") if each.strip()]


def _text(block: Block, key: str, longest: int) -> str:
    return _checked(block, key, block.values.get(key, [""])[0], longest)


def _checked(block: Block, key: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise InputError(f"{_where(block)}: {key} may have {longest:,} characters")
    if not all(each.isprintable() for each in value):
        raise InputError(f"{_where(block)}: {key} holds what cannot be shown: {quoted(value)}")
    return value


def _number(block: Block, key: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= most:
        raise InputError(f"{_where(block)}: {key} must be a whole number from 1 to {most}, not {quoted(text)}")
    return int(text)


def _whole(block: Block, key: str, most: int) -> int | None:
    return _number(block, key, block.values[key][0], most) if key in block.values else None


def _from_one(most: int) -> Callable[[Block, str], int]:
    """A number that counts from 1 in the file and from 0 in the scene."""
    return lambda block, key: (_whole(block, key, most) or 1) - 1


def _steps(block: Block, key: str) -> int:
    text = block.values[key][0]
    return -1 if text == END else 0 if text == "0" else _number(block, key, text, 10_000)


def _temperature(block: Block, key: str) -> float:
    text = block.values[key][0]
    if not re.fullmatch(r"\d(\.\d{1,3})?", text) or not 0.05 <= float(text) <= 3.0:
        raise InputError(f"{_where(block)}: {key} must be from 0.05 to 3, not {quoted(text)}")
    return float(text)


def _one_of(words: tuple[str, ...]) -> Callable[[Block, str], str]:
    def read(block: Block, key: str) -> str:
        value = block.values.get(key, [""])[0]
        if key in block.values and value not in words:
            raise InputError(f"{_where(block)}: {key} is {quoted(value)}; it must be one of {', '.join(words)}")
        return value

    return read


def _words(longest: int) -> Callable[[Block, str], str]:
    return lambda block, key: _text(block, key, longest)


def _where(block: Block) -> str:
    return f"the {block.kind} of line {block.line}"


_SCENE: Mapping[str, tuple[str, Callable[[Block, str], Any]]] = {
    "sentence": ("sentence", _words(LONGEST_SENTENCE)),
    "steps": ("steps", _steps),
    "panel": ("panel", _words(40)),
    "page": ("page", _words(40)),
    "map": ("map", _words(40)),
    "layer": ("layer", _from_one(1000)),
    "head": ("head", _from_one(1000)),
    "side": ("side", _one_of(STACKS)),
    "part": ("part", _one_of(PARTS)),
    "source": ("source", _from_one(10_000)),
    "row": ("row", _from_one(10_000)),
    "key": ("key", _from_one(10_000)),
    "temperature": ("temperature", _temperature),
    "encoding": ("encoding", _from_one(100)),
    "layers": ("unfolded", lambda block, key: _one_of(("all", "one"))(block, key) == "all"),
}
"""What a scene is made of: its field, and what reads it, by the key in the file."""
_CHANGES = ("encoder positions", "decoder positions", "causal mask", "heads off", "hide")
KEYS = (*_SCENE, *_CHANGES, *OF_STOPS, "title", "predict", "do", "answer", "right")
"""Every key that a stop may have."""
