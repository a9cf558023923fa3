"""What a run trains on and what it is measured on: both prepared, with nothing in common. Torch-free."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from attention_viewer.model.contract.errors import InputError
from attention_viewer.model.training.data import Pair, prepare, read_pairs, split, without_leaks
from attention_viewer.model.training.leave_out import read_sentences, without_sentences
from attention_viewer.model.training.settings import TrainingSettings


@dataclass(frozen=True)
class Corpus:
    """Pairs to train on and pairs held out; `leaking` counts training pairs that shared a sentence with them.

    `left_out` counts those that read like a sentence which must not be trained on. `weights` has one for each training
    pair, or is empty where all are 1; `counts` are those of each file.
    """

    train: tuple[Pair, ...]
    dev: tuple[Pair, ...]
    leaking: int = 0
    left_out: int = 0
    weights: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 of all pairs in their order, so that a run goes on only with the data it began with."""
        digest = hashlib.sha256()
        for pair in (*self.train, *self.dev):
            digest.update(f"{pair.source}\t{pair.target}\n".encode())
        digest.update(" ".join(map(str, self.weights)).encode())
        return digest.hexdigest()


def read_corpus(
    train: Sequence[Path],
    dev: Path | None,
    settings: TrainingSettings,
    weights: Sequence[float] = (),
    leave_out: Sequence[Path] = (),
) -> Corpus:
    """Read, normalise, deduplicate and separate the pairs of the files, whose `weights` are 1 where none are given.

    Without a `dev` file, groups of pairs are held out. Pairs that read like a sentence of the files `leave_out`
    are not trained on. Raises InputError where nothing is left to train on or to measure.
    """
    files = [prepare(read_pairs(path)) for path in train]
    pairs = prepare(pair for each in files for pair in each)
    if dev is None:
        kept, held_out = split(pairs, settings.dev_share, settings.seed)
    else:
        held_out = prepare(read_pairs(dev))
        kept = without_leaks(pairs, held_out)
    leaking = len(pairs) - len(kept) - (len(held_out) if dev is None else 0)
    apart = len(kept)
    if leave_out:
        kept = without_sentences(kept, frozenset().union(*map(read_sentences, leave_out)))
    if not kept:
        others = ", or with --leave-out" if leave_out else ""
        raise InputError(
            f"There is nothing to train on: every pair is empty or shares a sentence with the dev pairs{others}."
        )
    if not held_out:
        raise InputError("There are no dev pairs: give a file with --dev, or a larger --dev-share.")
    origins = _origins(kept, files)
    weighted = any(weight != 1.0 for weight in weights)
    return Corpus(
        tuple(kept),
        tuple(held_out),
        leaking,
        apart - len(kept),
        tuple(weights[index] for index in origins) if weighted else (),
        tuple(origins.count(index) for index in range(len(files))),
    )


def _origins(pairs: Sequence[Pair], files: Sequence[Sequence[Pair]]) -> list[int]:
    """The first of the files that has each of the pairs."""
    origin = {pair: index for index, each in reversed([*enumerate(files)]) for pair in each}
    return [origin[pair] for pair in pairs]
