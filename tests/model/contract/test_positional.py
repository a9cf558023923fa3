"""The sinusoidal positional encoding against the paper's formula, written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from attention_viewer.model.contract.positional import (
    dot_products,
    frequency,
    frequency_pair,
    sinusoidal_encoding,
    wavelength,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("d_model", [1, 2, 7, 16])
def test_every_entry_is_the_formula(d_model: int) -> None:
    encoding = sinusoidal_encoding(12, d_model)
    half = (d_model + 1) // 2
    for position in range(12):
        for dimension in range(d_model):
            curve, i = (math.sin, dimension) if dimension < half else (math.cos, dimension - half)
            expected = curve(position / 10000 ** (2 * i / d_model))
            assert encoding[position, dimension] == pytest.approx(expected, abs=1e-6)


def test_shape_type_and_read_only() -> None:
    encoding = sinusoidal_encoding(5, 8)
    assert encoding.shape == (5, 8) and encoding.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        encoding[0, 0] = 1.0
    assert sinusoidal_encoding(0, 8).shape == (0, 8)


def test_longer_encodings_begin_with_shorter_ones() -> None:
    np.testing.assert_array_equal(sinusoidal_encoding(600, 16)[:40], sinusoidal_encoding(40, 16))


def test_a_pair_repeats_after_its_wavelength() -> None:
    assert wavelength(0, 64) == pytest.approx(2 * math.pi)
    assert wavelength(32, 64) == pytest.approx(2 * math.pi * 10000)
    assert frequency(5, 64) * wavelength(5, 64) == pytest.approx(2 * math.pi)


def test_a_pair_is_a_sine_and_a_cosine_of_one_frequency() -> None:
    sine, cosine = frequency_pair(50, 16, 3)
    angle = np.arange(50) * frequency(3, 16)
    np.testing.assert_allclose(sine, np.sin(angle), atol=1e-6)
    np.testing.assert_allclose(cosine, np.cos(angle), atol=1e-6)


@given(first=st.integers(0, 60), second=st.integers(0, 60), shift=st.integers(0, 30))
def test_dot_products_depend_on_distance_alone(first: int, second: int, shift: int) -> None:
    products = dot_products(91, 16)
    assert products[first, second] == pytest.approx(products[first + shift, second + shift], abs=1e-4)
    assert products[first, first] == pytest.approx(8.0, abs=1e-4)
