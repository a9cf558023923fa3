"""The model's own description: maps, heads, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attention_viewer.model.contract.architecture import Architecture, PositionKind
from attention_viewer.model.contract.capabilities import Capability, capabilities
from attention_viewer.model.contract.config import read_config
from attention_viewer.model.contract.document import Document, go_to
from attention_viewer.model.contract.maps import CROSS, DECODER, HeadId, Stream
from attention_viewer.model.translator import Translator
from support.checkpoints import MakeCheckpoint


@pytest.fixture
def architecture(tiny_translator: Translator) -> Architecture:
    return tiny_translator.info.architecture


def test_maps_describe_the_arrays_of_a_trace(tiny_translator: Translator) -> None:
    trace = tiny_translator.trace(go_to(Document("the old cat sees a dog", limit=9), 4))
    tokens = {Stream.SOURCE: len(trace.source_tokens), Stream.TARGET: len(trace.input_tokens)}
    assert len(set(tokens.values())) == 2
    for each in tiny_translator.info.maps:
        weights = trace.weights(each.kind)
        assert weights.shape == (each.layers, each.heads, tokens[each.rows], tokens[each.columns])
        assert each.causal == (not np.triu(weights, 1).any())
        assert tiny_translator.info.heads(each.kind) == (each.layers, each.heads)
        assert len(each.head_ids) == each.layers * each.heads
    places = [(each.stack, each.part) for each in tiny_translator.info.maps]
    assert places == [("encoder", "self"), ("decoder", "self"), ("decoder", "cross")]
    assert tiny_translator.info.maps[2].head_ids[3] == HeadId(CROSS, 1, 1)


def test_the_architecture_of_a_checkpoint(make_checkpoint: MakeCheckpoint) -> None:
    found = Translator(make_checkpoint("described", separate=True, scale_embedding=False)).info.architecture
    assert (found.encoder.layers, found.encoder.heads, found.encoder.head_width, found.encoder.ffn_width) == (
        2,
        4,
        4,
        24,
    )
    assert (found.decoder.layers, found.decoder.heads, found.decoder.head_width, found.decoder.ffn_width) == (
        3,
        2,
        8,
        20,
    )
    assert (
        not found.scaled_embedding and not found.shared_embedding and found.source_vocabulary != found.target_vocabulary
    )
    assert not found.norms.first and not found.gated_ffn and found.positions is PositionKind.SINUSOIDAL
    assert found.barred_ids == (found.pad_token_id,)


def test_everything_is_offered_for_sinusoidal_positions(architecture: Architecture) -> None:
    assert all(capabilities(architecture).offers(each) for each in Capability)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (PositionKind.LEARNED, {Capability.POSITION_FORMULAS}),
        (
            PositionKind.RELATIVE,
            {
                Capability.POSITION_FORMULAS,
                Capability.ENCODER_POSITIONS_SHUFFLED,
                Capability.DECODER_POSITIONS_SHUFFLED,
            },
        ),
    ],
)
def test_what_is_missing_has_a_reason(architecture: Architecture, kind: PositionKind, missing: set[Capability]) -> None:
    found = capabilities(replace(architecture, positions=kind))
    assert {each for each in Capability if not found.offers(each)} == missing
    assert all(found.reason(each).endswith(".") for each in missing)
    assert found.reason(Capability.HEADS_OFF) == ""


def test_the_bundled_model_names_its_guided_head(translator: Translator, bundled: Path) -> None:
    assert translator.info.architecture.guided_head == read_config(bundled).guided_head
    assert translator.info.map(DECODER).causal and translator.info.directory == str(bundled)
