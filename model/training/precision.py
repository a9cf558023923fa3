"""In which precision the products of a training step are taken: float32, or bfloat16 with sums in float32."""

from __future__ import annotations

import contextlib
from typing import Any

import torch


def chosen_precision(wanted: str, device: torch.device) -> str:
    """`wanted`, or what `auto` comes to: bfloat16 where the device multiplies it fast, float32 elsewhere."""
    if wanted != "auto":
        return wanted
    fast = torch.cuda.is_bf16_supported() if device.type == "cuda" else _processor_is_fast()
    return "bfloat16" if fast else "float32"


def in_precision(precision: str, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """The context of a forward pass; weights, sums and the optimiser stay in float32."""
    if precision == "bfloat16":
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def _processor_is_fast() -> bool:
    """True where the processor has instructions for bfloat16 (avx512_bf16 or AMX)."""
    names = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(bool(getattr(torch.cpu, name, bool)()) for name in names)
