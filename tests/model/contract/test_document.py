"""Documents are values: functions on them, and JSON there and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.document import Choice, Document, go_to, step_forward
from attention_viewer.model.contract.document_json import from_json, to_json
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.hypotheses import teacher_force
from attention_viewer.model.contract.positional import dot_products, sinusoidal_encoding, wavelength
from hypothesis import given
from support.documents import documents

DECODING = to_json(Document("x"))["decoding"]


def test_steps_stay_between_zero_and_the_limit() -> None:
    document = Document("x", limit=2)
    assert go_to(document, document.step - 1).step == 0
    assert step_forward(step_forward(step_forward(document))).step == 2
    assert go_to(document, 99).step == 2


@given(document=documents())
def test_every_document_survives_json(document: Document) -> None:
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


def test_json_there_and_back() -> None:
    document = teacher_force(Document("naïve </s>", checkpoint="abc"), [5, 6, 0])
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


@pytest.mark.parametrize(
    "change",
    [
        {"source": 3}, {"step": "2"}, {"step": -1}, {"limit": 0}, {"leaf": 7}, {"choices": [{"token": 1}]},
        {"choices": [{"token": 1, "how": "greedy", "parent": 0, "made": 0}]},
        {"choices": [{"token": 1, "how": "kept", "parent": None, "made": 0}]},
        {"choices": [{"token": None, "how": "forced", "parent": None, "made": 0}]},
        {"choices": [{"token": 1, "how": "greedy", "parent": None, "made": 1}]},
        {"choices": [{"token": 1, "how": "greedy", "parent": None, "made": -1}]}, {"made": None}, {"made": [3]},
        {"choices": [{"token": 1, "how": "magic", "parent": None, "made": 0}]}, {"current": 1}, {"current": -1},
        {"hypotheses": []}, {"hypotheses": [{"leaf": 4, "step": 0, "name": "", "decoding": DECODING}]},
        {"hypotheses": [{"leaf": None, "step": -1, "name": "", "decoding": DECODING}]}, {"decoding": {}},
        {"hypotheses": [{"leaf": None, "step": 0, "name": ""}]}, {"checkpoint": None}, {"interventions": {}},
        {"hypotheses": [{"leaf": None, "step": 0, "name": 3, "decoding": DECODING}]}, {"hypotheses": [{"leaf": None}]},
        {"decoding": {**DECODING, "beam_width": 0}},
        {"decoding": {**DECODING, "seed": True}},
        {"interventions": {**to_json(Document("x"))["interventions"], "heads_off": [["cross", 0]]}},
        {"interventions": {**to_json(Document("x"))["interventions"], "causal_mask": 1}},
    ],
)  # fmt: skip
def test_damaged_json_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        from_json({**to_json(Document("x", (Choice(4, How.FORCED),), 0)), **change})


@pytest.mark.parametrize("values", [None, 3, [], "text"])
def test_what_is_no_document_is_refused(values: Any) -> None:
    with pytest.raises(InputError):
        from_json(values)


def test_the_encoding_is_that_of_the_paper_in_halves() -> None:
    encoding = sinusoidal_encoding(50, 12)
    for position, i in ((0, 0), (7, 2), (49, 5)):
        angle = position / 10000 ** (2 * i / 12)
        assert encoding[position, i] == pytest.approx(np.sin(angle), abs=1e-6)
        assert encoding[position, 6 + i] == pytest.approx(np.cos(angle), abs=1e-6)


def test_dot_products_depend_on_the_distance_only() -> None:
    products = dot_products(40, 16)
    for distance in (0, 1, 9):
        np.testing.assert_allclose(np.diagonal(products, distance), products[0, distance], atol=1e-4)
    assert products[0, 0] == pytest.approx(8.0) and wavelength(0, 16) == pytest.approx(2 * np.pi)
