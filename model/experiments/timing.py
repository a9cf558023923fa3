"""How long layers take on this machine: self-attention, a recurrent and a convolutional one, all of one width."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

import torch
from attention_viewer.model.contract.api import Progress
from attention_viewer.model.contract.cost import KERNEL
from attention_viewer.model.contract.inside import Timed
from attention_viewer.model.nn.attention import MultiHeadAttention
from torch import Tensor, nn

LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
RUNS = 3

Layer = Callable[[Tensor], object]


def time_layers(d_model: int, heads: int, width: int) -> Generator[Progress, None, Timed]:
    """Seconds of each layer, untrained, for sentences of growing length; yields after each run."""
    layers = _layers(d_model, heads, width)
    total = len(layers) * len(LENGTHS)
    found: list[tuple[float, ...]] = []
    for index, layer in enumerate(layers.values()):
        seconds = []
        for place, length in enumerate(LENGTHS):
            seconds.append(_best(layer, torch.zeros(1, length, d_model)))
            yield Progress(index * len(LENGTHS) + place + 1, total)
        found.append(tuple(seconds))
    return Timed(d_model, LENGTHS, tuple(layers), tuple(found))


def _layers(d_model: int, heads: int, width: int) -> dict[str, Layer]:
    attention = MultiHeadAttention(d_model, heads, width).eval()
    recurrent = nn.LSTM(d_model, d_model, batch_first=True).eval()
    convolution = nn.Conv1d(d_model, d_model, KERNEL, padding=KERNEL // 2).eval()
    return {
        "Self-attention": lambda x: attention(x, x),
        "Recurrent (LSTM)": recurrent,
        f"Convolutional, k = {KERNEL}": lambda x: convolution(x.transpose(1, 2)),
    }


@torch.inference_mode()
def _best(layer: Layer, x: Tensor) -> float:
    """The shortest of some runs, in seconds."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        layer(x)
        taken.append(time.perf_counter() - start)
    return min(taken)
