"""The document: everything that determines what the model computes; its paths and conditions. Torch-free.

Step 0: the sentence is encoded, no decoder row yet. Step N: rows 1..N are computed, tokens 1..N-1 are
committed, token N is the prediction. Tokens on the document's path are followed as they stand; in its open
slots and beyond its end the model chooses for itself (greedily, or by sampling). A step past the end of the
translation stops at the end, so `go_to(document, document.limit)` means "run to the end".

A choice remembers the conditions it was made under. Under other ones it stands as it is and is said to be kept.

Every continuation that was looked at is kept as a hypothesis: a leaf of the tree of choices, with a step, a name
and a way of choosing tokens. `leaf`, `step` and `decoding` of the document are those of the current one.
`model.contract.hypotheses` has the functions that change them, `model.contract.document_json` writes and reads
documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import NONE, Interventions, while_decoding

DEFAULT_LIMIT = 200
"""Decoder rows computed at most, unless the document says otherwise."""


@dataclass(frozen=True)
class Made:
    """The conditions a token was chosen under, as far as they bore on it; what did not is at its default."""

    decoding: Decoding = field(default_factory=Decoding)
    interventions: Interventions = NONE


PLAIN = Made()


@dataclass(frozen=True)
class Choice:
    """A node of the tree of chosen target tokens; `parent` is an index into `Document.choices`.

    Where `token` is None the node is an open slot, which the model decides for itself.
    """

    token: int | None
    how: How
    parent: int | None = None
    made: Made = PLAIN


OPEN = Choice(None, How.GREEDY)


@dataclass(frozen=True)
class Against:
    """The other candidate, `token`, that the token of decoder row `row` (from 0) is to be contrasted with."""

    row: int
    token: int


@dataclass(frozen=True)
class Hypothesis:
    """A continuation that was kept.

    The node it ends with (None: chosen freely from the start), where it stood, and how it goes on.
    """

    leaf: int | None = None
    step: int = 0
    name: str = ""
    decoding: Decoding = field(default_factory=Decoding)


@dataclass(frozen=True)
class Document:
    """A source sentence, a tree of chosen target tokens, and how far along it we are.

    `leaf` is the node at the end of the hypothesis that is looked at (None: nothing chosen yet), `step` the
    number of decoder rows asked for, `limit` the most that are ever computed, `checkpoint` the content hash
    of the model it was made with ("" for any). `hypotheses` are the continuations kept, `current` the index of
    the one that is looked at, whose entry is brought up to date when it is left. `against` is what a contrast compares
    a row's token with, in the place of the best other one; no row depends on it.
    """

    source: str
    choices: tuple[Choice, ...] = ()
    leaf: int | None = None
    step: int = 0
    limit: int = DEFAULT_LIMIT
    checkpoint: str = ""
    decoding: Decoding = field(default_factory=Decoding)
    interventions: Interventions = NONE
    hypotheses: tuple[Hypothesis, ...] = (Hypothesis(),)
    current: int = 0
    against: Against | None = None


def path(document: Document) -> tuple[Choice, ...]:
    """The choices from the root to the document's leaf, in target order."""
    return path_to(document, document.leaf)


def path_to(document: Document, leaf: int | None) -> tuple[Choice, ...]:
    """The choices from the root to a node, in target order."""
    nodes: list[Choice] = []
    while leaf is not None:
        nodes.append(document.choices[leaf])
        leaf = document.choices[leaf].parent
    return tuple(reversed(nodes))


def made_under(how: How, decoding: Decoding, interventions: Interventions) -> Made:
    """What of the conditions bears on a token chosen in a way; nothing does on one that a person chose."""
    if how is How.FORCED:
        return PLAIN
    bearing = while_decoding(interventions)
    if how is How.SAMPLED:
        width = Decoding().beam_width
        return Made(replace(decoding, method=Method.SAMPLING, beam_width=width), bearing)
    if how is How.BEAM:
        return Made(replace(decoding.looking_back, beam_width=decoding.beam_width), bearing)
    return Made(decoding.looking_back, bearing)


def how_now(document: Document, choice: Choice) -> How:
    """How a choice stands under the document's conditions: as it was made where these are its own, else as kept."""
    return hows_now(document, [choice])[0]


