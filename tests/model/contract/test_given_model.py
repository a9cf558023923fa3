"""Arrays in a model's place: their first rows, and nothing that would have to be computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract import methods
from attention_viewer.model.contract.api import Ended
from attention_viewer.model.contract.capabilities import Capability
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.given import given_trace
from attention_viewer.model.contract.given_model import GivenModel
from attention_viewer.model.contract.maps import CROSS, DECODER
from attention_viewer.model.translator import finished
from support.given import ROWS, SOURCE, TARGET, softmax

DECODER_WEIGHTS = softmax(2, 3, ROWS, ROWS, causal=True)
CROSS_WEIGHTS = softmax(2, 3, ROWS, len(SOURCE))


@pytest.fixture
def model() -> GivenModel:
    trace = given_trace(decoder=DECODER_WEIGHTS, cross=CROSS_WEIGHTS, source_tokens=SOURCE, target_tokens=TARGET)
    return GivenModel(trace, "cat.npz")


def test_a_documents_rows_are_the_first_ones(model: GivenModel) -> None:
    assert model.document == Document("The cat sat down.", step=ROWS)
    for rows in range(ROWS + 1):
        trace = finished(model.trace_steps(Document("", step=rows)))
        np.testing.assert_array_equal(trace.weights(DECODER), DECODER_WEIGHTS[:, :, :rows, :rows])
        np.testing.assert_array_equal(trace.weights(CROSS), CROSS_WEIGHTS[:, :, :rows])
        assert trace.ended is (Ended.GIVEN if rows == ROWS else None)
        assert model.text(trace.output_tokens) == " ".join(["Le", "chat", "assis"][:rows])


def test_it_declares_its_maps_and_offers_nothing(model: GivenModel) -> None:
    assert [each.kind for each in model.info.maps] == [DECODER, CROSS]
    reasons = {model.info.capabilities.reason(each) for each in Capability}
    assert len(reasons) == 1 and "cat.npz" in reasons.pop()
    other = GivenModel(given_trace(decoder=DECODER_WEIGHTS, target_tokens=TARGET), "cat.npz")
    assert other.info.content_hash != model.info.content_hash


@pytest.mark.parametrize(
    "ask",
    [
        lambda model, document: model.effect_steps(document),
        lambda model, document: model.rank_heads_steps(document),
        lambda model, document: model.beam_steps(document),
        lambda model, document: model.check_steps(document),
        lambda model, document: model.attribution_steps(document, methods.NORMS),
        lambda model, document: model.inside_steps(document),
        lambda model, document: model.decoder_lens_steps(document),
        lambda model, document: model.permutation_steps(document),
        lambda model, document: model.timing_steps(),
    ],
)
def test_what_would_be_computed_is_refused(model: GivenModel, ask: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"cat\.npz holds attention weights, not the model"):
        finished(ask(model, model.document))
    with pytest.raises(InputError, match="takes the model"):
        model.encode_target("Le chat")
