"""Two traces, A and B: what they share, and where they part. Pure; no Qt, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attention_viewer.model.contract.api import Kind, Token, Trace
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import Choice, Document, hypotheses, path_to, unplaced, way
from attention_viewer.model.contract.interventions import NONE, Interventions


def common(a: Sequence[Token], b: Sequence[Token]) -> int:
    """How many tokens two sequences begin with alike."""
    for index, (mine, other) in enumerate(zip(a, b, strict=False)):
        if mine.id != other.id:
            return index
    return min(len(a), len(b))


def parting(a: Trace, b: Trace) -> str:
    """Where two traces part, in words."""
    if not alike(a.source_tokens, b.source_tokens):
        count = common(a.source_tokens, b.source_tokens)
        return f"A and B translate different sentences, alike in their first {count} tokens"
    mine, other = a.output_tokens, b.output_tokens
    if not mine or not other:
        return "One of A and B has no token yet"
    where = common(mine, other)
    if where < len(mine) and where < len(other):
        return f"A and B part at token {where + 1}: ‘{mine[where].text}’ / ‘{other[where].text}’"
    if len(mine) == len(other):
        return f"A and B have the same {len(mine)} tokens"
    longer, shorter = ("A", "B") if len(mine) > len(other) else ("B", "A")
    return f"{longer} goes on after token {where}, where {shorter} stops"


def without_difference(a: Trace, b: Trace, kind: Kind) -> str:
    """What to say where no weight of a kind differs in the rows that both have."""
    if alike(a.source_tokens, b.source_tokens) and alike(a.output_tokens, b.output_tokens):
        return "A and B are equal here, in every layer and head."
    told = parting(a, b)
    if not a.map(kind).decodes:
        return f"No {kind} weight differs between A and B, in any layer or head. {told}."
    rows = min(len(a.steps), len(b.steps))
    both = f"the {rows} rows that both have" if rows > 1 else "the one row that both have"
    return f"{told}. In {both} no weight differs. Choose A or B to see what follows."


def alike(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether two sequences are one."""
    return len(a) == len(b) == common(a, b)


@dataclass(frozen=True)
class Place:
    """Where a hypothesis was seen last: its index, among how many, and what tells it from the others.

    That is its tokens, its way of going on, and its name; never its index alone.
    """

    index: int
    among: int
    tokens: tuple[Choice, ...]
    by: Decoding
    name: str


def places(document: Document) -> tuple[Place, ...]:
    """Where each hypothesis of a document is."""
    kept = hypotheses(document)
    return tuple(
        Place(index, len(kept), tuple(map(unplaced, path_to(document, each.leaf))), way(each.decoding), each.name)
        for index, each in enumerate(kept)
    )


def followed(place: Place, document: Document, seen: bool) -> Place | None:
    """Where a hypothesis is in another document of the same sentence; None where it is not kept there.

    One whose tokens have changed since it was `seen` is the one in its place, where none was taken away.
    """
    now = places(document)
    alike = [each for each in now if (each.tokens, each.by) == (place.tokens, place.by)]
    for each in (*(each for each in alike if each.name == place.name), *alike):
        return each
    if not seen or len(now) < place.among:
        return None
    there = now[place.index]
    grown = (there.tokens[: len(place.tokens)], there.by) == (place.tokens, place.by)
    return there if grown or len(now) == place.among else None


@dataclass(frozen=True, eq=False)
class Compared:
    """What is to be compared with the trace shown; with a `place` it is a hypothesis and has its name."""

    name: str
    document: Document
    place: Place | None = None


@dataclass(frozen=True, eq=False)
class Other:
    """What the current trace is compared with: B of A and B. `interventions` are those it was computed under.

    `document` is what was traced. Where it looks at a hypothesis, `place` is where that was seen last, and
    `hypothesis` its index in the document shown; None where it is not kept there, and for anything else.
    """

    name: str
    trace: Trace
    sentence: str
    translation: str
    hypothesis: int | None = None
    interventions: Interventions = NONE
    document: Document | None = None
    place: Place | None = None


def placed(other: Other, document: Document) -> Other:
    """What is compared with, called by the place that it has among the hypotheses of a document."""
    if other.place is None or other.document is None:
        return other
    same = other.document.source == document.source
    place = followed(other.place, document, seen=other.hypothesis is not None) if same else None
    if place is None:
        return replace(other, name="a hypothesis that is not kept here", hypothesis=None)
    return replace(other, name=place.name or f"hypothesis {place.index + 1}", hypothesis=place.index, place=place)


def row_of(other: Other, document: Document, trace: Trace) -> int | None:
    """Which hypothesis of a document, shown as `trace`, it is that is compared with; None where that is none of them.

    What was pinned is the one that has its tokens, as far as both go, and is computed in the same way.
    """
    pinned = other.document
    if other.place is not None or pinned is None:
        return other.hypothesis
    if (pinned.source, pinned.interventions) != (document.source, document.interventions):
        return None
    b = [token.id for token in other.trace.output_tokens]
    for index, each in enumerate(hypotheses(document)):
        chosen = [choice.token for choice in path_to(document, each.leaf)]
        shown: list[int | None] = [token.id for token in trace.output_tokens]
        tokens = shown if index == document.current else chosen
        # The model decides anew on what is open.
        known = [mine == its for mine, its in zip(tokens, b, strict=False) if mine is not None]
        if known and all(known):
            return index
    return None