def hows_now(document: Document, choices: Sequence[Choice]) -> list[How]:
    """`how_now` of each choice."""
    now = {how: made_under(how, document.decoding, document.interventions) for how in {each.how for each in choices}}
    # Most choices were made under the same conditions, which are compared once.
    stands = {(each.how, id(each.made)): each.made for each in choices}
    same = {key: made == now[key[0]] for key, made in stands.items()}
    return [each.how if same[each.how, id(each.made)] else How.KEPT for each in choices]


def free_how(decoding: Decoding) -> How:
    """How tokens are chosen that nobody has chosen."""
    return How.SAMPLED if decoding.method is Method.SAMPLING else How.GREEDY


def how_at(document: Document, index: int) -> How:
    """How the token after row `index` (from 0) comes to be chosen."""
    standing = path(document)
    if index < len(standing) and standing[index].token is not None:
        return how_now(document, standing[index])
    return free_how(document.decoding)


def continues(document: Document, other: Document) -> bool:
    """Whether the rows of one document are those of another too, as far as both go."""
    return document is other or _row_conditions(document) == _row_conditions(other)


def _row_conditions(document: Document) -> tuple[object, ...]:
    nodes = tuple((choice.token, choice.how, choice.made) for choice in path(document))
    return document.source, nodes, bearing(document), document.interventions, document.checkpoint


def go_to(document: Document, step: int) -> Document:
    """The document at `step`, held between 0 and the limit."""
    return replace(document, step=max(0, min(step, document.limit)))


def step_forward(document: Document) -> Document:
    """One decoder row more."""
    return go_to(document, document.step + 1)


def hypotheses(document: Document) -> tuple[Hypothesis, ...]:
    """All hypotheses, the current one as it now stands."""
    return settled(document).hypotheses


def alone(document: Document, index: int) -> Document:
    """A document that looks at one of the hypotheses as far as it goes. Raises InputError where there is none."""
    check_hypothesis(document, index)
    chosen = hypotheses(document)[index]
    step = max(chosen.step, len(path_to(document, chosen.leaf)))
    return replace(document, leaf=chosen.leaf, step=step, decoding=chosen.decoding)


def settled(document: Document) -> Document:
    """The document whose current hypothesis's entry says where it stands."""
    kept = list(document.hypotheses)
    kept[document.current] = replace(
        kept[document.current], leaf=document.leaf, step=document.step, decoding=document.decoding
    )
    return replace(document, hypotheses=tuple(kept))


def grown(choices: tuple[Choice, ...], nodes: Iterable[Choice]) -> tuple[tuple[Choice, ...], int | None]:
    """The tree with a path of `nodes` from its root, and the path's last node; what is there already is shared."""
    tree = list(choices)
    where = {node: index for index, node in reversed(list(enumerate(tree)))}
    leaf: int | None = None
    for each in nodes:
        node = replace(each, parent=leaf)
        if node not in where:
            where[node] = len(tree)
            tree.append(node)
        leaf = where[node]
    return tuple(tree), leaf


def pruned(document: Document) -> Document:
    """The document without nodes that lie on no hypothesis's path."""
    used: set[int] = set()
    for hypothesis in document.hypotheses:
        index = hypothesis.leaf
        while index is not None:
            used.add(index)
            index = document.choices[index].parent
    new = {old: number for number, old in enumerate(sorted(used))}
    moved: Callable[[int | None], int | None] = lambda index: None if index is None else new[index]  # noqa: E731
    return replace(
        document,
        choices=tuple(
            replace(document.choices[old], parent=moved(document.choices[old].parent)) for old in sorted(used)
        ),
        leaf=moved(document.leaf),
        hypotheses=tuple(replace(each, leaf=moved(each.leaf)) for each in document.hypotheses),
    )


def way(decoding: Decoding) -> Decoding:
    """What of the settings bears on tokens chosen freely."""
    return made_under(free_how(decoding), decoding, NONE).decoding


def bearing(document: Document) -> Decoding:
    """What of the settings bears on the rows: on tokens chosen freely, and on how those that stand are labelled."""
    settings = way(document.decoding)
    by_beam = any(choice.how is How.BEAM for choice in path(document))
    return replace(settings, beam_width=document.decoding.beam_width) if by_beam else settings


def unplaced(choice: Choice) -> Choice:
    """A choice by itself, wherever in a tree it stands."""
    return replace(choice, parent=None)


def check_hypothesis(document: Document, index: int) -> None:
    """Raise InputError where there is no such hypothesis."""
    if not 0 <= index < len(document.hypotheses):
        raise InputError(f"There is no hypothesis {index + 1}: there are {len(document.hypotheses)}.")
