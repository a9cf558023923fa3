"""All heads of a trace with their measures, their roles, and how unlike each other they are. Torch-free.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from attention_viewer.model.analysis.heads import divergences
from attention_viewer.model.analysis.measures import MEASURES, seen
from attention_viewer.model.analysis.roles import HeadRole, head_roles
from attention_viewer.model.contract.api import Floats, Progress, Trace
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.maps import Kind, MapInfo


@dataclass(frozen=True, eq=False)
class MapHeads:
    """The heads of one map: each of `MEASURES` by its name [L, H], a role each (none where no row has a choice).

    `unlike` [L·H, L·H] are the Jensen-Shannon divergences of all pairs in bits, heads layer by layer.
    """

    measures: Mapping[str, Floats]
    roles: tuple[HeadRole, ...]
    unlike: Floats


HeadTable = Mapping[Kind, MapHeads]


def measured(trace: Trace, sides: MapInfo) -> Mapping[str, Floats]:
    """Every measure of every head of a map, [L, H]."""
    shown = seen(trace.weights(sides.kind), trace.mask(sides.kind), trace.tokens(sides.columns))
    return MappingProxyType({each.name: each.function(shown) for each in MEASURES})


def roles(trace: Trace, kind: Kind) -> tuple[HeadRole, ...]:
    """The role of every head of a kind in one trace; none where no row may look at more than one key."""
    try:
        return head_roles([trace], kind)
    except InputError:
        return ()


def head_table(trace: Trace) -> Generator[Progress, None, HeadTable]:
    """All of it for every map of a trace; yields after each head."""
    table: dict[Kind, MapHeads] = {}
    done, total = 0, sum(each.layers * each.heads for each in trace.maps)
    for sides in trace.maps:
        weights = trace.weights(sides.kind)
        unlike = np.zeros((sides.layers * sides.heads,) * 2, dtype=np.float32)
        for index, (layer, head) in enumerate(np.ndindex(*weights.shape[:2])):
            unlike[index] = divergences(weights, (layer, head)).reshape(-1)
            done += 1
            yield Progress(done, total)
        table[sides.kind] = MapHeads(measured(trace, sides), roles(trace, sides.kind), unlike)
    return MappingProxyType(table)
