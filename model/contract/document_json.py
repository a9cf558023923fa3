"""Documents as JSON values: what session files of version 2 hold, and how those of version 1 are read. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attention_viewer.model.contract import choosing, interventions
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import OPEN, Choice, Document, Hypothesis, Made, made_under
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import NONE


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON values; a choice names the conditions it was made under by their index."""
    made = list(dict.fromkeys(choice.made for choice in document.choices))
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
    }


def from_json(values: Any) -> Document:
    """The document that `to_json` wrote.

    Raises InputError where a field is missing, has the wrong type, or a parent does not precede
    its child.
    """
    try:
        document = Document(
            source=_string(values["source"]),
            choices=_choices(values["choices"], values["made"]),
            leaf=_integer_or_none(values["leaf"]),
            step=_integer(values["step"]),
            limit=_integer(values["limit"]),
            checkpoint=_string(values["checkpoint"]),
            decoding=choosing.from_json(values["decoding"]),
            interventions=interventions.from_json(values["interventions"]),
            hypotheses=tuple(
                Hypothesis(
                    _integer_or_none(each["leaf"]),
                    _integer(each["step"]),
                    _string(each["name"]),
                    choosing.from_json(each["decoding"]),
                )
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


def from_first_json(values: Any) -> Document:
    """The document of a file of version 1, where a choice did not say what it was made under.

    They count as made by the document's decoding without interventions. Raises InputError as `from_json` does.
    """
    try:
        decoding = values["decoding"]
        plain = {"decoding": decoding, "interventions": interventions.to_json(NONE)}
        newer = {
            **values,
            "made": [plain],
            "choices": [{**node, "made": 0} for node in values["choices"]],
            "hypotheses": [{**each, "decoding": decoding} for each in values["hypotheses"]],
        }
    except KeyError as error:
        raise InputError(f"The document has no field {error}.") from None
    except TypeError as error:
        raise InputError(f"The document is damaged: {error}.") from None
    return from_json(newer)


def _choices(nodes: Any, conditions: Any) -> tuple[Choice, ...]:
    made = [
        Made(choosing.from_json(each["decoding"]), interventions.from_json(each["interventions"]))
        for each in conditions
    ]
    return tuple(_choice(node, made) for node in nodes)


def _choice(node: Any, made: Sequence[Made]) -> Choice:
    how, index = How(node["how"]), _integer(node["made"])
    if not 0 <= index < len(made):
        raise ValueError(f"there are no conditions {index}")
    token = _integer_or_none(node["token"])
    if how is How.KEPT or (token is None and how is not OPEN.how):
        raise ValueError(f"token {token} cannot be {how.value}")
    parent = _integer_or_none(node["parent"])
    if token is None:
        return replace(OPEN, parent=parent)
    return Choice(token, how, parent, made_under(how, made[index].decoding, made[index].interventions))


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
