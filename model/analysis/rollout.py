"""Attention rollout: how much of each input is left in each position, layer upon layer (Abnar & Zuidema 2020).

A layer mixes what its heads bring, on average, and what the residual connection keeps, half and half:
Ã = (mean of heads + I) / 2. For an encoder-decoder, each decoder layer mixes twice: with its own positions, then with
the encoder's output. Torch-free.

Shape letters: Le, He encoder layers and heads, Ld, Hd decoder layers and heads, S source positions, T decoder rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from attention_viewer.model.contract.api import Floats, Trace


@dataclass(frozen=True, eq=False)
class Rollout:
    """What is left of each input: in the encoder's output [S, S], in decoder rows of target [T, T] and source [T, S].

    Rows of `encoder` sum to 1, and so do rows of `target` and `source` together.
    """

    encoder: Floats
    target: Floats
    source: Floats


def rollout(trace: Trace) -> Rollout:
    """The rollout of a whole trace."""
    return rolled(trace.encoder_self_attention, trace.decoder_self_attention, trace.cross_attention)


def rolled(encoder: Floats, decoder: Floats, cross: Floats) -> Rollout:
    """The rollout of weights [Le, He, S, S], [Ld, Hd, T, T] and [Ld, Hd, T, S]."""
    memory = np.eye(encoder.shape[-1], dtype=np.float32)
    for layer in encoder.mean(axis=1):
        memory = (layer @ memory + memory) / 2
    target = np.eye(decoder.shape[-1], dtype=np.float32)
    source = np.zeros(cross.shape[-2:], dtype=np.float32)
    for own, other in zip(decoder.mean(axis=1), cross.mean(axis=1), strict=True):
        target = (own @ target + target) / 4
        source = (own @ source + source) / 4 + other @ memory / 2
    return Rollout(memory, target, source)
