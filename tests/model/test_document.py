"""Documents are values: functions on them, and JSON there and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.api import How, Kind
from model.choosing import Decoding, Method
from model.document import (
    Choice,
    Document,
    Hypothesis,
    branch,
    choose_hypothesis,
    decode_by,
    delete_hypothesis,
    force,
    from_json,
    go_to,
    hypotheses,
    intervene,
    path,
    path_to,
    rename_hypothesis,
    step_back,
    step_forward,
    teacher_force,
    to_json,
)
from model.errors import InputError
from model.interventions import HeadId, Interventions, Positions
from model.positional import dot_products, frequency_pair, sinusoidal_encoding, wavelength

G, F = How.GREEDY, How.FORCED
TOKENS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([G, F, How.BEAM])), min_size=1, max_size=5)
INTERVENTIONS = st.builds(
    Interventions,
    heads_off=st.frozensets(st.builds(HeadId, st.sampled_from(Kind), st.integers(0, 5), st.integers(0, 7))),
    hidden=st.frozensets(st.integers(0, 30)),
    encoder_positions=st.sampled_from(Positions),
    decoder_positions=st.sampled_from(Positions),
    shuffle_seed=st.integers(0, 2**40),
    causal_mask=st.booleans(),
)
DECODINGS = st.builds(
    Decoding,
    method=st.sampled_from(Method),
    temperature=st.floats(0.01, 100.0),
    top_k=st.integers(0, 1000),
    top_p=st.floats(0.0, 1.0, exclude_min=True),
    seed=st.integers(0, 2**40),
    beam_width=st.integers(1, 32),
)
CHANGES: st.SearchStrategy[Callable[[Document], Document]] = st.one_of(
    TOKENS.map(lambda tokens: lambda document: branch(document, tokens)),
    st.tuples(TOKENS, st.integers(0, 3)).map(lambda both: lambda document: force(document, *both)),
    st.integers(-3, 300).map(lambda step: lambda document: go_to(document, step)),
    st.integers(0, 99).map(
        lambda index: lambda document: choose_hypothesis(document, index % len(document.hypotheses))
    ),
    st.tuples(st.integers(0, 99), st.text(max_size=9)).map(
        lambda both: lambda document: rename_hypothesis(document, both[0] % len(document.hypotheses), both[1])
    ),
    st.integers(0, 99).map(
        lambda index: (
            lambda document: (
                delete_hypothesis(document, index % len(document.hypotheses))
                if len(document.hypotheses) > 1
                else document
            )
        )
    ),
    INTERVENTIONS.map(lambda change: lambda document: intervene(document, change)),
    DECODINGS.map(lambda decoding: lambda document: decode_by(document, decoding)),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document as any sequence of changes may leave it."""
    document = Document(draw(st.text()), limit=draw(st.integers(1, 300)), checkpoint=draw(st.text(max_size=5)))
    for change in draw(st.lists(CHANGES, max_size=8)):
        document = change(document)
    return document


def kept(document: Document) -> list[tuple[tuple[Choice, ...], int, str]]:
    """Every hypothesis as its tokens, its step and its name, whatever its nodes are numbered."""
    return [
        (tuple(replace(node, parent=None) for node in path_to(document, each.leaf)), each.step, each.name)
        for each in hypotheses(document)
    ]


def tokens(document: Document) -> list[tuple[int, How]]:
    return [(choice.token, choice.how) for choice in path(document)]


def test_steps_stay_between_zero_and_the_limit() -> None:
    document = Document("x", limit=2)
    assert step_back(document).step == 0
    assert step_forward(step_forward(step_forward(document))).step == 2
    assert go_to(document, 99).step == 2


def test_a_forced_target_is_a_path() -> None:
    document = teacher_force(Document("x"), [5, 6, 0])
    assert [choice.token for choice in path(document)] == [5, 6, 0] and document.step == 3
    assert {choice.how for choice in path(document)} == {How.FORCED}


def test_a_longer_forced_target_raises_the_limit() -> None:
    document = teacher_force(Document("x", limit=2), [5, 6, 0])
    assert (document.step, document.limit) == (3, 3)


def test_forcing_a_token_keeps_what_stood_there_as_a_hypothesis_of_its_own() -> None:
    greedy = go_to(Document("x"), 4)
    forced = force(greedy, [(5, G), (6, G)], 9)
    assert tokens(forced) == [(5, G), (6, G), (9, F)] and (forced.step, forced.current) == (3, 1)
    assert hypotheses(forced) == (Hypothesis(None, 4), Hypothesis(forced.leaf, 3))
    assert choose_hypothesis(forced, 0) == replace(forced, current=0, leaf=None, step=4)


def test_branches_share_what_they_have_in_common() -> None:
    document = branch(branch(Document("x"), [(5, G), (6, G)]), [(5, G), (7, F)])
    assert [(choice.token, choice.parent) for choice in document.choices] == [(5, None), (6, 0), (7, 0)]
    other_how = branch(document, [(5, F), (7, F)])
    assert len(other_how.choices) == 5 and tokens(other_how) == [(5, F), (7, F)]


def test_the_same_branch_again_is_gone_to_not_kept_twice() -> None:
    first = rename_hypothesis(branch(Document("x"), [(5, F), (6, F)]), 1, "mine")
    again = branch(choose_hypothesis(go_to(first, 7), 0), [(5, F), (6, F)])
    assert (again.current, again.step, len(again.hypotheses)) == (1, 2, 2)
    assert again.hypotheses[1].name == "mine" and again.choices == first.choices


