"""The numbers of a picture of what is between the maps, one a line. No Qt, no torch.

Shape letters: N numbers, R rows, C columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attention_viewer.model.contract.maps import STACKS
from attention_viewer.viewer.export.listed import Table, Value
from attention_viewer.viewer.state.architecture_spec import ArchitectureSpec
from attention_viewer.viewer.state.formula import plain_formula
from attention_viewer.viewer.state.sheets import (
    Bar,
    Dial,
    Formula,
    Parts,
    Piece,
    Plot,
    Section,
    SheetSpec,
    Strip,
    Tile,
    Words,
)

COLUMNS = ("section", "line", "name", "column", "row", "index", "value", "text")
"""`line` counts from 1 in its section; `row` and `index` count from 0 where a cell holds many numbers; `text` is what
the picture says, rounded."""
Found = tuple[int | None, float | None, float | None, str]
"""Row, index, value and text of one number."""


def table_of(spec: SheetSpec | ArchitectureSpec) -> Table:
    """All that stands in a picture."""
    return _blocks(spec) if isinstance(spec, ArchitectureSpec) else _numbers(spec)


def _numbers(spec: SheetSpec) -> Table:
    rows = (row for number, each in enumerate(spec.sections, 1) for row in _section(each.heading or str(number), each))
    return Table(COLUMNS, tuple(rows))


def _section(heading: str, section: Section) -> Iterator[tuple[Value, ...]]:
    for number, line in enumerate(section.lines, 1):
        first, *_ = line.pieces
        name = first.text if isinstance(first, Words) else ""
        for index, piece in enumerate(line.pieces):
            if index == 0 and name:
                continue
            column = section.columns[index].title if index < len(section.columns) else ""
            for label, found in _found(piece, name):
                yield heading, number, label, column, *found
        if len(line.pieces) == 1 and name:
            yield heading, number, name, section.columns[0].title, None, None, None, name


def _found(piece: Piece, name: str) -> Iterator[tuple[str, Found]]:
    """What a piece holds, with what it is called."""
    match piece:
        case Words(text, value=value):
            if text:
                yield name, (None, None, value, text)
        case Formula(text):
            yield name, (None, None, None, plain_formula(text))
        case Bar(share, text, masked=masked, value=value):
            number = None if masked else share if value is None else value
            yield name, (None, None, number, "masked" if masked else text)
        case Tile(text, share):
            yield name, (None, None, share, text)
        case Parts(shares):
            yield from ((name, (None, index, share, "")) for index, share in enumerate(shares))
        case Dial(angle, turn, text):
            yield from ((name, (None, index, value, text)) for index, value in enumerate((angle, turn)))
        case Strip(values):
            for place in np.ndindex(*values.shape):
                yield name, (place[0] if len(place) > 1 else None, place[-1], float(values[place]), "")
        case Plot(xs, curves):
            for curve, ys in curves:
                yield from ((curve, (None, x, y, "")) for x, y in zip(xs, ys, strict=True))


def _blocks(spec: ArchitectureSpec) -> Table:
    """The blocks of both stacks, from bottom to top."""
    rows = (
        (stack, number, block.title, block.leaving, block.runs.removeprefix("×"))
        for stack, blocks in zip(STACKS, (spec.encoder, spec.decoder), strict=True)
        for number, block in enumerate(blocks, 1)
    )
    return Table(("stack", "block", "title", "shape", "runs"), tuple(rows))
