"""bfloat16 products: losses near those of float32, and runs that go on exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from attention_viewer.model.training.precision import chosen_precision
from attention_viewer.model.training.projection import projected_loss
from attention_viewer.model.training.subwords import Subwords
from support.made_up import TINY
from support.trainers import assert_goes_on_exactly, trainer

DISTANCE = 0.01
"""Nats a token by which the loss of an update in bfloat16 may differ from that in float32."""


def test_losses_in_bfloat16_are_near_those_in_float32(subwords: Subwords) -> None:
    losses = [
        [each.loss for each in trainer(subwords, replace(TINY, steps=60, precision=name)).updates()]
        for name in ("float32", "bfloat16")
    ]
    assert losses[0][-1] < 0.5 * losses[0][0]
    assert losses[1] == pytest.approx(losses[0], abs=DISTANCE)
    assert losses[1] != losses[0]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_goes_on_exactly_in_each_precision(subwords: Subwords, tmp_path: Path, precision: str) -> None:
    settings = replace(TINY, precision=precision, guide_weight=0.1, guide_layer=1, guide_head=2, dropout=0.1)
    assert_goes_on_exactly(subwords, settings, 5, tmp_path)


def test_weights_and_sums_stay_in_float32(subwords: Subwords) -> None:
    run = trainer(subwords, replace(TINY, steps=1, precision="bfloat16"))
    assert len(list(run.updates())) == 1
    assert {each.dtype for each in run.averaged().values()} == {torch.float32}
    moments = [each["exp_avg"].dtype for each in run._optimizer.state.values()]
    assert set(moments) == {torch.float32}


def test_the_projection_rounds_its_factors_only() -> None:
    torch.manual_seed(1)
    hidden, weight = torch.randn(300, 32), torch.randn(50, 32)
    bias, targets = torch.randn(50), torch.randint(0, 50, (300,))
    gradients = []
    for products in (torch.float32, torch.bfloat16):
        factors = hidden.clone().requires_grad_(), weight.clone().requires_grad_()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=products is torch.bfloat16):
            loss = projected_loss(*factors, bias, targets, 0.1, products)
        loss.backward()
        gradients.append((loss.detach(), *(each.grad for each in factors)))
    assert all(each is not None and each.dtype == torch.float32 for each in gradients[1])
    for exact, rounded in zip(*gradients, strict=True):
        assert exact is not None and rounded is not None
        assert float((rounded - exact).norm() / exact.norm()) < 0.02
        assert not torch.equal(exact, rounded)


def test_auto_means_bfloat16_where_it_is_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    device = torch.device("cpu")
    names = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    for fast in (True, False):
        for name in names:
            monkeypatch.setattr(torch.cpu, name, lambda fast=fast: fast, raising=False)
        assert chosen_precision("auto", device) == ("bfloat16" if fast else "float32")
        assert chosen_precision("float32", device) == "float32"
    for name in names:
        monkeypatch.delattr(torch.cpu, name)
    assert chosen_precision("auto", device) == "float32"
