from __future__ import annotations

import pytest
import torch
from attention_viewer.model.nn.dropout import dropout
from attention_viewer.model.training import projection
from attention_viewer.model.training.projection import projected_loss
from torch.nn import functional


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("positions", [1, 255, 256, 600])
def test_loss_and_gradients_are_those_of_the_plain_computation(smoothing: float, positions: int) -> None:
    torch.manual_seed(positions)
    hidden = torch.randn(positions, 16, requires_grad=True)
    weight = torch.randn(50, 16, requires_grad=True)
    bias, targets = torch.randn(50), torch.randint(0, 50, (positions,))
    assert projection.POSITIONS == 256
    ours = projected_loss(hidden, weight, bias, targets, smoothing) / 7
    logits = hidden @ weight.T + bias
    reference = functional.cross_entropy(logits, targets, label_smoothing=smoothing, reduction="sum") / 7
    torch.testing.assert_close(ours, reference, rtol=1e-5, atol=1e-5)
    for mine, wanted in zip(
        torch.autograd.grad(ours, (hidden, weight)), torch.autograd.grad(reference, (hidden, weight)), strict=True
    ):
        torch.testing.assert_close(mine, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(1000, 1001), (3, 5, 7), (1,)])
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5])
def test_dropout_keeps_the_mean_and_drops_the_rate(shape: tuple[int, ...], rate: float) -> None:
    torch.manual_seed(1)
    x = torch.ones(shape, requires_grad=True)
    dropped = dropout(x, rate)
    assert dropped.shape == x.shape
    assert set(dropped.detach().unique().tolist()) <= {0.0, float(torch.tensor(1.0 / (1.0 - rate)))}
    if x.numel() > 10_000:
        assert abs(float((dropped == 0).float().mean()) - rate) < 2e-3
        rows, columns = (dropped == 0).float().mean(0), (dropped == 0).float().mean(1)
        assert float(rows.std()) < 0.03 and float(columns.std()) < 0.03
    dropped.sum().backward()
    assert x.grad is not None and torch.equal(x.grad, dropped.detach())


def test_dropout_is_seeded() -> None:
    x = torch.ones(100)
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(dropout(x, 0.5))
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])
