"""What is changed inside the model, from words to interventions."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.contract.interventions import NONE, HeadId, Interventions, Positions
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.cli.conditions import FIRST_SEED
from attention_viewer.viewer.cli.heads import architecture_of
from support.commands import options_of


def changed(model: Path, *arguments: str) -> Interventions:
    asked = options_of("trace", "Hi.", "-o", "o.npz", *arguments).conditions
    found = asked.interventions(architecture_of(model))
    assert bool(asked) == bool(found) and isinstance(found, Interventions)
    return found


def test_heads_are_named_from_one_and_may_be_many(bundled: Path) -> None:
    one = changed(bundled, "--heads-off", "cross:4:8")
    assert one == Interventions(heads_off=frozenset({HeadId(CROSS, 3, 7)}))
    several = changed(bundled, "--heads-off", "encoder:1-2:1,3", "--heads-off", "decoder:2:8").heads_off
    assert sorted(several) == [
        *(HeadId(DECODER, 1, 7),),
        *(HeadId(ENCODER, layer, head) for layer in (0, 1) for head in (0, 2)),
    ]
    assert len(changed(bundled, "--heads-off", "decoder:2").heads_off) == 8
    assert len(changed(bundled, "--heads-off", "decoder:all:1").heads_off) == 4


def test_positions_change_on_both_sides_or_on_one(bundled: Path) -> None:
    assert changed(bundled) == NONE and NONE.shuffle_seed == FIRST_SEED
    off = changed(bundled, "--positions", "off")
    assert (off.encoder_positions, off.decoder_positions) == (Positions.OFF, Positions.OFF)
    one = changed(bundled, "--positions", "decoder:shuffled", "--shuffle-seed", "7")
    assert (one.encoder_positions, one.decoder_positions, one.shuffle_seed) == (Positions.ON, Positions.SHUFFLED, 7)
    both = changed(bundled, "--positions", "encoder:off", "--positions", "decoder:shuffled")
    assert (both.encoder_positions, both.decoder_positions) == (Positions.OFF, Positions.SHUFFLED)
    with pytest.raises(InputError, match="two things of the encoder"):
        changed(bundled, "--positions", "off", "--positions", "encoder:shuffled")


@pytest.mark.parametrize(("asked", "said"), [("cross:5", "layers 1 to 4"), ("encoder:1:9", "heads 1 to 8")])
def test_heads_that_a_model_has_not_are_refused(bundled: Path, asked: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        changed(bundled, "--heads-off", asked)
