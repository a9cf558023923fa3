"""Files of made-up pairs."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.made_up import digit_pairs, write_pairs


@pytest.fixture
def data(tmp_path: Path) -> tuple[Path, Path]:
    """Files of 300 training pairs and 40 held-out ones."""
    pairs = digit_pairs(340)
    return write_pairs(tmp_path / "train.tsv", pairs[:300]), write_pairs(tmp_path / "dev.tsv", pairs[300:])
