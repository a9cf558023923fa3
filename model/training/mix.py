"""Which pairs an epoch consists of: some corpora in part, others more than once. Torch-free."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.substitution import Names


@dataclass(frozen=True)
class Mix:
    """What is done with pairs before an epoch: `weights` says how often each is taken (0.6: in six epochs of ten)."""

    weights: tuple[float, ...] = ()
    names: Names = field(default_factory=Names)

    def draw(self, pairs: Sequence[Pair], chance: random.Random) -> Sequence[Pair]:
        """The pairs of one epoch; all of them where no weights are given."""
        if not self.weights:
            return pairs
        drawn: list[Pair] = []
        for pair, weight in zip(pairs, self.weights, strict=True):
            whole = int(weight)
            drawn += [pair] * (whole + (weight > whole and chance.random() < weight - whole))
        return drawn
