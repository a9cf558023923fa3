"""Examples of like length in batches, in an order that depends on nothing but seed and epoch.

Shape letters: B examples, S source positions, T target positions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from attention_viewer.model.training.augment import augment
from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.mix import Mix
from attention_viewer.model.training.piece_links import guide_weights
from attention_viewer.model.training.settings import TrainingSettings
from attention_viewer.model.training.subwords import Subwords
from torch import Tensor

IGNORED = -100
"""Marks target positions that are padding."""


@dataclass(frozen=True)
class Example:
    """Source and target ids, `</s>` last in both, and the pair they spell where its links guide a head."""

    source: list[int]
    target: list[int]
    pair: Pair | None = None


@dataclass(frozen=True, eq=False)
class Batch:
    """`source` [B, S] and its `padding` (True = padding), `inputs` [B, T] from `<pad>` on, `outputs` [B, T].

    `guide` float32 [B, T, S], where a head is guided: what its weights should be. A row is that of the token it
    predicts and sums to 1, or to 0 where nothing is known of the token.
    """

    source: Tensor
    padding: Tensor
    inputs: Tensor
    outputs: Tensor
    guide: Tensor | None = None


def epoch_batches(
    pairs: Sequence[Pair], subwords: Subwords, settings: TrainingSettings, epoch: int, mix: Mix | None = None
) -> list[list[Example]]:
    """The batches of an epoch: drawn, augmented, segmented, bucketed by length, shuffled."""
    mix = mix or Mix()
    seed = settings.seed * 100_003 + epoch
    chance = random.Random(seed)
    changed = augment(mix.draw(pairs, chance), settings.augmentation, chance, mix.names)
    sources = subwords.encode([pair.source for pair in changed])
    sampled = [index for index in range(len(changed)) if chance.random() < settings.sampling]
    texts = [changed[index].source for index in sampled]
    for index, ids in zip(sampled, subwords.sample(texts, settings.alpha, chance), strict=True):
        sources[index] = ids
    targets = subwords.encode([pair.target for pair in changed])
    shown = changed if settings.guide_weight else [None] * len(changed)
    examples = [Example(*each) for each in zip(sources, targets, shown, strict=True)]
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


def guided(batch: Batch, examples: Sequence[Example], subwords: Subwords) -> Batch:
    """The batch that `collate` made of `examples`, with the guide that the links of their pairs give."""
    guide = torch.zeros(*batch.outputs.shape, batch.source.shape[1])  # [B, T, S]
    for index, example in enumerate(examples):
        if example.pair is not None:
            sources = subwords.spans(example.source, example.pair.source)
            targets = subwords.spans(example.target, example.pair.target)
            known = guide_weights(example.pair, sources, targets)
            guide[index, : len(targets), : len(sources)] = torch.from_numpy(known)
    return replace(batch, guide=guide)


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])


def _padding(lengths: Sequence[int]) -> Tensor:
    return torch.arange(max(lengths))[None, :] >= torch.tensor(lengths)[:, None]
