"""The mean of the last snapshots of the weights (Vaswani et al. 2017, section 6.1, averages checkpoints)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class WeightAverage:
    """Adds up to `count` snapshots, at even distances over the last `share` of the budget."""

    def __init__(self, count: int, share: float) -> None:
        self._ahead = [1.0 - share * (count - 1 - index) / max(count - 1, 1) for index in range(count)]
        self._sums: dict[str, Tensor] = {}
        self._taken = 0

    def update(self, model: nn.Module, progress: float) -> None:
        """Take a snapshot when a point of the budget has been passed since the last one."""
        ahead = [point for point in self._ahead if progress < point]
        if len(ahead) == len(self._ahead):
            return
        self._ahead = ahead
        self._taken += 1
        for name, tensor in model.state_dict().items():
            value = tensor.detach().to("cpu", torch.float64)
            self._sums[name] = self._sums[name] + value if name in self._sums else value.clone()

    def weights(self) -> dict[str, Tensor] | None:
        """The mean of the snapshots in float32; None before the first."""
        if not self._taken:
            return None
        return {name: (total / self._taken).to(torch.float32) for name, total in self._sums.items()}

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to go on."""
        return {"ahead": self._ahead, "sums": self._sums, "taken": self._taken}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self._ahead, self._sums, self._taken = state["ahead"], state["sums"], state["taken"]
