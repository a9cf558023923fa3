"""The names and shapes of a Transformer's parameters, without one being made. Torch-free.

Shape letters: D model width, H heads, d width of a head, F hidden units, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

from attention_viewer.model.contract.architecture import Architecture, StackShape

Shape = tuple[int, ...]


def parameter_shapes(architecture: Architecture) -> dict[str, Shape]:
    """The shape of each entry of the state of a `Transformer` of this architecture."""
    width, target = architecture.d_model, architecture.target_vocabulary
    found: dict[str, Shape] = {
        "logits_bias": (target,),
        "source_embedding.tokens.weight": (architecture.source_vocabulary, width),
        "target_embedding.tokens.weight": (target, width),
        "generator.weight": (target, width),
    }
    for side, shape in (("encoder", architecture.encoder), ("decoder", architecture.decoder)):
        for layer in range(shape.layers):
            for name, each in _layer(architecture, shape, crosses=side == "decoder"):
                found[f"{side}.layers.{layer}.{name}"] = each
        if architecture.norms.first:
            found |= dict(_pair(f"{side}.norm", (width,)))
    return found


def _layer(architecture: Architecture, shape: StackShape, crosses: bool) -> Iterator[tuple[str, Shape]]:
    width, heads = architecture.d_model, shape.heads * shape.head_width
    for attention in ("self_attention", "cross_attention") if crosses else ("self_attention",):
        yield from _pair(attention, (3 * heads, width))
        yield from _pair(f"{attention}.output", (width, heads))
        yield from _pair(f"{attention}_norm", (width,))
    yield from _pair("ffn.inner", (shape.ffn_width, width))
    yield from _pair("ffn.outer", (width, shape.ffn_width))
    if architecture.gated_ffn:
        yield from _pair("ffn.gate", (shape.ffn_width, width))
    yield from _pair("ffn_norm", (width,))


def _pair(name: str, weight: Shape) -> tuple[tuple[str, Shape], tuple[str, Shape]]:
    """A weight, and the bias of as many numbers as it has rows."""
    return (f"{name}.weight", weight), (f"{name}.bias", weight[:1])
