"""Changes pairs in the ways people type, so that the model is not thrown by a missing capital. Torch-free."""

from __future__ import annotations

import random
from collections.abc import Sequence

from model.analysis.alignment import Link
from model.training.data import Pair
from model.training.settings import AugmentationRates
from model.training.word_links import word_spans


def augment(pairs: Sequence[Pair], rates: AugmentationRates, chance: random.Random) -> list[Pair]:
    """One epoch's version of `pairs`; as many pairs, some joined with another one."""
    changed = [_as_typed(pair, rates, chance) for pair in pairs]
    return [_joined(pair, pairs, rates.joined, chance) for pair in changed]


def _joined(pair: Pair, pairs: Sequence[Pair], rate: float, chance: random.Random) -> Pair:
    if chance.random() >= rate:
        return pair
    other = chance.choice(pairs)
    return Pair(f"{pair.source} {other.source}", f"{pair.target} {other.target}", _joined_links(pair, other))


def _joined_links(pair: Pair, other: Pair) -> tuple[Link, ...]:
    if not other.links:
        return pair.links
    before = len(word_spans(pair.source)), len(word_spans(pair.target))
    return (*pair.links, *((source + before[0], target + before[1]) for source, target in other.links))


def _as_typed(pair: Pair, rates: AugmentationRates, chance: random.Random) -> Pair:
    source = pair.source
    if chance.random() < rates.no_stop:
        source = source.removesuffix(".") or source
    if chance.random() < rates.small_first:
        source = source[:1].lower() + source[1:]
    if chance.random() < rates.all_small:
        source = source.lower()
    if chance.random() < rates.curly:
        source = source.replace("'", "’")
    return Pair(source, pair.target, _links_left(pair, source))


def _links_left(pair: Pair, source: str) -> tuple[Link, ...]:
    """The links of a pair whose source was changed: a full stop that is gone has none."""
    if not pair.links or source == pair.source:
        return pair.links
    if "İ" in pair.source:  # the one letter that becomes two, and two words, when it is made small
        return ()
    count = len(word_spans(source))
    return tuple(link for link in pair.links if link[0] < count)
