"""`transformers`' Marian as a reference, called alike in every 5.x: 5.24 renames `past_key_values` to `cache`."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from transformers import MarianMTModel

CACHE = "cache" if "cache" in inspect.signature(MarianMTModel.forward).parameters else "past_key_values"


def reference_model(directory: Path) -> Any:
    """The model in float32, with the implementation that gives its attention weights."""
    return MarianMTModel.from_pretrained(directory, attn_implementation="eager", dtype=torch.float32).eval()


def cached_pass(model: Any, cache: Any = None, **inputs: Any) -> tuple[Any, Any]:
    """A forward pass that goes on from `cache` (None: from the start); its outputs, and the cache after it."""
    outputs = model(**inputs, **{CACHE: cache}, use_cache=True)
    return outputs, getattr(outputs, CACHE)
