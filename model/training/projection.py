"""Projection to the vocabulary and cross-entropy as one function, a few positions at a time.

The logits of a whole batch would be the largest tensor of a training step by far; here they never leave the
processor's cache, and the gradient is computed while they are there.

Shape letters: N target positions, D model width, V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

POSITIONS = 256
"""Positions whose logits exist at the same time."""


def projected_loss(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float,
    products: torch.dtype = torch.float32,
) -> Tensor:
    """Summed label-smoothed cross-entropy in nats (Szegedy et al. 2016, section 7).

    Takes `hidden` [N, D], `weight` [V, D], `bias` [V] (which gets no gradient) and the ids `targets` [N]; equal
    to `cross_entropy(hidden @ weight.T + bias, targets, label_smoothing=smoothing, reduction="sum")`. Factors of
    products are rounded to `products`; everything else is float32.
    """
    # Autocast would turn the products below into ones that cannot be written into float32 tensors.
    with torch.autocast(hidden.device.type, enabled=False):
        loss: Tensor = _ProjectedLoss.apply(hidden.float(), weight, bias, targets, smoothing, products)  # type: ignore[no-untyped-call]
    return loss


class _ProjectedLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float, products: torch.dtype
    ) -> Tensor:
        spread = smoothing / weight.shape[0]
        total = torch.zeros((), dtype=torch.float64, device=hidden.device)
        hidden_gradient, weight_gradient = torch.empty_like(hidden), torch.zeros_like(weight)
        rounded, rounded_weight = hidden.to(products), weight.to(products)
        for start in range(0, len(targets), POSITIONS):
            part = slice(start, start + POSITIONS)
            wanted = targets[part, None]
            logs = torch.mm(rounded[part], rounded_weight.t()).float().add_(bias).log_softmax(-1)  # [n, V]
            total -= (1.0 - smoothing) * logs.gather(1, wanted).sum() + spread * logs.sum()
            gradient = logs.exp_().sub_(spread)
            gradient.scatter_add_(1, wanted, gradient.new_full(wanted.shape, smoothing - 1.0))
            factor = gradient.to(products)
            hidden_gradient[part] = torch.mm(factor, rounded_weight)
            weight_gradient += torch.mm(factor.t(), rounded[part])
        ctx.save_for_backward(hidden_gradient, weight_gradient)
        return total.to(hidden.dtype)

    @staticmethod
    def backward(ctx: FunctionCtx, *scales: Tensor) -> tuple[Tensor | None, ...]:
        hidden_gradient, weight_gradient = ctx.saved_tensors  # type: ignore[attr-defined]
        (scale,) = scales
        return hidden_gradient * scale, weight_gradient * scale, None, None, None, None
