"""Checkpoints that know several languages to translate into."""

from __future__ import annotations

import json
import shutil
from pathlib import Path


def multilingual(source: Path, directory: Path, *codes: str) -> Path:
    """A copy of a checkpoint whose last ids are language tokens."""
    shutil.copytree(source, directory)
    vocabulary = json.loads((directory / "vocab.json").read_text("utf-8"))
    places = sorted(vocabulary.values())[-len(codes) :]
    kept = {piece: place for piece, place in vocabulary.items() if place not in places}
    made = {**kept, **dict(zip(codes, places, strict=True))}
    (directory / "vocab.json").write_text(json.dumps(made), encoding="utf-8")
    return directory
