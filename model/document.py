"""The document: everything that determines what the model computes, and the functions on it. Torch-free.

Step 0: the sentence is encoded, no decoder row yet. Step N: rows 1..N are computed, tokens 1..N-1 are
committed, token N is the prediction. Tokens on the document's path are followed as they stand; beyond its
end the model chooses for itself (greedily). A step past the end of the translation stops at the end, so
`go_to(document, document.limit)` means "run to the end".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from model.api import How
from model.errors import InputError

DEFAULT_LIMIT = 200
"""Decoder rows computed at most, unless the document says otherwise."""


@dataclass(frozen=True)
class Choice:
    """A node of the tree of chosen target tokens; `parent` is an index into `Document.choices`."""

    token: int
    how: How
    parent: int | None = None


@dataclass(frozen=True)
class Document:
    """A source sentence, a tree of chosen target tokens, and how far along it we are.

    `leaf` is the node at the end of the hypothesis that is looked at (None: nothing chosen yet), `step` the
    number of decoder rows asked for, `limit` the most that are ever computed, `checkpoint` the content hash
    of the model it was made with ("" for any).
    """

    source: str
    choices: tuple[Choice, ...] = ()
    leaf: int | None = None
    step: int = 0
    limit: int = DEFAULT_LIMIT
    checkpoint: str = ""


def path(document: Document) -> tuple[Choice, ...]:
    """The choices from the root to the document's leaf, in target order."""
    nodes: list[Choice] = []
    index = document.leaf
    while index is not None:
        nodes.append(document.choices[index])
        index = document.choices[index].parent
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
    start = len(document.choices)
    nodes = tuple(
        Choice(token, How.FORCED, start + offset - 1 if offset else None) for offset, token in enumerate(token_ids)
    )
    return replace(
        document,
        choices=document.choices + nodes,
        leaf=start + len(nodes) - 1 if nodes else None,
        step=len(nodes),
        limit=max(document.limit, len(nodes)),
    )


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values."""
    return asdict(document)


def from_json(values: Any) -> Document:
    """The document that `to_json` wrote.

    Raises InputError where a field is missing, has the wrong type, or a parent does not precede
    its child.
    """
    try:
        choices = tuple(
            Choice(_integer(node["token"]), How(node["how"]), _integer_or_none(node["parent"]))
            for node in values["choices"]
        )
        document = Document(
            source=_string(values["source"]),
            choices=choices,
            leaf=_integer_or_none(values["leaf"]),
            step=_integer(values["step"]),
            limit=_integer(values["limit"]),
            checkpoint=_string(values["checkpoint"]),
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
    if document.leaf is not None and not 0 <= document.leaf < len(document.choices):
        raise InputError(f"The document is damaged: there is no choice {document.leaf}.")
    if document.limit < 1 or not 0 <= document.step <= document.limit:
        raise InputError(f"The document is damaged: step {document.step} of at most {document.limit}.")


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
