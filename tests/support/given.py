"""Attention weights as another program might have computed them: made up, with S != T."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SOURCE = ["▁The", "▁cat", "▁sat", "▁down", ".", "</s>"]
TARGET = ["<pad>", "▁Le", "▁chat", "▁assis", "</s>"]
ROWS = len(TARGET) - 1
ENCODER_ONLY = ["[CLS]", "the", "cat", "sat", "[SEP]"]


def softmax(*shape: int, causal: bool = False) -> NDArray[np.float32]:
    """Weights [layers, heads, rows, columns]."""
    scores = 2 * np.random.default_rng(sum(shape)).normal(size=shape)
    if causal:
        scores[:, :, np.triu(np.ones(shape[-2:], dtype=np.bool_), 1)] = -np.inf
    powers = np.exp(scores)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def three_maps(path: Path, causal: bool = True) -> Path:
    """A file of all three kinds."""
    sources = len(SOURCE)
    np.savez(
        path,
        encoder=softmax(3, 4, sources, sources),
        decoder=softmax(2, 3, ROWS, ROWS, causal=causal),
        cross=softmax(2, 3, ROWS, sources),
        source_tokens=SOURCE,
        target_tokens=TARGET,
    )
    return path


def encoder_only(path: Path) -> Path:
    """A file of an encoder's alone."""
    count = len(ENCODER_ONLY)
    np.savez(path, encoder=softmax(2, 2, count, count), source_tokens=ENCODER_ONLY)
    return path


def decoder_only(path: Path) -> Path:
    """A file of a decoder's alone, which begins with a word and tells nothing of what comes after the last one."""
    words = ["The", "Ġcat", "Ġsat"]
    np.savez(path, decoder=softmax(2, 2, 3, 3, causal=True), target_tokens=words)
    return path
