"""Layers and heads that options name from 1, as those of a model from 0. No Qt, no torch, no NumPy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attention_viewer.model.contract.architecture import Architecture
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import HeadId, MapInfo

Numbers = tuple[int, ...] | None
"""Numbers from 1; None is all there are."""


def architecture_of(model: Path) -> Architecture:
    """What the model in a directory is made of, before it is opened. Raises CheckpointError for none."""
    from attention_viewer.model.families.family import described

    return described(model).architecture


def kinds_of(maps: Iterable[MapInfo], decode: bool = True) -> tuple[str, ...]:
    """The names of maps; without those that `decode`, they need no decoder row."""
    return tuple(each.kind for each in maps if decode or not each.decodes)


def head_ids(sides: MapInfo, layers: Numbers, heads: Numbers) -> list[HeadId]:
    """Heads of a map, layer by layer. Raises InputError where it has no such layer or head."""
    return [
        HeadId(sides.kind, layer, head)
        for layer in _from_zero("Layer", layers, sides.layers, sides.stack)
        for head in _from_zero("Head", heads, sides.heads, sides.stack)
    ]


def _from_zero(what: str, given: Numbers, count: int, side: str) -> list[int]:
    for number in given or ():
        if number > count:
            has = f"{what.lower()}s 1 to {count}" if count > 1 else f"only {what.lower()} 1"
            raise InputError(f"{what} {number} does not exist: the {side} has {has}.")
    return list(range(count)) if given is None else [number - 1 for number in given]
