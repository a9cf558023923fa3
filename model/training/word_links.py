"""Which words of a translation stand for which words of its source: found, symmetrised, read and written. Torch-free.

A links file has a line for each pair, in the pairs' order, of links `0-0 1-2`: source word and target word, both
from 0, words as `word_spans` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attention_viewer.model.analysis.alignment import Link
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.data import Pair

Span = tuple[int, int]
"""First character and the one after the last."""

_WORD = re.compile(r"\w+|[^\w\s]")
_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def word_spans(text: str) -> list[Span]:
    """The characters of each word: letters, digits and `_` in a row, or one other visible character.

    "l'homme" is three words: l, ' and homme.
    """
    return [match.span() for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words that `word_spans` finds."""
    return [text[start:stop] for start, stop in word_spans(text)]


def symmetrise(forward: Iterable[Link], backward: Iterable[Link]) -> tuple[Link, ...]:
    """One set of links from those of both directions: grow-diag (Koehn, Och & Marcu 2003, section 4.5), sorted.

    Begins with the links both agree on; then takes links of one direction that touch a taken one, diagonals
    included, as long as one of their two words has no link yet.
    """
    one, other = set(forward), set(backward)
    taken, either = one & other, one | other
    sources, targets = {source for source, _ in taken}, {target for _, target in taken}
    waiting = sorted(taken)
    for link in waiting:
        for neighbour in _neighbours(link):
            new = neighbour in either and neighbour not in taken
            if new and (neighbour[0] not in sources or neighbour[1] not in targets):
                taken.add(neighbour)
                sources.add(neighbour[0])
                targets.add(neighbour[1])
                waiting.append(neighbour)
    return tuple(sorted(taken))


def _neighbours(link: Link) -> Iterable[Link]:
    return ((link[0] + source, link[1] + target) for source, target in _NEIGHBOURS)


def parse_links(content: bytes, where: str) -> list[tuple[Link, ...]]:
    """The links of each line of a links file; `where` names it in the InputError that anything else raises."""
    known: dict[str, Link] = {}
    try:
        lines = content.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"{where} is no file of links: it must hold lines such as 0-0 1-2.") from None
    if not lines[-1]:
        lines.pop()
    return [
        tuple(_link(text, known, f"Line {number} of {where}") for text in line.split())
        for number, line in enumerate(lines, start=1)
    ]


def _link(text: str, known: dict[str, Link], where: str) -> Link:
    """The link that `text` spells; equal ones are one object, as a corpus has millions."""
    if text not in known:
        source, _, target = text.partition("-")
        if not (source.isdecimal() and target.isdecimal()):
            raise InputError(f"{where}: {text!r} is no link such as 0-0 (source word, target word, from 0).")
        known[text] = int(source), int(target)
    return known[text]


def spell_links(links: Iterable[Iterable[Link]]) -> bytes:
    """The content of a links file."""
    lines = (" ".join(f"{source}-{target}" for source, target in line) for line in links)
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def with_links(pairs: Sequence[Pair], links: Sequence[tuple[Link, ...]], where: str) -> tuple[Pair, ...]:
    """The pairs with their links.

    Raises InputError where there are not as many lines of links as pairs, or a link points past its sentence.
    """
    if len(links) != len(pairs):
        raise InputError(
            f"{where} has {len(links):,} lines and there are {len(pairs):,} pairs to train on: it must have one line "
            "for each, in their order, after repeated pairs and those that share a sentence with dev are left out."
        )
    for number, (pair, line) in enumerate(zip(pairs, links, strict=True), start=1):
        _check_line(pair, line, f"Line {number} of {where}")
    return tuple(Pair(pair.source, pair.target, line) for pair, line in zip(pairs, links, strict=True))


def _check_line(pair: Pair, links: Sequence[Link], where: str) -> None:
    source, target = len(word_spans(pair.source)), len(word_spans(pair.target))
    for link in links:
        if link[0] >= source or link[1] >= target:
            raise InputError(
                f"{where}: {link[0]}-{link[1]} points past the sentence, which has {source} source and {target} "
                "target words (numbered from 0). The links must have been made for the same pairs."
            )
