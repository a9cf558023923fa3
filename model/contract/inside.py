"""What a Transformer computes between its attention maps, recorded for one document. Torch-free.

All arrays are float32 and read-only. Layers, heads and positions count from 0. Shape letters: H heads, T positions of
the stack (S in the encoder), K positions looked at, D model width, d width of a head, F hidden units, L layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from attention_viewer.model.contract.api import Candidate, Floats, Token


@dataclass(frozen=True, eq=False)
class AttentionInside:
    """One attention of one layer (Vaswani et al. 2017, section 3.2).

    `query` [H, T, d], `key` and `value` [H, K, d], `scores` [H, T, K] (q·k / √d before the mask), `weights` [H, T, K]
    (after mask and softmax), `heads` [H, T, d] (the weighted values; 0 for heads that are off).
    """

    query: Floats
    key: Floats
    value: Floats
    scores: Floats
    weights: Floats
    heads: Floats

    def weighted_values(self, head: int, row: int) -> Floats:
        """Each key's value times its weight in one row, [K, d]: they sum to what the head gives that row."""
        weighted: Floats = self.weights[head, row][:, None] * self.value[head]
        return weighted


@dataclass(frozen=True, eq=False)
class SublayerInside:
    """A sub-layer: what it reads (`input`), adds (`output`), the sum (`residual`), and what goes on (`normed`), [T, D].

    `name` is "self", "cross" or "ffn"; `attention` is there in the first two, `hidden` [T, F] in the last: its units
    after the activation. In a pre-norm model `input` is normalised and `normed` is the sum itself.
    """

    name: str
    input: Floats
    output: Floats
    residual: Floats
    normed: Floats
    attention: AttentionInside | None = None
    hidden: Floats | None = None

    @property
    def skip(self) -> Floats:
        """What the skip path carries past the sub-layer, [T, D]."""
        carried: Floats = self.residual - self.output
        return carried


@dataclass(frozen=True, eq=False)
class StackInside:
    """The encoder or the decoder: embeddings (scaled) before and after positions are added, and every layer, [T, D]."""

    embedding: Floats
    input: Floats
    output: Floats
    layers: tuple[tuple[SublayerInside, ...], ...]

    @cached_property
    def positions(self) -> Floats:
        """What was added to the embeddings for their positions, [T, D]."""
        added: Floats = self.input - self.embedding
        return added

    def sublayer(self, layer: int, name: str) -> SublayerInside:
        """A sub-layer by the name of its kind."""
        return next(each for each in self.layers[layer] if each.name == name)


@dataclass(frozen=True, eq=False)
class Lens:
    """What each decoder row would predict at each depth: [depths, T].

    `best` are the most probable tokens of a row at a depth, best first; `probability` and `rank` (from 1) those of the
    token that stands after the row. Depth 0 is before the first layer.
    """

    best: tuple[tuple[tuple[Candidate, ...], ...], ...]
    probability: Floats
    rank: Floats

    @property
    def depths(self) -> int:
        """How many depths there are: one more than layers."""
        return len(self.best)

    def decided(self, row: int) -> int | None:
        """The first depth from which on the row's token ranks first; None where it never does."""
        first = self.rank[:, row] == 1
        if not first[-1]:
            return None
        return len(first) - int(np.argmin(first[::-1])) if not first.all() else 0


@dataclass(frozen=True, eq=False)
class Inside:
    """Everything between the maps of one document with T decoder rows; `decoder` is None where there are none.

    `normaliser` [T] is the logarithm of the softmax's denominator, so that logits are log-probabilities plus it.
    `lens` reads every layer of the decoder with the output matrix (the logit lens, nostalgebraist 2020). `runs` counts
    how often each named value was computed while the rows were decoded step by step, `parallel` in one pass over all of
    them; the names are those of `model.nn.recorder`.
    """

    encoder: StackInside
    decoder: StackInside | None
    normaliser: Floats
    lens: Lens | None
    runs: Mapping[str, int]
    parallel: Mapping[str, int]

    def stack(self, name: str) -> StackInside | None:
        """The stack called "encoder" or "decoder"."""
        return self.encoder if name == "encoder" else self.decoder


@dataclass(frozen=True, eq=False)
class DecoderLens:
    """The decoder fed with each encoder layer's output in place of the last one's (Langedijk et al. 2024).

    Depth 0 feeds it the encoder's embeddings. `rows` says what the document's rows predict then, `translations` what
    the model would write of its own, one a depth.
    """

    rows: Lens
    translations: tuple[tuple[Token, ...], ...]


@dataclass(frozen=True, eq=False)
class Permutation:
    """The source's tokens in another `order`: how far outputs are from the same outputs in that order, largest [S].

    `without` is the encoder without positions, `with_positions` with them; `ffn` the feed-forward networks of all
    encoder layers by themselves, which see one position at a time in any case. Token `order[i]` stands at place `i`.
    """

    order: tuple[int, ...]
    without: Floats
    with_positions: Floats
    ffn: Floats


@dataclass(frozen=True)
class Timed:
    """Seconds a layer takes for sentences of `lengths` positions, the best of some runs: `seconds` [layer][length]."""

    d_model: int
    lengths: tuple[int, ...]
    names: tuple[str, ...]
    seconds: tuple[tuple[float, ...], ...]
