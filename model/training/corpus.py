"""What a run trains on and what it is measured on: both prepared, with nothing in common. Torch-free."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.errors import InputError
from model.training.data import Pair, prepare, read_pairs, split, without_leaks
from model.training.settings import TrainingSettings


@dataclass(frozen=True)
class Corpus:
    """Pairs to train on and pairs held out; `left_out` counts training pairs that shared a sentence with them."""

    train: tuple[Pair, ...]
    dev: tuple[Pair, ...]
    left_out: int

    def fingerprint(self) -> str:
        """SHA-256 of all pairs in their order, so that a run goes on only with the data it began with."""
        digest = hashlib.sha256()
        for pair in (*self.train, *self.dev):
            digest.update(f"{pair.source}\t{pair.target}\n".encode())
        return digest.hexdigest()


def read_corpus(train: Sequence[Path], dev: Path | None, settings: TrainingSettings) -> Corpus:
    """Read, normalise, deduplicate and separate the pairs of the files.

    Without a `dev` file, groups of pairs are held out. Raises InputError where nothing is left to train on or
    to measure.
    """
    pairs = prepare(pair for path in train for pair in read_pairs(path))
    if dev is None:
        kept, held_out = split(pairs, settings.dev_share, settings.seed)
    else:
        held_out = prepare(read_pairs(dev))
        kept = without_leaks(pairs, held_out)
    if not kept:
        raise InputError("There is nothing to train on: every pair is empty or shares a sentence with the dev pairs.")
    if not held_out:
        raise InputError("There are no dev pairs: give a file with --dev, or a larger --dev-share.")
    return Corpus(tuple(kept), tuple(held_out), len(pairs) - len(kept) if dev is not None else 0)