def test_a_hypothesis_is_found_where_it_was_left() -> None:
    document = go_to(branch(Document("x"), [(5, F)]), 9)
    there_and_back = choose_hypothesis(choose_hypothesis(document, 0), 1)
    assert (there_and_back.step, there_and_back.leaf) == (9, document.leaf)
    assert hypotheses(document)[1].step == 9


def test_names_are_one_line_and_touch_nothing_else() -> None:
    document = branch(Document("x"), [(5, F)])
    named = rename_hypothesis(document, 0, "  the \n first\t")
    assert named.hypotheses[0].name == "the first" and named.hypotheses[1] == document.hypotheses[1]
    assert rename_hypothesis(named, 0, " ") == document


@pytest.mark.parametrize(("deleted", "current", "left"), [(0, 1, [5, 6]), (1, 1, [4, 6]), (2, 1, [4, 5])])
def test_deleting_takes_its_own_choices_along_and_another_takes_its_place(
    deleted: int, current: int, left: list[int]
) -> None:
    document = branch(Document("x"), [(3, F), (4, F)])
    document = delete_hypothesis(document, 0)
    document = branch(branch(document, [(3, F), (5, F)]), [(3, F), (6, F)])
    assert [choice.token for choice in document.choices] == [3, 4, 5, 6] and document.current == 2
    after = delete_hypothesis(go_to(document, 7), deleted)
    assert [path_to(after, each.leaf)[-1].token for each in after.hypotheses] == left
    assert [choice.token for choice in after.choices] == [3, *left] and after.current == current
    assert after.step == (2 if deleted == 2 else 7) and path(after)[-1].token == left[current]


def test_deleting_another_hypothesis_stays_with_the_one_that_is_looked_at() -> None:
    document = Document("x")
    for token in (4, 5, 6):
        document = branch(document, [(token, F)])
    middle = go_to(choose_hypothesis(document, 2), 8)
    for index, current in ((0, 1), (3, 2)):
        after = delete_hypothesis(middle, index)
        assert (tokens(after), after.step, after.current) == ([(5, F)], 8, current)


@pytest.mark.parametrize("index", [-1, 2])
def test_a_hypothesis_that_is_not_there_is_refused(index: int) -> None:
    document = branch(Document("x"), [(5, F)])
    changes: list[Callable[[], Document]] = [
        lambda: choose_hypothesis(document, index),
        lambda: rename_hypothesis(document, index, "name"),
        lambda: delete_hypothesis(document, index),
    ]
    for change in changes:
        with pytest.raises(InputError, match=f"no hypothesis {index + 1}: there are 2"):
            change()


def test_the_only_hypothesis_stays() -> None:
    with pytest.raises(InputError, match="only hypothesis"):
        delete_hypothesis(Document("x"), 0)


def test_interventions_and_decoding_change_nothing_else() -> None:
    document = go_to(force(Document("x"), [(5, G)], 6), 4)
    change, decoding = Interventions(hidden=frozenset({1})), Decoding(Method.SAMPLING, seed=7)
    changed = decode_by(intervene(document, change), decoding)
    assert (changed.interventions, changed.decoding) == (change, decoding)
    assert replace(changed, interventions=document.interventions, decoding=document.decoding) == document


@given(document=documents(), added=TOKENS)
def test_a_branch_stands_at_its_end_and_loses_no_hypothesis(document: Document, added: list[tuple[int, How]]) -> None:
    after = branch(document, added)
    assert tokens(after) == added and after.step == len(added)
    assert {(nodes, name) for nodes, _, name in kept(document)} <= {(nodes, name) for nodes, _, name in kept(after)}
    assert (after.interventions, after.decoding) == (document.interventions, document.decoding)


@given(document=documents(), index=st.integers(0, 99))
def test_deleting_leaves_the_other_hypotheses_as_they_were(document: Document, index: int) -> None:
    document = branch(document, [(3, F)] * 6)
    index %= len(document.hypotheses)
    before = kept(document)
    after = delete_hypothesis(document, index)
    assert kept(after) == before[:index] + before[index + 1 :]
    used = {node for each in hypotheses(after) for node in path_to(after, each.leaf)}
    assert len(used) == len(after.choices)


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
        {"choices": [{"token": 1, "how": "greedy", "parent": 0}]},
        {"choices": [{"token": 1, "how": "magic", "parent": None}]}, {"current": 1}, {"current": -1},
        {"hypotheses": []}, {"hypotheses": [{"leaf": 4, "step": 0, "name": ""}]}, {"checkpoint": None},
        {"hypotheses": [{"leaf": None, "step": -1, "name": ""}]}, {"decoding": {}}, {"interventions": {}},
        {"hypotheses": [{"leaf": None, "step": 0, "name": 3}]}, {"hypotheses": [{"leaf": None}]},
        {"decoding": {**to_json(Document("x"))["decoding"], "beam_width": 0}},
        {"decoding": {**to_json(Document("x"))["decoding"], "seed": True}},
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
    assert np.array_equal(frequency_pair(50, 12, 2)[1], encoding[:, 8])


def test_dot_products_depend_on_the_distance_only() -> None:
    products = dot_products(40, 16)
    for distance in (0, 1, 9):
        np.testing.assert_allclose(np.diagonal(products, distance), products[0, distance], atol=1e-4)
    assert products[0, 0] == pytest.approx(8.0) and wavelength(0, 16) == pytest.approx(2 * np.pi)
