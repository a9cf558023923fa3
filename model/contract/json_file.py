"""A JSON object in a file of a checkpoint. Torch-free."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attention_viewer.model.contract.errors import CheckpointError
from attention_viewer.model.contract.fields import parse
from attention_viewer.model.contract.plain_files import content

LARGEST_JSON = 32_000_000
"""Bytes of a JSON file at most; the vocabulary of 250,000 pieces takes a fourth of it."""


def read_json(path: Path, most: int = LARGEST_JSON) -> dict[str, Any]:
    """The JSON object in a file of the checkpoint, of at most `most` bytes.

    Raises CheckpointError where the file cannot be read or holds anything but one JSON object.
    """
    data = content(path, most)
    try:
        values = parse(data.decode("utf-8"))
    except ValueError as error:
        reason = f"it is not valid JSON ({error})"
        raise CheckpointError(f"{path} is damaged: {reason}. Get the file again.") from None
    if not isinstance(values, dict):
        raise CheckpointError(f"{path} is damaged: it must hold a JSON object. Get the file again.")
    return values
