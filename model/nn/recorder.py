"""Reading inner values while a model computes: a function that gets each of them by name, passed through the pass.

Nothing is recorded, and nothing is paid for it, where none is passed. What it returns for a value marked * is computed
with in that value's place. Layers count from 0. Shape letters: B batch, H heads, S source positions, T queries, K keys,
D model width, d width of a head, F hidden units, V target vocabulary.

  * encoder.embedding, decoder.embedding    [B, T, D]     tokens embedded and scaled, before positions are added
    encoder.input, decoder.input            [B, T, D]     what enters the first layer
    encoder.output, decoder.output          [B, T, D]     what leaves the last layer (and the final norm, if any)
    logits                                  [B, T, V]

and for every layer, with LAYER one of `encoder.0`, `decoder.3` ..., and SUBLAYER one of LAYER.self, LAYER.cross
(decoder only) and LAYER.ffn:

    SUBLAYER.input                          [B, T, D]     what the sub-layer reads (in a pre-norm model: normalised)
    ATTENTION.query                         [B, H, T, d]  where ATTENTION is LAYER.self or LAYER.cross
    ATTENTION.key                           [B, H, K, d]  of every position that may be looked at, earlier ones included
  * ATTENTION.value                         [B, H, K, d]  likewise
    ATTENTION.scores                        [B, H, T, K]  q·k / √d before the mask (q·k where a model does not scale)
    ATTENTION.weights                       [B, H, T, K]  after mask and softmax
  * ATTENTION.heads                         [B, H, T, d]  weighted values, 0 for heads that are off
    LAYER.cross.projected                   [B, H, S, d]  values of the encoder's output, when they are projected: once
    LAYER.ffn.hidden                        [B, T, F]     units after the activation (and the gate, if there is one)
  * SUBLAYER.output                         [B, T, D]     what the sub-layer adds, before dropout
    SUBLAYER.residual                       [B, T, D]     the sum of the skip path and the output
  * SUBLAYER.normed                         [B, T, D]     what goes on (in a pre-norm model: the sum itself)
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

Record = Callable[[str, Tensor], Tensor | None]
"""Gets each inner value with its name; it must not write to it, and copies what it keeps longer than the pass.

It returns None, or a tensor to compute with in the place of a value marked * above, of the same shape.
"""


def within(record: Record | None, part: str) -> Record | None:
    """A recorder that puts the name of a part before every name; None where nothing is recorded."""
    if record is None:
        return None
    return lambda name, value: record(f"{part}.{name}", value)


def passed(record: Record | None, name: str, value: Tensor) -> Tensor:
    """What is computed with: the value, or what `record` puts in its place."""
    other = None if record is None else record(name, value)
    return value if other is None else other


class Recorder:
    """Keeps inner values: `Recorder()` all of them, `Recorder(wanted)` those whose name `wanted` accepts."""

    def __init__(self, wanted: Callable[[str], bool] | None = None) -> None:
        self._wanted = wanted
        self.values: dict[str, Tensor] = {}

    def __call__(self, name: str, value: Tensor) -> None:
        """Keep a copy of a value."""
        if self._wanted is None or self._wanted(name):
            self.values[name] = value.detach().clone()


class Counter:
    """Counts how often each inner value is computed, and keeps none."""

    def __init__(self) -> None:
        self.runs: dict[str, int] = {}

    def __call__(self, name: str, value: Tensor) -> None:
        """Count a value."""
        self.runs[name] = self.runs.get(name, 0) + 1
