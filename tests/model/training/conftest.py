"""Files of made-up pairs."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_viewer.model.training.subwords import Subwords, train_subwords
from support.made_up import TINY, digit_pairs, write_pairs
from support.trainers import PAIRS


@pytest.fixture(scope="session")
def subwords() -> Subwords:
    """The vocabulary of the made-up pairs."""
    return Subwords(train_subwords(PAIRS, TINY.vocabulary))


@pytest.fixture
def data(tmp_path: Path) -> tuple[Path, Path]:
    """Files of 300 training pairs and 40 held-out ones."""
    pairs = digit_pairs(340)
    return write_pairs(tmp_path / "train.tsv", pairs[:300]), write_pairs(tmp_path / "dev.tsv", pairs[300:])
