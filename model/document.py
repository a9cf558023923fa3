"""The document: everything that determines what the model computes, and the functions on it. Torch-free.

Step 0: the sentence is encoded, no decoder row yet. Step N: rows 1..N are computed, tokens 1..N-1 are
committed, token N is the prediction. Tokens on the document's path are followed as they stand; beyond its
end the model chooses for itself (greedily, or by sampling). Under interventions, tokens of the path that the
model had chosen for itself are chosen anew; those that a person chose stay. A step past the end of the
translation stops at the end, so `go_to(document, document.limit)` means "run to the end".

Every continuation that was looked at is kept as a hypothesis: a leaf of the tree of choices, with a step and
a name. `leaf` and `step` of the document are those of the current one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from model import choosing, interventions
from model.api import How
from model.choosing import Decoding
from model.errors import InputError
from model.interventions import NONE, Interventions

DEFAULT_LIMIT = 200
"""Decoder rows computed at most, unless the document says otherwise."""


@dataclass(frozen=True)
class Choice:
    """A node of the tree of chosen target tokens; `parent` is an index into `Document.choices`."""

    token: int
    how: How
    parent: int | None = None


@dataclass(frozen=True)
class Hypothesis:
    """A continuation that was kept: the node it ends with (None: chosen freely from the start), and where it stood."""

    leaf: int | None = None
    step: int = 0
    name: str = ""


@dataclass(frozen=True)
class Document:
    """A source sentence, a tree of chosen target tokens, and how far along it we are.

    `leaf` is the node at the end of the hypothesis that is looked at (None: nothing chosen yet), `step` the
    number of decoder rows asked for, `limit` the most that are ever computed, `checkpoint` the content hash
    of the model it was made with ("" for any). `hypotheses` are the continuations kept, `current` the index of
    the one that is looked at, whose entry is brought up to date when it is left.
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


def go_to(document: Document, step: int) -> Document:
    """The document at `step`, held between 0 and the limit."""
    return replace(document, step=max(0, min(step, document.limit)))


def step_forward(document: Document) -> Document:
    """One decoder row more."""
    return go_to(document, document.step + 1)


def step_back(document: Document) -> Document:
    """One decoder row less."""
    return go_to(document, document.step - 1)


def teacher_force(document: Document, token_ids: Sequence[int]) -> Document:
    """The document with `token_ids` (its `</s>` included) as the forced target, run through to its end."""
    return branch(document, [(token, How.FORCED) for token in token_ids])


def force(document: Document, outputs: Sequence[tuple[int, How]], token: int) -> Document:
    """The document in which `token` follows `outputs`, the tokens before it as they stand.

    What stood there before is kept as a hypothesis of its own.
    """
    return branch(document, [*outputs, (token, How.FORCED)])


def branch(document: Document, tokens: Sequence[tuple[int, How]]) -> Document:
    """A new hypothesis that begins with `tokens` and stands at the last of them; the current one is kept.

    Where a kept hypothesis ends with the same choices, that one is gone to.
    """
    choices, leaf = _grown(document.choices, tokens)
    settled = replace(_settled(document), choices=choices, limit=max(document.limit, len(tokens)))
    for index, hypothesis in enumerate(settled.hypotheses):
        if hypothesis.leaf == leaf:
            return go_to(choose_hypothesis(settled, index), len(tokens))
    new = (*settled.hypotheses, Hypothesis(leaf, len(tokens)))
    return replace(settled, hypotheses=new, current=len(new) - 1, leaf=leaf, step=len(tokens))


def choose_hypothesis(document: Document, index: int) -> Document:
    """The document looking at another of its hypotheses. Raises InputError where there is none."""
    _check_hypothesis(document, index)
    settled = _settled(document)
    chosen = settled.hypotheses[index]
    return replace(settled, current=index, leaf=chosen.leaf, step=chosen.step)


def rename_hypothesis(document: Document, index: int, name: str) -> Document:
    """The document with another name ("" for none) for a hypothesis. Raises InputError where there is none."""
    _check_hypothesis(document, index)
    kept = list(document.hypotheses)
    kept[index] = replace(kept[index], name=" ".join(name.split()))
    return replace(document, hypotheses=tuple(kept))


