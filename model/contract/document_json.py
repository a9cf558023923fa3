"""Documents as JSON values: what session files of version 2 hold, and how those of version 1 are read. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attention_viewer.model.contract import choosing, interventions
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding
from attention_viewer.model.contract.document import (
    OPEN,
    Against,
    Choice,
    Document,
    Hypothesis,
    Made,
    made_under,
)
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.fields import Fields
from attention_viewer.model.contract.interventions import NONE, Interventions
from attention_viewer.model.contract.limits import (
    LONGEST_NAME,
    LONGEST_SOURCE,
    MOST_CHOICES,
    MOST_HYPOTHESES,
    MOST_ROWS,
)

MOST_CONDITIONS = 1000
"""Different conditions that the tokens of a document were chosen under, at most."""
_HASH = re.compile("[0-9a-f]{0,128}")


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values; a choice names the conditions it was made under by their index."""
    made = list(dict.fromkeys(choice.made for choice in document.choices))
    against = document.against
    return {
        "source": document.source,
        "choices": [
            {"token": each.token, "how": each.how.value, "parent": each.parent, "made": made.index(each.made)}
            for each in document.choices
        ],
        "made": [
            {
                "decoding": choosing.to_json(each.decoding),
                "interventions": interventions.to_json(each.interventions),
            }
            for each in made
        ],
        "leaf": document.leaf,
        "step": document.step,
        "limit": document.limit,
        "checkpoint": document.checkpoint,
        "decoding": choosing.to_json(document.decoding),
        "interventions": interventions.to_json(document.interventions),
        "hypotheses": [
            {"leaf": each.leaf, "step": each.step, "name": each.name, "decoding": choosing.to_json(each.decoding)}
            for each in document.hypotheses
        ],
        "current": document.current,
        **({} if against is None else {"against": {"row": against.row, "token": against.token}}),
    }


def from_json(values: Any) -> Document:
    """The document that `to_json` wrote.

    Raises InputError where a field is missing, has the wrong type, or a parent does not precede
    its child.
    """
    given = Fields.of("The document", values)
    made = [Made(_decoding(each), _interventions(each)) for each in given.parts("made", MOST_CONDITIONS)]
    document = Document(
        source=given.text("source", most=LONGEST_SOURCE),
        choices=tuple(_choice(each, number, made) for number, each in enumerate(given.parts("choices", MOST_CHOICES))),
        leaf=given.whole_or_none("leaf"),
        step=given.whole("step"),
        limit=given.whole("limit", 1, MOST_ROWS),
        checkpoint=_content_hash(given),
        decoding=_decoding(given),
        interventions=_interventions(given),
        hypotheses=tuple(
            Hypothesis(
                each.whole_or_none("leaf"), each.whole("step"), each.text("name", most=LONGEST_NAME), _decoding(each)
            )
            for each in given.parts("hypotheses", MOST_HYPOTHESES)
        ),
        current=given.whole("current"),
        against=_against(given),
    )
    _check_tree(document)
    return document


def from_first_json(values: Any) -> Document:
    """The document of a file of version 1, where a choice did not say what it was made under.

    They count as made by the document's decoding without interventions. Raises InputError as `from_json` does.
    """
    given = Fields.of("The document", values)
    decoding = {"decoding": given.part("decoding").values}
    newer = {
        **given.values,
        "made": [{**decoding, "interventions": interventions.to_json(NONE)}],
        "choices": [{**each.values, "made": 0} for each in given.parts("choices", MOST_CHOICES)],
        "hypotheses": [{**each.values, **decoding} for each in given.parts("hypotheses", MOST_HYPOTHESES)],
    }
    return from_json(newer)


def _decoding(given: Fields) -> Decoding:
    part = given.part("decoding")
    return choosing.from_json(part.values, part.where)


def _interventions(given: Fields) -> Interventions:
    part = given.part("interventions")
    return interventions.from_json(part.values, part.where)


def _content_hash(given: Fields) -> str:
    found = given.text("checkpoint")
    if not _HASH.fullmatch(found):
        given.fail("checkpoint", "it must be the content hash of a model, in hexadecimal, or empty")
    return found


def _choice(given: Fields, index: int, made: Sequence[Made]) -> Choice:
    how, token = given.word("how", How), given.whole_or_none("token")
    under, parent = given.whole("made"), given.whole_or_none("parent")
    if under >= len(made):
        given.fail("made", f"there are {len(made)} conditions, counted from 0")
    if parent is not None and parent >= index:
        given.fail("parent", "it must be null, or an earlier choice, counted from 0")
    if how is How.KEPT or (token is None and how is not OPEN.how):
        given.fail("how", f"token {token} cannot be chosen so")
    if token is None:
        return replace(OPEN, parent=parent)
    return Choice(token, how, parent, made_under(how, made[under].decoding, made[under].interventions))


def _against(given: Fields) -> Against | None:
    """Sessions of before there was such a choice have none."""
    if "against" not in given.values:
        return None
    part = given.part("against")
    return Against(part.whole("row", 0, MOST_ROWS - 1), part.whole("token"))


def _check_tree(document: Document) -> None:
    for leaf in (document.leaf, *(each.leaf for each in document.hypotheses)):
        if leaf is not None and leaf >= len(document.choices):
            raise InputError(f"The document: leaf is {leaf}; there are {len(document.choices)} choices, from 0.")
    _check_depths(document)
    for step in (document.step, *(each.step for each in document.hypotheses)):
        if step > document.limit:
            raise InputError(f"The document: step is {step}; the limit is {document.limit}.")
    known = len(document.hypotheses)
    if document.current >= known:
        raise InputError(f"The document: current is {document.current}; there are {known} hypotheses, from 0.")


def _check_depths(document: Document) -> None:
    depths: list[int] = []
    for choice in document.choices:
        depths.append(1 if choice.parent is None else depths[choice.parent] + 1)
    if max(depths, default=0) > MOST_ROWS:
        raise InputError(f"The document: a hypothesis has {max(depths)} tokens; it may have {MOST_ROWS}.")
