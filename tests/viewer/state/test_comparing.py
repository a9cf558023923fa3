from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import How, Kind, Token, Trace
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.hypotheses import choose_hypothesis, delete_hypothesis, force, rename_hypothesis
from attention_viewer.model.contract.interventions import Interventions
from attention_viewer.model.contract.maps import ENCODER
from attention_viewer.viewer.state.comparing import Other, common, followed, parting, places, row_of, without_difference
from support import traces
from support.traces import KINDS

OTHER = Token(30, "▁Un", "Un")


def with_output(trace: Trace, index: int, token: Token) -> Trace:
    """The trace with another token after a row, read by the next one."""
    steps = list(trace.steps)
    steps[index] = replace(steps[index], output=token)
    if index + 1 < len(steps):
        steps[index + 1] = replace(steps[index + 1], reads=token)
    return replace(trace, steps=tuple(steps))


def test_where_two_translations_part_is_told() -> None:
    a = traces.trace(4)
    assert common(a.output_tokens, with_output(a, 2, OTHER).output_tokens) == 2
    assert parting(a, with_output(a, 2, OTHER)) == "A and B part at token 3: ‘is’ / ‘Un’"
    assert parting(a, traces.trace(2)) == "A goes on after token 2, where B stops"
    assert parting(traces.trace(2), a) == "B goes on after token 2, where A stops"
    assert parting(a, a) == "A and B have the same 4 tokens"
    assert "no token" in parting(a, traces.trace(0))


@pytest.mark.parametrize("kind", list(KINDS))
def test_translations_that_part_are_never_called_equal(kind: Kind) -> None:
    a, b = traces.trace(4), with_output(traces.trace(3), 1, OTHER)
    told = without_difference(a, b, kind)
    assert "part at token 2: ‘tap’ / ‘Un’" in told
    assert not any(word in told for word in ("equal", "A and B have the same", "as far as both go"))
    assert ("In the 3 rows that both have no weight differs" in told) is (kind != ENCODER)
    last = with_output(a, 3, OTHER)
    assert "part at token 4" in without_difference(a, last, kind) and "equal" not in without_difference(a, last, kind)
    assert without_difference(a, a, kind) == "A and B are equal here, in every layer and head."


def test_a_hypothesis_is_followed_by_what_it_is() -> None:
    start = Document("x", step=2)
    one = force(start, [(1, How.GREEDY)], 7, [(2, How.GREEDY)])
    two = force(one, [(1, How.GREEDY)], 8)
    place = places(two)[1]
    fewer = delete_hypothesis(two, 0)
    found = followed(place, fewer, seen=True)
    assert found is not None and found.index == 0
    assert followed(place, delete_hypothesis(two, 1), seen=True) is None
    assert followed(place, delete_hypothesis(fewer, 0), seen=True) is None
    longer = choose_hypothesis(two, 1)
    longer = choose_hypothesis(longer, 2, [(1, How.GREEDY), (7, How.FORCED), (3, How.GREEDY)])
    grown = followed(place, longer, seen=True)
    assert grown is not None and grown.index == 1 and len(grown.tokens) == 3
    renamed = followed(place, rename_hypothesis(longer, 1, "mine"), seen=True)
    assert renamed is not None and renamed.name == "mine"


def test_what_was_pinned_is_found_among_the_hypotheses_by_its_tokens() -> None:
    shown = with_output(traces.trace(3), 1, OTHER)
    pinned = Document("x", step=3)
    now = force(pinned, [(21, How.GREEDY)], OTHER.id, [(22, How.GREEDY), (23, How.GREEDY)])
    assert len(places(now)) == 2 and now.current == 1
    b = Other("pinned", traces.trace(3), "s", "t", document=pinned)
    assert row_of(b, now, shown) == 0
    assert row_of(replace(b, trace=shown), now, shown) == 1, "A and B are one"
    assert row_of(replace(b, trace=with_output(shown, 0, OTHER)), now, shown) is None
    off = Interventions(causal_mask=False)
    assert row_of(replace(b, document=replace(pinned, interventions=off)), now, shown) is None
    assert row_of(replace(b, document=replace(pinned, source="y")), now, shown) is None
    assert row_of(Other("hypothesis 1", shown, "s", "t", hypothesis=0), now, shown) == 0
