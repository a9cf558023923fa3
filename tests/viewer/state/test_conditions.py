"""What was changed in the model, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import Kind
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.state import conditions
from attention_viewer.viewer.state.comparing import Other
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.results import Results
from attention_viewer.viewer.state.view_state import Side, ViewState
from support import traces
from support.traces import KINDS

OFF, SHUFFLED = Positions.OFF, Positions.SHUFFLED


def heads(kind: Kind, layer: int, *indices: int) -> frozenset[HeadId]:
    return frozenset(HeadId(kind, layer, index) for index in indices)


@pytest.mark.parametrize(
    ("changed", "words", "short"),
    [
        (Interventions(), (), ""),
        (Interventions(shuffle_seed=9), (), ""),
        (Interventions(encoder_positions=OFF), ("encoder positions off",), "Encoder positions off"),
        (
            Interventions(decoder_positions=SHUFFLED, shuffle_seed=3, causal_mask=False),
            ("decoder positions shuffled (seed 3)", "causal mask off"),
            "Decoder positions shuffled (seed 3) · causal mask off",
        ),
        (Interventions(heads_off=heads(CROSS, 3, 7)), ("cross layer 4 head 8 off",), "1 head off"),
        (
            Interventions(heads_off=heads(CROSS, 1, 4) | heads(ENCODER, 0, 0, 2, 3, 4, 7, 8)),
            ("encoder layer 1 heads 1, 3 to 5, 8, 9 off", "cross layer 2 head 5 off"),
            "7 heads off",
        ),
        (Interventions(hidden=frozenset({4})), ("source token 5 hidden",), "1 source token hidden"),
        (Interventions(hidden=frozenset({0, 1, 2, 9})), ("source tokens 1 to 3, 10 hidden",), "4 source tokens hidden"),
    ],
)
def test_every_intervention_has_its_words(changed: Interventions, words: tuple[str, ...], short: str) -> None:
    assert conditions.words(changed) == words
    assert conditions.short(changed) == short
    assert conditions.line(changed) == (f"with: {'; '.join(words)}" if words else "")


def test_hidden_tokens_have_their_text_and_a_whole_layer_its_name() -> None:
    changed = Interventions(heads(DECODER, 1, 0, 1, 2) | heads(CROSS, 1, 0, 1), hidden=frozenset({1}))
    assert conditions.words(changed, traces.SOURCE, traces.info()) == (
        "source token 2 “ma” hidden", "all heads of decoder layer 2 off", "cross layer 2 heads 1, 2 off",
    )  # fmt: skip


def test_a_caption_says_how_many_where_the_whole_says_which() -> None:
    every = [heads(kind, layer, 0, 1) for kind in KINDS for layer in range(2)]
    changed = Interventions(frozenset().union(*every), hidden=frozenset(range(5)))
    caption = conditions.line(changed, traces.SOURCE, traces.info())
    assert caption == (
        "with: 5 source tokens hidden; encoder layer 1 heads 1, 2 off; encoder layer 2 heads 1, 2 off; "
        "8 more heads off, 12 in all"
    )
    whole = conditions.line(changed, traces.SOURCE, traces.info(), whole=True)
    assert whole.count("hidden") == 5 and whole.count("heads 1, 2 off") == 6


@pytest.mark.parametrize(
    ("mine", "theirs", "side", "said"),
    [
        (OFF, Positions.ON, Side.A, "with: encoder positions off"),
        (OFF, Positions.ON, Side.B, ""),
        (OFF, Positions.ON, Side.DIFFERENCE, "A with: encoder positions off · B without interventions"),
        (Positions.ON, OFF, Side.A, ""),
        (Positions.ON, OFF, Side.B, "with: encoder positions off"),
        (Positions.ON, OFF, Side.DIFFERENCE, "A without interventions · B with: encoder positions off"),
        (OFF, OFF, Side.DIFFERENCE, "A and B with: encoder positions off"),
        (Positions.ON, Positions.ON, Side.DIFFERENCE, ""),
    ],
)
def test_each_compared_side_has_its_own(mine: Positions, theirs: Positions, side: Side, said: str) -> None:
    document = Document("The mat is", step=2, interventions=Interventions(encoder_positions=mine))
    other = Other("pinned", traces.trace(2), "s", "t", interventions=Interventions(encoder_positions=theirs))
    loaded = Loaded(traces.info(), traces.trace(2), "The mat is", "Le", document=document, results=Results(other=other))
    assert conditions.of_maps(loaded, ViewState(side=side)) == said
    assert conditions.of_window(loaded) == conditions.of_maps(loaded, ViewState(side=Side.DIFFERENCE))
    alone = replace(loaded, results=Results())
    assert (
        conditions.of_window(alone) == conditions.of_maps(alone, ViewState(side=side)) == conditions.of_loaded(loaded)
    )
