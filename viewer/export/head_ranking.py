"""What switching off each head does, as a table: CSV, JSON, and text for a terminal. No Qt, no torch."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attention_viewer.model.contract.experiments import HeadEffect

COLUMNS = ("rank", "kind", "layer", "head", "divergence", "log_probability", "interventions")
"""Layers and heads count from 0, as in the arrays; `interventions` were there before, the same on every line."""
FORMAT, VERSION = "attention-viewer ranking", 1
DIGITS = 6


def csv_bytes(effects: Sequence[HeadEffect], meta: Mapping[str, Any]) -> bytes:
    """The table as UTF-8. Of `meta` it holds the interventions alone."""
    changed = "; ".join(meta.get("interventions", ()))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([*_values(rank, each).values(), changed] for rank, each in enumerate(effects, start=1))
    return buffer.getvalue().encode("utf-8", "replace")


def json_bytes(effects: Sequence[HeadEffect], meta: Mapping[str, Any]) -> bytes:
    """One JSON object: `heads`, the largest divergence first, and `meta`."""
    heads = [_values(rank, each) for rank, each in enumerate(effects, start=1)]
    values = {"format": FORMAT, "version": VERSION, "meta": dict(meta), "heads": heads}
    # Other than ASCII is escaped, because a sentence may hold what has no UTF-8 form.
    return (json.dumps(values, separators=(",", ":")) + "\n").encode("ascii")


def rows(effects: Sequence[HeadEffect]) -> Iterator[tuple[Any, ...]]:
    """The table's lines, without the interventions."""
    for rank, each in enumerate(effects, start=1):
        yield tuple(_values(rank, each).values())


def text_lines(effects: Sequence[HeadEffect], guided: Sequence[tuple[str, int, int]] = ()) -> Iterator[str]:
    """The table for a person: layers and heads from 1, a † at heads that were trained to align words."""
    yield "rank  kind     layer  head   KL, nats    ln p"
    marked = False
    for rank, each in enumerate(effects, start=1):
        mark = "†" if (each.kind, each.layer, each.head) in guided else ""
        marked = marked or bool(mark)
        yield (
            f"{rank:>4}  {each.kind + mark:<9}{each.layer + 1:>4}  {each.head + 1:>4}  "
            f"{each.divergence:>9.4f}  {each.log_probability:>+7.2f}"
        ).rstrip()
    if marked:
        yield "† trained to align words"


def _values(rank: int, effect: HeadEffect) -> dict[str, Any]:
    return {
        "rank": rank,
        "kind": str(effect.kind),
        "layer": effect.layer,
        "head": effect.head,
        "divergence": round(effect.divergence, DIGITS),
        "log_probability": round(effect.log_probability, DIGITS),
    }


WRITERS: Mapping[str, Callable[[Sequence[HeadEffect], Mapping[str, Any]], bytes]] = MappingProxyType(
    {"csv": csv_bytes, "json": json_bytes}
)
"""Suffix -> the function that makes the file's content."""
