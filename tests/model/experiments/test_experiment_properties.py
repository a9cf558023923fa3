"""Random sequences of operations on a document: whatever was done before, a document gives the same arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from attention_viewer.model.contract.api import How, Trace
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Document, go_to, step_forward
from attention_viewer.model.contract.document_json import from_json, to_json
from attention_viewer.model.contract.hypotheses import (
    choose_hypothesis,
    decode_by,
    delete_hypothesis,
    force,
    intervene,
    rename_hypothesis,
)
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions, hide, switch_heads
from attention_viewer.model.translator import Translator
from attention_viewer.viewer.state.history import History, record, redo, undo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.same_traces import assert_same
from support.traces import KINDS

Operation = Callable[[Document, Trace], Document]

heads = st.builds(HeadId, st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 1))


def force_candidate(rank: int) -> Operation:
    def operation(document: Document, trace: Trace) -> Document:
        if not trace.steps:
            return document
        before = [(step.output.id, step.how) for step in trace.steps[:-1]]
        candidates = trace.steps[-1].candidates
        return force(document, before, candidates[rank % len(candidates)].token.id)

    return operation


def switch(change: Callable[[Interventions], Interventions]) -> Operation:
    return lambda document, trace: intervene(document, change(document.interventions))


def remove(index: int) -> Operation:
    def operation(document: Document, trace: Trace) -> Document:
        many = len(document.hypotheses) > 1
        return delete_hypothesis(document, index % len(document.hypotheses)) if many else document

    return operation


operations = st.one_of(
    st.just(lambda document, trace: step_forward(document)),
    st.just(lambda document, trace: go_to(document, document.step - 1)),
    st.integers(0, 9).map(lambda step: lambda document, trace: go_to(document, step)),
    st.integers(0, 4).map(force_candidate),
    st.integers(0, 9).map(lambda n: lambda document, trace: choose_hypothesis(document, n % len(document.hypotheses))),
    st.integers(0, 9).map(
        lambda n: lambda document, trace: rename_hypothesis(document, n % len(document.hypotheses), f"name {n}")
    ),
    st.integers(0, 9).map(remove),
    heads.map(lambda head: switch(lambda now: switch_heads(now, [head], head not in now.heads_off))),
    st.integers(0, 2).map(lambda place: switch(lambda now: hide(now, place, place not in now.hidden))),
    st.sampled_from(Positions).map(lambda to: switch(lambda now: replace(now, encoder_positions=to))),
    st.sampled_from(Positions).map(lambda to: switch(lambda now: replace(now, decoder_positions=to))),
    st.booleans().map(lambda on: switch(lambda now: replace(now, causal_mask=on))),
    st.just(switch(lambda now: Interventions())),
    st.integers(1, 5).map(
        lambda seed: lambda document, trace: decode_by(document, Decoding(Method.SAMPLING, temperature=2.0, seed=seed))
    ),
    st.just(lambda document, trace: decode_by(document, Decoding())),
    st.sampled_from(["the cat sees a dog", "a big tree", "old house"]).map(
        lambda text: lambda document, trace: Document(text, step=3, limit=12)
    ),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(operations, min_size=1, max_size=14))
def test_a_document_gives_the_same_arrays_whatever_was_done_before(
    tiny: Path, tiny_translator: Translator, sequence: list[Operation]
) -> None:
    document = Document("the cat sees a dog", step=2, limit=12)
    history, seen = History(), [(document, tiny_translator.trace(document))]
    for operation in sequence:
        changed = operation(document, seen[-1][1])
        assert from_json(to_json(changed)) == changed
        history = record(history, "change", document)
        document = changed
        seen.append((document, tiny_translator.trace(document)))
    fresh = Translator(tiny)
    for then, trace in seen[::-3]:
        assert_same(fresh.trace(then), trace)
    for then, trace in reversed(seen[:-1]):
        document, history = undo(history, document)
        assert document == then
        assert_same(tiny_translator.trace(document), trace)
    for then, trace in seen[1:]:
        document, history = redo(history, document)
        assert document == then
        assert_same(tiny_translator.trace(document), trace)


@given(st.lists(st.tuples(st.integers(3, 20), st.integers(0, 3)), min_size=1, max_size=8))
def test_kept_hypotheses_end_with_their_own_choices(forced: list[tuple[int, int]]) -> None:
    """Whatever is forced where, going to a hypothesis finds the tokens it was made of."""
    from attention_viewer.model.contract.document import path, path_to

    document = Document("x", limit=12)
    made: dict[int, tuple[int, ...]] = {}
    for token, length in forced:
        before = [(30 + index, How.GREEDY) for index in range(length)]
        made.setdefault(0, tuple(each for each, _ in before))
        document = force(document, before, token)
        made[document.current] = (*[each for each, _ in before], token)
    for index, tokens in made.items():
        assert tuple(choice.token for choice in path(choose_hypothesis(document, index))) == tokens
    while len(document.hypotheses) > 1:
        kept = [tuple(choice.token for choice in path_to(document, each.leaf)) for each in document.hypotheses]
        document = delete_hypothesis(document, 0)
        left = [tuple(choice.token for choice in path_to(document, each.leaf)) for each in document.hypotheses]
        assert left == kept[1:]
        assert len(document.choices) == len({choices[: n + 1] for choices in left for n in range(len(choices))})
