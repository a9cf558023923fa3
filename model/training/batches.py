"""Examples of like length in batches, in an order that depends on nothing but seed and epoch.

Shape letters: B examples, S source positions, T target positions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.training.augment import augment
from model.training.data import Pair
from model.training.settings import TrainingSettings
from model.training.subwords import Subwords

IGNORED = -100
"""Marks target positions that are padding."""


@dataclass(frozen=True)
class Example:
    """Source and target ids, `</s>` last in both."""

    source: list[int]
    target: list[int]


@dataclass(frozen=True, eq=False)
class Batch:
    """`source` [B, S] and its `padding` (True = padding), `inputs` [B, T] from `<pad>` on, `outputs` [B, T]."""

    source: Tensor
    padding: Tensor
    inputs: Tensor
    outputs: Tensor


def epoch_batches(
    pairs: Sequence[Pair], subwords: Subwords, settings: TrainingSettings, epoch: int
) -> list[list[Example]]:
    """The batches of an epoch: augmented, segmented, bucketed by length, shuffled."""
    seed = settings.seed * 100_003 + epoch
    chance = random.Random(seed)
    changed = augment(pairs, settings.augmentation, chance)
    sources = subwords.encode([pair.source for pair in changed])
    sampled = [index for index in range(len(changed)) if chance.random() < settings.sampling]
    texts = [changed[index].source for index in sampled]
    for index, ids in zip(sampled, subwords.sample(texts, settings.alpha, chance), strict=True):
        sources[index] = ids
    targets = subwords.encode([pair.target for pair in changed])
    examples = [Example(source, target) for source, target in zip(sources, targets, strict=True)]
    kept = [each for each in examples if max(len(each.source), len(each.target)) <= settings.longest]
    return bucket(kept, settings.batch_positions, chance)


def bucket(examples: Sequence[Example], positions: int, chance: random.Random) -> list[list[Example]]:
    """Batches of at most `positions` padded target positions (or one example), neighbours alike in length."""
    order = sorted(examples, key=lambda each: (len(each.target), len(each.source), chance.random()))
    batches: list[list[Example]] = []
    longest = 0
    for example in order:
        longest = max(longest, len(example.target))
        if not batches or (len(batches[-1]) + 1) * longest > positions:
            batches.append([])
            longest = len(example.target)
        batches[-1].append(example)
    chance.shuffle(batches)
    return batches


def collate(examples: Sequence[Example], pad: int) -> Batch:
    """Pad examples to tensors; the decoder reads `<pad>` first and never `</s>`."""
    source = _padded([each.source for each in examples], pad)
    inputs = _padded([[pad, *each.target[:-1]] for each in examples], pad)
    outputs = _padded([each.target for each in examples], IGNORED)
    return Batch(source, _padding([len(each.source) for each in examples]), inputs, outputs)


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])


def _padding(lengths: Sequence[int]) -> Tensor:
    return torch.arange(max(lengths))[None, :] >= torch.tensor(lengths)[:, None]
