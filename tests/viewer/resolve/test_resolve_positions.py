"""The positional encoding as the model gets it: as trained, off, shuffled; of the encoder or of the decoder."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.model.contract.document import Document
from attention_viewer.model.contract.interventions import Interventions, Positions
from attention_viewer.model.contract.positional import dot_products, sinusoidal_encoding
from attention_viewer.viewer.resolve import resolve_positions as resolve
from attention_viewer.viewer.resolve.resolve_positions import Given, given
from attention_viewer.viewer.state.loaded import Loaded
from attention_viewer.viewer.state.view_state import PositionView
from support import traces

D, LENGTH = 12, 40
VIEW = PositionView(LENGTH, (0, 2))
ON, OFF, SHUFFLED = Positions.ON, Positions.OFF, Positions.SHUFFLED
TABLE = sinusoidal_encoding(64, D)
SOURCE = len(traces.SOURCE)


def seen(encoder: Positions = ON, decoder: Positions = ON, rows: int = 3) -> Given:
    changed = Interventions(encoder_positions=encoder, decoder_positions=decoder, shuffle_seed=3)
    return given(
        Loaded(traces.info(), traces.trace(rows), "x", document=Document("x", step=rows, interventions=changed))
    )


def test_as_trained_nothing_is_said_and_nothing_moves() -> None:
    for what in (seen(), given(Loaded()), given(Loaded(trace=traces.trace(2)))):
        spec, dots = resolve.encoding(VIEW, D, what), resolve.dots(VIEW, D, what, "viridis")
        assert np.array_equal(spec.values, TABLE[:LENGTH]) and np.array_equal(dots.values, dot_products(LENGTH, D))
        assert resolve.explained(what) == "" and spec.title == "Positional encoding"
        assert "p − q" in dots.subtitle
    assert seen().marked == SOURCE and given(Loaded()).marked == 0


@pytest.mark.parametrize(
    ("encoder", "decoder", "side"), [(OFF, ON, "encoder"), (OFF, OFF, "encoder"), (ON, OFF, "decoder")]
)
def test_positions_that_are_off_are_flat_and_said_so(encoder: Positions, decoder: Positions, side: str) -> None:
    what = seen(encoder, decoder)
    spec, dots, curves = (
        resolve.encoding(VIEW, D, what),
        resolve.dots(VIEW, D, what, "viridis"),
        resolve.curves(VIEW, D, what),
    )
    assert not spec.values.any() and not dots.values.any() and not curves.curves.any()
    assert spec.values.shape == (LENGTH, D) and curves.curves.shape == (2, LENGTH)
    for titled in (spec, dots, curves):
        assert titled.title.endswith(f"{side}, off")
    assert dots.scale.low <= 0.0 < dots.scale.high, "zero is on the colour bar"
    assert f"the {side} gets: all 0" in resolve.explained(what)


def test_shuffled_encoder_positions_are_permuted_among_the_sentences_own() -> None:
    what = seen(SHUFFLED)
    rows = Interventions(encoder_positions=SHUFFLED, shuffle_seed=3).encoder_placement(SOURCE).rows(0, SOURCE)
    assert rows is not None and rows != sorted(rows)
    spec = resolve.encoding(VIEW, D, what)
    assert np.array_equal(spec.values[:SOURCE], TABLE[rows]) and np.array_equal(
        spec.values[SOURCE:], TABLE[SOURCE:LENGTH]
    )
    assert np.allclose(resolve.dots(VIEW, D, what, "viridis").values[0, 1], TABLE[rows[0]] @ TABLE[rows[1]], atol=1e-5)
    assert np.allclose(resolve.curves(VIEW, D, what).curves[0, :SOURCE], np.sin(rows), atol=1e-6)
    assert "encoder, shuffled, seed 3" in spec.title and "the decoder’s are as trained" in resolve.explained(what)
    assert "this sentence’s 5" in spec.subtitle


def test_shuffled_decoder_positions_are_permuted_in_blocks_and_say_whose_they_are() -> None:
    what = seen(decoder=SHUFFLED)
    rows = Interventions(decoder_positions=SHUFFLED, shuffle_seed=3).decoder_placement().rows(0, LENGTH)
    assert rows is not None and max(rows) >= LENGTH, "the last block reaches beyond what is shown"
    spec = resolve.encoding(VIEW, D, what)
    assert np.array_equal(spec.values, TABLE[rows])
    assert spec.marked == 3 and "the translation’s 3" in spec.subtitle and "decoder, shuffled" in spec.title
    assert "blocks of 16 (seed 3); the encoder’s are as trained" in resolve.explained(what)


def test_a_sentence_longer_than_the_picture_is_cut_not_padded() -> None:
    short = PositionView(3, (0,))
    rows = seen(SHUFFLED).rows(3)
    assert rows is not None and np.array_equal(resolve.encoding(short, D, seen(SHUFFLED)).values, TABLE[rows])
    assert "the decoder’s are shuffled too" in resolve.explained(seen(SHUFFLED, SHUFFLED))
