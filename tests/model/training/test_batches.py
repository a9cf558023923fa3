from __future__ import annotations

import random
from dataclasses import replace

import torch
from attention_viewer.model.training.batches import IGNORED, Example, bucket, collate, epoch_batches
from attention_viewer.model.training.settings import AugmentationRates
from attention_viewer.model.training.subwords import Subwords, train_subwords
from hypothesis import given
from hypothesis import strategies as st
from support.made_up import TINY, digit_pairs

examples = st.lists(
    st.builds(lambda source, target: Example([5] * source, [6] * target), st.integers(1, 20), st.integers(1, 20)),
    min_size=1,
)


@given(examples, st.integers(1, 100))
def test_buckets_hold_every_example_once_within_the_positions(each: list[Example], positions: int) -> None:
    batches = bucket(each, positions, random.Random(0))
    assert sorted(map(repr, each)) == sorted(repr(example) for batch in batches for example in batch)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(len(example.target) for example in batch) <= positions


def test_padding_and_what_the_decoder_reads() -> None:
    batch = collate([Example([3, 4, 0], [7, 0]), Example([5, 0], [8, 9, 6, 0])], pad=99)
    assert batch.source.tolist() == [[3, 4, 0], [5, 0, 99]]
    assert batch.padding.tolist() == [[False, False, False], [False, False, True]]
    assert batch.inputs.tolist() == [[99, 7, 99, 99], [99, 8, 9, 6]]
    assert batch.outputs.tolist() == [[7, 0, IGNORED, IGNORED], [8, 9, 6, 0]]
    assert batch.source.dtype == torch.int64


def test_an_epoch_is_the_same_each_time_and_unlike_the_next() -> None:
    pairs = digit_pairs(200)
    subwords = Subwords(train_subwords(pairs, 290))
    settings = replace(TINY, sampling=0.5, augmentation=AugmentationRates(joined=0.5))
    first = epoch_batches(pairs, subwords, settings, 0)
    assert epoch_batches(pairs, subwords, settings, 0) == first != epoch_batches(pairs, subwords, settings, 1)
    assert epoch_batches(pairs, subwords, replace(settings, seed=2), 0) != first
    shortened = epoch_batches(pairs, subwords, replace(settings, longest=4), 0)
    lengths = [max(len(each.source), len(each.target)) for batch in shortened for each in batch]
    assert lengths and max(lengths) <= 4