def delete_hypothesis(document: Document, index: int) -> Document:
    """The document without a hypothesis and without the choices only it used; the one before it takes its place.

    Raises InputError where there is none, or no other.
    """
    _check_hypothesis(document, index)
    if len(document.hypotheses) == 1:
        raise InputError("The only hypothesis cannot be deleted.")
    settled = _settled(document)
    kept = settled.hypotheses[:index] + settled.hypotheses[index + 1 :]
    current = settled.current - (settled.current > index or settled.current == len(kept))
    chosen = kept[current]
    return _pruned(replace(settled, hypotheses=kept, current=current, leaf=chosen.leaf, step=chosen.step))


def intervene(document: Document, change: Interventions) -> Document:
    """The document under other interventions."""
    return replace(document, interventions=change)


def decode_by(document: Document, decoding: Decoding) -> Document:
    """The document whose free tokens are chosen in another way."""
    return replace(document, decoding=decoding)


def hypotheses(document: Document) -> tuple[Hypothesis, ...]:
    """All hypotheses, the current one as it now stands."""
    return _settled(document).hypotheses


def _settled(document: Document) -> Document:
    """The document whose current hypothesis's entry says where it stands."""
    kept = list(document.hypotheses)
    kept[document.current] = replace(kept[document.current], leaf=document.leaf, step=document.step)
    return replace(document, hypotheses=tuple(kept))


def _grown(choices: tuple[Choice, ...], tokens: Iterable[tuple[int, How]]) -> tuple[tuple[Choice, ...], int | None]:
    """The tree with a path of `tokens` from its root, and the path's last node; what is there already is shared."""
    nodes = list(choices)
    where = {node: index for index, node in reversed(list(enumerate(nodes)))}
    leaf: int | None = None
    for token, how in tokens:
        node = Choice(token, how, leaf)
        if node not in where:
            where[node] = len(nodes)
            nodes.append(node)
        leaf = where[node]
    return tuple(nodes), leaf


def _pruned(document: Document) -> Document:
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


def _check_hypothesis(document: Document, index: int) -> None:
    if not 0 <= index < len(document.hypotheses):
        raise InputError(f"There is no hypothesis {index + 1}: there are {len(document.hypotheses)}.")


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values."""
    return {
        "source": document.source,
        "choices": [
            {"token": choice.token, "how": choice.how.value, "parent": choice.parent} for choice in document.choices
        ],
        "leaf": document.leaf,
        "step": document.step,
        "limit": document.limit,
        "checkpoint": document.checkpoint,
        "decoding": choosing.to_json(document.decoding),
        "interventions": interventions.to_json(document.interventions),
        "hypotheses": [{"leaf": each.leaf, "step": each.step, "name": each.name} for each in document.hypotheses],
        "current": document.current,
    }


def from_json(values: Any) -> Document:
    """The document that `to_json` wrote.

    Raises InputError where a field is missing, has the wrong type, or a parent does not precede
    its child.
    """
    try:
        document = Document(
            source=_string(values["source"]),
            choices=tuple(
                Choice(_integer(node["token"]), How(node["how"]), _integer_or_none(node["parent"]))
                for node in values["choices"]
            ),
            leaf=_integer_or_none(values["leaf"]),
            step=_integer(values["step"]),
            limit=_integer(values["limit"]),
            checkpoint=_string(values["checkpoint"]),
            decoding=choosing.from_json(values["decoding"]),
            interventions=interventions.from_json(values["interventions"]),
            hypotheses=tuple(
                Hypothesis(_integer_or_none(each["leaf"]), _integer(each["step"]), _string(each["name"]))
                for each in values["hypotheses"]
            ),
            current=_integer(values["current"]),
        )
    except KeyError as error:
        raise InputError(f"The document has no field {error}.") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"The document is damaged: {error}.") from None
    _check_tree(document)
    return document


def _check_tree(document: Document) -> None:
    for index, choice in enumerate(document.choices):
        if choice.parent is not None and not 0 <= choice.parent < index:
            raise InputError(f"The document is damaged: choice {index} has parent {choice.parent}.")
    for leaf in (document.leaf, *(each.leaf for each in document.hypotheses)):
        if leaf is not None and not 0 <= leaf < len(document.choices):
            raise InputError(f"The document is damaged: there is no choice {leaf}.")
    if not 0 <= document.current < len(document.hypotheses):
        raise InputError(f"The document is damaged: there is no hypothesis {document.current}.")
    for step in (document.step, *(each.step for each in document.hypotheses)):
        if document.limit < 1 or not 0 <= step <= document.limit:
            raise InputError(f"The document is damaged: step {step} of at most {document.limit}.")


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _integer_or_none(value: Any) -> int | None:
    return None if value is None else _integer(value)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value
