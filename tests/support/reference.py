"""`transformers`' Marian as a reference, called alike in every 5.x: 5.24 renames `past_key_values` to `cache`."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from attention_viewer.model.contract.api import Trace
from transformers import MarianMTModel

CACHE = "cache" if "cache" in inspect.signature(MarianMTModel.forward).parameters else "past_key_values"


def reference_model(directory: Path) -> Any:
    """The model in float32, with the implementation that gives its attention weights."""
    return MarianMTModel.from_pretrained(directory, attn_implementation="eager", dtype=torch.float32).eval()


def cached_pass(model: Any, cache: Any = None, **inputs: Any) -> tuple[Any, Any]:
    """A forward pass that goes on from `cache` (None: from the start); its outputs, and the cache after it."""
    outputs = model(**inputs, **{CACHE: cache}, use_cache=True)
    return outputs, getattr(outputs, CACHE)


def hooked(directory: Path, trace: Trace) -> dict[str, Any]:
    """Outputs of the reference's modules by name, each [1, ...], its attention weights and its logits."""
    model = reference_model(directory)
    outputs: dict[str, Any] = {}

    def keep(name: str) -> Any:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            outputs[name] = (output[0] if isinstance(output, tuple) else output, inputs)

        return hook

    for name, module in model.model.named_modules():
        module.register_forward_hook(keep(name))
    source = torch.tensor([[token.id for token in trace.source_tokens]])
    target = torch.tensor([[token.id for token in trace.input_tokens]])
    with torch.inference_mode():
        found = model(input_ids=source, decoder_input_ids=target, output_attentions=True)
    outputs["logits"] = (found.logits, ())
    for kind in ("encoder", "decoder", "cross"):
        for layer, weights in enumerate(getattr(found, f"{kind}_attentions")):
            outputs[f"{kind}.{layer}"] = (weights, ())
    outputs["lm"] = (model.lm_head.weight, (model.final_logits_bias,))
    return outputs
