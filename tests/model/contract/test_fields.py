"""Reading JSON objects: what is let through, and what the complaints say."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from attention_viewer.model.contract.errors import CheckpointError, InputError, quoted
from attention_viewer.model.contract.fields import Fields


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def fields(**values: Any) -> Fields:
    return Fields.of("x.json", values)


def test_values_of_the_right_type_come_through() -> None:
    found = fields(a=3, b=0.5, c=True, d="", e="red", f=[1, 2], g={"h": 1}, i=[{"j": 2}], k=None)
    assert (found.whole("a", 1, 3), found.real("b", 0, 1), found.flag("c"), found.text("d")) == (3, 0.5, True, "")
    assert found.word("e", Colour) is Colour.RED and found.choice("e", ("red",)) == "red"
    assert found.wholes("f") == (1, 2) and found.items("f") == [1, 2]
    assert found.part("g").whole("h") == 1 and found.parts("i")[0].whole("j") == 2
    assert found.whole("k", default=7) == 7 and found.whole_or_none("k") is None and found.whole_or_none("a") == 3


@pytest.mark.parametrize(
    ("values", "method", "arguments", "words"),
    [
        ({"a": True}, "whole", (), "a is True; it must be a whole number from 0 to"),
        ({"a": 4}, "whole", (1, 3), "a is 4; it must be a whole number from 1 to 3"),
        ({"a": 1.0}, "whole", (), "a is 1.0"),
        ({"a": float("nan")}, "real", (0, 1), "a is nan; it must be a number from 0 to 1"),
        ({"a": True}, "real", (0, 1), "a is True"),
        ({"a": 1}, "flag", (), "a is 1; it must be true or false"),
        ({"a": 1}, "text", (), "a is 1; it must be text"),
        ({"a": "green"}, "word", (Colour,), "a is 'green'; it must be one of red, blue"),
        ({"a": ["red"]}, "choice", (("red",),), "a is ['red']"),
        ({"a": {}}, "items", (), "a is {}; it must be a list"),
        ({"a": [1, 2, 3]}, "items", (2,), "a has 3 entries; it may have 2"),
        ({"a": [1, -1]}, "wholes", (), "it must be a list of whole numbers"),
        ({"a": []}, "part", (), "a is []; it must be a JSON object"),
        ({"a": [1]}, "parts", (), "x.json, a 1 is 1; it must be a JSON object"),
        ({}, "whole", (), "x.json: a is missing; it must be a whole number"),
        ({"a": None}, "text", (), "a is None; it must be text"),
    ],
)
def test_a_complaint_names_place_field_value_and_demand(
    values: dict[str, Any], method: str, arguments: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        getattr(fields(**values), method)("a", *arguments)
    assert words in str(caught.value) and str(caught.value).startswith("x.json")


def test_complaints_are_of_the_kind_asked_for() -> None:
    with pytest.raises(CheckpointError, match=r"config\.json is \[\]; it must be a JSON object"):
        Fields.of("config.json", [], CheckpointError)


@pytest.mark.parametrize(
    "value", ["a" * 3_000_000, ["b"] * 3_000_000, 10**5000, "line\nbreak\x1b[31m\u202e"], ids=range(4)
)
def test_what_is_quoted_is_short_and_on_one_line(value: Any) -> None:
    text = quoted(value)
    assert len(text) <= 200 and text.isprintable()
