"""Documents as any sequence of changes may leave them, for property tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import (
    Choice,
    Document,
    go_to,
    how_at,
    hypotheses,
    path,
    path_to,
    unplaced,
)
from attention_viewer.model.contract.hypotheses import (
    branch,
    choose_hypothesis,
    decode_by,
    delete_hypothesis,
    force,
    intervene,
    rename_hypothesis,
    sample_again,
    teacher_force,
)
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from hypothesis import strategies as st
from support.traces import KINDS

G, F = How.GREEDY, How.FORCED
TOKENS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([G, F, How.BEAM])), min_size=1, max_size=5)
INTERVENTIONS = st.builds(
    Interventions,
    heads_off=st.frozensets(st.builds(HeadId, st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 7))),
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
Change = Callable[[Document, Sequence[tuple[int, How]]], Document]
"""An intent: the document after it, given what is known of the current hypothesis."""

LEAVING: st.SearchStrategy[Change] = st.one_of(
    TOKENS.map(lambda tokens: lambda document, outputs: branch(document, tokens, outputs)),
    st.tuples(st.integers(0, 9), st.integers(0, 3)).map(
        lambda both: lambda document, outputs: force(document, outputs[: both[0]], both[1], outputs[both[0] :])
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=5).map(
        lambda tokens: lambda document, outputs: teacher_force(document, tokens, outputs)
    ),
    st.integers(0, 99).map(
        lambda index: lambda document, outputs: choose_hypothesis(document, index % len(document.hypotheses), outputs)
    ),
    DECODINGS.map(lambda decoding: lambda document, outputs: decode_by(document, decoding, outputs)),
    st.just(sample_again),
)
STAYING: st.SearchStrategy[Change] = st.one_of(
    st.integers(-3, 300).map(lambda step: lambda document, outputs: go_to(document, step)),
    INTERVENTIONS.map(lambda change: lambda document, outputs: intervene(document, change)),
)
NAMING: st.SearchStrategy[Change] = st.one_of(
    st.tuples(st.integers(0, 99), st.text(max_size=9)).map(
        lambda both: lambda document, outputs: rename_hypothesis(document, both[0] % len(document.hypotheses), both[1])
    ),
    st.integers(0, 99).map(
        lambda index: (
            lambda document, outputs: (
                delete_hypothesis(document, index % len(document.hypotheses))
                if len(document.hypotheses) > 1
                else document
            )
        )
    ),
)
KNOWN = st.lists(st.integers(4, 6), max_size=9)
"""Tokens that the model might have chosen."""


def outputs_of(document: Document, tokens: Sequence[int]) -> list[tuple[int, How]]:
    """What a trace of the document would hold if the model chose `tokens` wherever it chooses for itself."""
    standing = [choice.token for choice in path(document)][: len(tokens)]
    chosen = [token if stands is None else stands for stands, token in zip_longest(standing, tokens)]
    return [(token, how_at(document, index)) for index, token in enumerate(chosen)]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document as any sequence of changes may leave it."""
    document = Document(
        draw(st.text()), limit=draw(st.integers(9, 300)), checkpoint=draw(st.text("0123456789abcdef", max_size=5))
    )
    for change, tokens in draw(st.lists(st.tuples(st.one_of(LEAVING, STAYING, NAMING), KNOWN), max_size=8)):
        document = change(document, outputs_of(document, tokens))
    return document


class Kept(NamedTuple):
    """A hypothesis as it is, whatever its nodes are numbered."""

    nodes: tuple[Choice, ...]
    step: int
    name: str
    decoding: Decoding


def kept(document: Document) -> list[Kept]:
    """Every hypothesis of a document."""
    return [
        Kept(tuple(map(unplaced, path_to(document, each.leaf))), each.step, each.name, each.decoding)
        for each in hypotheses(document)
    ]


def tokens(document: Document) -> list[tuple[int | None, How]]:
    """The path: tokens and how they were chosen."""
    return [(choice.token, choice.how) for choice in path(document)]
