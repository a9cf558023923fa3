"""All heads of one trace, or of many, with measures, roles, how unlike each other they are, and which aligns best.

Over several sentences a measure is the mean of theirs, and so is how unlike two heads are; roles are averaged over all
rows. Torch-free.

Shape letters: L layers, H heads, R rows (queries), C columns (keys).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from attention_viewer.model.analysis import measures
from attention_viewer.model.analysis.aligned import Alignment, align, crossing, sentence_of
from attention_viewer.model.analysis.alignment import Sentence
from attention_viewer.model.analysis.heads import divergences
from attention_viewer.model.analysis.roles import HeadRole, RoleSums, added, role_sums, roles_by
from attention_viewer.model.contract.api import Floats, Progress, Trace
from attention_viewer.model.contract.maps import Kind, MapInfo


@dataclass(frozen=True, eq=False)
class MapHeads:
    """The heads of one map: each of `MEASURES` by its name [L, H], a role each (none where no row has a choice).

    `unlike` [L·H, L·H] are the Jensen-Shannon divergences of all pairs in bits, heads layer by layer. `alignment` says
    which aligns words best; None for other maps than cross-attention, and where nothing is linked.
    """

    measures: Mapping[str, Floats]
    roles: tuple[HeadRole, ...]
    unlike: Floats
    alignment: Alignment | None = None


HeadTable = Mapping[Kind, MapHeads]


@dataclass(frozen=True, eq=False)
class MapSums:
    """Sums over sentences of what is measured of a map: `measures` and in how many of them, `unlike` likewise."""

    measures: Mapping[str, tuple[Floats, int]]
    roles: RoleSums
    unlike: tuple[Floats, int]


@dataclass(frozen=True, eq=False)
class Gathered:
    """What is measured of the heads of all maps, and the sentences that can be aligned."""

    maps: Mapping[Kind, MapSums] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    crossing: Kind | None = None


def measured(trace: Trace, sides: MapInfo) -> Mapping[str, Floats]:
    """Every measure of every head of a map, [L, H]; NaN where no row has one."""
    shown = measures.seen(trace.weights(sides.kind), trace.mask(sides.kind), trace.tokens(sides.columns))
    return MappingProxyType({each.name: each.function(shown) for each in measures.MEASURES})


def roles(trace: Trace, kind: Kind) -> tuple[HeadRole, ...]:
    """The role of every head of a kind in one trace; none where no row may look at more than one key."""
    return roles_by(role_sums(trace, kind), kind)


def head_table(trace: Trace) -> Generator[Progress, None, HeadTable]:
    """All of it for every map of a trace; yields after each head."""
    gathered = yield from gathering(Gathered(), trace)
    return table_of(gathered)


def gathering(so_far: Gathered, trace: Trace) -> Generator[Progress, None, Gathered]:
    """What was gathered of other sentences, and of a trace; yields after each of its heads."""
    maps: dict[Kind, MapSums] = {}
    done, total = 0, sum(each.layers * each.heads for each in trace.maps)
    for sides in trace.maps:
        weights = trace.weights(sides.kind)
        unlike = np.zeros((sides.layers * sides.heads,) * 2, dtype=np.float32)
        for index, (layer, head) in enumerate(np.ndindex(*weights.shape[:2])):
            unlike[index] = divergences(weights, (layer, head)).reshape(-1)
            done += 1
            yield Progress(done, total)
        here = MapSums(
            {name: _counted(each) for name, each in measured(trace, sides).items()},
            role_sums(trace, sides.kind),
            (unlike, int(weights.shape[2] > 0)),
        )
        maps[sides.kind] = _sum(so_far.maps[sides.kind], here) if sides.kind in so_far.maps else here
    sentence = sentence_of(trace)
    return Gathered(maps, so_far.sentences if sentence is None else (*so_far.sentences, sentence), crossing(trace))


def table_of(gathered: Gathered) -> HeadTable:
    """The means of what was gathered."""
    return MappingProxyType(
        {
            kind: MapHeads(
                MappingProxyType({name: _mean(*each) for name, each in sums.measures.items()}),
                roles_by(sums.roles, kind),
                sums.unlike[0] / np.float32(max(sums.unlike[1], 1)),
                align(gathered.sentences) if kind == gathered.crossing else None,
            )
            for kind, sums in gathered.maps.items()
        }
    )


def _counted(measure: Floats) -> tuple[Floats, int]:
    """A measure, and in how many sentences there was one."""
    return np.nan_to_num(measure), int(not np.isnan(measure).all())


def _sum(one: MapSums, other: MapSums) -> MapSums:
    summed = {
        name: (total + other.measures[name][0], count + other.measures[name][1])
        for name, (total, count) in one.measures.items()
    }
    unlike = one.unlike[0] + other.unlike[0], one.unlike[1] + other.unlike[1]
    return MapSums(summed, added(one.roles, other.roles), unlike)


def _mean(total: Floats, count: int) -> Floats:
    found: Floats = total / np.float32(count) if count else np.full_like(total, np.nan)
    return found
