"""What counts as work, and how much of it there is in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attention_viewer.model.contract.api import How
from attention_viewer.model.contract.choosing import Decoding, Method
from attention_viewer.model.contract.document import Choice, Document, Hypothesis
from attention_viewer.model.contract.hypotheses import (
    branch,
    delete_hypothesis,
    force,
    intervene,
    rename_hypothesis,
    sample_again,
)
from attention_viewer.model.contract.interventions import HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS
from attention_viewer.viewer.state.filing import is_unsaved
from attention_viewer.viewer.state.holdings import Holdings, holdings

PLAIN = Document("The cat", step=3)
DRAWN = sample_again(PLAIN, [(5, How.GREEDY)])
BEAM = branch(PLAIN, [(5, How.BEAM), (6, How.BEAM)], [(5, How.GREEDY)])


def test_a_draw_is_named_by_its_settings() -> None:
    assert DRAWN.hypotheses[1].name == "seed 1, T 1"


@pytest.mark.parametrize(
    "document",
    [
        PLAIN,
        replace(PLAIN, decoding=Decoding(Method.SAMPLING, seed=4)),
        # What the model chose for itself it chooses again.
        Document("The cat", (Choice(5, How.GREEDY),), 0, 1, hypotheses=(Hypothesis(0, 1),)),
        replace(PLAIN, hypotheses=(Hypothesis(name="greedy"),)),
        delete_hypothesis(DRAWN, 0),
        # A seed shuffles nothing by itself.
        intervene(PLAIN, Interventions(shuffle_seed=3)),
    ],
)
def test_what_the_model_does_by_itself_is_no_work(document: Document) -> None:
    assert holdings(document) == Holdings() and not holdings(document) and str(holdings(document)) == ""
    assert not is_unsaved(document, None)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (force(PLAIN, [(5, How.GREEDY)], 7, [(6, How.GREEDY)]), "2 hypotheses, 1 forced token"),
        (sample_again(DRAWN, [(6, How.SAMPLED)]), "3 hypotheses"),
        (rename_hypothesis(PLAIN, 0, "mine"), "1 name"),
        (rename_hypothesis(delete_hypothesis(DRAWN, 0), 0, "mine"), "1 name"),
        (delete_hypothesis(BEAM, 0), "2 tokens from a beam"),
        (intervene(PLAIN, Interventions(hidden=frozenset({1}))), "1 intervention"),
        (
            intervene(
                PLAIN,
                Interventions(frozenset({HeadId(CROSS, 0, 0)}), encoder_positions=Positions.OFF, causal_mask=False),
            ),
            "3 interventions",
        ),
    ],
)
def test_work_is_what_a_person_did(document: Document, said: str) -> None:
    assert holdings(document) and str(holdings(document)) == said
    assert is_unsaved(document, None)
