"""Properties of positional encodings: who has which, and that the tests themselves can tell."""

from __future__ import annotations

import numpy as np
import pytest
from attention_viewer.model.analysis import encoding_properties as properties
from attention_viewer.model.analysis.encoding_properties import MANY, PROPERTIES, Judged, judge
from attention_viewer.model.analysis.encodings import ENCODINGS, binary_counter, sinusoidal
from attention_viewer.model.contract.positional import Doubles, frequency, interleaved, sinusoidal_encoding
from attention_viewer.model.translator import finished

WIDTH = 32
HAS = {
    "Sinusoidal": "yes yes yes yes yes yes yes",
    "Plain index": "yes yes yes yes no no no",
    "Index / length": "yes yes no yes yes no no",
    "Binary counter": "yes yes yes yes yes no no",
    "Random table": "yes yes yes no yes no no",
    "Random, drawn anew": "no yes no yes yes no no",
    "One for all steps": "yes no yes yes yes yes yes",
}
"""What each encoding has, in the order of PROPERTIES."""


@pytest.fixture(scope="module")
def found() -> Judged:
    return finished(judge(WIDTH))


@pytest.mark.parametrize("name", HAS)
def test_each_encoding_has_what_it_has(name: str, found: Judged) -> None:
    passed = ["yes" if found.verdict(name, each.name).passed else "no" for each in PROPERTIES]
    assert passed == HAS[name].split()


def test_only_the_sinusoidal_one_has_all(found: Judged) -> None:
    assert set(HAS) == {each.name for each in ENCODINGS}
    full = [e.name for e, row in zip(ENCODINGS, found.verdicts, strict=True) if all(each.passed for each in row)]
    assert full == ["Sinusoidal"]


def test_it_is_the_encoding_that_models_add() -> None:
    np.testing.assert_allclose(sinusoidal(MANY, WIDTH), sinusoidal_encoding(MANY, WIDTH), atol=1e-6)


def test_a_shift_turns_every_pair_of_every_position_by_the_same_angle() -> None:
    encoding, half = sinusoidal(MANY, WIDTH), WIDTH // 2
    for pair in (0, 5, half - 1):
        for position in (0, 17, MANY - 200):
            here = (encoding[position, pair], encoding[position, half + pair])
            there = (encoding[position + 199, pair], encoding[position + 199, half + pair])
            assert rotated(here, frequency(pair, WIDTH), 199) == pytest.approx(there, abs=1e-9)


def test_the_tests_notice_a_small_fault() -> None:
    def faulty(length: int, d_model: int, sentence: int = 0) -> Doubles:
        encoding = sinusoidal(length, d_model)
        encoding[40:41] *= 1.001
        return encoding

    assert not properties.by_distance(faulty, WIDTH).passed
    assert not properties.shift_is_rotation(faulty, WIDTH).passed


def test_a_counter_counts() -> None:
    assert binary_counter(12, 4)[11].tolist() == [1, 1, 0, 1]
    assert not properties.distinct(binary_counter, 4).passed, "four digits tell 16 positions apart"


def test_interleaving_puts_each_sine_beside_its_cosine() -> None:
    halves = sinusoidal_encoding(6, 8)
    woven = interleaved(halves)
    np.testing.assert_array_equal(woven[:, 0::2], halves[:, :4])
    np.testing.assert_array_equal(woven[:, 1::2], halves[:, 4:])
    np.testing.assert_allclose(woven @ woven.T, halves @ halves.T, atol=1e-6)


def rotated(pair: tuple[float, float], frequency: float, shift: int) -> tuple[float, float]:
    """A sine-cosine pair turned by `shift` positions: the pair at the position so many further on."""
    sine, cosine = pair
    turn = frequency * shift
    return (
        float(sine * np.cos(turn) + cosine * np.sin(turn)),
        float(cosine * np.cos(turn) - sine * np.sin(turn)),
    )
