"""Changes pairs: other names and numbers on both sides, and the ways people type. Torch-free."""

from __future__ import annotations

import random
from collections.abc import Sequence

from attention_viewer.model.analysis.alignment import Link
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.settings import AugmentationRates
from attention_viewer.model.training.substitution import Names, substitute
from attention_viewer.model.training.word_links import word_spans


def augment(
    pairs: Sequence[Pair], rates: AugmentationRates, chance: random.Random, names: Names | None = None
) -> list[Pair]:
    """One epoch's version of `pairs`; as many pairs, some joined with another one."""
    known = names or Names()
    exchanged = [_exchanged(pair, rates, known, chance) for pair in pairs]
    changed = [_as_typed(pair, rates, chance) for pair in exchanged]
    joined = [_joined(pair, exchanged, rates.joined, chance) for pair in changed]
    return [_on_both_sides(pair, rates, chance) for pair in joined]


def _exchanged(pair: Pair, rates: AugmentationRates, names: Names, chance: random.Random) -> Pair:
    change = chance.random() < rates.exchange_names, chance.random() < rates.exchange_numbers
    return substitute(pair, names, rates.made_up_names, *change, chance) if any(change) else pair


def _on_both_sides(pair: Pair, rates: AugmentationRates, chance: random.Random) -> Pair:
    if chance.random() < rates.capitals:
        return _in_capitals(pair)
    if chance.random() < rates.quoted:
        return _quoted(pair, chance)
    return pair


def _in_capitals(pair: Pair) -> Pair:
    source, target = pair.source.upper(), pair.target.upper()
    same = len(word_spans(source)) == len(word_spans(pair.source)) and len(word_spans(target)) == len(
        word_spans(pair.target)
    )
    return Pair(source, target, pair.links if same else ())


def _quoted(pair: Pair, chance: random.Random) -> Pair:
    """In English quotation marks, typographic or not, and the French ones around the translation."""
    before, after = chance.choice((('"', '"'), ("“", "”")))
    last = len(word_spans(pair.source)) + 1, len(word_spans(pair.target)) + 1
    inner = ((source + 1, target + 1) for source, target in pair.links)
    links = ((0, 0), *inner, last) if pair.links else ()
    return Pair(f"{before}{pair.source}{after}", f"« {pair.target} »", links)


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
