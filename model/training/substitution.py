"""Exchanges the names and numbers that stand on both sides of a pair, so that they are learnt as things to copy.

Torch-free. Words are those of `word_spans`; a name of several words takes the place of one of as many or fewer.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attention_viewer.model.analysis.alignment import Link
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.plain_files import text_lines
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.word_links import Span, word_spans, words

Name = tuple[str, ...]
"""The words of a name."""

_UNCHANGED_KINDS = ("countries",)
"""Sections of names whose French takes an article, which another name would need in another form."""
_LONGEST_NAME = 3
_YEARS = range(1000, 2101)


@dataclass(frozen=True)
class Names:
    """Names by their kind; `kinds` gives the kinds of each name, `members` those of a kind that begin alike."""

    kinds: dict[Name, str] = field(default_factory=dict)
    members: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def exchange(self, name: Name, made_up: float, chance: random.Random) -> str | None:
        """Another name of the same kind and beginning, put together from two in a share `made_up`; None for none."""
        kind = self.kinds.get(name)
        if kind is None:
            return None
        others = self.members[kind, beginning(name[0])]
        if chance.random() < made_up:
            return _made_up(chance.choice(others), chance.choice(others), chance)
        return chance.choice(others)


def read_names(path: Path) -> Names:
    """Names of a UTF-8 file, one a line under `[kind]` headings; kinds that differ after a comma are one.

    Raises InputError where the file cannot be read or holds no name.
    """
    lines = text_lines(path, "Give a file with one name a line.")
    kind, kinds, members = "", dict[Name, str](), dict[tuple[str, str], list[str]]()
    for line in filter(None, map(str.strip, lines)):
        if line.startswith("[") and line.endswith("]"):
            kind = _kind(line[1:-1])
        elif not kind.startswith(_UNCHANGED_KINDS) and (name := tuple(words(line))) not in kinds:
            kinds[name] = kind
            members.setdefault((kind, beginning(line)), []).append(line)
    if not kinds:
        raise InputError(f"{path} holds no names: it must have one a line, under headings such as [first names].")
    return Names(kinds, {key: tuple(each) for key, each in members.items()})


def _kind(heading: str) -> str:
    """`first names, female, English` without its last part: names of both languages are of one kind."""
    parts = heading.replace(" of the world (CLDR)", "").split(", ")
    return ", ".join(parts[:2]) if parts[0] == "first names" else parts[0]


def beginning(text: str) -> str:
    """`v` for a vowel, `h`, `c` for another consonant: French elides words before some of them (d'Anna, de Tom)."""
    letter = unicodedata.normalize("NFD", text)[:1].casefold()
    return "v" if letter in "aeiouy" else "h" if letter == "h" else "c"


def _made_up(one: str, other: str, chance: random.Random) -> str:
    """The first half of one name's first word and the second of the other's; the first where either is short."""
    front, back = words(one)[0], words(other)[-1]
    if min(len(front), len(back)) < 4:
        return one
    return front[: chance.randint(2, len(front) - 1)] + back[chance.randint(1, len(back) - 2) :].lower()


@dataclass(frozen=True)
class _Place:
    """Words `first` to `first + count` of a sentence, and the text that takes their place."""

    first: int
    count: int
    text: str


def substitute(
    pair: Pair, names: Names, made_up: float, change_names: bool, change_numbers: bool, chance: random.Random
) -> Pair:
    """The pair with the names and numbers that stand once on each side exchanged for others, the same on both."""
    source, target = words(pair.source), words(pair.target)
    places: list[tuple[_Place, _Place]] = []
    position = 0
    while position < len(source):
        taken, new = _found(source, position, names, made_up, change_names, change_numbers, chance)
        name = source[position : position + taken]
        there = _only(target, name)
        if new is not None and there is not None and _only(source, name) is not None:
            places.append((_Place(position, taken, new), _Place(there, taken, new)))
        position += taken
    return _with(pair, places) if places else pair


def _found(
    text: Sequence[str],
    position: int,
    names: Names,
    made_up: float,
    change_names: bool,
    change_numbers: bool,
    chance: random.Random,
) -> tuple[int, str | None]:
    """How many words from `position` on are a name or number, and what takes their place; (1, None) for neither."""
    word = text[position]
    if change_numbers and word.isdecimal() and word.isascii():
        return 1, _other_number(word, chance)
    if change_names and word[:1].isupper():
        for count in range(min(_LONGEST_NAME, len(text) - position), 0, -1):
            new = names.exchange(tuple(text[position : position + count]), made_up, chance)
            if new is not None:
                return count, new
    return 1, None


def _other_number(number: str, chance: random.Random) -> str | None:
    """Another number of as many digits; None for 0 and 1, whose nouns are singular, and for 007."""
    if number.startswith("0") or number == "1":
        return None
    if len(number) == 1:
        return str(chance.randint(2, 9))
    if int(number) in _YEARS and chance.random() < 0.8:
        return str(chance.randint(1500, 2099))
    return str(chance.randrange(10 ** (len(number) - 1), 10 ** len(number)))


def _only(text: Sequence[str], name: Sequence[str]) -> int | None:
    """Where the words of `name` stand in `text`; None where they do not, or more than once."""
    if not set(name) <= set(text):
        return None
    found = [index for index in range(len(text)) if list(text[index : index + len(name)]) == list(name)]
    return found[0] if len(found) == 1 else None


def _with(pair: Pair, places: Sequence[tuple[_Place, _Place]]) -> Pair:
    source, target = [each for each, _ in places], sorted((each for _, each in places), key=lambda each: each.first)
    links = _moved(pair.links, [*places]) if pair.links else ()
    return Pair(_replaced(pair.source, source), _replaced(pair.target, target), links)


def _replaced(text: str, places: Sequence[_Place]) -> str:
    spans: list[Span] = word_spans(text)
    for place in reversed(places):
        start, stop = spans[place.first][0], spans[place.first + place.count - 1][1]
        text = text[:start] + place.text + text[stop:]
    return text


def _moved(links: Sequence[Link], places: Sequence[tuple[_Place, _Place]]) -> tuple[Link, ...]:
    """The links after the exchange: those of exchanged words go word by word, others move with their words."""
    inside_source = {place.first + i for place, _ in places for i in range(place.count)}
    inside_target = {place.first + i for _, place in places for i in range(place.count)}
    sources, targets = [each for each, _ in places], [each for _, each in places]
    kept = {
        (_shifted(source, sources), _shifted(target, targets))
        for source, target in links
        if source not in inside_source and target not in inside_target
    }
    for one, other in places:
        first = _shifted(one.first, sources), _shifted(other.first, targets)
        kept |= {(first[0] + i, first[1] + i) for i in range(len(words(one.text)))}
    return tuple(sorted(kept))


def _shifted(index: int, places: Sequence[_Place]) -> int:
    return index + sum(len(words(each.text)) - each.count for each in places if each.first < index)
