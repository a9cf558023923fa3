"""Matrices of half precision: nothing is lost by packing them, and company changes no number."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from attention_viewer.model.nn import halves

packing = pytest.mark.skipif(not halves.fit([]), reason="this processor cannot multiply by packed matrices")


def every_half() -> torch.Tensor:
    """All finite numbers of half precision, the smallest among them: float32 [992, 64]."""
    numbers = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return torch.from_numpy(numbers[np.isfinite(numbers)].astype(np.float32)).view(-1, 64)


@packing
def test_every_number_comes_out_as_it_went_in() -> None:
    matrix = every_half()
    assert halves.fit([matrix]) and matrix.shape == (992, 64)
    products = halves.multiplied(torch.eye(64), halves.packed(matrix, None))
    assert torch.equal(products, matrix.t())


@pytest.mark.parametrize("number", [0.1, 65520.0, 2.0**-25, 1e30])
def test_a_number_that_would_be_rounded_does_not_fit(number: float) -> None:
    matrix = torch.ones(8, 8)
    matrix[3, 5] = number
    assert not halves.fit([torch.ones(8, 8), matrix])


def test_nothing_fits_where_the_machine_cannot_multiply_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves, "_ENGINES", ("an engine of another processor",))
    assert not halves.fit([torch.ones(8, 8)])


@packing
def test_products_are_those_of_single_precision() -> None:
    random = torch.Generator().manual_seed(1)
    matrix, bias, x = (torch.randn(*size, generator=random) for size in ((70, 48), (70,), (37, 48)))
    matrix = matrix.half().float()
    found = halves.multiplied(x, halves.packed(matrix, bias))
    exact = x.double() @ matrix.double().t() + bias.double()
    torch.testing.assert_close(found.double(), exact, atol=1e-5, rtol=0)


@packing
@pytest.mark.parametrize("inputs", [8, 48, 50, 256, 1024])
def test_company_changes_no_bit(inputs: int) -> None:
    random = torch.Generator().manual_seed(inputs)
    matrix = torch.randn(inputs + 11, inputs, generator=random).half().float()
    packed, x = halves.packed(matrix, None), torch.randn(40, inputs, generator=random)
    assert halves.is_alike(packed, inputs)
    alone = torch.cat([halves.multiplied(each, packed) for each in torch.split(x, 1)])
    for count in range(2, 41):
        assert torch.equal(halves.multiplied(x[:count], packed), alone[:count])
