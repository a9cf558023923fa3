"""Small made-up data to train on: numbers written in digits, and the same in words."""

from __future__ import annotations

import random
from pathlib import Path

from attention_viewer.model.training.data import Pair
from attention_viewer.model.training.settings import AugmentationRates, TrainingSettings

DIGITS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
FILES = {
    "README.md", "config.json", "generation_config.json", "model.safetensors", "source.spm", "target.spm",
    "tokenizer_config.json", "vocab.json",
}  # fmt: skip
"""What a finished checkpoint holds."""
TINY = TrainingSettings(
    d_model=32,
    layers=1,
    heads=4,
    ffn=64,
    vocabulary=290,
    dropout=0.0,
    label_smoothing=0.0,
    batch_positions=150,
    learning_rate=3e-3,
    steps=12,
    sampling=0.0,
    average_last=2,
    average_share=0.3,
    precision="float32",
    augmentation=AugmentationRates.none(),
)


def digit_pairs(count: int, seed: int = 0, longest: int = 5) -> list[Pair]:
    """Different pairs such as ("4 0 7", "quatre zéro sept"), no digit twice in one."""
    chance = random.Random(seed)
    pairs: dict[str, Pair] = {}
    while len(pairs) < count:
        digits = chance.sample(range(10), chance.randint(1, longest))
        source = " ".join(map(str, digits))
        pairs[source] = Pair(source, " ".join(DIGITS[digit] for digit in digits))
    return list(pairs.values())


def write_pairs(path: Path, pairs: list[Pair]) -> Path:
    """Write pairs as a TSV file."""
    path.write_text("".join(f"{pair.source}\t{pair.target}\n" for pair in pairs), encoding="utf-8")
    return path
