"""Data-parallel training with torch.distributed: every process its share of a batch, gradients summed.

Started by `torchrun`, which sets RANK, WORLD_SIZE and LOCAL_RANK; alone, everything here does nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, distributed, nn


class Processes:
    """This process among the others; `world` is how many there are."""

    def __init__(self) -> None:
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        on_gpu = torch.cuda.is_available()
        local = int(os.environ.get("LOCAL_RANK", "0"))
        self.device = torch.device("cuda", local) if on_gpu else torch.device("cpu")
        if on_gpu:
            torch.cuda.set_device(self.device)
        if self.world > 1:
            distributed.init_process_group("nccl" if on_gpu else "gloo")

    @property
    def is_first(self) -> bool:
        """True in the one process that writes files and reports."""
        return self.rank == 0

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace every gradient by its sum over all processes, in one message."""
        if self.world == 1:
            return
        every = list(parameters)
        for parameter in every:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in every if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def sum(self, value: Tensor) -> Tensor:
        """The sum of a tensor over all processes."""
        if self.world > 1:
            distributed.all_reduce(value)
        return value

    def agree(self, value: float) -> float:
        """The first process's value, in all of them: clocks and signals differ."""
        if self.world == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(shared, src=0)
        return float(shared.item())

    def once(self, make: Callable[[], bytes]) -> bytes:
        """What `make` returns in the first process, in all of them."""
        if self.world == 1:
            return make()
        shared = [make() if self.is_first else b""]
        distributed.broadcast_object_list(shared, src=0, device=self.device)
        return shared[0]

    def close(self) -> None:
        """Leave the group."""
        if self.world > 1:
            distributed.destroy_process_group()
